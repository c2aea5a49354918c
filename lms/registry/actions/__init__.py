"""What is done to units, rosters, people and their posts."""

from lms.registry.actions.declarations import StaleDeclaration as StaleDeclaration
from lms.registry.actions.declarations import WrongDeclaration as WrongDeclaration
from lms.registry.actions.declarations import discard_declaration as discard_declaration
from lms.registry.actions.declarations import lock_declaration as lock_declaration
from lms.registry.actions.declarations import receive_declarations as receive_declarations
from lms.registry.actions.declarations import return_declaration as return_declaration
from lms.registry.actions.declarations import save_declaration as save_declaration
from lms.registry.actions.declarations import submit_declaration as submit_declaration
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
