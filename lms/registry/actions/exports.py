"""Listings that leave: asked for, written a row at a time, kept for some days for whoever asked."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, Final

from sqlalchemy import func, select, true

from lms.accounts.models import User
from lms.core import audit, jobs, storage
from lms.core.clock import day_of
from lms.core.db import db, reading
from lms.core.errors import InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.core.jobs import Job
from lms.registry import queries
from lms.registry.actions.listings import LISTINGS, Listing, Sender
from lms.registry.models import ListingExport
from lms.registry.rules.listings import Written, lines_of
from lms.registry.rules.names import tidy
from lms.web.sheets import Sheet, write_text_table, write_workbook

EXPORT: Final = "registry.export_listing"
LONG: Final = 2_000
"""More rows than this are written by a job."""
KEPT: Final = timedelta(days=7)
WORKBOOK_ROWS_MOST: Final = 1_000_000
"""A sheet of a workbook holds little more."""


def ask_for_export(
    listing: Listing, file_format: str, *, purpose: str = "", by: User, at: datetime
) -> tuple[ListingExport, Job | None]:
    """Ask for a listing of everything that somebody may see. A short one is there at once; a long one a job writes.

    purpose: what whole personal ids and telephone numbers are needed for; only their last signs leave without it.
    """
    purpose = tidy(purpose)
    sender = Sender(by)
    count = _count(listing, sender)
    if file_format == "xlsx" and count > WORKBOOK_ROWS_MOST:
        raise InvalidInput(_l("Có quá nhiều dòng cho một bảng tính. Hãy chọn CSV."))
    export = ListingExport(
        listing=listing.name, format=file_format, purpose=purpose or None, asked_by_id=by.id, asked_at=at
    )
    db.session.add(export)
    audit.record("registry.export_listing", export, by=by, at=at, listing=listing.name, rows=count, purpose=purpose)
    if count > LONG:
        return export, jobs.ask(EXPORT, export, by=by, at=at)
    with tempfile.TemporaryFile() as file:
        keep_export(export, file, write_file(listing, file_format, file, sender, unveiled=bool(purpose)), at=at)
    return export, None


def write_file(listing: Listing, file_format: str, file: IO[bytes], sender: Sender, *, unveiled: bool) -> int:
    """Write a listing; returns how many rows it has."""
    count = 0
    shown = {column.key for column in listing.columns if unveiled or listing.is_shown(column, sender)}

    def lines() -> Iterator[list[Written]]:
        nonlocal count
        values = (listing.values_of(thing, sender) for thing in listing.things(sender))
        for line in lines_of(listing.columns, values, shown=shown):
            count += 1
            yield line

    header = [column.heading for column in listing.columns]
    if file_format == "csv":
        write_text_table(file, header, lines())
    else:
        widths = [30 if column.key in listing.labels else 18 for column in listing.columns]
        write_workbook(file, [Sheet("Bảng kê", header, lines(), widths=widths)])
    return count


def keep_export(export: ListingExport, file: IO[bytes], rows: int, *, at: datetime) -> None:
    """Keep the file of an export for whoever asked for it, and remove those that were kept long enough."""
    file.seek(0)
    name = f"{export.listing}-{day_of(at):%Y%m%d}.{export.format}"
    by = db.session.get_one(User, export.asked_by_id)
    export.file = storage.store_from(file, name=name, media_type=storage.MEDIA_TYPES[export.format], by=by, at=at)
    export.made_at = at
    export.row_count = rows
    db.session.flush()
    for old in queries.exports_before(at - KEPT):
        kept, old.file = old.file, None
        db.session.flush()
        if kept is not None:
            storage.remove(kept)


def make_export(export_id: int, file: IO[bytes]) -> int:
    """Write the file of an export from one state of the database; returns how many rows it has."""
    with reading():
        export = db.session.get_one(ListingExport, export_id)
        sender = Sender(db.session.get_one(User, export.asked_by_id))
        return write_file(LISTINGS[export.listing], export.format, file, sender, unveiled=export.purpose is not None)


def _count(listing: Listing, sender: Sender) -> int:
    seen = true() if sender.user is None else listing.visible(sender.user)
    rows = listing.statement(seen).with_only_columns(listing.key_column()).subquery()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0
