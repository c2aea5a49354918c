"""Tax numbers of organisations: ten digits with a check digit, a branch number after them, or a household's own id."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from lms.registry.rules.id_numbers import has_known_prefix, masked
from lms.registry.rules.reasons import Finding

WEIGHTS: Final = (31, 29, 23, 19, 17, 13, 7, 5, 3)


@dataclass(frozen=True, slots=True)
class TaxReading:
    """What a cell said of an organisation's tax number."""

    tax_code: str | None
    finding: Finding | None = None


def is_tax_code(digits: str) -> bool:
    """Whether ten digits can be a tax number.

    The tenth digit is 10 minus (the weighted sum of the others modulo 11); a remainder of 0 gives no number at all,
    and the serial 0000000 is not given out. Source: the published rule (weights 31, 29, … 3), tried on real numbers.
    """
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()) or digits[2:9] == "0000000":
        return False
    return 10 - sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=False)) % 11 == int(digits[9])


def read_tax_code(value: object, *, is_household: bool) -> TaxReading:
    """The tax number that a cell means. Branches are written '0123456789-001'.

    is_household: a household may be taxed under its owner's 12-digit personal id. That is the owner's number, not
    the organisation's, and is not kept as a tax number.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = re.sub(r"[\s.\-]", "", unicodedata.normalize("NFKC", str(value)))
    if not text:
        return TaxReading(None)
    if is_household and len(text) == 12 and text.isdigit() and has_known_prefix(text):
        return TaxReading(None)
    if len(text) == 13 and text.isdigit() and is_tax_code(text[:10]) and text[10:] != "000":
        return TaxReading(f"{text[:10]}-{text[10:]}")
    if is_tax_code(text):
        return TaxReading(text)
    if len(text) == 9 and is_tax_code("0" + text):
        # A cell that is a number cannot hold the zero: nothing was written wrongly, but somebody should know.
        return TaxReading("0" + text, Finding("tax_code_restored", "0" + text))
    hidden = masked(text) if len(text) == 12 and not is_number else text[:40]
    return TaxReading(None, Finding("tax_code_invalid", hidden))
