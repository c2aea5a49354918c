"""What the pages of courses share: the blueprint, and who shows each kind of item."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, url_for
from flask_login import current_user

from courses.models import CourseItem, Enrolment, ItemKind
from lms.accounts.models import User
from lms.core.i18n import LazyText

bp = Blueprint("courses", __name__)


@dataclass(frozen=True)
class Note:
    """A word about where a learner stands with an item: 'Đang chờ chấm'."""

    label: str | LazyText
    tone: str


@dataclass(frozen=True)
class ItemPage:
    """Where an item of one kind is taken, and what is to be said of it in the list of items."""

    endpoint: str
    """Its view; gets `enrolment_id` and `slug`."""
    notes: Callable[[Enrolment], Mapping[int, Note]] | None = None
    """By id of the item."""


item_pages: Final[dict[ItemKind, ItemPage]] = {ItemKind.LESSON: ItemPage("courses.show_lesson")}
"""Packages above add their kinds here when the application is built."""

learner_pages: Final[dict[str, str]] = {}
"""Staff pages about one learner of a class, by package: their endpoints get `enrolment_id`. Added the same way."""


def item_url(enrolment: Enrolment, item: CourseItem) -> str:
    """The page on which a learner takes an item."""
    return url_for(item_pages[item.kind].endpoint, enrolment_id=enrolment.id, slug=item.slug)


def notes_of(enrolment: Enrolment) -> dict[int, Note]:
    """What there is to say of the items of an enrolment."""
    notes: dict[int, Note] = {}
    for page in item_pages.values():
        if page.notes is not None:
            notes.update(page.notes(enrolment))
    return notes


def me() -> User:
    """Who asks; views that call it are for people who are signed in."""
    user: User = current_user._get_current_object()
    return user
