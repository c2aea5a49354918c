"""Decides what a whole roster does: which rows create, change, merge, wait for a person or are refused.

The decision is made on working copies of what is known, in an order that does not depend on where in the file a row
stands: rows with a personal id first, rows without one after them, each in the order of the file.

- Same id, same name, again in the file: *merged* into the first such row. What the first row says stays; the later
  one only fills what is empty, and adds its post if that is another one.
- Same id, same name as somebody already known: *changed* if the row brings something new (a telephone, another post,
  an earlier day of the same post), else *unchanged*. A post that has ended is not opened again by an old list.
- Same id, other name: *refused*. Whoever is known already keeps the id, else the first row of the file that is taken.
- No id, but the name and birth date of somebody known or of another row: left for *review*, unless it is the very
  post of a person who is known without an id (the same list sent again): *unchanged*.
- An id, and somebody known without an id who has the same name and birth date: the id is added if it is the same
  post, else *review*.
- A person who is known but works outside the sender's area gets the new post; nothing else of theirs is touched.

Rows that may have to do with each other (same id or same name) are always decided together; a long roster is decided
a portion of such groups at a time, so that the rest of it need not be held.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from lms.registry.rules.id_numbers import masked
from lms.registry.rules.reasons import Finding, Severity
from lms.registry.rules.rows import Row
from lms.registry.rules.tables import LEADERS, as_text
from lms.registry.rules.units import Place, titled

OUTCOMES: Final = ("created", "changed", "unchanged", "merged", "review", "refused")
DETAILS: Final = ("birth_on", "sex", "phone", "email")
NameAndBirth = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Difference:
    """What one row changes in one field of something known. Holds no whole personal id or telephone."""

    field: str
    before: str
    after: str

    def as_dict(self) -> dict[str, str]:
        """As it is stored beside the row."""
        return {"field": self.field, "before": self.before, "after": self.after}


@dataclass(slots=True, eq=False)
class Firm:
    """An organisation, known (with an id) or to be made."""

    id: int | None
    name: str
    match_key: str
    kind: str
    unit_id: int
    legal_form: str = ""
    tax_code: str | None = None
    product_group: str | None = None
    joined_on: date | None = None
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Post:
    """A position, known (with an id) or to be made."""

    id: int | None
    kind: str
    unit_id: int
    workplace_key: str
    started_on: date
    ended_on: date | None = None
    title: str = ""
    workplace: str = ""
    level: str | None = None
    firm: Firm | None = None
    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Someone:
    """A person, known (with an id) or to be made."""

    id: int | None
    full_name: str
    match_key: str
    identity: str | None
    """What stands for the personal id: equal exactly where the ids are."""
    birth_on: date | None = None
    sex: str | None = None
    phone: str | None = field(default=None, repr=False)
    email: str | None = None
    is_inside: bool = True
    """Whether the sender of the list may change what is known of this person."""
    other_names: frozenset[str] = frozenset()
    """Folded names under which the same human being was known until two were found to be one."""
    posts: list[Post] = field(default_factory=list)
    row: Row | None = None
    """The first row of this file that is about them."""
    changes: dict[str, Any] = field(default_factory=dict)

    def bears(self, name: str) -> bool:
        """Whether a folded name is theirs."""
        return name == self.match_key or name in self.other_names


@dataclass(slots=True)
class Known:
    """What the database holds that may matter for a roster."""

    by_identity: dict[str, Someone] = field(default_factory=dict)
    by_name: dict[str, list[Someone]] = field(default_factory=dict)
    """By folded name; at least everyone who bears the name of a row."""
    firms: list[Firm] = field(default_factory=list)


@dataclass(slots=True)
class RowPlan:
    """What is done with one row, and why."""

    row: Row
    outcome: str
    findings: tuple[Finding, ...]
    someone: Someone | None = None
    changes: tuple[Difference, ...] = ()

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def label(self) -> str:
        """The name as it stood in the row."""
        return self.row.label

    @property
    def name(self) -> str:
        """The name as it is kept, or as it stood where it cannot be kept."""
        return self.row.full_name or self.row.label

    @property
    def is_warned(self) -> bool:
        return any(finding.severity is Severity.WARNING for finding in self.findings)


@dataclass(slots=True)
class Plan:
    """What a whole roster does."""

    rows: list[RowPlan]
    people: list[Someone]
    """New ones and known ones with changes or new posts."""
    firms: list[Firm]
    """New ones and known ones with changes."""
    totals: dict[str, int]


def is_within(path: str, paths: Collection[str] | None) -> bool:
    """Whether a unit lies in one of the subtrees; None stands for the whole country."""
    return paths is None or any(path == top or path.startswith(f"{top}/") for top in paths)


def portions_of(rows: Sequence[Row], identities: Mapping[int, str], size: int) -> list[list[Row]]:
    """Cut a roster where no two rows that may have to do with each other are parted.

    identities: row number → what stands for its personal id.
    size: rows at least, but for the last portion; more where many rows hang together.
    """
    groups = _Groups()
    for row in rows:
        name = row.match_key or str(row.number)
        identity = identities.get(row.number)
        groups.join(name, name if identity is None else f"#{identity}")
    together: dict[str, list[Row]] = {}
    for row in rows:
        together.setdefault(groups.top(row.match_key or str(row.number)), []).append(row)
    portions: list[list[Row]] = [[]]
    for group in together.values():
        if len(portions[-1]) >= size:
            portions.append([])
        portions[-1].extend(group)
    for portion in portions:
        portion.sort(key=lambda row: row.number)
    return portions


class _Groups:
    """What hangs together, told pair by pair."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def top(self, thing: str) -> str:
        above = self._above
        while (higher := above.setdefault(thing, thing)) != thing:
            above[thing] = thing = above[higher]
        return thing

    def join(self, one: str, other: str) -> None:
        self._above[self.top(other)] = self.top(one)


