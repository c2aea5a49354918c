"""Listings: everything of one kind in a file, which leaves the house and may come back changed."""

from collections.abc import Mapping
from typing import Final

from lms.registry.actions.listings.base import Listing, Sender
from lms.registry.actions.listings.declarations import Declarations
from lms.registry.actions.listings.excuses import Excuses
from lms.registry.actions.listings.organisations import Organisations
from lms.registry.actions.listings.posts import Posts
from lms.registry.actions.listings.source import ListingSource
from lms.registry.actions.listings.units import Resolutions, Successions, Units
from lms.registry.rules.listings import Column

__all__ = ["COLUMNS", "LISTINGS", "Listing", "ListingSource", "Sender"]

LISTINGS: Final[Mapping[str, Listing]] = {
    listing.name: listing
    for listing in (Organisations(), Posts(), Excuses(), Declarations(), Units(), Successions(), Resolutions())
}
"""By name, in the order in which pages show them."""
COLUMNS: Final[Mapping[str, "tuple[Column, ...]"]] = {
    name: tuple(listing.columns) for name, listing in LISTINGS.items() if listing.comes_back
}
"""Of those that may come back, by name."""
