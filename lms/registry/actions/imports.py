"""Bringing files in: looked through without changing anything, then applied, each row once.

What a file is (a roster, a table of the registry) only its source knows; here is what happens to all of them alike.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from flask import current_app
from sqlalchemy import bindparam, delete, text, update

from lms.accounts.models import User
from lms.core import audit, jobs, storage
from lms.core.bulk import insert_rows
from lms.core.db import Model, db
from lms.core.errors import DomainError
from lms.core.i18n import lazy_gettext as _l
from lms.core.jobs import Job
from lms.registry import queries
from lms.registry.actions.duplicates import FIND_DUPLICATES_OF_IMPORT
from lms.registry.models import Outcome, RosterImport, RosterKind, RosterRow
from lms.registry.queries.rosters import ShownRow
from lms.registry.rules.plan import OUTCOMES, Difference
from lms.registry.rules.reasons import Finding, RosterFault
from lms.registry.rules.sheets import is_long
from lms.registry.signals import organisations_changed, people_changed, positions_changed
from lms.registry.words import refusal_of

APPLY_LOCK: Final = 0x0C0B
"""Any number, the same for every import: PostgreSQL applies them one after another, as SQLite does by itself."""
MEGABYTE: Final = 1024 * 1024
LONG_ROWS: Final = 2_000
"""More rows than this are applied in a job."""
LISTING_TIMES: Final = 8
LOOK_THROUGH: Final = "registry.look_through"
APPLY: Final = "registry.apply_import"
DONE: Final = (Outcome.CREATED, Outcome.CHANGED, Outcome.UNCHANGED, Outcome.MERGED)
"""What may come of a row that is taken."""
NOT_TAKEN: Final = (Outcome.REVIEW, Outcome.REFUSED)


class Decision(Protocol):
    """What is done with one row, and why."""

    @property
    def number(self) -> int: ...
    @property
    def label(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...
    @property
    def changes(self) -> tuple[Difference, ...]: ...
    @property
    def is_warned(self) -> bool: ...


class Decided(Protocol):
    """What is done with a portion of rows."""

    @property
    def rows(self) -> Sequence[Decision]: ...


@dataclass(slots=True)
class Written:
    """What came of writing a portion, for keeping with its rows and for telling those above."""

    people: dict[int, int | None] = field(default_factory=dict)
    """Row number → whom it made or met."""
    subjects: dict[int, int | None] = field(default_factory=dict)
    """Row number → the row of its table that it made or met."""
    position_ids: list[int] = field(default_factory=list)
    organisation_ids: list[int] = field(default_factory=list)
    person_ids: list[int] = field(default_factory=list)
    """Of people whose sex or excuses changed."""

    def add(self, other: "Written") -> None:
        """Take what came of another portion along."""
        self.position_ids += other.position_ids
        self.organisation_ids += other.organisation_ids
        self.person_ids += other.person_ids

    def announce(self, at: datetime) -> None:
        """Tell those above, in this transaction."""
        db.session.flush()
        db.session.expire_all()
        if self.organisation_ids:
            organisations_changed.send("registry", organisation_ids=self.organisation_ids, at=at)
        if self.position_ids:
            positions_changed.send("registry", position_ids=self.position_ids, at=at)
        if self.person_ids:
            people_changed.send("registry", person_ids=self.person_ids, at=at)


class Source(Protocol):
    """A file that was understood as a roster or as a table: cut into portions that can be decided and written alone."""

    is_trying: bool
    """Whether deciding writes and takes back what it wrote."""
    kind: str
    header: Sequence[str]
    unknown: Sequence[str]
    """Headings that nothing is taken from."""

    @property
    def skipped(self) -> int:
        """Lines that are no rows."""

    @property
    def portions(self) -> Sequence[Sequence[Any]]:
        """Once it has been read."""

    def read(self, told: Callable[[int], None] | None = None) -> None:
        """Understand every row, without the database. told: hears now and then how many it has come to."""

    def decide(self, portion: Sequence[Any]) -> Any:
        """What is to be done with these rows, on the database of this moment: see Decided."""

    def write(self, decided: Any, *, at: datetime) -> Written:
        """Do it."""

    def forget(self) -> None:
        """What was decided so far may not be so any more: a transaction has come to its end, or was taken back."""

    def without(self, portion: Sequence[Any], numbers: Iterable[int]) -> Sequence[Any]:
        """The rows that have nothing to do with those of these numbers."""


@dataclass(frozen=True)
class LookedThrough:
    """A file and what it does, or did, row by row."""

    source: Source
    rows: Sequence[Any]
    """Decisions, by number."""
    totals: dict[str, int]

    @property
    def unknown(self) -> Sequence[str]:
        return self.source.unknown


@dataclass(frozen=True)
class Applied:
    """What came of applying a file. If not applied, the plan has changed and is to be shown first."""

    is_applied: bool
    totals: dict[str, Any]


def check_size(content: bytes) -> None:
    """Raise RosterFault for a file that is larger than is taken."""
    limit = int(current_app.config.get("MAX_ROSTER_BYTES", 20 * MEGABYTE))
    if len(content) > limit:
        raise RosterFault("too_large", limit=limit // MEGABYTE)


def keep(content: bytes, name: str, kind: str, *, by: User | None, at: datetime) -> RosterImport:
    """Keep a file that is to be looked through."""
    media_type = storage.MEDIA_TYPES["xlsx" if content.startswith(b"PK") else "csv"]
    roster_import = RosterImport(
        file=storage.store(content, name=name, media_type=media_type, by=by, at=at),
        kind=kind,
        uploaded_by_id=by.id if by is not None else None,
        uploaded_at=at,
        totals={},
    )
    db.session.add(roster_import)
    db.session.flush()
    return roster_import


def content_of(roster_import: RosterImport) -> bytes:
    """The file as it was sent."""
    return storage.path_of(roster_import.file).read_bytes()


def receive(content: bytes, name: str, source: Source, *, by: User, at: datetime) -> tuple[RosterImport, Job | None]:
    """Take a file in. A short one is looked through at once; of a long one the head alone, and a job does the rest."""
    must_wait = is_long(content, _times(source.kind))
    try:
        if not must_wait:
            source.read()
    except RosterFault as fault:
        raise refusal_of(fault) from None
    roster_import = keep(content, name, source.kind, by=by, at=at)
    if must_wait:
        return roster_import, jobs.ask(LOOK_THROUGH, roster_import, by=by, at=at)
    show(roster_import, source, by=by, at=at)
    return roster_import, None


def show(roster_import: RosterImport, source: Source, *, by: audit.Actor | None, at: datetime) -> None:
    """Decide every row and keep what was decided, in the place of what was kept before."""
    forget_rows(roster_import)
    source.forget()
    for portion in source.portions:
        write_rows(roster_import, source.decide(portion).rows)
    end_showing(roster_import, source, by=by, at=at)


def forget_rows(roster_import: RosterImport) -> None:
    """Forget what was decided before of rows that have not been done."""
    db.session.execute(
        delete(RosterRow).where(RosterRow.roster_import_id == roster_import.id, RosterRow.is_applied.is_(False))
    )


def end_showing(roster_import: RosterImport, source: Source, *, by: audit.Actor | None, at: datetime) -> None:
    """Every row has been decided: say so."""
    roster_import.totals = totals_of(roster_import, source)
    roster_import.looked_at = at
    audit.record("registry.preview_roster", roster_import, by=by, at=at, totals=_counts(roster_import.totals))


def note_fault(roster_import: RosterImport, fault: RosterFault) -> None:
    """Say why a file cannot be taken after all. Nothing of it is kept but the file."""
    forget_rows(roster_import)
    roster_import.looked_at = None
    roster_import.fault = {"code": fault.code, "values": fault.values}


def totals_of(roster_import: RosterImport, source: Source) -> dict[str, Any]:
    """As kept with the import: rows by outcome, lines that are none, and the columns that nothing is taken from."""
    return {
        **queries.counted_rows(roster_import),
        "skipped": source.skipped,
        "unknown_columns": list(source.unknown),
    }


def _counts(totals: Mapping[str, Any]) -> dict[str, int]:
    return {name: totals[name] for name in (*OUTCOMES, "warned", "skipped") if name in totals}


def ask_to_apply(roster_import: RosterImport, *, is_whole: bool, by: User, at: datetime) -> Job | None:
    """Have a long import applied by a job; None for one that is short enough to be applied at once."""
    _may_be_applied(roster_import, is_whole=is_whole)
    rows = sum(roster_import.totals.get(outcome, 0) for outcome in OUTCOMES)
    if rows * _times(roster_import.kind) <= LONG_ROWS:
        return None
    return jobs.ask(APPLY, roster_import, by=by, at=at, arguments={"is_whole": is_whole})


def _times(kind: str) -> int:
    """How much longer a row takes than one of a roster: those of listings are done one by one."""
    return 1 if kind in list(RosterKind) else LISTING_TIMES


def _may_be_applied(roster_import: RosterImport, *, is_whole: bool) -> None:
    if roster_import.looked_at is None:
        raise DomainError(_l("Tệp này chưa được xem trước xong."))
    if is_whole and any(roster_import.totals.get(outcome) for outcome in NOT_TAKEN):
        raise DomainError(_l("Có dòng bị từ chối hoặc cần xem lại, nên không ghi gì. Hãy sửa tệp rồi gửi lại."))


def apply(
    roster_import: RosterImport, source: Source, *, by: User | None, at: datetime, is_whole: bool = False
) -> Applied:
    """Do what a file was shown to do, in one transaction: all of it or nothing.

    The rows are decided again on the database of this moment. If any is no longer decided as it was shown, nothing is
    done: the new decisions take its place, to be read first. Applying what is applied changes nothing.
    is_whole: refuse a file of which any row is not taken.
    """
    one_at_a_time()
    db.session.flush()
    db.session.refresh(roster_import, with_for_update=True)
    if roster_import.applied_at is not None:
        return Applied(True, roster_import.totals)
    _may_be_applied(roster_import, is_whole=is_whole)
    told = Written()
    with db.session.begin_nested() as tried:
        for portion in source.portions:
            decided = source.decide(portion)
            shown = queries.shown_rows(roster_import, [row.number for row in decided.rows])
            if any(_differs(row, shown) for row in decided.rows):
                tried.rollback()
                break
            if any(not shown[row.number].is_applied for row in decided.rows if row.outcome not in NOT_TAKEN):
                told.add(_write(roster_import, source, decided, at=at))
        else:
            end_applying(roster_import, source, by=by, at=at)
            told.announce(at)
            return Applied(True, roster_import.totals)
    show(roster_import, source, by=by, at=at)
    return Applied(False, roster_import.totals)


def apply_portion(roster_import: RosterImport, source: Source, portion: Sequence[Any], *, at: datetime) -> None:
    """Do what one portion of a file was shown to do; one that has been done stays as it is.

    Rows that are no longer decided as they were shown are left for somebody to look at, with what hangs on them.
    """
    one_at_a_time()
    source.forget()
    numbers = [row.number for row in portion]
    shown = queries.shown_rows(roster_import, numbers)
    if not any(row.outcome not in NOT_TAKEN and not row.is_applied for row in shown.values()):
        return
    rows = portion
    while rows:
        decided = source.decide(rows)
        moved = [row.number for row in decided.rows if _differs(row, shown)]
        if not moved:
            _write(roster_import, source, decided, at=at).announce(at)
            break
        rows = source.without(rows, moved)
    left = set(numbers) - {row.number for row in rows}
    _leave(roster_import, [number for number in left if number in shown and shown[number].outcome not in NOT_TAKEN])


def end_applying(roster_import: RosterImport, source: Source, *, by: User | None, at: datetime) -> None:
    """Every row has been done or left: say so."""
    roster_import.totals = totals_of(roster_import, source)
    roster_import.applied_by_id = by.id if by is not None else None
    roster_import.applied_at = at
    audit.record("registry.apply_roster", roster_import, by=by, at=at, totals=_counts(roster_import.totals))
    if queries.people_made_by(roster_import, most=1):
        jobs.ask(FIND_DUPLICATES_OF_IMPORT, roster_import, by=by, at=at)


def bring_in(content: bytes, name: str, source: Source, *, by: User | None, at: datetime) -> LookedThrough:
    """Decide and do every row in one go: what a command does, where nobody reads in between."""
    one_at_a_time()
    roster_import = keep(content, name, source.kind, by=by, at=at)
    told, rows = Written(), list[LightDecision]()
    for portion in source.portions:
        decided = source.decide(portion)
        written = source.write(decided, at=at)
        write_rows(roster_import, decided.rows, written)
        told.add(written)
        rows.extend(_light(row) for row in decided.rows)
    roster_import.looked_at = at
    end_applying(roster_import, source, by=by, at=at)
    told.announce(at)
    rows.sort(key=lambda row: row.number)
    return LookedThrough(source, rows, _counts(roster_import.totals))


@dataclass(frozen=True, slots=True)
class LightDecision:
    """A decision without what it was made of."""

    number: int
    name: str
    outcome: str
    findings: tuple[Finding, ...]


def _light(row: Decision) -> LightDecision:
    return LightDecision(row.number, row.name, row.outcome, row.findings)


def one_at_a_time() -> None:
    """From here to the end of the transaction nobody else applies a file."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": APPLY_LOCK})