def make_plan(
    rows: Sequence[Row],
    known: Known,
    identities: Mapping[int, str],
    *,
    today: date,
    scope: Collection[str] | None = None,
    skipped: int = 0,
) -> Plan:
    """Decide every row.

    identities: row number → what stands for its personal id, for rows that have one.
    scope: paths of the units in which the sender may write; None for everywhere.
    """
    planner = _Planner(rows, known, identities, today)
    for row in rows:
        planner.check_scope(row, scope)
    taken = [row for row in rows if not planner.is_refused(row)]
    for row in taken:
        if row.number in identities:
            planner.settle_known_by_id(row)
    for row in taken:
        if row.number not in identities:
            planner.settle_without_id(row)
    for row in rows:
        if planner.is_refused(row):
            planner.refuse(row)
    decided = [planner.plans[row.number] for row in rows]
    return Plan(decided, planner.touched_people(), planner.touched_firms(), totals_of(decided, skipped))


def totals_of(decided: Sequence[RowPlan], skipped: int) -> dict[str, int]:
    """How many rows come to what."""
    totals = dict.fromkeys(OUTCOMES, 0)
    totals.update(Counter(plan.outcome for plan in decided))
    totals["warned"] = sum(plan.is_warned for plan in decided)
    totals["skipped"] = skipped
    return totals


