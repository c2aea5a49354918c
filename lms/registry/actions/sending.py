"""Files that are sent: told apart by their headings, looked through, applied."""

from datetime import datetime

from lms.accounts.models import User
from lms.core.jobs import Job
from lms.registry.actions import imports
from lms.registry.actions.imports import Applied, LookedThrough, Source
from lms.registry.actions.listings import COLUMNS, LISTINGS, ListingSource
from lms.registry.actions.rosters import RosterSource
from lms.registry.models import RosterImport
from lms.registry.rules.listings import open_listing
from lms.registry.rules.plan import totals_of
from lms.registry.rules.reasons import RosterFault
from lms.registry.rules.tables import OpenTable, open_table
from lms.registry.words import refusal_of


def look_through(content: bytes, *, by: User | None, at: datetime, kind: str | None = None) -> LookedThrough:
    """Decide every row of a roster file without changing anything. Raises InvalidInput if the file cannot be taken.

    by: whose scope counts; None for the system itself, which may write everywhere.
    """
    source = read_source(content, by=by, at=at, kind=kind)
    rows = [row for portion in source.portions for row in source.decide(portion).rows]
    rows.sort(key=lambda row: row.number)
    return LookedThrough(source, rows, totals_of(rows, source.skipped))


def open_source(content: bytes, *, by: User | None, at: datetime, kind: str | None = None) -> Source:
    """A file, understood by its head. Raises InvalidInput if it cannot be taken.

    kind: what it lists, where that is known; else its headings tell.
    """
    try:
        imports.check_size(content)
        if kind is None or kind in LISTINGS:
            table = open_listing(content, COLUMNS if kind is None else {kind: COLUMNS[kind]})
            if table is not None:
                return ListingSource(LISTINGS[table.kind], table, by=by, at=at)
        return RosterSource(content, by=by, at=at, kind=kind)
    except RosterFault as fault:
        raise refusal_of(fault) from None


def table_of(roster_import: RosterImport) -> OpenTable:
    """The rows of a file as they stood in it."""
    content, kind = imports.content_of(roster_import), roster_import.kind
    listing = open_listing(content, {kind: COLUMNS[kind]}) if kind in COLUMNS else None
    return listing or open_table(content, kind=kind)


def receive(content: bytes, name: str, *, by: User, at: datetime) -> tuple[RosterImport, Job | None]:
    """Take a file in that somebody sends: see imports.receive."""
    return imports.receive(content, name, open_source(content, by=by, at=at), by=by, at=at)


def read_source(content: bytes, *, by: User | None, at: datetime, kind: str | None = None) -> Source:
    """A file, understood to its end. Raises InvalidInput if it cannot be taken."""
    source = open_source(content, by=by, at=at, kind=kind)
    try:
        source.read()
    except RosterFault as fault:
        raise refusal_of(fault) from None
    return source


def preview_roster(content: bytes, name: str, *, by: User | None, at: datetime) -> RosterImport:
    """Keep a roster file with what it would do, for somebody to read before it is applied."""
    source = read_source(content, by=by, at=at)
    roster_import = imports.keep(content, name, source.kind, by=by, at=at)
    imports.show(roster_import, source, by=by, at=at)
    return roster_import


def apply_roster(roster_import: RosterImport, *, by: User | None, at: datetime, is_whole: bool = False) -> Applied:
    """Do what a roster was shown to do, in one transaction: see imports.apply."""
    if roster_import.applied_at is not None:
        return Applied(True, roster_import.totals)
    source = read_source(imports.content_of(roster_import), by=by, at=at, kind=roster_import.kind)
    return imports.apply(roster_import, source, by=by, at=at, is_whole=is_whole)


def import_roster(
    content: bytes, name: str, *, by: User | None, at: datetime, kind: str | None = None
) -> LookedThrough:
    """Look a roster through and apply it in one go: what a command does, where nobody reads in between.

    by: None for the system itself.
    """
    return imports.bring_in(content, name, read_source(content, by=by, at=at, kind=kind), by=by, at=at)
