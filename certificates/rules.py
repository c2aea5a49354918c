"""What a certificate says, how it is numbered and written for signing, and what state it is in. Pure."""

import json
import re
import string
import unicodedata
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final

VERSION: Final = 1
KIND: Final = "ocop-certificate"
SERIES: Final = "GCN-OCOP"
SERIAL_DIGITS: Final = 6
TOKEN_SIGNS: Final = string.ascii_letters + string.digits
TOKEN_LENGTH: Final = 22
"""Letters and digits alone, 131 random bits. A dash at either end is cut off by programs that make addresses out of
texts, and read as an option at a console; the QR code stays one that a poor camera still reads."""

_TOKEN = re.compile(rf"[A-Za-z0-9]{{{TOKEN_LENGTH}}}")
_NUMBER = re.compile(rf"(\d{{1,9}})/(\d{{4}})(?:/{SERIES})?")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")


@dataclass(frozen=True, kw_only=True)
class Fields:
    """Everything that is printed on a certificate, and the token that its QR code carries."""

    number: str
    token: str
    holder_name: str
    holder_birth_year: int | None
    title: str
    hours: int | None
    awarded_on: date
    issuer: str
    issued_on: date
    issued_at: datetime
    """Aware; whole seconds."""


_KINDS: Final = {
    **dict.fromkeys(("number", "token", "holder_name", "title", "issuer"), (str,)),
    **dict.fromkeys(("holder_birth_year", "hours"), (int, type(None))),
}
"""16.0 and true would be written back as they were read, and are not what was signed here."""


def is_witnessed(source: str) -> bool:
    """Whether this system itself saw what an award is for, and may certify it: a course finished here.

    source: where the award comes from. Of a class on paper, an older record or training recognised the issuer's own
    certificate is the proof; ours would say that we saw what we were told.
    """
    return source == "course"


class State(StrEnum):
    """What a verifier is told."""

    VALID = "valid"
    REVOKED = "revoked"
    INVALID = "invalid"
    """The line in the register does not agree with what was signed."""


def number_of(serial: int, year: int) -> str:
    """'000123/2026/GCN-OCOP'."""
    return f"{serial:0{SERIAL_DIGITS}d}/{year}/{SERIES}"


def read_number(text: str) -> str | None:
    """The number that somebody typed, as it is printed; None if it is no number of ours.

    '123/2026' and ' 000123 / 2026 / gcn–ocop ' are both '000123/2026/GCN-OCOP'.
    """
    plain = _DASHES.sub("-", re.sub(r"\s", "", unicodedata.normalize("NFKC", text))).upper()
    match = _NUMBER.fullmatch(plain)
    if match is None or not plain.isascii() or int(match[1]) == 0:
        return None
    return number_of(int(match[1]), int(match[2]))


def is_token(text: str) -> bool:
    """Whether a text has the shape of a token; says nothing of whether it was ever given out."""
    return _TOKEN.fullmatch(text) is not None


def printable(text: str) -> str:
    """A name or title as it is printed: composed letters, single spaces, no control or direction signs."""
    kept = "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or sign.isprintable())
    return " ".join(unicodedata.normalize("NFC", kept).split())


def payload_of(fields: Fields) -> bytes:
    """The canonical bytes of a certificate: what is signed, and what is compared byte for byte afterwards."""
    content: dict[str, Any] = {
        name: unicodedata.normalize("NFC", value) if isinstance(value, str) else value
        for name, value in asdict(fields).items()
    }
    content["awarded_on"] = fields.awarded_on.isoformat()
    content["issued_on"] = fields.issued_on.isoformat()
    content["issued_at"] = fields.issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    content["kind"] = KIND
    content["version"] = VERSION
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def read_payload(payload: bytes) -> Fields:
    """The fields in a payload. Raises ValueError unless it is exactly what `payload_of` writes."""
    try:
        content = json.loads(payload)
        if content.pop("kind") != KIND or content.pop("version") != VERSION:
            raise ValueError("not a certificate of a known version")
        content["awarded_on"] = date.fromisoformat(content["awarded_on"])
        content["issued_on"] = date.fromisoformat(content["issued_on"])
        content["issued_at"] = datetime.fromisoformat(content["issued_at"])
        fields = Fields(**content)
        is_typed = all(type(content[name]) in kinds for name, kinds in _KINDS.items())
        if not is_typed or payload_of(fields) != payload:
            raise ValueError("not in canonical form")
    except (AttributeError, KeyError, TypeError, UnicodeError, RecursionError) as error:
        raise ValueError("not a certificate") from error
    return fields


def state_of(*, is_genuine: bool, revoked_at: datetime | None, at: datetime) -> State:
    """The state of a certificate at an instant.

    A line that does not agree with its signature is never called valid or revoked: nothing in it can be believed.
    """
    if not is_genuine:
        return State.INVALID
    return State.REVOKED if revoked_at is not None and revoked_at <= at else State.VALID
