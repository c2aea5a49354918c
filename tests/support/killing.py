"""Processes of the application that are meant to be killed: forked from one that has everything loaded already.

with nursery(app, listener) as nurse:
    nurse.start(serve)
    nurse.kill()
"""

import importlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from flask import Flask
from sqlalchemy import event

from lms.core.db import db
from lms.settings import PROJECT
from tests.support.databases import application

SERVING_THREADS: Final = 8


class Nurse:
    """Starts one process at a time on the database of an application, and ends it without a warning."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self._pid = 0

    def start(self, act: Callable[..., None], *arguments: object) -> None:
        """Run `act(app, *arguments)` in a process of its own."""
        self._pid = int(self._ask({"module": act.__module__, "name": act.__name__, "arguments": arguments}))

    def kill(self) -> None:
        """Kill -9, as a power cut or the system does when memory runs out."""
        os.kill(self._pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        """How the process ended: what it returned, or minus the signal that killed it."""
        return int(self._ask("wait"))

    def _ask(self, order: object) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def nursery(app: Flask, listener: socket.socket) -> Iterator[Nurse]:
    """Keep a process that forks others for as long as the block lasts; they share the listening socket."""
    command = [sys.executable, "-m", __name__, app.config["SQLALCHEMY_DATABASE_URI"], app.instance_path]
    process = subprocess.Popen(
        [*command, str(listener.fileno())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        pass_fds=[listener.fileno()],
    )
    try:
        yield Nurse(process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def serve(_app: Flask, listener: int) -> None:
    """Answer with the server that an installation runs."""
    import waitress

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    waitress.serve(_app, sockets=[socket.socket(fileno=listener)], threads=SERVING_THREADS, ident=None)


def die_at_statement(number: int) -> None:
    """Kill this process just before its n-th statement."""
    left = number

    def count(*_what: Any) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(db.engine, "before_cursor_execute", count)


def _main(address: str, instance: str, listener: int) -> None:
    # Built once, before anything of the database is open, so that what is forked starts at once.
    app = application(address, Path(instance))
    child = 0
    for line in sys.stdin:
        order = json.loads(line)
        if order == "wait":
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
            child = 0
            continue
        child = os.fork()
        if child == 0:
            with app.app_context():
                act = getattr(importlib.import_module(order["module"]), order["name"])
                act(app, *(listener if given == "listener" else given for given in order["arguments"]))
            os._exit(0)
        print(child, flush=True)
    if child:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
