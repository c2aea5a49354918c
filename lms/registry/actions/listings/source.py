"""A listing that comes back: each row is compared with what is kept, and does what the same page would do.

To decide a row is to do it and to take it back: whatever refuses it then, refuses it now, with the same words.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lms.accounts.models import User
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import DomainError
from lms.registry.actions.imports import Written
from lms.registry.actions.listings.base import Listing, RowFault, Sender, unit_meant
from lms.registry.models import Outcome
from lms.registry.queries import chunks
from lms.registry.rules.id_numbers import masked
from lms.registry.rules.listings import (
    HIDDEN,
    Column,
    Entry,
    OpenListing,
    as_kept,
    hidden,
    read_entry,
    refuse_twice,
)
from lms.registry.rules.plan import Difference
from lms.registry.rules.reasons import Finding, Severity
from lms.registry.rules.rows import veiled
from lms.registry.rules.tables import as_text
from lms.registry.signals import held

PORTION: Final = 200
TOLD_EVERY: Final = 5_000


@dataclass(slots=True)
class RowDecision:
    """What is done with one row, and why."""

    entry: Entry
    outcome: str
    findings: tuple[Finding, ...]
    changes: tuple[Difference, ...] = ()
    subject_id: int | None = None
    person_id: int | None = None

    @property
    def number(self) -> int:
        return self.entry.number

    @property
    def label(self) -> str:
        return self.entry.label

    @property
    def name(self) -> str:
        return self.entry.label

    @property
    def is_warned(self) -> bool:
        return any(finding.severity is Severity.WARNING for finding in self.findings)


@dataclass(slots=True)
class Decisions:
    """What is done with a portion."""

    rows: list[RowDecision]


class ListingSource:
    """A file of a listing, understood with the rights of whoever sends it."""

    is_trying = True

    def __init__(self, listing: Listing, table: OpenListing, *, by: User | None, at: datetime) -> None:
        self.kind: str = listing.name
        self.header: Sequence[str] = table.header
        self.unknown: Sequence[str] = table.unknown
        self._listing = listing
        self._table = table
        self._at = at
        self._sender = Sender(by)
        self._columns = {column.key: column for column in listing.columns}
        self._portions: list[list[Entry]] = []

    @property
    def skipped(self) -> int:
        return self._table.skipped

    @property
    def portions(self) -> Sequence[Sequence[Entry]]:
        return self._portions

    def read(self, told: Callable[[int], None] | None = None) -> None:
        """Understand every row. Raises RosterFault if the file cannot be read to its end."""
        entries = []
        today = day_of(self._at)
        for raw in self._table:
            entries.append(
                read_entry(raw, self._table.columns, self._listing.columns, labels=self._listing.labels, today=today)
            )
            if told is not None and len(entries) % TOLD_EVERY == 0:
                told(len(entries))
        refuse_twice(entries, self._listing.sole)
        self._listing.check_file(entries)
        self._portions = list(chunks(entries, PORTION))

    def decide(self, portion: Sequence[Entry]) -> Decisions:
        """What these rows would do: they are done, and taken back."""
        with held(), db.session.begin_nested() as tried:
            rows = self._carry_out(portion, self._at)
            tried.rollback()
        return Decisions(rows)

    def write(self, decided: Decisions, *, at: datetime) -> Written:
        """Do it."""
        good = [row.entry for row in decided.rows if row.outcome != Outcome.REFUSED]
        with held() as told:
            rows = self._carry_out(good, at)
        return Written(
            people={row.number: row.person_id for row in rows},
            subjects={row.number: row.subject_id for row in rows},
            position_ids=sorted(told.get("position_ids", ())),
            organisation_ids=sorted(told.get("organisation_ids", ())),
            person_ids=sorted(told.get("person_ids", ())),
        )

    def forget(self) -> None:
        """Nothing is remembered from one portion to the next."""

    def without(self, portion: Sequence[Entry], numbers: Iterable[int]) -> Sequence[Entry]:
        """The rows but those of these numbers."""
        gone = set(numbers)
        return [entry for entry in portion if entry.number not in gone]

    def _carry_out(self, entries: Sequence[Entry], at: datetime) -> list[RowDecision]:
        told = {entry.number: self._placed(entry) for entry in entries if not entry.is_refused}
        rows = [row for row in told.values() if not isinstance(row, RowFault)]
        things = self._listing.known(rows, self._sender)
        return [self._row(entry, told.get(entry.number), things, at) for entry in entries]

    def _placed(self, entry: Entry) -> dict[str, Any] | RowFault:
        """What a row says, with the unit that it means; or why it means none."""
        told = dict(entry.told)
        if "unit_code" in self._columns and {"unit_code", "province"} & told.keys():
            try:
                told["unit_code"] = unit_meant(told, self._sender)
            except RowFault as fault:
                return fault
        return told

    def _row(
        self, entry: Entry, told: dict[str, Any] | RowFault | None, things: dict[Any, Any], at: datetime
    ) -> RowDecision:
        findings: tuple[Finding, ...] = ()
        if isinstance(told, RowFault):
            findings = told.findings
        elif told is not None:
            try:
                with db.session.begin_nested():
                    return self._taken(entry, told, things, at)
            except RowFault as fault:
                findings = fault.findings
            except DomainError as refusal:
                findings = (not_possible(refusal.message),)
        return RowDecision(entry, Outcome.REFUSED, (*entry.findings, *findings))

    def _taken(self, entry: Entry, told: dict[str, Any], things: dict[Any, Any], at: datetime) -> RowDecision:
        listing = self._listing
        key = told.get(listing.key)
        thing = things.get(key) if key is not None else None
        if thing is None and not (listing.makes_new if key is None else listing.key_makes_new):
            code = "key_unknown" if key is not None else "key_missing"
            raise RowFault(Finding(code, as_text(key), field=listing.key))
        before = listing.before(told, thing, self._sender)
        changed = {
            name: (before.get(name), value)
            for name, value in told.items()
            if not self._columns[name].is_told_only and self._differs(self._columns[name], before.get(name), value)
        }
        if thing is not None:
            self._refuse_fixed(changed)
            if not changed:
                return self._decided(entry, Outcome.UNCHANGED, thing, {})
        values = before | {name: value for name, (_before, value) in changed.items()}
        done = listing.write(thing, values, changed.keys(), sender=self._sender, at=at)
        db.session.flush()
        return self._decided(entry, Outcome.CHANGED if thing is not None else Outcome.CREATED, done, changed)

    def _differs(self, column: Column, kept: Any, told: Any) -> bool:
        kept = as_kept(column, kept)
        if column.is_secret and isinstance(told, str) and HIDDEN in told:
            if kept is None or masked(kept) != told:
                raise RowFault(Finding("value_hidden", field=column.key))
            return False
        return bool(kept != told)

    def _refuse_fixed(self, changed: dict[str, tuple[Any, Any]]) -> None:
        fixed = [
            Finding("value_fixed", self._shown(name, before), field=name)
            for name, (before, _told) in changed.items()
            if self._columns[name].is_fixed
        ]
        if fixed:
            raise RowFault(*fixed)

    def _decided(self, entry: Entry, outcome: Outcome, thing: Any, changed: dict[str, tuple[Any, Any]]) -> RowDecision:
        # Of something new every field is new: the row itself says it.
        changes = (
            tuple(
                Difference(name, self._shown(name, before), self._shown(name, told))
                for name, (before, told) in changed.items()
            )
            if outcome == Outcome.CHANGED
            else ()
        )
        return RowDecision(
            entry,
            outcome,
            tuple(entry.findings),
            changes,
            subject_id=thing.id,
            person_id=getattr(thing, "person_id", None),
        )

    def _shown(self, name: str, value: Any) -> str:
        column = self._columns[name]
        return veiled(as_text(column.shown(hidden(column, value))))


def not_possible(message: Any) -> Finding:
    """A refusal of the registry's own, as a reason: in words that are translated where they are shown."""
    source = getattr(message, "source", None) or str(message)
    values = getattr(message, "values", None) or {}
    return Finding("not_possible", str(source), values=tuple((name, str(value)) for name, value in values.items()))
