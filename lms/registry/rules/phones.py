"""Telephone numbers as people write them, as the ten digits that can be dialled today."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from lms.registry.rules.id_numbers import masked
from lms.registry.rules.reasons import Finding

MOBILE: Final = re.compile(r"0[35789]\d{8}")
FIXED: Final = re.compile(r"02\d{8,9}")
OLD: Final = re.compile(r"01\d{9}")
SINCE_2018: Final = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036",
    "0167": "037", "0168": "038", "0169": "039", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip
"""The prefixes of 11-digit mobile numbers and what they became on 15/09/2018."""
SEPARATORS: Final = re.compile(r"[;,/\n]|\s-\s|\bhoặc\b")


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """What a cell said of somebody's telephone."""

    phone: str | None
    finding: Finding | None = None


def read_phone(value: object) -> PhoneReading:
    """The number that a cell means: ten digits with their leading zero (fixed lines up to eleven).

    A number that cannot be understood is left out with a warning; nobody is lost for it.
    """
    if isinstance(value, str) and MOBILE.fullmatch(value) and value.isascii():
        return PhoneReading(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFKC", str(value)).strip()
    if not text:
        return PhoneReading(None)
    whole = _one(text)
    if whole.phone is not None:
        return whole
    several = [reading for piece in SEPARATORS.split(text) if (reading := _one(piece)).phone]
    if several:
        return PhoneReading(several[0].phone, Finding("phone_several", masked(several[0].phone or "")))
    return whole


def _one(text: str) -> PhoneReading:
    digits = re.sub(r"[\s.\-()]", "", text)
    if digits.startswith(("+84", "0084")):
        digits = "0" + digits.removeprefix("+84").removeprefix("0084").removeprefix("0")
    if not (digits.isascii() and digits.isdigit()):
        return PhoneReading(None, Finding("phone_unreadable", masked(text)))
    if digits.startswith("84") and len(digits) in (11, 12):
        digits = "0" + digits[2:]
    if not digits.startswith("0"):
        digits = "0" + digits
    if MOBILE.fullmatch(digits) or FIXED.fullmatch(digits):
        return PhoneReading(digits)
    if OLD.fullmatch(digits) and digits[:4] in SINCE_2018:
        today = SINCE_2018[digits[:4]] + digits[4:]
        return PhoneReading(today, Finding("phone_converted", masked(today)))
    return PhoneReading(None, Finding("phone_unreadable", masked(text)))
