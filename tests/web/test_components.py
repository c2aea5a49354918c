"""The parts of the face: each says to everybody what it says to the eye."""

import gzip
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.core.i18n import lazy_gettext as _l
from lms.web import assets, formats

PROJECT = Path(__file__).resolve().parents[2]
TEMPLATES = PROJECT / "templates"
STATIC = PROJECT / "static"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))


@pytest.fixture(scope="module")
def environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters.update(number=formats.number, percent=formats.percent)
    environment.globals.update({"_": lambda text, **values: text % values, "csrf_token": lambda: "token"})
    return environment


def draw(environment: Environment, source: str, **context: Any) -> str:
    names = re.findall(r"\b(\w+)\(", source)
    imports = "".join(
        f'{{% from "components/{file.stem}.html" import {name} %}}'
        for file in COMPONENTS
        for name in dict.fromkeys(names)
        if re.search(rf"macro {name}\(", file.read_text(encoding="utf-8"))
    )
    return environment.from_string(imports + source).render(**context)


class Checkboxes(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AddressForm(Form):
    street = StringField("Đường", [InputRequired()])


class EveryKind(Form):
    name = StringField("Họ và tên", [InputRequired("Cần họ tên.")], render_kw={"autocomplete": "name"})
    phone = StringField("Điện thoại", [Optional()], description="Mười chữ số.")
    born = DateField("Ngày sinh", [InputRequired()])
    password = PasswordField("Mật khẩu", [InputRequired()])
    unit = SelectField("Tỉnh", choices={"08": "Tuyên Quang"})
    kind = RadioField("Loại hình", [InputRequired("Hãy chọn.")], choices={"a": "Hợp tác xã", "b": "Hộ"})
    groups = Checkboxes("Nhóm", choices={"1": "Thực phẩm"})
    idea = TextAreaField("Ý tưởng", [Length(min=30, message=_l("Cần ít nhất 30 ký tự."))])
    picture = FileField("Ảnh", [InputRequired()])
    agree = BooleanField("Tôi xác nhận")
    secret = HiddenField()
    address = FormField(AddressForm, "Địa chỉ")
    partners = FieldList(StringField("Đối tác"), "Các đối tác", min_entries=1)


def refused() -> EveryKind:
    form = EveryKind(MultiDict({"idea": "ngắn", "partners-0": "Hợp tác xã Sông Lô"}))
    assert not form.validate()
    return form


def test_every_kind_of_field_can_be_drawn(environment: Environment) -> None:
    for field in refused():
        html = draw(environment, "{{ field(each) }}", each=field)

        assert str(field.label.text) in html or field.type == "HiddenField"


def test_a_control_is_tied_to_its_label_its_hint_and_its_errors(environment: Environment) -> None:
    form = refused()
    html = draw(environment, "{{ field(form.idea, hint='Viết ngắn gọn') }}", form=form)

    assert '<label class="field__label" for="idea">' in html
    assert 'aria-describedby="idea-hint idea-errors"' in html
    assert 'aria-invalid="true"' in html
    assert re.search(r'id="idea-errors">\s*<li>Cần ít nhất 30 ký tự\.</li>', html)
    assert 'id="idea-hint">Viết ngắn gọn<' in html


def test_what_the_form_says_of_a_control_reaches_it(environment: Environment) -> None:
    html = draw(environment, "{{ field(form.name) }}", form=EveryKind())

    assert 'autocomplete="name"' in html
    assert " required" in html
    assert "aria-invalid" not in html
    assert "aria-describedby" not in html


def test_choices_stand_in_a_group_with_a_name(environment: Environment) -> None:
    html = draw(environment, "{{ field(form.kind) }}", form=refused())

    assert html.lstrip().startswith("<fieldset")
    assert "<legend" in html
    assert html.count('type="radio"') == 2
    assert 'aria-describedby="kind-errors"' in html


@pytest.mark.parametrize(
    ("name", "said"), [("phone", True), ("groups", True), ("name", False), ("unit", False), ("agree", False)]
)
def test_only_fields_that_may_stay_empty_say_so(environment: Environment, name: str, said: bool) -> None:
    html = draw(environment, "{{ field(each) }}", each=EveryKind()[name])

    assert ("(không bắt buộc)" in html) is said


def test_the_list_of_faults_leads_to_each_field(environment: Environment) -> None:
    html = draw(environment, "{{ errors(form) }}", form=refused())

    assert 'href="#name">Họ và tên: Cần họ tên.</a>' in html
    assert 'href="#kind">Loại hình: Hãy chọn.</a>' in html
    assert 'role="alert"' in html


def test_nothing_is_said_of_a_form_without_faults(environment: Environment) -> None:
    assert draw(environment, "{{ errors(form) }}", form=EveryKind()).strip() == ""


@pytest.mark.parametrize(
    ("source", "escaped"),
    [
        ("{{ button(text) }}", 1),
        ("{{ state(text, 'good') }}", 1),
        ("{{ facts([(text, text)]) }}", 2),
        ("{{ crumbs([('/', text), (None, text)]) }}", 2),
        ("{{ bar(1, 2, text) }}", 1),
        ("{{ figure(text, text, text) }}", 3),
        ("{{ choice('q', text, text) }}", 2),
        ("{{ copy(text, text) }}", 3),
        ("{{ empty(text) }}", 1),
        ("{{ progress(1, 2, text) }}", 1),
        ("{{ steps([(text, None, 'open')]) }}", 1),
        ("{{ tabs([('/', text, true)], text) }}", 2),
    ],
)
def test_text_never_becomes_markup(environment: Environment, source: str, escaped: int) -> None:
    html = draw(environment, source, text='"><script>')

    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == escaped


def test_almost_everybody_is_not_shown_as_everybody(environment: Environment) -> None:
    almost = draw(environment, "{{ bar(9999, 10000, 'Tỉnh') }}")
    everybody = draw(environment, "{{ bar(10000, 10000, 'Tỉnh') }}")

    assert "99,9%" in almost
    assert "bar--full" not in almost
    assert "100%" in everybody
    assert "bar--full" in everybody


def test_a_share_of_nobody_is_no_percentage(environment: Environment) -> None:
    html = draw(environment, "{{ bar(0, 0, 'Tỉnh') }}")

    assert "%" not in html


def test_where_i_am_is_said_in_words(environment: Environment) -> None:
    html = draw(environment, "{{ steps([('Một', '/1', 'done'), ('Hai', '/2', 'current'), ('Ba', None, 'locked')]) }}")

    assert html.count('aria-current="step"') == 1
    assert [word in html for word in ("Đã xong", "Đang học", "Chưa mở")] == [True] * 3


def test_a_locked_answer_says_how_it_was_marked(environment: Environment) -> None:
    html = draw(environment, "{{ choice('q', 'a', 'Đáp án', is_locked=true, tone='bad', word='Chưa đúng') }}")

    assert "disabled" in html
    assert "Chưa đúng" in html


def test_every_component_is_shown_in_the_catalogue() -> None:
    catalogue = (TEMPLATES / "catalogue.html").read_text(encoding="utf-8")

    assert [file.name for file in COMPONENTS if f'"components/{file.name}"' not in catalogue] == ["icon.html"]


def test_every_style_file_is_in_the_bundle() -> None:
    files = {file.relative_to(STATIC).as_posix() for file in (STATIC / "css").rglob("*.css")}

    assert files == set(assets.STYLE_FILES)
    assert len(assets.STYLE_FILES) == len(files)


def test_the_bundle_is_small_and_everything_it_names_is_there() -> None:
    css = assets.bundle_css(STATIC)

    assert len(css.encode()) < 40_000
    assert len(gzip.compress(css.encode())) < 9_000
    assert [name for name in re.findall(r'url\("([^"]+)"\)', css) if not (STATIC / name).is_file()] == []
    assert set(re.findall(r"var\((--[\w-]+)", css)) <= set(re.findall(r"(--[\w-]+):", css))
    assert css.count("{") == css.count("}")


def test_the_script_is_tiny() -> None:
    assert len((STATIC / "js" / "main.js").read_bytes()) < 4_000


@pytest.mark.parametrize(
    "file", sorted(TEMPLATES.rglob("*.html")), ids=lambda file: file.relative_to(TEMPLATES).as_posix()
)
def test_no_template_carries_style_or_script_of_its_own(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        *[
            (ink, ground, 4.5)
            for ink in ("ink", "ink-soft", "leaf", "leaf-deep", "brick")
            for ground in ("paper", "surface", "sunken")
        ],
        *[(ink, f"{ink.split('-')[0]}-soft", 4.5) for ink in ("leaf", "brick", "indigo", "turmeric-ink")],
        *[("paper", ground, 4.5) for ground in ("leaf", "leaf-deep", "brick")],
        ("ink-soft", "leaf-soft", 4.5),
        ("ink", "turmeric", 4.5),
        ("edge", "paper", 3),
        ("edge", "surface", 3),
        ("turmeric", "leaf", 3),
        ("turmeric", "leaf-deep", 3),
    ],
)
def test_colours_that_meet_can_be_told_apart(ink: str, ground: str, least: float) -> None:
    tokens = dict(
        re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (STATIC / "css" / "tokens.css").read_text(encoding="utf-8"))
    )
    light, dark = sorted((luminance(tokens[ink]), luminance(tokens[ground])), reverse=True)

    assert (light + 0.05) / (dark + 0.05) >= least