def _reasons(row: Decision) -> list[dict[str, Any]]:
    return [finding.as_dict() for finding in row.findings]


def _changes(row: Decision) -> list[dict[str, Any]]:
    return [change.as_dict() for change in row.changes]


def _differs(row: Decision, shown: Mapping[int, ShownRow]) -> bool:
    known = shown.get(row.number)
    if known is None:
        return True
    if known.is_applied:
        # It has been done, so of course it is not decided as it was before that.
        return False
    return (row.label, row.outcome, _reasons(row), _changes(row)) != (
        known.label,
        known.outcome,
        known.reasons,
        known.changes,
    )


def write_rows(roster_import: RosterImport, rows: Iterable[Decision], written: Written | None = None) -> None:
    """Keep what was decided of rows; written: and done."""
    import_id = roster_import.id
    people = written.people if written is not None else {}
    subjects = written.subjects if written is not None else {}
    is_done = written is not None
    insert_rows(
        RosterRow,
        (
            "roster_import_id",
            "number",
            "outcome",
            "reasons",
            "changes",
            "label",
            "is_applied",
            "person_id",
            "subject_id",
        ),
        (
            (
                import_id,
                row.number,
                row.outcome,
                _reasons(row),
                _changes(row),
                row.label,
                is_done and row.outcome not in NOT_TAKEN,
                people.get(row.number),
                subjects.get(row.number),
            )
            for row in rows
        ),
    )


