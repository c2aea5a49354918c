"""Looks into documents that somebody sent: whether they are what they claim to be, and carry nothing that acts."""

import io
from typing import Any, Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

MOST_PAGES: Final = 100
MOST_OBJECTS: Final = 20_000
"""What is looked through at most: a file that names more is not a scan."""
END_BYTES: Final = 2048
"""In so many bytes at the end a whole file says where its table of contents begins."""
ACTING: Final = frozenset({"/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/EmbeddedFile", "/RichMedia", "/XFA"})
"""What makes a reader run something, or takes further files along."""


class NotADocument(Exception):
    """The bytes cannot be read as the document they claim to be, or it would act on its reader."""


def check_pdf(content: bytes) -> None:
    """Make sure that a PDF is whole: it has its end, its table of contents and pages, is open to read and does nothing.

    Raises NotADocument.
    """
    if b"startxref" not in content[-END_BYTES:] or b"%%EOF" not in content[-END_BYTES:]:
        raise NotADocument
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted or not 0 < len(reader.pages) <= MOST_PAGES:
            raise NotADocument
        if any("/MediaBox" not in page for page in reader.pages) or _acts(reader):
            raise NotADocument
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise NotADocument from error


def _acts(reader: PdfReader) -> bool:
    """Whether anything in it names what acts. Each object is looked at once; streams of content are not unpacked."""
    waiting: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, IndirectObject):
            place = (thing.idnum, thing.generation)
            if place in seen:
                continue
            seen.add(place)
            if len(seen) > MOST_OBJECTS:
                return True
            thing = thing.get_object()
        if isinstance(thing, DictionaryObject):
            if not ACTING.isdisjoint(thing) or dict.get(thing, "/S") in ACTING:
                return True
            waiting.extend(dict.values(thing))
        elif isinstance(thing, ArrayObject):
            waiting.extend(thing)
    return False