class _Planner:
    def __init__(self, rows: Sequence[Row], known: Known, identities: Mapping[int, str], today: date) -> None:
        self.plans: dict[int, RowPlan] = {}
        self._identities = identities
        self._today = today
        self._known = known
        self._said: dict[int, list[Finding]] = {row.number: list(row.findings) for row in rows}
        self._differences: dict[int, list[Difference]] = {}
        self._new_people: list[Someone] = []
        self._with_id: set[NameAndBirth] = {
            (row.match_key, row.birth_on)
            for row in rows
            if row.birth_on is not None and row.match_key and not _lacks_id(row)
        }
        self._firms_by_tax = {firm.tax_code: firm for firm in known.firms if firm.tax_code}
        self._firms_by_place: dict[tuple[int, str, str], Firm] = {}
        for firm in known.firms:
            self._firms_by_place.setdefault((firm.unit_id, firm.match_key, firm.kind), firm)
        self._new_firms: list[Firm] = []

    def check_scope(self, row: Row, scope: Collection[str] | None) -> None:
        if row.unit is not None and not is_within(row.unit.path, scope):
            self._said[row.number].append(Finding("outside_scope", _shown(row.unit)))

    def is_refused(self, row: Row) -> bool:
        return any(finding.severity is Severity.REFUSED for finding in self._said[row.number])

    def refuse(self, row: Row) -> None:
        """A row refused for other reasons still says so if its id belongs to somebody else."""
        if row.number in self.plans:
            return
        owner = self._known.by_identity.get(self._identities.get(row.number, ""))
        if owner is not None and row.match_key and not owner.bears(row.match_key):
            self._said[row.number].append(Finding("id_number_other_name", masked(row.id_number or "")))
        self._decide(row, "refused")

    def settle_known_by_id(self, row: Row) -> None:
        identity = self._identities[row.number]
        owner = self._known.by_identity.get(identity)
        if owner is None:
            self._settle_new_id(row, identity)
        elif not owner.bears(row.match_key):
            self._said[row.number].append(Finding("id_number_other_name", masked(row.id_number or "")))
            self._decide(row, "refused")
        elif owner.row is not None:
            self._said[row.number].append(Finding("same_person", str(owner.row.number)))
            self._add(row, owner, fills_only=True)
            self._decide(row, "merged", owner)
        else:
            owner.row = row
            self._decide(row, "changed" if self._add(row, owner) else "unchanged", owner)

    def _settle_new_id(self, row: Row, identity: str) -> None:
        namesakes = [someone for someone in self._namesakes(row) if someone.identity is None and someone.row is None]
        if not namesakes:
            self._create(row, identity)
            return
        same = [someone for someone in namesakes if someone.is_inside and _post_of(row, someone) is not None]
        if len(namesakes) > 1 or not same:
            self._said[row.number].append(Finding("same_name_and_birth"))
            self._decide(row, "review")
            return
        someone = same[0]
        someone.identity = identity
        someone.row = row
        someone.changes["id_number"] = row.id_number
        self._differ(row, "id_number", None, masked(row.id_number or ""))
        self._known.by_identity[identity] = someone
        self._add(row, someone)
        self._decide(row, "changed", someone)

    def settle_without_id(self, row: Row) -> None:
        namesakes = self._namesakes(row)
        sent_before = [
            someone
            for someone in namesakes
            if someone.id is not None
            and someone.identity is None
            and someone.row is None
            and someone.birth_on == row.birth_on
            and _post_of(row, someone) is not None
        ]
        if len(sent_before) == 1 and len(namesakes) == 1:
            someone = sent_before[0]
            someone.row = row
            self._decide(row, "changed" if self._add(row, someone) else "unchanged", someone)
            return
        key = (row.match_key, row.birth_on) if row.birth_on is not None else None
        if namesakes or (key is not None and key in self._with_id):
            self._said[row.number].append(Finding("same_name_and_birth"))
            self._decide(row, "review")
            return
        self._create(row, None)

    def _namesakes(self, row: Row) -> list[Someone]:
        """People of the same name and birth date; where a birth date is missing, of the same name and unit."""
        found = []
        for someone in self._known.by_name.get(row.match_key, ()):
            if row.birth_on is None or someone.birth_on is None:
                is_same = row.unit is not None and any(post.unit_id == row.unit.id for post in someone.posts)
            else:
                is_same = row.birth_on == someone.birth_on
            if is_same:
                found.append(someone)
        return found

    def _create(self, row: Row, identity: str | None) -> None:
        someone = Someone(
            id=None,
            full_name=row.full_name,
            match_key=row.match_key,
            identity=identity,
            row=row,
            **{name: getattr(row, name) for name in DETAILS},
        )
        self._new_people.append(someone)
        self._known.by_name.setdefault(row.match_key, []).append(someone)
        if identity is not None:
            self._known.by_identity[identity] = someone
        self._add(row, someone)
        self._decide(row, "created", someone)

    def _add(self, row: Row, someone: Someone, *, fills_only: bool = False) -> bool:
        """Bring what a row says to a person. Returns whether that made a difference."""
        is_changed = False
        if someone.is_inside:
            for name in DETAILS:
                told, held = getattr(row, name), getattr(someone, name)
                if told is not None and told != held and not (fills_only and held is not None):
                    self._differ(row, name, held, told)
                    setattr(someone, name, told)
                    someone.changes[name] = told
                    is_changed = True
        return self._add_post(row, someone, fills_only=fills_only) or is_changed

    def _add_post(self, row: Row, someone: Someone, *, fills_only: bool) -> bool:
        assert row.unit is not None
        firm, firm_is_changed = self._firm_of(row) if row.kind == LEADERS else (None, False)
        post = _post_of(row, someone)
        if post is None:
            if someone.id is not None:
                self._differ(row, "position", None, " · ".join(filter(None, (row.title, row.workplace))))
            someone.posts.append(
                Post(
                    id=None,
                    kind=_post_kind(row),
                    unit_id=row.unit.id,
                    workplace_key=row.workplace_key,
                    started_on=row.started_on or self._today,
                    title=row.title,
                    workplace=row.workplace,
                    level=row.level,
                    firm=firm,
                )
            )
            return True
        if fills_only or post.ended_on is not None:
            return firm_is_changed
        told: dict[str, Any] = {
            "title": row.title or post.title,
            "level": row.level,
            "started_on": row.started_on or post.started_on,
        }
        changes: dict[str, Any] = {name: value for name, value in told.items() if getattr(post, name) != value}
        if firm is not None and post.firm is not firm:
            self._differ(row, "workplace", post.firm.name if post.firm is not None else None, firm.name)
            post.firm = firm
            changes["firm"] = firm
        if "started_on" in changes and any(
            other is not post and _place_of(other) == _place_of(post) and other.started_on == changes["started_on"]
            for other in someone.posts
        ):
            del changes["started_on"]
        for name, value in changes.items():
            if name != "firm":
                self._differ(row, name, getattr(post, name), value)
            setattr(post, name, value)
        post.changes.update(changes)
        return bool(changes) or firm_is_changed

    def _firm_of(self, row: Row) -> tuple[Firm, bool]:
        assert row.unit is not None
        assert row.organisation_kind is not None
        place = (row.unit.id, row.workplace_key, row.organisation_kind)
        by_tax = self._firms_by_tax.get(row.tax_code) if row.tax_code else None
        if by_tax is not None:
            if by_tax.match_key != row.workplace_key:
                self._said[row.number].append(Finding("tax_code_other_name", by_tax.name[:80]))
            return by_tax, False
        by_place = self._firms_by_place.get(place)
        if by_place is not None and (row.tax_code is None or by_place.tax_code is None):
            if row.tax_code is None:
                return by_place, False
            self._differ(row, "tax_code", None, row.tax_code)
            by_place.tax_code = row.tax_code
            by_place.changes["tax_code"] = row.tax_code
            self._firms_by_tax[row.tax_code] = by_place
            return by_place, True
        firm = Firm(
            id=None,
            name=row.workplace,
            match_key=row.workplace_key,
            kind=row.organisation_kind,
            unit_id=row.unit.id,
            legal_form=row.legal_form,
            tax_code=row.tax_code,
            product_group=row.product_group,
            joined_on=row.started_on,
        )
        self._new_firms.append(firm)
        self._firms_by_place.setdefault(place, firm)
        if firm.tax_code:
            self._firms_by_tax[firm.tax_code] = firm
        return firm, False

    def _decide(self, row: Row, outcome: str, someone: Someone | None = None) -> None:
        # Of somebody new every field is new: the row itself says it.
        differences = self._differences.get(row.number, ()) if someone is not None and someone.id is not None else ()
        said = self._said[row.number]
        findings = tuple(said) if len(said) != len(row.findings) else row.findings
        self.plans[row.number] = RowPlan(row, outcome, findings, someone, tuple(differences))

    def _differ(self, row: Row, name: str, before: Any, after: Any) -> None:
        told = [masked(value) if name == "phone" and value else as_text(value) for value in (before, after)]
        self._differences.setdefault(row.number, []).append(Difference(name, *told))

    def touched_people(self) -> list[Someone]:
        known = {id(plan.someone): plan.someone for plan in self.plans.values() if plan.someone is not None}
        return [
            someone
            for someone in known.values()
            if someone.id is None or someone.changes or any(post.id is None or post.changes for post in someone.posts)
        ]

    def touched_firms(self) -> list[Firm]:
        return self._new_firms + [firm for firm in self._known.firms if firm.changes]


def _lacks_id(row: Row) -> bool:
    return any(finding.code == "id_number_missing" for finding in row.findings)


def _post_kind(row: Row) -> str:
    return "leader" if row.kind == LEADERS else "official"


def _place_of(post: Post) -> tuple[str, int, str]:
    return post.kind, post.unit_id, post.workplace_key


def _post_of(row: Row, someone: Someone) -> Post | None:
    """The person's post that the row is about: held now in the same place, or one that has ended since."""
    assert row.unit is not None
    place = (_post_kind(row), row.unit.id, row.workplace_key)
    same = [post for post in someone.posts if _place_of(post) == place]
    for post in same:
        if post.ended_on is None:
            return post
    for post in same:
        if post.ended_on is not None and (row.started_on is None or row.started_on <= post.ended_on):
            return post
    return None


def _shown(place: Place) -> str:
    return place.name if place.kind == "country" else titled(place)
