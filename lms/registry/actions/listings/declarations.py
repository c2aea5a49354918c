"""Declared headcounts as a listing: every unit a row, with the version on its way or else the one that counts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Final

from sqlalchemy import ColumnElement, Select, true

from lms.accounts.models import User
from lms.core.db import db
from lms.core.i18n import LazyText
from lms.core.i18n import lazy_gettext as _l
from lms.registry import policies
from lms.registry.actions.declarations import WrongDeclaration, save_declaration
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
from lms.registry.models import Declaration, Unit
from lms.registry.queries import listings as queries
from lms.registry.rules.declarations import LEADER_GROUPS, MOST, OPEN, Content
from lms.registry.rules.listings import Column, choice, day, number, text
from lms.registry.rules.reasons import Finding
from lms.registry.words import DECLARATION_FAULTS, DECLARATION_STATES

STATES: Final = source_of(DECLARATION_STATES)
OFFICIALS: Final = "officials"
"""The column of a unit's own officials, whatever its level."""


def _count(key: str, heading: str, example: int) -> Column:
    return Column(key, heading, _("Số người. Không có ai thì ghi số 0; chưa đếm thì để trống."), example, number(MOST))


class Declarations(Listing):
    """What every unit declares of itself."""

    name = "declarations"
    title = _l("Số lượng do các đơn vị khai")
    about = _l("Mỗi đơn vị một dòng: số cán bộ và lãnh đạo chủ thể theo từng nhóm. Gửi lại thì thành bản nháp.")
    key = "unit_code"
    labels = ("commune", "province")
    key_makes_new = True
    sole = ("unit_code",)
    columns: ClassVar = (
        *unit_columns((NO_KEY, "Thành phố Đồng Nai", "Xã Tân Lợi")),
        Column(
            "counted_on",
            _("Ngày chốt số"),
            _("Ngày mà đơn vị đếm số người."),
            date(2026, 6, 30),
            day,
            is_needed=True,
        ),
        Column("document_number", _("Số văn bản"), _("Số của văn bản báo cáo."), "12/BC-UBND", text(60)),
        Column("document_on", _("Ngày văn bản"), _("Ngày ký văn bản."), date(2026, 7, 2), day),
        _count(OFFICIALS, _("Cán bộ"), 4),
        _count("enterprise", _("Lãnh đạo doanh nghiệp"), 2),
        _count("cooperative", _("Lãnh đạo hợp tác xã"), 3),
        _count("cooperative_group", _("Lãnh đạo tổ hợp tác"), 0),
        _count("household", _("Chủ hộ sản xuất kinh doanh"), 5),
        Column(
            "correction_reason",
            _("Lý do khai lại"),
            _("Cần ghi khi đơn vị đã có một bản khai được khóa."),
            None,
            text(300),
        ),
        Column(
            "state",
            _("Tình trạng"),
            _("Chỉ để đọc. Gửi, kiểm tra và khóa làm trên trang Bản khai."),
            None,
            choice(STATES),
            words=STATES,
            is_told_only=True,
        ),
    )

    def statement(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        return queries.declarations(*conditions)

    def key_column(self) -> Any:
        return Declaration.unit_id

    def visible(self, user: User) -> ColumnElement[bool]:
        return policies.visible_declarations(user)

    def things(self, sender: Sender) -> Iterator[Declaration]:
        """One for each unit: what is on its way goes before what counts."""
        seen = true() if sender.user is None else self.visible(sender.user)
        yield from queries.in_parts(self.statement(seen, queries.is_latest_declaration()), Declaration.unit_id)

    def known(self, rows: Sequence[Mapping[str, Any]], sender: Sender) -> dict[Any, Any]:
        units = [sender.signs.by_code[told["unit_code"]] for told in rows if told.get("unit_code")]
        seen = true() if sender.user is None else self.visible(sender.user)
        statement = self.statement(seen, queries.is_latest_declaration())
        found = queries.by_keys(statement, Declaration.unit_id, [unit.id for unit in units])
        return {unit.code: found[unit.id] for unit in units if unit.id in found}

    def values_of(self, thing: Declaration, sender: Sender) -> dict[str, Any]:
        unit = sender.signs.by_id[thing.unit_id]
        counts = thing.by_group
        return {
            **unit_values(unit),
            "counted_on": thing.counted_on,
            "document_number": thing.document_number,
            "document_on": thing.document_on,
            OFFICIALS: counts.get(unit.level.value),
            **{group: counts.get(group) for group in LEADER_GROUPS},
            "correction_reason": thing.correction_reason,
            "state": thing.state.value,
        }

    def write(
        self,
        thing: Declaration | None,
        values: dict[str, Any],
        changed: Collection[str],
        *,
        sender: Sender,
        at: datetime,
    ) -> Declaration:
        needed(values, "unit_code", "counted_on", "document_number", "document_on")
        unit = sender.signs.by_code[values["unit_code"]]
        if not sender.leads([unit.id]):
            raise RowFault(Finding("outside_scope", unit.name, field="unit_code"))
        counts = {unit.level.value: values.get(OFFICIALS), **{group: values.get(group) for group in LEADER_GROUPS}}
        is_open = thing is not None and thing.state in OPEN
        content = Content(
            counted_on=values["counted_on"],
            document_number=values["document_number"],
            document_on=values["document_on"],
            counts={group: count for group, count in counts.items() if count is not None},
            # The reason for the version that counts is none for the next one.
            correction_reason=values["correction_reason"] if is_open or "correction_reason" in changed else None,
        )
        try:
            return save_declaration(
                db.session.get_one(Unit, unit.id),
                content,
                seen=thing.revision if thing is not None and is_open else 0,
                by=sender.user,
                at=at,
            )
        except WrongDeclaration as wrong:
            raise RowFault(*(_fault(code) for code in wrong.codes)) from None


def _fault(code: str) -> Finding:
    word = DECLARATION_FAULTS[code]
    assert isinstance(word, LazyText)
    return Finding("not_possible", word.source, values=tuple((name, str(told)) for name, told in word.values.items()))
