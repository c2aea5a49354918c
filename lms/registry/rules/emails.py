"""E-mail addresses: whether one could be delivered to at all."""

import re
import unicodedata
from typing import Final

ADDRESS: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
)
LONGEST: Final = 254


def read_email(text: str) -> str | None:
    """The address in small letters; None if it is not one."""
    address = unicodedata.normalize("NFKC", text).strip().casefold()
    if len(address) > LONGEST or len(address.partition("@")[0]) > 64:
        return None
    return address if ADDRESS.fullmatch(address) else None
