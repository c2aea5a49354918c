"""`make bench`: runs every benchmarks/bench_*.py, prints its figures and keeps them as JSON lines.

A module there has a NAME, and a `measure(options)` that yields `benchmarks.Figure`s.
"""

import argparse
import importlib
import json
import os
import pkgutil
import platform
import sqlite3
import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import benchmarks
from benchmarks import ENGINE_NAMES, PEOPLE, Figure, Options, data_folder

RESULTS: Final = Path(__file__).resolve().parent.parent / "bench-results"
PREFIX: Final = "bench_"
COLUMNS: Final = "{:<44} {:>14} {:>14} {:>8} {:>8}  {}"


def modules() -> dict[str, ModuleType]:
    """Every benchmark, by its NAME."""
    found = (
        importlib.import_module(f"benchmarks.{module.name}")
        for module in pkgutil.iter_modules(benchmarks.__path__)
        if module.name.startswith(PREFIX)
    )
    return {module.NAME: module for module in found}


def machine() -> dict[str, Any]:
    """What a reader needs to know about where the figures come from."""
    return {
        "cpus": len(os.sched_getaffinity(0)),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": platform.platform(terse=True),
    }


def run(chosen: Iterable[tuple[str, ModuleType]], options: Options, results: Path) -> list[Figure]:
    """Measure, print each figure as it comes, and write it down."""
    figures: list[Figure] = []
    facts = machine()
    results.parent.mkdir(exist_ok=True)
    print(COLUMNS.format("figure", "ours", "floor", "ratio", "aim", "floor is"))
    with results.open("w", encoding="utf-8") as file:
        for name, module in chosen:
            for figure in module.measure(options):
                print(line(figure), flush=True)
                row = {
                    "benchmark": name,
                    **asdict(figure),
                    "ratio": round(figure.ratio, 3),
                    "people": options.people,
                    "machine": facts,
                }
                print(json.dumps(row, ensure_ascii=False), file=file, flush=True)
                figures.append(figure)
    return figures


def line(figure: Figure) -> str:
    """One line of the table."""
    aim = "" if figure.aim is None else f"≤{figure.aim:g}×{'' if figure.is_met else ' !'}"
    return COLUMNS.format(
        figure.name,
        f"{figure.ours:.3g} {figure.unit}",
        f"{figure.floor:.3g} {figure.unit}",
        f"{figure.ratio:.2f}×",
        aim,
        figure.floor_name,
    )


def main() -> int:
    """Run all benchmarks, or the one that --only names. An aim that is missed is shown, not a failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="run this one alone")
    parser.add_argument("--people", type=int, default=PEOPLE, help="in the country measured on (default: %(default)s)")
    parser.add_argument(
        "--data", type=Path, default=data_folder(), help="where countries are kept (default: %(default)s)"
    )
    parser.add_argument("--engine", choices=ENGINE_NAMES, help="measure this database alone")
    asked = parser.parse_args()
    only = asked.only
    options = Options(asked.people, asked.data, (asked.engine,) if asked.engine else tuple(ENGINE_NAMES))
    known = modules()
    if only is not None and only not in known:
        print(f"there is no benchmark {only!r}; there are: {', '.join(sorted(known))}", file=sys.stderr)
        return 2
    chosen = [(name, known[name]) for name in sorted(known) if only in (None, name)]
    results = RESULTS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.jsonl"
    run(chosen, options, results)
    print(f"\n{results.relative_to(Path.cwd()) if results.is_relative_to(Path.cwd()) else results}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
