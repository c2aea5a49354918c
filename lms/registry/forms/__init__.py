"""Shapes of what people send about units, organisations, people, rosters and declared headcounts."""

from lms.registry.forms.declarations import (
    CommonForm,
    DeclarationForm,
    ReturnForm,
    RowForm,
    declaration_form,
    row_form,
)
from lms.registry.forms.exports import ExportForm
from lms.registry.forms.leaders import LeaderForm, NewLeaderForm
from lms.registry.forms.merges import EthnicityForm, MergeForm, PurposeForm
from lms.registry.forms.organisations import LeaveForm, OrganisationForm, OrganisationsForm, ReasonForm
from lms.registry.forms.people import IdNumberForm, NewPersonForm, PeopleForm, PersonForm
from lms.registry.forms.posts import EndForm, ExcuseForm, LeaderPostForm, NewOfficialForm, PostForm
from lms.registry.forms.rosters import RosterForm
from lms.registry.forms.unit_changes import ChangeForm, ResolutionForm, change_forms
from lms.registry.forms.units import FindUnitForm, SettleForm, UnitDayForm, unit_data

__all__ = [
    "ChangeForm",
    "CommonForm",
    "DeclarationForm",
    "EndForm",
    "EthnicityForm",
    "ExcuseForm",
    "ExportForm",
    "FindUnitForm",
    "IdNumberForm",
    "LeaderForm",
    "LeaderPostForm",
    "LeaveForm",
    "MergeForm",
    "NewLeaderForm",
    "NewOfficialForm",
    "NewPersonForm",
    "OrganisationForm",
    "OrganisationsForm",
    "PeopleForm",
    "PersonForm",
    "PostForm",
    "PurposeForm",
    "ReasonForm",
    "ResolutionForm",
    "ReturnForm",
    "RosterForm",
    "RowForm",
    "SettleForm",
    "UnitDayForm",
    "change_forms",
    "declaration_form",
    "row_form",
    "unit_data",
]
