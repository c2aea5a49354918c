"""Parts of the country made on every core, each written as one file for each table, in a form all databases take."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from benchmarks.country.kept import Duty, Kept, duties, kept_of
from benchmarks.country.land import Land
from benchmarks.country.lives import FIRST_DAY, LEGAL_FORMS, TITLES, Life, Post, instant, lives
from lms.app import create_app
from lms.core.secrets import seal
from lms.coverage.rules.buckets import buckets_of
from lms.coverage.rules.keys import is_mix
from lms.coverage.rules.shares import Changes, add_changes, stored
from lms.records.models import DutyCause
from lms.registry.models import PositionKind
from lms.registry.queries import id_number_index
from lms.registry.rules.names import match_key, search_key, sort_key, title_key
from lms.settings import Settings

PART: Final = 10_000
"""People made at a time."""
NOTHING: Final = r"\N"
"""How a missing value is written: as PostgreSQL's COPY has it."""
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "organisation": tuple(
        "id name match_key search_key sort_key kind legal_form product_group product_group_2019 origin unit_id"
        " joined_on left_on".split()
    ),
    "person": tuple(
        "id full_name sort_key search_key match_key birth_on sex id_number_sealed id_number_index phone"
        " merged_into_id created_at".split()
    ),
    "person_merge": ("id", "from_id", "into_id", "same_as_id", "reason", "merged_at"),
    "position": tuple(
        "id person_id kind level title workplace workplace_key unit_id settled_unit_id organisation_id started_on"
        " ended_on".split()
    ),
    "excuse": tuple(
        "id person_id position_id kind started_on ended_on note entered_at withdrawn_at withdraw_reason".split()
    ),
    "award": tuple(
        "id person_id qualification_id awarded_on source source_reference title hours is_partial entered_at revoked_on"
        " revoke_reason revoked_at corrects_id".split()
    ),
    "duty": tuple(
        "id requirement_id version_id clause person_id position_id unit_id started_on ended_on due_on cause"
        " recorded_at superseded_at superseded_cause".split()
    ),
    "attainment": ("requirement_id", "person_id", "started_on", "ended_on", "award_id", "source"),
    "coverage_share": ("requirement_id", "person_id", "spells"),
    "coverage_figure": ("requirement_id", "unit_id", "cut_key", "bucket", "obliged", "trained", "excused"),
    "coverage_mixture": ("requirement_id", "unit_id", "mix", "bucket", "obliged", "trained", "excused"),
}
"""What is written of every table, in an order in which no row names one that is not there yet."""
SEALED: Final = "id_number_sealed"
REASON: Final = "Nhập nhầm"
DUTIES_EACH: Final = 64


class Making(NamedTuple):
    """What one process needs to make parts."""

    land: Land
    seed: int
    folder: Path
    """Where the parts go."""
    instance: str
    """The installation whose keys seal personal ids."""


_making: Making | None = None


def make_parts(making: Making, people: int) -> Iterator[int]:
    """Write the files of every part; after each one gives how many people are done."""
    firsts = range(1, people + 1, PART)
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), initializer=_begin, initargs=(making,)) as pool:
        done = 0
        for count in pool.map(_make_part, firsts, [min(PART, people + 1 - first) for first in firsts]):
            done += count
            yield done


def _begin(making: Making) -> None:
    global _making
    _making = making
    app = create_app(Settings.from_environ({"LMS_ENVIRONMENT": "test", "LMS_INSTANCE": making.instance}))
    app.app_context().push()


def _make_part(first_id: int, count: int) -> int:
    assert _making is not None
    land, changes = _making.land, Changes()
    with ExitStack() as files:
        writers = {
            table: files.enter_context((_making.folder / f"{table}.{first_id:09}").open("w", encoding="utf-8"))
            for table in COLUMNS
        }

        def write(table: str, *values: object) -> None:
            writers[table].write("\t".join(map(_text, values)) + "\n")

        waiting: list[tuple[Life, list[Duty]]] = []

        def settle() -> None:
            if waiting:
                (one, _owed), others = waiting[0], [life for life, _owed in waiting[1:]]
                owed = [duty for _life, mine in waiting for duty in mine]
                _write_kept(write, one.person_id, kept_of(one, others, owed, land), changes)
                waiting.clear()

        for life in lives(land, _making.seed, first_id, count):
            if life.merged_into_id is None:
                settle()
            owed = list(duties(life, land))
            _write_life(write, life)
            _write_duties(write, life, owed)
            waiting.append((life, owed))
        settle()
        for (requirement_id, unit_id, key, day), (obliged, trained, excused) in changes.items():
            into = "coverage_mixture" if is_mix(key) else "coverage_figure"
            writers[into].write(
                f"{requirement_id}\t{unit_id}\t{key}\t{_day_bucket(day)}\t{obliged}\t{trained}\t{excused}\n"
            )
    return count


