"""Files that people send: kept outside the web root under names of our own, whole or not at all."""

import hashlib
import io
import os
import secrets
import zipfile
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from flask import current_app
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.audit import Actor
from lms.core.db import Model, db
from lms.core.errors import InvalidInput
from lms.core.i18n import lazy_gettext as _l

MEDIA_TYPES: Final = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
PIECE_BYTES: Final = 1024 * 1024
OFFICE_PARTS: Final = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


class StoredFile(Model):
    """One file somebody sent. The bytes lie in the instance folder under `key`; they are never changed."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size_bytes > 0", name="size_above_zero"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    """Decided from the content, never from what the browser said."""
    name: Mapped[str] = mapped_column(String(200))
    """What the person called it; only ever shown escaped or sent as a download name."""
    stored_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    stored_at: Mapped[datetime]


def path_of(stored: StoredFile) -> Path:
    """Where the bytes lie."""
    return _folder() / stored.key[:2] / stored.key


def _folder() -> Path:
    folder: Path = current_app.config["FILES_FOLDER"]
    return folder


def kind_of(content: bytes) -> str | None:
    """The kind of a file ('pdf', 'jpg', …) decided by its content alone; None if it is none of those known.

    Office files are zip files inside: their kind is told by the parts they contain.
    """
    if content[:5] == b"%PDF-":
        return "pdf"
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if content[:3] == b"\xff\xd8\xff":
        return "jpg"
    if content[:4] == b"PK\x03\x04":
        return _kind_of_office_file(content)
    return None


def _kind_of_office_file(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return None
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for kind, part in OFFICE_PARTS.items() if part in names), None)


def _shown_name(name: str) -> str:
    """The last part of what somebody called a file, without line ends, direction signs and whatever cannot be seen."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:200] or "tệp"


def store(content: bytes, *, name: str, media_type: str, by: Actor | None, at: datetime) -> StoredFile:
    """Keep a file. The bytes are on disk before the row exists; without its row a file means nothing."""
    if not content:
        raise InvalidInput(_l("Tệp rỗng, không có nội dung."))
    return store_from(io.BytesIO(content), name=name, media_type=media_type, by=by, at=at)


def store_from(source: IO[bytes], *, name: str, media_type: str, by: Actor | None, at: datetime) -> StoredFile:
    """`store` for what is too much to be held in memory: read from where it stands to its end."""
    key = secrets.token_hex(32)
    folder = _folder() / key[:2]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f"{key}.part"
    digest, size = hashlib.sha256(), 0
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            while piece := source.read(PIECE_BYTES):
                digest.update(piece)
                size += len(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        part.rename(folder / key)
    except OSError:
        # A full disk must not fill up further with halves of files.
        part.unlink(missing_ok=True)
        raise
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    stored = StoredFile(
        key=key,
        sha256=digest.hexdigest(),
        size_bytes=size,
        media_type=media_type,
        name=_shown_name(name),
        stored_by_id=by.id if by is not None else None,
        stored_at=at,
    )
    db.session.add(stored)
    return stored


def remove(stored: StoredFile) -> None:
    """Remove a file that the house made itself, bytes and row; for good, even if the transaction is taken back."""
    path_of(stored).unlink(missing_ok=True)
    db.session.delete(stored)
