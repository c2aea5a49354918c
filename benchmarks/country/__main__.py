"""`python -m benchmarks.country`: makes a country, or finds it made, and holds what is kept of it to the facts."""

import argparse
from pathlib import Path

from benchmarks import PEOPLE, data_folder
from benchmarks.country.installation import ENGINES, SEED, check, country, opened, samples


def main() -> None:
    """Make it, then check samples of it on both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help="how many people (default: %(default)s)")
    parser.add_argument("--data", type=Path, default=data_folder(), help="where it is kept (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    made = country(asked.people, asked.data, asked.seed)
    for engine in ENGINES:
        with opened(made, engine):
            check(samples())
    print(made.folder)


if __name__ == "__main__":
    main()
