"""What is done to units, rosters, people and their posts."""

from lms.registry.actions.invitations import Slip as Slip
from lms.registry.actions.invitations import invite_people as invite_people
from lms.registry.actions.positions import end_position as end_position
from lms.registry.actions.rosters import Applied as Applied
from lms.registry.actions.rosters import LookedThrough as LookedThrough
from lms.registry.actions.rosters import apply_roster as apply_roster
from lms.registry.actions.rosters import import_roster as import_roster
from lms.registry.actions.rosters import look_through as look_through
from lms.registry.actions.rosters import preview_roster as preview_roster
from lms.registry.actions.units import UnitsLoaded as UnitsLoaded
from lms.registry.actions.units import load_units as load_units
