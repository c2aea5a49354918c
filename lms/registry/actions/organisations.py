"""What is done to organisations: entered, corrected, led by somebody else, gone from the programme."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.core import audit
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.core.secrets import seal
from lms.registry import queries
from lms.registry.actions.positions import EARLIEST, PostFacts, add_position, close_position
from lms.registry.models import Organisation, OrganisationKind, Origin, Person, Position, Unit
from lms.registry.rules.id_numbers import read_id_number
from lms.registry.rules.names import match_key, search_key, starts_formula, tidy, title_key
from lms.registry.rules.products import PRODUCTS, PRODUCTS_2019
from lms.registry.rules.tax_codes import read_tax_code
from lms.registry.signals import organisations_changed, positions_changed

NAME_MOST: Final = 180
COUNTED_BY: Final = frozenset({"kind", "product_group", "product_group_2019", "origin", "joined_on", "left_on"})
"""What of an organisation its leaders are obliged or counted by."""
UNTOLD: Final = frozenset({"owner_id_sealed", "owner_id_index", "match_key", "search_key", "sort_key"})


@dataclass(frozen=True, kw_only=True)
class OrganisationFacts:
    """What is said of one organisation."""

    name: str
    kind: OrganisationKind
    unit: Unit
    legal_form: str = ""
    tax_code: str | None = None
    owner_id_number: str | None = field(default=None, repr=False)
    """Of a household without a tax code: its owner's personal id. None: as it is kept."""
    product_group: str | None = None
    product_group_2019: str | None = None
    origin: Origin | None = None
    joined_on: date | None = None

    def values(self) -> dict[str, Any]:
        """As they are stored, keys and all; without the owner's personal id."""
        name = tidy(self.name)
        return {
            "name": name,
            "match_key": match_key(name),
            "search_key": search_key(name),
            "sort_key": title_key(name),
            "kind": self.kind,
            "legal_form": tidy(self.legal_form),
            "tax_code": self.tax_code,
            "product_group": self.product_group,
            "product_group_2019": self.product_group_2019,
            "origin": self.origin,
            "unit_id": self.unit.id,
            "joined_on": self.joined_on,
        }


def add_organisation(facts: OrganisationFacts, *, by: audit.Actor | None, at: datetime) -> Organisation:
    """Enter an organisation. Raises InvalidInput for what cannot be, DomainError for one that is known already."""
    _check(facts, at)
    _check_unknown(facts, None)
    organisation = Organisation()
    _write(organisation, facts.values() | _owner_values(facts, None))
    audit.record("registry.add_organisation", organisation, by=by, at=at, **_told(facts.values()))
    return organisation


def correct_organisation(
    organisation: Organisation, facts: OrganisationFacts, *, by: audit.Actor | None, at: datetime
) -> bool:
    """Bring what is kept of an organisation in line with what it always was. Returns whether anything changed.

    Its leaders' posts follow: they lie where it lies, and those that are held bear its name, so that a later roster
    finds them.
    """
    _check(facts, at)
    _check_unknown(facts, organisation)
    if facts.joined_on is not None and organisation.left_on is not None and facts.joined_on > organisation.left_on:
        raise InvalidInput(_l("Ngày tham gia không được sau ngày rời Chương trình."))
    values = facts.values() | _owner_values(facts, organisation)
    changes = {name: value for name, value in values.items() if getattr(organisation, name) != value}
    if not changes:
        return False
    if "unit_id" in changes and organisation.settled_unit_id is not None:
        changes["settled_unit_id"] = None
    before = {name: getattr(organisation, name) for name in changes}
    _write(organisation, changes)
    audit.record(
        "registry.correct_organisation", organisation, by=by, at=at, before=_told(before), after=_told(changes)
    )
    moved = _let_posts_follow(organisation, before)
    if moved:
        positions_changed.send(organisation, position_ids=moved, at=at)
    if not COUNTED_BY.isdisjoint(changes):
        organisations_changed.send(organisation, organisation_ids=[organisation.id], at=at)
    return True


