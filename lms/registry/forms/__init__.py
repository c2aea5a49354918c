"""Shapes of what people send about rosters and people."""

from lms.registry.forms.people import PeopleForm
from lms.registry.forms.rosters import RosterForm

__all__ = ["PeopleForm", "RosterForm"]