@lru_cache(maxsize=8192)
def _day_bucket(day: int) -> int:
    return buckets_of(date.fromordinal(day))[2]


WRITTEN: Final[dict[type, Callable[[Any], str]]] = {
    str: str,
    int: str,
    bool: lambda is_so: str(int(is_so)),
    type(None): lambda _nothing: NOTHING,
    date: date.isoformat,
    datetime: lambda instant: instant.isoformat(" ", "microseconds"),
    bytes: bytes.hex,
}


def _text(value: object) -> str:
    """A value as every database reads it; a member of an enum as its own text."""
    write = WRITTEN.get(type(value))
    return str(value) if write is None else write(value)


def _write_life(write: Any, life: Life) -> None:
    if life.founded is not None:
        led = life.founded
        name = f"{LEGAL_FORMS[led.kind]} {life.name} {led.id}"
        joined_on = max(life.posts[-1].started_on, FIRST_DAY)
        joined_on = joined_on if led.left_on is None or joined_on <= led.left_on else led.left_on
        write(
            *("organisation", led.id, name, match_key(name), search_key(name), title_key(name), led.kind),
            *(LEGAL_FORMS[led.kind], led.product_group, led.product_group_2019, led.origin, led.unit_id),
            *(joined_on, led.left_on),
        )
    number = f"0{life.person_id:011}"
    write(
        *("person", life.person_id, life.name, sort_key(life.name), search_key(life.name), match_key(life.name)),
        *(life.born, life.sex, seal(number), id_number_index(number), f"09{life.person_id:08}"),
        *(life.merged_into_id, instant(FIRST_DAY)),
    )
    if life.merged_into_id is not None:
        one = life.merged_into_id
        write("person_merge", life.person_id, life.person_id, one, one, REASON, life.merged_at)
    for number_of_post, post in enumerate(life.posts):
        _write_post(write, post, number_of_post)
    for excuse in life.excuses:
        write(
            *("excuse", excuse.id, life.person_id, excuse.position_id, excuse.kind, excuse.started_on, excuse.ended_on),
            *("Theo giấy báo", excuse.entered_at, excuse.withdrawn_at, excuse.withdrawn_at and REASON),
        )
    for award in life.awards:
        write(
            *("award", award.id, life.person_id, award.qualification_id, award.awarded_on, award.source),
            *(f"made/{award.id}", "Tập huấn Chương trình OCOP", award.hours, False, award.entered_at, award.revoked_on),
            *(award.revoked_on and REASON, award.revoked_at, award.corrects_id),
        )


def _write_post(write: Any, post: Post, number: int) -> None:
    led = post.organisation
    kind = PositionKind.OFFICIAL if led is None else PositionKind.LEADER
    title = "Người đứng đầu" if post.level is None else TITLES[post.level]
    workplace = f"Đơn vị {post.unit_id}, bộ phận {number}" if led is None else f"{LEGAL_FORMS[led.kind]} {led.id}"
    write(
        *("position", post.id, post.person_id, kind, post.level, title, workplace, match_key(workplace)),
        *(post.unit_id, post.settled_unit_id, led and led.id, post.started_on, post.ended_on),
    )


def _write_duties(write: Any, life: Life, owed: Sequence[Duty]) -> None:
    for number, duty in enumerate(owed):
        cause = DutyCause.POSITION
        write(
            *("duty", life.person_id * DUTIES_EACH + number, duty.version.requirement_id, duty.version.id, duty.clause),
            *(life.person_id, duty.post.id, duty.post.unit_id, duty.span.started_on, duty.span.ended_on, duty.due_on),
            *(cause, duty.recorded_at, duty.superseded_at, duty.superseded_at and cause),
        )


def _write_kept(write: Any, person_id: int, kept: Kept, changes: Changes) -> None:
    for requirement_id, spans in kept.attained.items():
        for span in spans:
            write(
                *("attainment", requirement_id, person_id, span.started_on, span.ended_on, span.award_id, span.source)
            )
    for requirement_id, share in kept.shares.items():
        if share:
            write("coverage_share", requirement_id, person_id, json.dumps(stored(share)))
    for requirement_id, share in kept.shares.items():
        add_changes(changes, requirement_id, share)
