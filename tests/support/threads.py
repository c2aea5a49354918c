"""Doing the same thing several times at the same instant, each in its own thread and application context."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask

from lms.core.db import db
from tests.support.client import release

Given = TypeVar("Given")


def at_once(app: Flask, times: int, act: Callable[[], Given]) -> list[Given | Exception]:
    """What each of the threads got, or the exception that it met. Each commits what it did.

    at_once(app, 10, lambda: actions.submit(db.session.get(Attempt, attempt_id), by=…, at=…))
    """
    release()
    start = Barrier(times)

    def run(_number: int) -> Given | Exception:
        with app.app_context():
            start.wait(10)
            try:
                given = act()
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                return error
            else:
                return given
            finally:
                db.session.remove()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))
