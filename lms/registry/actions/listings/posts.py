"""People with their posts as a listing: every post a row, with what is known of whoever holds or held it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Final

from sqlalchemy import ColumnElement, Select

from lms.accounts.models import Role, User
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.secrets import unseal
from lms.registry import policies
from lms.registry.actions.listings.base import (
    NO_KEY,
    Listing,
    RowFault,
    Sender,
    _,
    needed,
    source_of,
    unit_columns,
    unit_values,
)
from lms.registry.actions.people import PersonFacts, correct_person, set_id_number
from lms.registry.actions.positions import PostFacts, add_position, correct_position
from lms.registry.models import Level, Organisation, Person, Position, PositionKind, Sex, Unit
from lms.registry.queries import listings as queries
from lms.registry.rules.listings import (
    KEY,
    Column,
    Entry,
    choice,
    day,
    email,
    id_number,
    phone,
    refuse_two_ways,
    text,
)
from lms.registry.rules.names import match_key
from lms.registry.rules.reasons import Finding
from lms.registry.rules.rows import LEVELS as LEVELS_WRITTEN
from lms.registry.words import LEVELS, POSITION_KINDS, SEXES

KINDS: Final = source_of(POSITION_KINDS)
LEVEL_WORDS: Final = source_of(LEVELS)
SEX_WORDS: Final = source_of(SEXES)
FACTS: Final = ("full_name", "birth_on", "sex", "phone", "email")
ABOUT_PERSON: Final = (*FACTS, "id_number")
ABOUT_POST: Final = ("level", "title", "workplace", "unit_code", "started_on", "ended_on")


class Posts(Listing):
    """Every post that is or was held."""

    name = "posts"
    title = _l("Người và chức vụ")
    about = _l("Mỗi chức vụ một dòng, kể cả chức vụ đã kết thúc, cùng thông tin của người giữ chức vụ.")
    key = "position_id"
    labels = ("full_name",)
    sole = ("position_id",)
    columns: ClassVar = (
        Column(
            "position_id",
            _("Mã chức vụ"),
            _("Mã của chức vụ trong hệ thống. Để trống nếu là chức vụ mới của người đã có mã."),
            NO_KEY,
            KEY,
            is_needed=True,
        ),
        Column(
            "person_id",
            _("Mã người"),
            _("Mã của người trong hệ thống. Người chưa có mã thì nhập bằng danh sách cán bộ hoặc lãnh đạo."),
            1234,
            KEY,
            is_needed=True,
            is_fixed=True,
        ),
        Column("full_name", _("Họ và tên"), _("Như trên căn cước."), "Nguyễn Thị Ví Dụ", text(100)),
        Column("birth_on", _("Ngày sinh"), _("Ngày/tháng/năm."), date(1985, 8, 15), day),
        Column("sex", _("Giới tính"), _("Nam hoặc Nữ."), "Nữ", choice(SEX_WORDS), words=SEX_WORDS),
        Column(
            "id_number",
            _("Số định danh cá nhân"),
            _("12 chữ số. Số đã che bằng dấu * thì để nguyên."),
            "********1234",
            id_number,
            is_secret=True,
        ),
        Column(
            "phone",
            _("Điện thoại"),
            _("Số đang dùng. Số đã che bằng dấu * thì để nguyên."),
            "******5678",
            phone,
            is_secret=True,
        ),
        Column("email", _("Thư điện tử"), _("Có thể để trống."), None, email),
        Column(
            "kind",
            _("Vai trò"),
            _("Cán bộ hoặc Lãnh đạo chủ thể."),
            "Cán bộ",
            choice(KINDS),
            words=KINDS,
            is_fixed=True,
        ),
        Column(
            "level",
            _("Cấp"),
            _("Chỉ với cán bộ: Trung ương, Cấp tỉnh hoặc Cấp xã."),
            "Cấp xã",
            choice(LEVEL_WORDS, LEVELS_WRITTEN),
            words=LEVEL_WORDS,
        ),
        Column("title", _("Chức vụ"), _("Ví dụ: Chuyên viên, Giám đốc."), "Chuyên viên", text(120)),
        Column(
            "workplace",
            _("Đơn vị công tác"),
            _("Tên cơ quan của cán bộ. Của lãnh đạo thì đây là tên chủ thể, không sửa ở đây."),
            "UBND Xã Tân Lợi",
            text(200),
        ),
        Column(
            "organisation_id",
            _("Mã chủ thể"),
            _("Chỉ với lãnh đạo: mã của chủ thể mà người này đứng đầu."),
            None,
            KEY,
            is_fixed=True,
        ),
        *unit_columns((None, "Thành phố Đồng Nai", "Xã Tân Lợi")),
        Column("started_on", _("Ngày bắt đầu"), _("Ngày đầu tiên giữ chức vụ."), date(2025, 7, 1), day),
        Column("ended_on", _("Ngày kết thúc"), _("Ngày cuối cùng. Để trống khi đang giữ chức vụ."), None, day),
    )

    def statement(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        return queries.posts(*conditions)

    def key_column(self) -> Any:
        return Position.id

    def visible(self, user: User) -> ColumnElement[bool]:
        return policies.visible_posts(user)

    def is_shown(self, column: Column, sender: Sender) -> bool:
        """Coordinators call their people: telephone numbers of their own part of the country leave whole."""
        calls = sender.user is not None and sender.user.has_role(Role.COORDINATOR)
        return super().is_shown(column, sender) or (column.key == "phone" and calls)

    def check_file(self, entries: Sequence[Entry]) -> None:
        refuse_two_ways(
            [entry for entry in entries if entry.told.get("position_id") is not None], "person_id", ABOUT_PERSON
        )

    def values_of(self, thing: Position, sender: Sender) -> dict[str, Any]:
        return {
            "position_id": thing.id,
            **_values_of_person(thing.person),
            "person_id": thing.person_id,
            "kind": thing.kind.value,
            "level": thing.level.value if thing.level is not None else None,
            "title": thing.title,
            "workplace": thing.workplace,
            "organisation_id": thing.organisation_id,
            **unit_values(sender.signs.by_id[thing.unit_id]),
            "started_on": thing.started_on,
            "ended_on": thing.ended_on,
        }

    def write(
        self, thing: Position | None, values: dict[str, Any], changed: Collection[str], *, sender: Sender, at: datetime
    ) -> Position:
        if thing is None:
            return self._add(values, sender, at)
        if not set(changed).isdisjoint(ABOUT_PERSON):
            self._correct_person(thing.person, values, changed, sender, at)
        if not set(changed).isdisjoint(ABOUT_POST):
            if sender.user is not None and not policies.can_change_post(sender.user, thing):
                raise RowFault(Finding("not_allowed"))
            if thing.organisation is not None and "workplace" in changed:
                raise RowFault(Finding("value_fixed", thing.workplace, field="workplace"))
            correct_position(thing, self._facts(values, thing.organisation, sender), by=sender.user, at=at)
        return thing

    def _add(self, values: dict[str, Any], sender: Sender, at: datetime) -> Position:
        needed(values, "person_id", "kind")
        person = person_meant(values, sender)
        organisation = None
        if values["kind"] == PositionKind.LEADER:
            needed(values, "organisation_id")
            organisation = db.session.get(Organisation, values["organisation_id"])
            if organisation is None or not sender.leads([organisation.unit_id]):
                raise RowFault(Finding("key_unknown", str(values["organisation_id"]), field="organisation_id"))
            if not values.get("unit_code"):
                values = values | {"unit_code": sender.signs.by_id[organisation.unit_id].code}
        return add_position(person, self._facts(values, organisation, sender), by=sender.user, at=at)

    def _facts(self, values: dict[str, Any], organisation: Organisation | None, sender: Sender) -> PostFacts:
        needed(values, "unit_code", "started_on", *(() if organisation is not None else ("level",)))
        unit = sender.signs.by_code[values["unit_code"]]
        if not sender.leads([unit.id]):
            raise RowFault(Finding("outside_scope", unit.name, field="unit_code"))
        return PostFacts(
            unit=db.session.get_one(Unit, unit.id),
            started_on=values["started_on"],
            ended_on=values.get("ended_on"),
            title=values.get("title") or "",
            workplace=values.get("workplace") or "",
            level=Level(values["level"]) if organisation is None else None,
            organisation=organisation,
        )

    def _correct_person(
        self, person: Person, values: dict[str, Any], changed: Collection[str], sender: Sender, at: datetime
    ) -> None:
        if sender.user is not None and not policies.can_change_person(sender.user, person):
            raise RowFault(Finding("not_allowed"))
        needed(values, "full_name")
        facts = PersonFacts(
            full_name=values["full_name"],
            birth_on=values["birth_on"],
            sex=Sex(values["sex"]) if values["sex"] else None,
            phone=values["phone"],
            email=values["email"],
        )
        correct_person(person, facts, by=sender.user, at=at)
        if "id_number" in changed:
            needed(values, "id_number")
            set_id_number(person, values["id_number"], by=sender.user, at=at)


def _values_of_person(person: Person) -> dict[str, Any]:
    sealed = person.id_number_sealed
    return {
        "full_name": person.full_name,
        "birth_on": person.birth_on,
        "sex": person.sex.value if person.sex is not None else None,
        "id_number": unseal(sealed) if sealed is not None else None,
        "phone": person.phone,
        "email": person.email,
    }


def person_meant(values: Mapping[str, Any], sender: Sender) -> Person:
    """The person whom a row names by number, and by name so that a slip in the number is found. Raises RowFault."""
    person = db.session.get(Person, values["person_id"])
    if person is not None and person.merged_into_id is not None:
        person = db.session.get_one(Person, person.merged_into_id)
    if person is None or (sender.user is not None and not policies.can_add_post(sender.user, person)):
        raise RowFault(Finding("key_unknown", str(values["person_id"]), field="person_id"))
    needed(values, "full_name")
    if match_key(values["full_name"]) != person.match_key:
        raise RowFault(Finding("name_other", person.full_name))
    return person
