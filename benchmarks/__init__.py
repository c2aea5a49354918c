"""How fast the main paths are, each beside the least code that does the same job, in the same run."""

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

PEOPLE: Final = 1_000_000
"""How many live in the country that is measured on, unless less is asked for."""

ENGINE_NAMES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def data_folder() -> Path:
    """Where made countries are kept from one run to the next: LMS_BENCH_DATA, else with the temporary files."""
    return Path(os.environ.get("LMS_BENCH_DATA") or Path(tempfile.gettempdir()) / "lms-bench")


@dataclass(frozen=True)
class Options:
    """What a run is asked for."""

    people: int = PEOPLE
    data: Path = Path()
    """The folder of made countries."""
    engines: tuple[str, ...] = ("sqlite", "postgresql")
    """Which databases are measured."""


@dataclass(frozen=True)
class Figure:
    """One line of the report."""

    name: str
    unit: str
    """What `ours` and `floor` are counted in: 'ms CPU', 's', 'MB'."""
    ours: float
    floor: float
    floor_name: str
    """What it is compared with, in a few words: 'a row and a page, bare Flask'."""
    aim: float | None = None
    """The largest ratio that we want; None where there is no aim."""

    @property
    def ratio(self) -> float:
        """How many times the floor ours costs."""
        return self.ours / self.floor

    @property
    def is_met(self) -> bool:
        """Whether the aim is met; true where there is none."""
        return self.aim is None or self.ratio <= self.aim


@dataclass(frozen=True)
class Comparison:
    """Medians over the rounds, in milliseconds a call."""

    ours_cpu_ms: float
    floor_cpu_ms: float
    ours_wall_ms: float
    floor_wall_ms: float

    def figure(self, name: str, floor_name: str, aim: float | None = None) -> Figure:
        """The line of the report: CPU time, since the clock on the wall also measures the neighbours."""
        return Figure(name, "ms CPU", self.ours_cpu_ms, self.floor_cpu_ms, floor_name, aim)

    def on_the_clock(self, name: str, floor_name: str, aim: float | None = None) -> Figure:
        """The line of the report where the work is not this process's alone: a server's, or the disk's."""
        return Figure(name, "ms", self.ours_wall_ms, self.floor_wall_ms, floor_name, aim)

    def figure_on(self, engine: str, name: str, floor_name: str, aim: float | None = None) -> Figure:
        """The line of a page or a read on a database: CPU time where this process does it all."""
        told = self.figure if engine == "sqlite" else self.on_the_clock
        return told(f"{name}, {ENGINE_NAMES[engine]}", floor_name, aim)


def compare(
    ours: Callable[[], object], floor: Callable[[], object], *, rounds: int = 9, per_round: int = 50
) -> Comparison:
    """Time two things that do the same job.

    They take turns, round by round, so that a machine that slows down slows both; the first round of each
    only warms up. CPU time is that of this process with all its threads: work done by another process, such
    as a database server, shows only on the wall.

    rounds: how many are counted. per_round: calls in each.
    """
    times: dict[str, list[tuple[float, float]]] = {"ours": [], "floor": []}
    for number in range(rounds + 1):
        turns = [("ours", ours), ("floor", floor)]
        for side, job in turns if number % 2 else reversed(turns):
            measured = _time(job, per_round)
            if number:
                times[side].append(measured)
    ours_cpu, ours_wall = (median(values) for values in zip(*times["ours"], strict=True))
    floor_cpu, floor_wall = (median(values) for values in zip(*times["floor"], strict=True))
    return Comparison(ours_cpu, floor_cpu, ours_wall, floor_wall)


def _time(job: Callable[[], object], calls: int) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(calls):
        job()
    return (time.process_time() - cpu) * 1000 / calls, (time.perf_counter() - wall) * 1000 / calls