def test_a_page_has_one_frame(environment: Environment) -> None:
    environment = environment.overlay()
    environment.globals.update(
        url_for=lambda endpoint, **values: f"/{endpoint}", get_flashed_messages=lambda **_: [("good", "Đã lưu.")]
    )
    places = [SimpleNamespace(href=f"/{n}", label=f"Mục {n}", is_current=n == 2, beside=()) for n in range(5)]
    html = environment.get_template("error.html").render(
        locale="vi", navigation=places, product_version="1", stylesheet_url="/s.css", script_url="/s.js",
        current_user=SimpleNamespace(is_authenticated=True, display_name="Lò Văn Ươm"),
        request=SimpleNamespace(full_path="/nơi-nào?"),
        status=404, title="Không tìm thấy", message="Xin xem lại", action_href=None,
    )  # fmt: skip

    assert html.startswith("<!doctype html>")
    assert '<html lang="vi">' in html
    assert html.count("<h1") == 1
    assert 'href="#main"' in html
    assert 'id="main"' in html
    assert 'value="/nơi-nào"' in html
    assert "Lò Văn Ươm" in html
    assert "Đã lưu." in html
    assert 'role="status"' in html


def test_what_stands_beside_a_page_has_a_row_of_its_own(environment: Environment) -> None:
    environment = environment.overlay()
    environment.globals.update(url_for=lambda endpoint, **values: f"/{endpoint}", get_flashed_messages=lambda **_: [])
    beside = tuple(SimpleNamespace(href=f"/2/{n}", label=f"Trang {n}", is_current=n == 1, beside=()) for n in range(2))
    places = [
        SimpleNamespace(href=f"/{n}", label=f"Mục {n}", is_current=n == 2, beside=beside if n == 2 else ())
        for n in range(5)
    ]
    html = environment.get_template("error.html").render(
        locale="vi", navigation=places, product_version="1", stylesheet_url="/s.css", script_url="/s.js",
        current_user=SimpleNamespace(is_authenticated=True, display_name="Lò Văn Ươm"),
        request=SimpleNamespace(full_path="/2/1"), status=404, title="Không tìm thấy", message="", action_href=None,
    )  # fmt: skip

    assert 'aria-label="Mục 2"' in html
    assert '<a href="/2/1" aria-current="page">Trang 1</a>' in html
    assert '<a href="/2" aria-current="true">Mục 2</a>' in html
