"""Shapes of what people send about units, organisations, people and rosters."""

from lms.registry.forms.leaders import LeaderForm, NewLeaderForm
from lms.registry.forms.organisations import LeaveForm, OrganisationForm, OrganisationsForm, ReasonForm
from lms.registry.forms.people import NewPersonForm, PeopleForm, PersonForm
from lms.registry.forms.rosters import RosterForm
from lms.registry.forms.units import unit_data

__all__ = [
    "LeaderForm",
    "LeaveForm",
    "NewLeaderForm",
    "NewPersonForm",
    "OrganisationForm",
    "OrganisationsForm",
    "PeopleForm",
    "PersonForm",
    "ReasonForm",
    "RosterForm",
    "unit_data",
]
