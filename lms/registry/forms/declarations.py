"""Shapes of what people fill in about declared headcounts: for one unit, or for many in one table."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from wtforms import DateField, Field, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.core.i18n import lazy_gettext as _l
from lms.registry.models import Declaration, Unit
from lms.registry.rules.declarations import MOST, Content, groups_of
from lms.registry.words import GROUPS
from lms.web.arguments import row_id
from lms.web.forms import Form

DAY_FORMATS: Final = ["%Y-%m-%d", "%d/%m/%Y"]
"""What a date control sends, and what a person writes."""
COUNT: Final = "count_"


class CountsForm(Form):
    """How many people there are in each group of a unit; the fields are made for its level."""

    revision = HiddenField()

    @property
    def seen(self) -> int:
        """The revision that was shown; 0 where there was none."""
        return row_id(self.revision.data) or 0

    @property
    def count_fields(self) -> list[Field]:
        """The fields of the groups, in order."""
        return [field for field in self if field.name.removeprefix(self._prefix).startswith(COUNT)]

    @property
    def counts(self) -> dict[str, int]:
        """What was filled in, by group; empty fields are left out."""
        return {
            field.name.removeprefix(self._prefix).removeprefix(COUNT): field.data
            for field in self.count_fields
            if field.data is not None
        }


class DeclarationForm(CountsForm):
    """What one unit declares."""

    counted_on = DateField(
        _l("Ngày chốt số"),
        [InputRequired()],
        format=DAY_FORMATS,
        description=_l("Số người tính đến hết ngày này."),
    )
    document_number = StringField(
        _l("Số văn bản"),
        [InputRequired(), Length(max=60)],
        description=_l("Văn bản mà số liệu này dựa vào, ví dụ 45/BC-UBND."),
        render_kw={"autocomplete": "off"},
    )
    document_on = DateField(_l("Ngày văn bản"), [InputRequired()], format=DAY_FORMATS)
    correction_reason = TextAreaField(
        _l("Lý do khai lại"),
        [InputRequired(), Length(max=300)],
        description=_l("Ví dụ: số liệu năm mới; hoặc tính sót một hộ sản xuất."),
    )

    @property
    def content(self) -> Content:
        """What was filled in, once it is valid."""
        assert self.counted_on.data is not None
        assert self.document_on.data is not None
        return Content(
            counted_on=self.counted_on.data,
            document_number=self.document_number.data or "",
            document_on=self.document_on.data,
            counts=self.counts,
            correction_reason=self.correction_reason.data if "correction_reason" in self else None,
        )


class RowForm(CountsForm):
    """One unit's line of the table."""

    document_number = StringField(
        _l("Số văn bản"), [Optional(), Length(max=60)], render_kw={"autocomplete": "off", "size": 12}
    )
    document_on = DateField(_l("Ngày văn bản"), [Optional()], format=DAY_FORMATS)

    class Meta(Form.Meta):
        csrf = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing was filled in: the line is then left alone."""
        return not any(
            (field.raw_data and any(text.strip() for text in field.raw_data))
            for field in (*self.count_fields, self.document_number, self.document_on)
        )

    def content(self, common: "CommonForm") -> Content:
        """What was filled in, once both are valid; what the line does not say is said once for all lines."""
        document_on = self.document_on.data or common.document_on.data
        assert common.counted_on.data is not None
        assert document_on is not None
        return Content(
            counted_on=common.counted_on.data,
            document_number=self.document_number.data or common.document_number.data or "",
            document_on=document_on,
            counts=self.counts,
            correction_reason=common.correction_reason.data,
        )


class CommonForm(Form):
    """What is the same for all lines of the table unless a line says otherwise."""

    counted_on = DateField(
        _l("Ngày chốt số"), [InputRequired()], format=DAY_FORMATS, description=_l("Chung cho mọi đơn vị trong bảng.")
    )
    document_number = StringField(
        _l("Số văn bản"),
        [InputRequired(), Length(max=60)],
        description=_l("Dùng cho dòng nào không ghi văn bản riêng."),
        render_kw={"autocomplete": "off"},
    )
    document_on = DateField(_l("Ngày văn bản"), [InputRequired()], format=DAY_FORMATS)
    correction_reason = StringField(
        _l("Lý do khai lại"),
        [Optional(), Length(max=300)],
        description=_l("Cần khi trong bảng có đơn vị đã có bản khai được khóa."),
    )


class ReturnForm(Form):
    """What is to be mended."""

    reason = TextAreaField(
        _l("Cần sửa điều gì"),
        [InputRequired(), Length(max=300)],
        description=_l("Đơn vị sẽ đọc lời này. Hãy nêu rõ nhóm nào, số nào chưa đúng."),
    )
    revision = HiddenField()


def declaration_form(
    unit: Unit, arguments: Any, *, is_correction: bool, shown: Declaration | None = None
) -> DeclarationForm:
    """The form of one unit. shown: what its fields begin with, while nothing was sent."""

    class UnitForm(DeclarationForm):
        pass

    _add_counts(UnitForm, groups_of(unit.level), GROUPS)
    form = UnitForm(arguments, data=_data_of(shown) if shown is not None else {})
    if not is_correction:
        del form.correction_reason
    return form


def row_form(unit: Unit, arguments: Any, *, shown: Declaration | None = None) -> RowForm:
    """The line of one unit in the table. shown: what its fields begin with, while nothing was sent."""

    class UnitForm(RowForm):
        pass

    _add_counts(UnitForm, groups_of(unit.level), GROUPS)
    return UnitForm(arguments, prefix=f"u{unit.id}-", data=_data_of(shown) if shown is not None else {})


def _add_counts(form: type[CountsForm], groups: Sequence[str], words: Mapping[str, str]) -> None:
    for group in groups:
        field = IntegerField(
            words[group],
            [Optional(), NumberRange(0, MOST)],
            render_kw={"inputmode": "numeric", "min": 0, "max": MOST, "autocomplete": "off"},
        )
        setattr(form, f"{COUNT}{group}", field)


def _data_of(declaration: Declaration) -> dict[str, Any]:
    return {
        "revision": str(declaration.revision),
        "counted_on": declaration.counted_on,
        "document_number": declaration.document_number,
        "document_on": declaration.document_on,
        "correction_reason": declaration.correction_reason,
        **{f"{COUNT}{group}": count for group, count in declaration.by_group.items()},
    }
