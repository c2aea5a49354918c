"""Two languages: texts are written in Vietnamese in the source, English is looked up in one catalogue."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

from babel.messages.pofile import read_po
from flask import has_request_context, session
from markupsafe import escape

LOCALES: Final = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT_LOCALE: Final = "vi"
CATALOGUES: Final = Path(__file__).parent / "translations"


class LazyText:
    """A text that is looked up when it is shown, in the language of whoever looks."""

    def __init__(self, source: str, **values: object) -> None:
        self.source = source
        self.values = values

    def __str__(self) -> str:
        return gettext(self.source, **self.values)

    def __html__(self) -> str:
        return str(escape(str(self)))

    def __repr__(self) -> str:
        return f"LazyText({self.source!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(self.source)

    def __mod__(self, values: Any) -> str:
        text: str = str(self) % values
        return text

    def __getattr__(self, name: str) -> Any:
        """WTForms and Jinja treat labels as strings; hand them the string's own methods."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(str(self), name)


@lru_cache(maxsize=8)
def catalogue(locale: str) -> dict[str, str]:
    """The translations into one language, by Vietnamese source text. Empty for Vietnamese itself."""
    path = CATALOGUES / f"{locale}.po"
    if locale == DEFAULT_LOCALE or not path.exists():
        return {}
    with path.open("rb") as file:
        messages = read_po(file, locale=locale)
    return {str(m.id): str(m.string) for m in messages if m.id and m.string and not m.fuzzy}


def current_locale() -> str:
    """The language of this request: what the person chose, else Vietnamese."""
    if has_request_context():
        chosen = session.get("locale")
        if chosen in LOCALES:
            return str(chosen)
    return DEFAULT_LOCALE


def translate(source: str, locale: str) -> str:
    """One text in one language; the source itself where there is no translation."""
    return catalogue(locale).get(source, source)


def gettext(source: str, **values: object) -> str:
    """The text in the language of this request, with %(name)s places filled."""
    text = translate(source, current_locale())
    return text % values if values else text


def lazy_gettext(source: str, **values: object) -> str:
    """For texts written where no request is known yet: form labels, errors, enum labels.

    Typed as the string that it stands for, so that libraries which ask for one take it.
    """
    return cast(str, LazyText(source, **values))


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    """Vietnamese has one form; English picks by number."""
    return gettext(singular if n == 1 else plural, **{"num": n, **values})
