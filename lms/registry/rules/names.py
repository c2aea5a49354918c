"""Names of people, offices and places: how they are tidied, compared, searched and put in order."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

TONES: Final = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
"""huyền, hỏi, ngã, sắc, nặng, in the order in which dictionaries put them; no tone comes before them all."""
LETTERS: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
SIGNS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
"""What a sort key is written with: these come in this order in every database and collation."""
END, SPACE, OTHER = SIGNS[0], SIGNS[1], SIGNS[-1]
LETTER_SIGNS: Final = dict(zip(LETTERS, SIGNS[2:35], strict=True))
SORT_KEY_MOST: Final = 400
INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
APOSTROPHES: Final = re.compile("[\u2018\u2019\u201b\u02bc\u02b9\u2032\u0060\u00b4\uff07]")
DASHES: Final = re.compile("[\u2010-\u2015\u2212\uff0d]")
CAPITALISED: Final = re.compile(r"[^\s'\-.]+")
FORMULA: Final = re.compile("^[\\s\"'\u201c]*[=+\\-@\uff1d\uff0b\uff0d\uff20]")


def tidy(text: str) -> str:
    """NFC, without invisible signs, single spaces."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", INVISIBLE.sub("", text)).split())


def clean_name(text: str) -> str:
    """A person's name as it is kept: tidy, and in ordinary case if it came all in capitals or all in small letters.

    'H'HƯƠNG NIÊ' becomes 'H'Hương Niê'; a name in mixed case keeps its own.
    """
    name = APOSTROPHES.sub("'", tidy(text))
    if name.isupper() or name.islower():
        name = CAPITALISED.sub(lambda part: part[0][0].upper() + part[0][1:].lower(), name)
    return unicodedata.normalize("NFC", name)


@lru_cache(maxsize=65536)
def _parts(word: str) -> tuple[str, str]:
    """A word in small letters without its tones (its other marks stay), and its tones."""
    letters: list[str] = []
    tones: list[str] = []
    for sign in unicodedata.normalize("NFD", word.casefold()):
        (tones if sign in TONES else letters).append(sign)
    return unicodedata.normalize("NFC", "".join(letters)), "".join(tones)


@lru_cache(maxsize=65536)
def _match_word(word: str) -> str:
    letters, tones = _parts(word)
    return unicodedata.normalize("NFC", letters + tones)


def match_key(text: str) -> str:
    """What must be equal for two names to be the same name.

    The tone is written at the end of its word, so that 'hòa' and 'hoà', 'thúy' and 'thuý' are one; i and y stay
    apart. Case, spaces, the form of dashes and apostrophes and the way the marks were encoded do not count.
    """
    plain = DASHES.sub("-", APOSTROPHES.sub("'", tidy(text)))
    return " ".join(_match_word(word) for word in plain.replace("-", " ").split())


@lru_cache(maxsize=65536)
def _search_word(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).replace("đ", "d")


def search_key(text: str) -> str:
    """Small letters without any marks: 'nguyen thi dao'."""
    return " ".join(_search_word(word) for word in tidy(text).split())


def sort_key(name: str) -> str:
    """Orders names as Vietnamese lists do: by given name (the last word), then by family and middle names.

    Within each, letters come first (a ă â … d đ … u ư …), tones only where all letters are equal: none, huyền,
    hỏi, ngã, sắc, nặng. Source: CLDR, collation for vi. Compared as plain text, in any database.
    """
    words = tidy(name).split()
    key = _ordered(words[-1:]) + END + _ordered(words[:-1])
    return key[:SORT_KEY_MOST]


def place_key(name: str) -> str:
    """Orders places in the same way by their words as they are read: 'Cà Mau' before 'Cao Bằng'."""
    return _ordered(tidy(name).split())


def title_key(name: str) -> str:
    """`place_key` for names of organisations, which may be long."""
    return place_key(name)[:SORT_KEY_MOST]


def has_marks(text: str) -> bool:
    """Whether somebody took the trouble of typing marks."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return any(unicodedata.combining(sign) for sign in plain) or "đ" in plain


def _ordered(words: list[str]) -> str:
    parts = [_parts(word) for word in words]
    letters = SPACE.join(_signs(word) for word, _tones in parts)
    tones = "".join("".join(str(TONES[tone]) for tone in tones) or "0" for _word, tones in parts)
    return letters + END + tones


@lru_cache(maxsize=65536)
def _signs(word: str) -> str:
    return "".join(LETTER_SIGNS.get(letter) or OTHER + _base36(ord(letter)) for letter in word if letter != "'")


def _base36(number: int) -> str:
    digits = ""
    for _place in range(4):
        number, rest = divmod(number, 36)
        digits = SIGNS[rest] + digits
    return digits


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet program would take the text for a formula."""
    return FORMULA.match(text) is not None


def has_odd_signs(name: str) -> bool:
    """Whether there is something in a person's name that no name has: digits, markup, symbols."""
    if name.replace(" ", "").isalpha():
        return False
    return any(not (sign.isalpha() or unicodedata.combining(sign) or sign in " '-.") for sign in name)