def leave_programme(organisation: Organisation, on: date, *, reason: str, by: audit.Actor | None, at: datetime) -> None:
    """Write down that an organisation takes part no more: its leaders' duties end with its last day.

    on: its last day in the programme.
    """
    reason = tidy(reason)
    if not reason:
        raise InvalidInput(_l("Hãy ghi lý do."))
    if on > day_of(at):
        raise InvalidInput(_l("Ngày rời Chương trình không được ở trong tương lai."))
    if on < (organisation.joined_on or EARLIEST):
        raise InvalidInput(_l("Ngày rời Chương trình không được trước ngày tham gia."))
    if organisation.left_on == on:
        return
    organisation.left_on = on
    audit.record("registry.leave_programme", organisation, by=by, at=at, left_on=on.isoformat(), reason=reason)
    db.session.flush()
    organisations_changed.send(organisation, organisation_ids=[organisation.id], at=at)


def stay_in_programme(organisation: Organisation, *, reason: str, by: audit.Actor | None, at: datetime) -> None:
    """Take back that an organisation had left: it was entered by mistake, and it took part all the time."""
    reason = tidy(reason)
    if not reason:
        raise InvalidInput(_l("Hãy ghi lý do."))
    if organisation.left_on is None:
        return
    was = organisation.left_on.isoformat()
    organisation.left_on = None
    audit.record("registry.stay_in_programme", organisation, by=by, at=at, was_left_on=was, reason=reason)
    db.session.flush()
    organisations_changed.send(organisation, organisation_ids=[organisation.id], at=at)


def change_leader(
    organisation: Organisation,
    person: Person,
    *,
    on: date,
    title: str,
    ending: Sequence[Position] = (),
    by: audit.Actor | None,
    at: datetime,
) -> Position:
    """Let somebody lead an organisation from a day on, and whoever is followed end the day before: one act.

    Duties follow in the same transaction: the new leader's begins, the old leaders' end.
    ending: posts of those who lead it no more; nobody's if it gets one leader more.
    """
    ended = []
    for position in ending:
        if position.organisation_id != organisation.id or position.ended_on is not None:
            raise ValueError("only who leads the organisation can be followed by somebody")
        if position.started_on >= on:
            raise InvalidInput(
                _l(
                    "%(name)s giữ chức vụ từ ngày %(since)s, nên người kế nhiệm phải bắt đầu sau ngày đó.",
                    name=position.person.full_name,
                    since=position.started_on.strftime("%d/%m/%Y"),
                )
            )
        if close_position(position, on - timedelta(days=1), by=by, at=at):
            ended.append(position.id)
    db.session.flush()
    facts = PostFacts(unit=organisation.present_unit, organisation=organisation, title=title, started_on=on)
    begun = add_position(person, facts, by=by, at=at)
    audit.record(
        "registry.change_leader", organisation, by=by, at=at, position_id=begun.id, ended_ids=ended, on=on.isoformat()
    )
    if ended:
        positions_changed.send(organisation, position_ids=ended, at=at)
    return begun


def _check(facts: OrganisationFacts, at: datetime) -> None:
    name = tidy(facts.name)
    if not name:
        raise InvalidInput(_l("Thiếu tên tổ chức kinh tế."))
    if len(name) > NAME_MOST:
        raise InvalidInput(_l("Tên chủ thể dài quá 180 ký tự."))
    if starts_formula(name):
        raise InvalidInput(_l("Tên chủ thể không được bắt đầu như một công thức."))
    if facts.tax_code is not None and read_tax_code(facts.tax_code, is_household=False).tax_code != facts.tax_code:
        raise InvalidInput(_l("Mã số thuế sai (chữ số kiểm tra không khớp)."))
    if facts.owner_id_number is not None:
        if facts.kind is not OrganisationKind.HOUSEHOLD:
            raise InvalidInput(_l("Chỉ hộ sản xuất kinh doanh mới được nhận biết bằng số định danh của chủ hộ."))
        if facts.tax_code is not None:
            raise InvalidInput(_l("Hộ đã có mã số thuế thì không ghi số định danh của chủ hộ."))
        if read_id_number(facts.owner_id_number, sex=None, birth_on=None).number != facts.owner_id_number:
            raise InvalidInput(_l("Số định danh cá nhân phải có đúng 12 chữ số."))
    if facts.product_group is not None and facts.product_group not in PRODUCTS:
        raise InvalidInput(_l("Không có nhóm sản phẩm này trong bộ tiêu chí năm 2023."))
    if facts.product_group_2019 is not None and facts.product_group_2019 not in PRODUCTS_2019:
        raise InvalidInput(_l("Không có ngành hàng này trong bộ tiêu chí năm 2019."))
    if facts.joined_on is not None and not EARLIEST <= facts.joined_on <= day_of(at):
        raise InvalidInput(_l("Ngày tham gia không được ở trong tương lai hoặc quá xa trong quá khứ."))


