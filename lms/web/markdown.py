"""Markdown to safe HTML, in one place: what is not on the list does not leave here."""

from typing import Final

import nh3
from markdown import Markdown
from markupsafe import Markup, escape

from lms.core.i18n import gettext

TAGS: Final = frozenset(
    [
        "p",
        "br",
        "hr",
        "h2",
        "h3",
        "h4",
        "strong",
        "em",
        "del",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "a",
        "img",
        "div",
        "sup",
        "sub",
    ]
)
ATTRIBUTES: Final[dict[str, set[str]]] = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "td": {"align"},
    "th": {"align", "scope"},
    "ol": {"start"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "table": {"class"},
    "p": {"class"},
}
CLASSES: Final = frozenset({"admonition", "admonition-title", "note", "warning", "tip", "table-scroll", "table"})
EXTENSIONS: Final = ("tables", "sane_lists", "admonition", "def_list")


def render(text: str, *, pictures: str = "") -> Markup:
    """Safe HTML of a Markdown text.

    pictures: address under which the pictures of this text are served; a picture from anywhere else is dropped,
    so that reading a lesson never tells another host who reads it.
    """
    html = Markdown(extensions=list(EXTENSIONS), output_format="html").convert(text)
    label = escape(gettext("Bảng"))
    frame = f'<div class="table-scroll" tabindex="0" role="region" aria-label="{label}"><table class="table">'
    html = html.replace("<table>", frame).replace("</table>", "</table></div>")

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "class":
            return " ".join(name for name in value.split() if name in CLASSES) or None
        if tag == "img" and attribute == "src":
            name = value.removeprefix("pictures/")
            inside = value.startswith("pictures/") and pictures and "/" not in name and ".." not in name
            return f"{pictures.rstrip('/')}/{name}" if inside else None
        if tag == "a" and attribute == "href" and not value.startswith(("https://", "http://", "mailto:", "#", "/")):
            return None
        return value

    return Markup(  # noqa: S704 - nh3 has just cleaned it
        nh3.clean(
            html,
            tags=set(TAGS),
            attributes=ATTRIBUTES,
            attribute_filter=keep,
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer nofollow",
            strip_comments=True,
        )
    )