def _write(roster_import: RosterImport, source: Source, decided: Decided, *, at: datetime) -> Written:
    """Do what was decided and mark the rows as done."""
    written = source.write(decided, at=at)
    rows = Model.metadata.tables[RosterRow.__tablename__]
    done = [
        {
            "done_number": row.number,
            "done_person": written.people.get(row.number),
            "done_subject": written.subjects.get(row.number),
        }
        for row in decided.rows
        if row.outcome not in NOT_TAKEN
    ]
    if done:
        db.session.execute(
            update(rows)
            .where(rows.c.roster_import_id == roster_import.id, rows.c.number == bindparam("done_number"))
            .values(is_applied=True, person_id=bindparam("done_person"), subject_id=bindparam("done_subject")),
            done,
        )
    return written


def _leave(roster_import: RosterImport, numbers: Sequence[int]) -> None:
    """Rows that are no longer what they were shown to be wait for somebody to look at them."""
    reason = Finding("changed_meanwhile").as_dict()
    for part in queries.chunks(numbers):
        for row in db.session.scalars(
            db.select(RosterRow).where(RosterRow.roster_import_id == roster_import.id, RosterRow.number.in_(part))
        ):
            row.outcome = Outcome.REVIEW
            row.reasons = [*row.reasons, reason]
