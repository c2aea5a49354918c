"""What a password must be, how names are compared, and how fast a door may be tried. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

PASSWORD_LEAST: Final = 8
PASSWORD_MOST: Final = 128
COMMON_WORDS: Final = """
123456789 1234567890 12345678 87654321 11111111 00000000 88888888 123123123 987654321 11223344 12341234
password password1 passw0rd qwertyui qwerty123 1q2w3e4r iloveyou abcd1234 abc12345 asdfghjkl admin123 matkhau1
matkhau123 matkhau12 matkhau1234 anhyeuem emyeuanh khongbiet khongco123 vietnam1 vietnam123 vietnam2026
hanoi123 saigon123 ocop1234 ocop2025 ocop2026 nongthonmoi hoptacxa htx12345 chuongtrinhocop moixamotsanpham
12345678a a12345678 a123456789 123456aa 0123456789 0987654321
"""
COMMON: Final = frozenset(COMMON_WORDS.split())
FAILURES_PER_NAME: Final = 5
FAILURES_PER_ADDRESS: Final = 60
FAILURE_WINDOW: Final = timedelta(minutes=15)


def login_key(name: str) -> str:
    """A sign-in name as it is compared: NFKC, case folded, trimmed; digits of phones and ids without marks.

    '+84 912.345.678', '0912 345 678' and '0912345678' are one name.
    """
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    digits = re.sub(r"[\s.\-()]", "", text)
    if digits.startswith("+84") and digits[3:].isdigit():
        return "0" + digits[3:].removeprefix("0")
    if digits.isdigit():
        return digits
    return text


def code_key(code: str) -> str:
    """A one-time code as it is compared: capitals, without spaces and dashes, look-alike signs read as one."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", code)).upper()


def password_fault(password: str, *, names: Sequence[str] = ()) -> str | None:
    """Why a password is refused: 'short', 'long', 'common', 'name' or 'monotonous'; None if it will do.

    names: what the person is called and signs in with; a password that is one of them is refused.
    Length counts, composition does not: NIST SP 800-63B section 5.1.1.2.
    """
    if len(password) < PASSWORD_LEAST:
        return "short"
    if len(password) > PASSWORD_MOST:
        return "long"
    plain = unicodedata.normalize("NFKC", password).casefold()
    if plain in COMMON:
        return "common"
    if len(set(plain)) < 4:
        return "monotonous"
    squeezed = re.sub(r"\s", "", plain)
    if any(squeezed == re.sub(r"\s", "", login_key(name)) for name in names if name):
        return "name"
    return None
