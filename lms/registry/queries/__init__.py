"""Reads of units, organisations, people, positions and rosters."""

from lms.registry.queries.known import id_number_index, known_for
from lms.registry.queries.organisations import (
    OrganisationFilter,
    leaders_of,
    organisation_with_unit,
    organisations_count,
    organisations_like,
    organisations_page,
)
from lms.registry.queries.parts import Page, chunks
from lms.registry.queries.people import (
    PeopleFilter,
    ids_of_one,
    match_keys_of_one,
    people_by_ids,
    people_count,
    people_page,
    people_without_account,
    person_by_id_number,
    person_with_posts,
)
from lms.registry.queries.rosters import decided_rows, latest_imports, refused_rows, rows_page
from lms.registry.queries.unit_history import (
    change_with_units,
    changed_after,
    changes_entered,
    held_at,
    known_units,
    units_by_ids,
)
from lms.registry.queries.units import (
    CENTRE,
    DATA,
    TODAY_LIST,
    commune_of,
    places,
    unit_by_code,
    units_below,
    units_changed_here,
    units_on_map,
)

__all__ = [
    "CENTRE",
    "DATA",
    "TODAY_LIST",
    "OrganisationFilter",
    "Page",
    "PeopleFilter",
    "change_with_units",
    "changed_after",
    "changes_entered",
    "chunks",
    "commune_of",
    "decided_rows",
    "held_at",
    "id_number_index",
    "ids_of_one",
    "known_for",
    "known_units",
    "latest_imports",
    "leaders_of",
    "match_keys_of_one",
    "organisation_with_unit",
    "organisations_count",
    "organisations_like",
    "organisations_page",
    "people_by_ids",
    "people_count",
    "people_page",
    "people_without_account",
    "person_by_id_number",
    "person_with_posts",
    "places",
    "refused_rows",
    "rows_page",
    "unit_by_code",
    "units_below",
    "units_by_ids",
    "units_changed_here",
    "units_on_map",
]
