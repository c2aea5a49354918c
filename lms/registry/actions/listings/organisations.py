"""Organisations as a listing: every organisation a row, found again by its number here."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, ClassVar, Final

from sqlalchemy import ColumnElement, Select

from lms.accounts.models import User
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
from lms.registry.actions.organisations import (
    OrganisationFacts,
    add_organisation,
    correct_organisation,
    leave_programme,
    stay_in_programme,
)
from lms.registry.models import Organisation, OrganisationKind, Origin, Unit
from lms.registry.queries import listings as queries
from lms.registry.rules.listings import KEY, Column, choice, day, id_number, tax_code, text
from lms.registry.rules.products import PRODUCTS, PRODUCTS_2019
from lms.registry.rules.reasons import Finding
from lms.registry.words import ORGANISATION_KINDS, ORIGINS

KINDS: Final = source_of(ORGANISATION_KINDS)
ORIGIN_WORDS: Final = source_of(ORIGINS)
GROUPS: Final = {group: group for group in PRODUCTS}
GROUPS_2019: Final = {group: group for group in PRODUCTS_2019}
LEAVING: Final = frozenset({"left_on", "left_reason"})


class Organisations(Listing):
    """Every organisation, whether it takes part or has left."""

    name = "organisations"
    title = _l("Chủ thể OCOP")
    about = _l("Mọi chủ thể: loại hình, mã số thuế, nhóm sản phẩm, nơi đặt trụ sở, ngày tham gia và ngày rời.")
    key = "organisation_id"
    labels = ("name",)
    sole = ("organisation_id", "tax_code", "owner_id_number")
    columns: ClassVar = (
        Column(
            "organisation_id",
            _("Mã chủ thể"),
            _("Mã của chủ thể trong hệ thống. Để trống nếu là chủ thể mới."),
            NO_KEY,
            KEY,
            is_needed=True,
        ),
        Column(
            "name",
            _("Tên chủ thể"),
            _("Tên đầy đủ như trên giấy đăng ký."),
            "Hợp tác xã Ví Dụ",
            text(180),
            is_needed=True,
        ),
        Column(
            "kind",
            _("Loại hình"),
            _("Một trong bốn loại: Doanh nghiệp, Hợp tác xã, Tổ hợp tác, Hộ sản xuất kinh doanh."),
            "Hợp tác xã",
            choice(KINDS),
            words=KINDS,
        ),
        Column(
            "legal_form",
            _("Hình thức pháp lý"),
            _("Như ghi trên giấy đăng ký, ví dụ “Công ty TNHH”."),
            "Hợp tác xã",
            text(60),
        ),
        Column(
            "tax_code",
            _("Mã số thuế"),
            _("10 chữ số, hoặc 13 chữ số với chi nhánh. Tổ hợp tác và hộ có thể chưa có."),
            None,
            tax_code,
        ),
        Column(
            "owner_id_number",
            _("Số định danh của chủ hộ"),
            _("Chỉ với hộ chưa có mã số thuế: 12 chữ số. Số đã che bằng dấu * thì để nguyên."),
            None,
            id_number,
            is_secret=True,
        ),
        Column(
            "product_group",
            _("Nhóm sản phẩm (từ 2023)"),
            _("Một trong sáu nhóm của bộ tiêu chí năm 2023."),
            "Thực phẩm",
            choice(GROUPS),
            words=GROUPS,
        ),
        Column(
            "product_group_2019",
            _("Ngành hàng (2018–2022)"),
            _("Một trong sáu ngành hàng của bộ tiêu chí năm 2019."),
            None,
            choice(GROUPS_2019),
            words=GROUPS_2019,
        ),
        Column(
            "origin",
            _("Đã có hay mới"),
            _("Ghi “Chủ thể đã có, được củng cố” hoặc “Chủ thể mới phát triển”."),
            "Chủ thể mới phát triển",
            choice(ORIGIN_WORDS),
            words=ORIGIN_WORDS,
        ),
        *unit_columns((None, "Thành phố Đồng Nai", "Xã Tân Lợi")),
        Column("joined_on", _("Ngày tham gia"), _("Ngày đầu tiên tham gia Chương trình."), date(2025, 8, 1), day),
        Column(
            "left_on",
            _("Ngày rời Chương trình"),
            _("Ngày cuối cùng tham gia. Để trống khi còn tham gia."),
            None,
            day,
        ),
        Column(
            "left_reason",
            _("Lý do rời"),
            _("Cần ghi khi điền, sửa hoặc xóa ngày rời. Khi xuất ra, cột này để trống."),
            None,
            text(300),
        ),
    )

    def statement(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        return queries.organisations(*conditions)

    def key_column(self) -> Any:
        return Organisation.id

    def visible(self, user: User) -> ColumnElement[bool]:
        return policies.visible_organisations(user)

    def values_of(self, thing: Organisation, sender: Sender) -> dict[str, Any]:
        return {
            "organisation_id": thing.id,
            "name": thing.name,
            "kind": thing.kind.value,
            "legal_form": thing.legal_form,
            "tax_code": thing.tax_code,
            "owner_id_number": unseal(thing.owner_id_sealed) if thing.owner_id_sealed is not None else None,
            "product_group": thing.product_group,
            "product_group_2019": thing.product_group_2019,
            "origin": thing.origin.value if thing.origin is not None else None,
            **unit_values(sender.signs.by_id[thing.unit_id]),
            "joined_on": thing.joined_on,
            "left_on": thing.left_on,
            "left_reason": None,
        }

    def write(
        self,
        thing: Organisation | None,
        values: dict[str, Any],
        changed: Collection[str],
        *,
        sender: Sender,
        at: datetime,
    ) -> Organisation:
        needed(values, "name", "kind", "unit_code")
        unit = sender.signs.by_code[values["unit_code"]]
        if not sender.leads([unit.id]):
            raise RowFault(Finding("outside_scope", unit.name, field="unit_code"))
        owner = values.get("owner_id_number") if "owner_id_number" in changed else None
        if "owner_id_number" in changed and owner is None and values["kind"] == "household" and not values["tax_code"]:
            raise RowFault(Finding("value_missing", field="owner_id_number"))
        facts = OrganisationFacts(
            name=values["name"],
            kind=OrganisationKind(values["kind"]),
            unit=db.session.get_one(Unit, unit.id),
            legal_form=values.get("legal_form") or "",
            tax_code=values.get("tax_code"),
            owner_id_number=owner,
            product_group=values.get("product_group"),
            product_group_2019=values.get("product_group_2019"),
            origin=Origin(values["origin"]) if values.get("origin") else None,
            joined_on=values.get("joined_on"),
        )
        if thing is None:
            thing = add_organisation(facts, by=sender.user, at=at)
        elif set(changed) - LEAVING:
            correct_organisation(thing, facts, by=sender.user, at=at)
        self._leave(thing, values, changed, sender, at)
        return thing

    def _leave(
        self, thing: Organisation, values: dict[str, Any], changed: Collection[str], sender: Sender, at: datetime
    ) -> None:
        if "left_on" not in changed:
            return
        needed(values, "left_reason")
        if values["left_on"] is None:
            stay_in_programme(thing, reason=values["left_reason"], by=sender.user, at=at)
        else:
            leave_programme(thing, values["left_on"], reason=values["left_reason"], by=sender.user, at=at)
