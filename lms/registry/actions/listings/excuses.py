"""Excuses as a listing. One that is known is never changed, except that its last day may be said."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, ClassVar, Final

from sqlalchemy import ColumnElement, Select, select

from lms.accounts.models import User
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.registry import policies
from lms.registry.actions.excuses import ExcuseFacts, end_excuse, excuse
from lms.registry.actions.listings.base import NO_KEY, Listing, RowFault, Sender, _, needed, source_of
from lms.registry.actions.listings.posts import person_meant
from lms.registry.models import Excuse, ExcuseKind, Person, Position
from lms.registry.queries import ids_of_one
from lms.registry.queries import listings as queries
from lms.registry.rules.listings import KEY, Column, choice, day, text
from lms.registry.rules.reasons import Finding
from lms.registry.words import EXCUSE_KINDS

KINDS: Final = source_of(EXCUSE_KINDS)


class Excuses(Listing):
    """Every excuse that has not been withdrawn."""

    name = "excuses"
    title = _l("Tạm miễn")
    about = _l("Những ngày ai được tạm miễn, vì lý do gì, theo văn bản nào.")
    key = "excuse_id"
    labels = ("full_name",)
    sole = ("excuse_id",)
    columns: ClassVar = (
        Column(
            "excuse_id",
            _("Mã tạm miễn"),
            _("Mã của lần tạm miễn. Để trống nếu ghi mới. Lần đã ghi chỉ sửa được ngày kết thúc."),
            NO_KEY,
            KEY,
            is_needed=True,
        ),
        Column("person_id", _("Mã người"), _("Mã của người trong hệ thống."), 1234, KEY, is_fixed=True),
        Column(
            "full_name",
            _("Họ và tên"),
            _("Để đối chiếu với mã người."),
            "Nguyễn Thị Ví Dụ",
            text(100),
            is_fixed=True,
        ),
        Column(
            "position_id",
            _("Mã chức vụ"),
            _("Chức vụ được tạm miễn. Để trống nếu tạm miễn với mọi chức vụ."),
            None,
            KEY,
            is_fixed=True,
        ),
        Column(
            "kind",
            _("Lý do tạm miễn"),
            _("Một trong các lý do: Nghỉ dài ngày, Nghỉ thai sản, Ốm đau, Sắp nghỉ hưu, Biệt phái, Lý do khác."),
            "Nghỉ thai sản",
            choice(KINDS),
            words=KINDS,
            is_fixed=True,
        ),
        Column(
            "started_on", _("Ngày bắt đầu"), _("Ngày đầu tiên được tạm miễn."), date(2026, 3, 1), day, is_fixed=True
        ),
        Column("ended_on", _("Ngày kết thúc"), _("Ngày cuối cùng. Để trống khi chưa biết."), None, day),
        Column(
            "note",
            _("Văn bản hoặc sự việc"),
            _("Văn bản làm căn cứ, hoặc việc đã xảy ra."),
            "QĐ 15/QĐ-UBND ngày 20/02/2026",
            text(300),
            is_fixed=True,
        ),
    )

    def statement(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        return queries.excuses(*conditions)

    def key_column(self) -> Any:
        return Excuse.id

    def visible(self, user: User) -> ColumnElement[bool]:
        return Excuse.person_id.in_(select(Person.id).where(policies.visible_people(user)))

    def values_of(self, thing: Excuse, sender: Sender) -> dict[str, Any]:
        return {
            "excuse_id": thing.id,
            "person_id": thing.person_id,
            "full_name": thing.person.full_name,
            "position_id": thing.position_id,
            "kind": thing.kind.value,
            "started_on": thing.started_on,
            "ended_on": thing.ended_on,
            "note": thing.note,
        }

    def write(
        self, thing: Excuse | None, values: dict[str, Any], changed: Collection[str], *, sender: Sender, at: datetime
    ) -> Excuse:
        if thing is None:
            return self._enter(values, sender, at)
        if sender.user is not None and not policies.can_change_excuse(sender.user, thing):
            raise RowFault(Finding("not_allowed"))
        needed(values, "ended_on")
        return end_excuse(thing, values["ended_on"], by=sender.user, at=at)

    def _enter(self, values: dict[str, Any], sender: Sender, at: datetime) -> Excuse:
        needed(values, "person_id", "kind", "started_on", "note")
        person = person_meant(values, sender)
        position = None
        if values.get("position_id") is not None:
            position = db.session.get(Position, values["position_id"])
            if position is None or position.person_id not in ids_of_one(person):
                raise RowFault(Finding("key_unknown", str(values["position_id"]), field="position_id"))
        if sender.user is not None and not (
            policies.can_change_post(sender.user, position)
            if position is not None
            else policies.can_change_person(sender.user, person)
        ):
            raise RowFault(Finding("not_allowed"))
        facts = ExcuseFacts(
            kind=ExcuseKind(values["kind"]),
            started_on=values["started_on"],
            ended_on=values.get("ended_on"),
            note=values["note"],
            position=position,
        )
        return excuse(person, facts, by=sender.user, at=at)
