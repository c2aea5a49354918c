"""What the pages of assessments share."""

import re
from typing import Final

from flask import Blueprint
from markupsafe import Markup

from assessments.rules import simulated_stars
from lms.core.letters import composed
from lms.web import markdown

bp = Blueprint("assessments", __name__)
bp.add_app_template_global(simulated_stars)
CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def clean_text(text: str) -> str:
    """What a person typed: composed letters, plain line ends, nothing invisible, no space around."""
    return CONTROL.sub("", composed(text).replace("\r\n", "\n").replace("\r", "\n")).strip()


def inline(text: str) -> Markup:
    """Markdown of one paragraph without the paragraph around it, to stand in a label."""
    html = markdown.render(text).strip()
    inside = html.removeprefix("<p>").removesuffix("</p>")
    return Markup(inside) if "<p>" not in inside and len(html) - len(inside) == len("<p></p>") else html  # noqa: S704


def whole(text: str | None) -> int:
    """A small whole number out of a form; 0 if it is none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0
