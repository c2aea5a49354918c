"""Shapes of what is written in an exercise, and of a trainer's judgement."""

from collections.abc import Mapping
from typing import Any, Final

from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from assessments.models import Exercise
from assessments.rules import FieldFault
from lms.core.i18n import gettext as _
from lms.core.i18n import lazy_gettext as _l
from lms.web.forms import Form, SelectChoice

PREFIX: Final = "text-"
"""Before the key of each field, so that none is taken for something else of the form."""
LONG_ROWS: Final = 6

MESSAGES: Final = {
    FieldFault.MISSING: _l("Bạn chưa điền ô này."),
    FieldFault.TOO_LONG: _l("Dài quá giới hạn. Bạn hãy viết gọn lại."),
    FieldFault.NOT_A_CHOICE: _l("Lựa chọn này không có trong danh sách."),
}


def work_form(exercise: Exercise, texts: Mapping[str, str]) -> Form:
    """The form of an exercise, filled with what is written so far.

    It only shows: what is missing or too long is found by `assessments.rules`, when the work is handed in.
    """
    fields = {PREFIX + field["key"]: _field(field, texts.get(field["key"], "")) for field in exercise.fields}
    kind = type("WorkForm", (Form,), fields)
    form: Form = kind(formdata=None, data={PREFIX + key: text for key, text in texts.items()})
    return form


def _field(field: Mapping[str, Any], written: str) -> Field:
    validators = [InputRequired()] if field["required"] else []
    if field["kind"] == "choice":
        return SelectField(
            field["label"],
            validators,
            description=field["hint"],
            choices=[
                SelectChoice("", _("— Chọn —")),
                *(SelectChoice(choice, choice) for choice in field["choices"]),
            ],
        )
    most = field["max_characters"]
    if written:
        hint = _("%(hint)s (đã viết %(written)s/%(most)s ký tự)", hint=field["hint"], written=len(written), most=most)
    else:
        hint = _("%(hint)s (tối đa %(most)s ký tự)", hint=field["hint"], most=most)
    if field["kind"] == "text":
        return StringField(field["label"], validators, description=hint)
    return TextAreaField(field["label"], validators, description=hint, render_kw={"rows": LONG_ROWS})


def show_faults(form: Form, faults: Mapping[str, FieldFault]) -> None:
    """Say beside each field what is wrong with it."""
    for key, fault in faults.items():
        form[PREFIX + key].errors = [MESSAGES[fault]]
