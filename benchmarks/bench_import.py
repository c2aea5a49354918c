"""A long roster read, checked and written with every figure, beside the least code that still looks at every row."""

import csv
import io
import itertools
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import flask_migrate
from flask import Flask
from sqlalchemy import text

from benchmarks import Figure, Options, compare
from benchmarks.pages import plain_engine
from benchmarks.rosters import communes, roster
from lms.app import create_app
from lms.core.db import db
from lms.records.actions import load_requirements
from lms.registry.actions import import_roster, load_units
from lms.settings import Settings

NAME: Final = "import"
MOST: Final = 100_000
"""Rows, unless the country that is measured on is smaller."""
PLACES: Final = 600
ROUNDS: Final = 1
AIM: Final = 3
MEGABYTES: Final = 300
NOW: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
STATUS: Final = Path("/proc/self/status")


def measure(options: Options) -> Iterator[Figure]:
    """CPU time of a whole import into a fresh database, then, on Linux, the memory of a process that does only that."""
    rows = min(MOST, options.people)
    with tempfile.TemporaryDirectory(prefix="bench-import-") as name:
        folder = Path(name)
        content = prepare(folder / "prepared", rows)
        ours, floor = ours_in(folder, content), floor_in(folder, content)
        times = compare(ours, floor, rounds=ROUNDS, per_round=1)
        yield times.figure(f"import of {rows:,} people", "CSV, ids checked, one executemany", AIM)
        if STATUS.exists():
            yield Figure(
                "import, peak memory", "MB", peak_megabytes(folder, content), MEGABYTES, "the most we allow", 1
            )


def application(instance: Path) -> Flask:
    """The application on an instance folder."""
    return create_app(Settings.from_environ({"LMS_ENVIRONMENT": "test", "LMS_INSTANCE": str(instance)}))


def prepare(instance: Path, rows: int) -> bytes:
    """Make an instance with every unit and requirement and nobody in it; returns a roster for it."""
    with application(instance).app_context():
        flask_migrate.upgrade()
        load_units(NOW)
        load_requirements(NOW)
        db.session.commit()
        content = roster(rows, communes(PLACES))
        db.session.remove()
        db.engine.dispose()
    return content


def ours_in(folder: Path, content: bytes) -> Callable[[], None]:
    """A call imports the roster into the next of several fresh instances, as the command does, and commits."""
    instances = [folder / f"ours{number}" for number in range(ROUNDS + 1)]
    for instance in instances:
        shutil.copytree(folder / "prepared", instance)
    apps = iter([application(instance) for instance in instances])
    return lambda: import_into(next(apps), content)


def import_into(app: Flask, content: bytes) -> None:
    """Import the whole roster and commit."""
    with app.app_context():
        looked = import_roster(content, "danh-sach.csv", by=None, at=NOW)
        db.session.commit()
        assert looked.totals["created"] > sum(looked.totals.values()) * 0.95, looked.totals


def floor_in(folder: Path, content: bytes) -> Callable[[], None]:
    """A call reads the CSV, leaves out ids that are none or were there already, and writes the rest into one table."""
    numbers = itertools.count(1)
    row = text("INSERT INTO person VALUES (:id_number, :name, :birth, :phone, :email, :title, :office, :commune)")

    def run() -> None:
        engine = plain_engine(folder / f"floor{next(numbers)}.sqlite")
        people: dict[str, dict[str, str]] = {}
        cells = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
        next(cells)
        for _, name, birth, _, id_number, phone, email, title, office, _, _, commune, _ in cells:
            if re.fullmatch(r"0\d{11}", id_number) and id_number not in people:
                people[id_number] = {
                    "id_number": id_number,
                    "name": name,
                    "birth": birth,
                    "phone": phone,
                    "email": email,
                    "title": title,
                    "office": office,
                    "commune": commune,
                }
        with engine.begin() as connection:
            connection.execute(
                text(
                    "CREATE TABLE person (id_number TEXT PRIMARY KEY, name TEXT, birth TEXT, phone TEXT, email TEXT,"
                    " title TEXT, office TEXT, commune TEXT)"
                )
            )
            connection.execute(row, list(people.values()))
        engine.dispose()

    return run


def peak_megabytes(folder: Path, content: bytes) -> float:
    """The most memory that a process of its own ever held while it imported the roster into a fresh instance."""
    instance, file = folder / "alone", folder / "roster.csv"
    shutil.copytree(folder / "prepared", instance)
    file.write_bytes(content)
    command = [sys.executable, "-m", "benchmarks.bench_import", str(instance), str(file)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(told)


def main() -> None:
    """Import one roster into one instance and print the peak of this process, in MB."""
    instance, file = map(Path, sys.argv[1:])
    import_into(application(instance), file.read_bytes())
    # Not getrusage: its peak starts from that of the process which started this one.
    peak = re.search(r"^VmHWM:\s*(\d+) kB$", STATUS.read_text(), re.MULTILINE)
    assert peak is not None
    print(int(peak[1]) / 1024)


if __name__ == "__main__":
    main()
