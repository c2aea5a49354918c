"""Who and where: units, organisations, people and their positions, declared headcounts, rosters."""

from lms.registry.models.declarations import Declaration, DeclaredCount
from lms.registry.models.exports import ListingExport
from lms.registry.models.organisations import Organisation, OrganisationKind, Origin
from lms.registry.models.people import DuplicatePair, Ethnicity, Likeness, Person, PersonMerge, Sex
from lms.registry.models.positions import Excuse, ExcuseKind, Position, PositionKind
from lms.registry.models.rosters import Outcome, RosterImport, RosterKind, RosterRow
from lms.registry.models.units import (
    ChangeKind,
    Level,
    SuccessionKind,
    Unit,
    UnitChange,
    UnitChangeUnit,
    UnitKind,
    UnitName,
    UnitReach,
    UnitSuccession,
)
from lms.registry.rules.declarations import DeclarationState

__all__ = [
    "ChangeKind",
    "Declaration",
    "DeclarationState",
    "DeclaredCount",
    "DuplicatePair",
    "Ethnicity",
    "Excuse",
    "ExcuseKind",
    "Level",
    "Likeness",
    "ListingExport",
    "Organisation",
    "OrganisationKind",
    "Origin",
    "Outcome",
    "Person",
    "PersonMerge",
    "Position",
    "PositionKind",
    "RosterImport",
    "RosterKind",
    "RosterRow",
    "Sex",
    "SuccessionKind",
    "Unit",
    "UnitChange",
    "UnitChangeUnit",
    "UnitKind",
    "UnitName",
    "UnitReach",
    "UnitSuccession",
]
