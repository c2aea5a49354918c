"""The personal identification number: 12 digits that tell sex, birth year and where the birth was registered."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from lms.registry.rules.reasons import Finding

LENGTH: Final = 12
LEAST_LEFT: Final = 10
"""Prefixes go from 001 to 096: no more than two zeros can be lost at the front."""
OLD_CODES: Final = frozenset((
    "01", "02", "04", "06", "08", "10", "11", "12", "14", "15", "17", "19", "20", "22", "24", "25", "26", "27", "30",
    "31", "33", "34", "35", "36", "37", "38", "40", "42", "44", "45", "46", "48", "49", "51", "52", "54", "56", "58",
    "60", "62", "64", "66", "67", "68", "70", "72", "74", "75", "77", "79", "80", "82", "83", "84", "86", "87", "89",
    "91", "92", "93", "94", "95", "96",
))  # fmt: skip
"""The 63 provinces of before 01/07/2025: numbers keep the prefix of where they were first given."""
PUNCTUATION: Final = re.compile(r"[\s.\-'`’]")


@dataclass(frozen=True, slots=True)
class IdReading:
    """What a cell said of somebody's number."""

    number: str | None
    findings: tuple[Finding, ...] = ()


def masked(text: str) -> str:
    """For showing and storing: only the last four signs."""
    return "*" * max(len(text) - 4, 0) + text[-4:] if len(text) > 4 else "*" * len(text)


def sex_of(number: str) -> str:
    """'male' or 'female', from the fourth digit."""
    return "female" if int(number[3]) % 2 else "male"


def birth_year_of(number: str) -> int:
    """From the century digit and the two after it."""
    return 1900 + int(number[3]) // 2 * 100 + int(number[4:6])


def has_known_prefix(number: str) -> bool:
    """Whether the number was given in one of the 63 provinces (others: abroad, or given anew)."""
    return number[0] == "0" and number[1:3] in OLD_CODES


def read_id_number(value: object, *, sex: str | None, birth_on: date | None) -> IdReading:
    """The number that a cell means, with what is to be said about it.

    A number that lost zeros at its front (as a number, or as text that was one) is restored only where the 12 digits
    have a known prefix and agree with sex and birth year; else it is refused, as anything that is not 12 digits.
    Source: NĐ 137/2015/NĐ-CP Điều 13; TT 07/2016/TT-BCA Điều 7.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(value, float):
        value = int(value) if value.is_integer() else value
    text = str(value)
    if not (len(text) == LENGTH and text.isascii() and text.isdigit()):
        text = PUNCTUATION.sub("", unicodedata.normalize("NFKC", text))
    if not text:
        return IdReading(None)
    if not (text.isascii() and text.isdigit()):
        code = "id_number_letters" if any(sign.isalpha() for sign in text) else "id_number_length"
        return IdReading(None, (Finding(code, masked(text)),))
    if len(text) == LENGTH:
        said = (Finding("id_number_as_number", masked(text)),) if is_number else ()
        return IdReading(text, said + _doubts(text, sex, birth_on))
    restored = text.zfill(LENGTH)
    if (
        LEAST_LEFT <= len(text) < LENGTH
        and birth_on is not None
        and has_known_prefix(restored)
        and sex_of(restored) == sex
        and birth_year_of(restored) == birth_on.year
    ):
        return IdReading(restored, (Finding("id_number_restored", masked(restored)),))
    return IdReading(None, (Finding("id_number_length", masked(text)),))


def _doubts(number: str, sex: str | None, birth_on: date | None) -> tuple[Finding, ...]:
    found = []
    if not has_known_prefix(number):
        found.append(Finding("id_number_prefix", number[:3]))
    if sex is not None and sex_of(number) != sex:
        found.append(Finding("id_number_sex", "Nữ" if sex == "female" else "Nam"))
    if birth_on is not None and birth_year_of(number) != birth_on.year:
        found.append(Finding("id_number_birth_year", str(birth_on.year)))
    return tuple(found)
