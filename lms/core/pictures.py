"""Makes a picture that somebody sent into one of our own: decoded, turned upright, made anew without anything else."""

import io
import re
from typing import Final

from PIL import Image, ImageOps

LONGEST_SIDE: Final = 2400
"""Enough to read a label on a photographed package."""
MOST_PIXELS: Final = {"JPEG": 40_000_000, "PNG": 20_000_000}
"""More than a telephone's camera takes, or its screen; a small file can claim far more and fill the memory."""
MARK: Final = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])", re.DOTALL)
"""Where a part of a JPEG begins; among the data of a scan stand only stuffed zeros and restart signs."""
SCAN: Final = 0xDA
END: Final = 0xD9
MOST_SCANS: Final = 40
"""A picture comes in one scan or in some ten that grow finer; each costs as much time as the whole picture."""


class NotAPicture(Exception):
    """The bytes cannot be read as the picture they claim to be."""


def redraw(content: bytes, kind: str) -> bytes:
    """Give the same picture as a fresh file of the same kind ('jpg' or 'png').

    Place, camera and whatever else was hidden in the file or hung on behind it is gone.
    Raises NotAPicture if it cannot be decoded or has too many pixels.
    """
    format_name = {"jpg": "JPEG", "png": "PNG"}[kind]
    try:
        with Image.open(io.BytesIO(content), formats=[format_name]) as sent:
            if sent.width * sent.height > MOST_PIXELS[format_name]:
                raise NotAPicture
            if format_name == "JPEG" and _scans(content) > MOST_SCANS:
                raise NotAPicture
            if format_name == "JPEG":
                # Decodes at a smaller scale where that is enough: less memory, less time.
                sent.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            sent.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(sent)
            has_alpha = upright.mode in ("RGBA", "LA") or "transparency" in upright.info
            picture = upright.convert("RGBA" if has_alpha and format_name == "PNG" else "RGB")
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError, RuntimeWarning) as error:
        raise NotAPicture from error
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    target = io.BytesIO()
    clean.save(target, format_name, **({"quality": 85} if format_name == "JPEG" else {}))
    return target.getvalue()


def _scans(content: bytes) -> int:
    """How many scans a JPEG has; what stands behind its end, as some telephones leave there, does not count."""
    found = 0
    place = 2
    while (mark := MARK.search(content, place)) is not None:
        kind = mark[1][0]
        if kind == END:
            break
        found += kind == SCAN
        # Each part but those without content says how long it is; a picture hidden in one is stepped over with it.
        place = mark.end() + int.from_bytes(content[mark.end() : mark.end() + 2])
    return found