def _check_unknown(facts: OrganisationFacts, own: Organisation | None) -> None:
    """Raise DomainError if what tells this organisation from all others tells of another one already."""
    others = queries.organisations_like(
        tax_code=facts.tax_code,
        owner_id_number=facts.owner_id_number,
        unit=facts.unit,
        match_key=match_key(facts.name),
        kind=facts.kind,
    )
    for other in others:
        if own is not None and other.id == own.id:
            continue
        if facts.tax_code is not None and other.tax_code == facts.tax_code:
            raise DomainError(_l("Mã số thuế này đã được ghi cho “%(name)s”.", name=other.name))
        if facts.owner_id_number is not None and other.owner_id_index == queries.id_number_index(facts.owner_id_number):
            raise DomainError(_l("Số định danh này đã được ghi cho một hộ khác."))
        if own is not None and (own.unit_id, own.match_key, own.kind) == (
            other.unit_id,
            other.match_key,
            other.kind,
        ):
            continue
        if facts.tax_code is None or other.tax_code is None:
            raise DomainError(_l("Ở đơn vị này đã có chủ thể cùng loại hình, cùng tên. Hãy mở chủ thể đó ra sửa."))


def _owner_values(facts: OrganisationFacts, organisation: Organisation | None) -> dict[str, Any]:
    """The owner's personal id is kept only where it is what a household is known by."""
    if facts.kind is not OrganisationKind.HOUSEHOLD or facts.tax_code is not None:
        return {"owner_id_sealed": None, "owner_id_index": None}
    if facts.owner_id_number is None:
        return {}
    index = queries.id_number_index(facts.owner_id_number)
    if organisation is not None and organisation.owner_id_index == index:
        return {}
    return {"owner_id_sealed": seal(facts.owner_id_number), "owner_id_index": index}


def _write(organisation: Organisation, values: dict[str, Any]) -> None:
    """Write an organisation; of two who give the same number at once, the constraint lets one through."""
    try:
        with db.session.begin_nested():
            for name, value in values.items():
                setattr(organisation, name, value)
            db.session.add(organisation)
    except IntegrityError:
        raise DomainError(_l("Mã số thuế hoặc số định danh này vừa được ghi cho một chủ thể khác.")) from None


def _let_posts_follow(organisation: Organisation, before: dict[str, Any]) -> list[int]:
    """Move its leaders' posts with an organisation and let those that are held bear its name.

    Returns the posts of which something that counts has changed.
    """
    if before.keys().isdisjoint({"unit_id", "match_key"}):
        return []
    db.session.refresh(organisation)
    posts = db.session.scalars(
        select(Position).where(Position.organisation_id == organisation.id, Position.withdrawn_at.is_(None))
    ).all()
    taken = {(post.person_id, post.unit_id, post.workplace_key, post.started_on) for post in posts}
    moved = []
    for post in posts:
        unit_id = organisation.unit_id if post.unit_id == before.get("unit_id") else post.unit_id
        is_renamed = post.ended_on is None and post.workplace_key == before.get("match_key")
        key = organisation.match_key if is_renamed else post.workplace_key
        if (post.unit_id, post.workplace_key) == (unit_id, key):
            continue
        if (post.person_id, unit_id, key, post.started_on) in taken:
            continue
        if post.unit_id != unit_id:
            moved.append(post.id)
            post.settled_unit_id = None
        post.unit_id, post.workplace_key = unit_id, key
        post.workplace = organisation.name if is_renamed else post.workplace
    db.session.flush()
    return moved


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if name not in UNTOLD
    }
