"""What arrives in an address or a form, held to what a database can take."""

from typing import Final

from flask import Request, request

LARGEST_ID: Final = 2**31 - 1


def row_id(text: str | None) -> int | None:
    """The number of a row out of a text; None if it is none, or none that the database's integers can hold."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > len(str(LARGEST_ID)):
        return None
    number = int(text)
    return number if 0 < number <= LARGEST_ID else None


def asked_id(name: str) -> int | None:
    """The number of a row in the address's question."""
    return row_id(request.args.get(name))


def holds_nul(sent: Request) -> bool:
    """Whether a NUL stands in the path or the question: PostgreSQL takes it in no text, and nobody means it."""
    texts = [sent.path]
    for name, values in sent.args.lists():
        texts += [name, *values]
    return any("\x00" in text for text in texts)
