"""Rosters: what a list of people does to the registry, decided and written a portion at a time."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update

from lms.accounts.models import User
from lms.core.bulk import fresh_ids, insert_rows
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.core.i18n import gettext as _
from lms.core.secrets import seal
from lms.registry import policies, queries
from lms.registry.actions import imports
from lms.registry.actions.imports import Written
from lms.registry.models import (
    Level,
    Organisation,
    OrganisationKind,
    Person,
    Position,
    PositionKind,
    Sex,
)
from lms.registry.rules.names import search_key, sort_key, title_key
from lms.registry.rules.plan import Firm, Plan, Post, Someone, make_plan, portions_of
from lms.registry.rules.rows import Row, RowReader
from lms.registry.rules.tables import open_table

PORTION: Final = 2_000
"""Rows decided and written together: on SQLite everybody else who writes waits for so many."""
TOLD_EVERY: Final = 5_000
ORGANISATION: Final = (
    "id",
    "name",
    "match_key",
    "search_key",
    "sort_key",
    "kind",
    "legal_form",
    "tax_code",
    "product_group",
    "unit_id",
    "joined_on",
)
PERSON: Final = (
    "id", "full_name", "sort_key", "search_key", "match_key", "birth_on", "sex", "id_number_sealed", "id_number_index",
    "phone", "email", "created_at",
)  # fmt: skip
POSITION: Final = (
    "id", "person_id", "kind", "level", "title", "workplace", "workplace_key", "unit_id", "organisation_id",
    "started_on", "ended_on",
)  # fmt: skip


class RosterSource:
    """A roster, understood with the rights of whoever sends it."""

    is_trying = False

    def __init__(self, content: bytes, *, by: User | None, at: datetime, kind: str | None = None) -> None:
        """Look at the head of the file. Raises RosterFault if it is no roster.

        by: whose scope counts; None for the system itself, which may write everywhere.
        """
        imports.check_size(content)
        self._table = open_table(content, kind=kind)
        if queries.unit_by_code(queries.CENTRE) is None:
            raise InvalidInput(_("Chưa có đơn vị hành chính nào. Hãy chạy trước: flask registry load-units"))
        self.kind: str = self._table.kind
        self.header: Sequence[str] = self._table.header
        self.unknown: Sequence[str] = self._table.unknown
        self._today = day_of(at)
        self._scope = None if by is None else policies.scope_of(by)
        self._reader = RowReader(self._table.columns, self.kind, queries.places(), today=self._today)
        self._identities: dict[int, str] = {}
        self._portions: list[list[Row]] = []
        self._firms: dict[int, Firm] = {}
        self._new_firms: list[Firm] = []

    @property
    def skipped(self) -> int:
        return self._table.skipped

    @property
    def portions(self) -> Sequence[Sequence[Row]]:
        return self._portions

    def read(self, told: Callable[[int], None] | None = None) -> None:
        """Understand every row. Raises RosterFault if the file cannot be read to its end."""
        rows = []
        for raw in self._table:
            row = self._reader.read(raw)
            rows.append(row)
            if row.id_number:
                self._identities[row.number] = queries.id_number_index(row.id_number)
            if told is not None and len(rows) % TOLD_EVERY == 0:
                told(len(rows))
        self._portions = portions_of(rows, self._identities, PORTION)

    def decide(self, portion: Sequence[Row]) -> Plan:
        """What these rows do. Organisations that earlier portions make are known to later ones, written or not."""
        identities = {row.number: self._identities[row.number] for row in portion if row.number in self._identities}
        known = queries.known_for(portion, identities, self._scope, self._firms)
        written = [firm for firm in self._new_firms if firm.id is not None]
        if written:
            self._firms.update({firm.id: firm for firm in written if firm.id is not None})
            self._new_firms = [firm for firm in self._new_firms if firm.id is None]
        known.firms = [*sorted(self._firms.values(), key=lambda firm: firm.id or 0), *self._new_firms]
        plan = make_plan(portion, known, identities, today=self._today, scope=self._scope)
        self._new_firms.extend(firm for firm in plan.firms if firm.id is None)
        return plan

    def write(self, decided: Plan, *, at: datetime) -> Written:
        """Write the people, organisations and posts of a portion."""
        _write_firms(decided.firms)
        _write_people(decided.people, at)
        position_ids = _write_posts(decided.people)
        return Written(
            people={row.number: row.someone.id for row in decided.rows if row.someone is not None},
            position_ids=position_ids,
            person_ids=[
                someone.id for someone in decided.people if "sex" in someone.changes and someone.id is not None
            ],
        )

    def forget(self) -> None:
        """Read organisations anew; those that earlier portions have made stand in the database, or do not exist."""
        self._firms, self._new_firms = {}, []

    def without(self, portion: Sequence[Row], numbers: Iterable[int]) -> Sequence[Row]:
        """The rows that have nothing to do with those of these numbers."""
        gone = set(numbers)
        groups = portions_of(portion, self._identities, 1)
        return [row for group in groups if gone.isdisjoint(row.number for row in group) for row in group]


def _write_firms(firms: Sequence[Firm]) -> None:
    changed = [{"id": firm.id, **firm.changes} for firm in firms if firm.id is not None]
    if changed:
        db.session.execute(update(Organisation), changed)
    fresh = [firm for firm in firms if firm.id is None]
    for firm, new_id in zip(fresh, fresh_ids(Organisation, len(fresh)), strict=True):
        firm.id = new_id
    insert_rows(
        Organisation,
        ORGANISATION,
        (
            (
                firm.id,
                firm.name,
                firm.match_key,
                search_key(firm.name),
                title_key(firm.name),
                OrganisationKind(firm.kind),
                firm.legal_form,
                firm.tax_code,
                firm.product_group,
                firm.unit_id,
                firm.joined_on,
            )
            for firm in fresh
        ),
    )


def _write_people(people: Sequence[Someone], at: datetime) -> None:
    changed = [
        {"id": someone.id, **_person_changes(someone)}
        for someone in people
        if someone.id is not None and someone.changes
    ]
    if changed:
        db.session.execute(update(Person), changed)
    fresh = [someone for someone in people if someone.id is None]
    for someone, new_id in zip(fresh, fresh_ids(Person, len(fresh)), strict=True):
        someone.id = new_id
    insert_rows(Person, PERSON, (_person_values(someone, at) for someone in fresh))


def _person_values(someone: Someone, at: datetime) -> tuple[Any, ...]:
    number = someone.row.id_number if someone.row is not None else None
    return (
        someone.id,
        someone.full_name,
        sort_key(someone.full_name),
        search_key(someone.full_name),
        someone.match_key,
        someone.birth_on,
        _sex(someone.sex),
        seal(number) if number is not None else None,
        someone.identity,
        someone.phone,
        someone.email,
        at,
    )


def _person_changes(someone: Someone) -> dict[str, Any]:
    changes = dict(someone.changes)
    number = changes.pop("id_number", None)
    if number is not None:
        changes["id_number_sealed"] = seal(number)
        changes["id_number_index"] = someone.identity
    if "sex" in changes:
        changes["sex"] = _sex(changes["sex"])
    return changes


def _sex(value: str | None) -> Sex | None:
    return Sex(value) if value is not None else None


def _write_posts(people: Sequence[Someone]) -> list[int]:
    """Write new and changed posts; returns the ids of all of them."""
    changed: list[dict[str, Any]] = []
    fresh: list[tuple[Someone, Post]] = []
    for someone in people:
        for post in someone.posts:
            if post.id is None:
                fresh.append((someone, post))
            elif post.changes:
                values = dict(post.changes)
                if "firm" in values:
                    values["organisation_id"] = values.pop("firm").id
                if "level" in values:
                    values["level"] = _level(values["level"])
                changed.append({"id": post.id, **values})
    if changed:
        db.session.execute(update(Position), changed)
    ids = fresh_ids(Position, len(fresh))
    insert_rows(
        Position,
        POSITION,
        (
            (
                new_id,
                someone.id,
                PositionKind(post.kind),
                _level(post.level),
                post.title,
                post.workplace,
                post.workplace_key,
                post.unit_id,
                post.firm.id if post.firm is not None else None,
                post.started_on,
                post.ended_on,
            )
            for new_id, (someone, post) in zip(ids, fresh, strict=True)
        ),
    )
    return [*ids, *(values["id"] for values in changed)]


def _level(value: str | None) -> Level | None:
    return Level(value) if value is not None else None
