"""Shapes of what is asked and filled in on the pages of records."""

from lms.records.forms.awards import AwardForm, CorrectionForm, RevocationForm
from lms.records.forms.days import DAY_FORMATS, DayForm, KnownForm
from lms.records.forms.papers import CandidatesForm, PaperClassCorrectionForm, PaperClassForm, PastedForm
from lms.records.forms.recognition import (
    ApplicationForm,
    DecisionForm,
    EndForm,
    EquivalenceForm,
    NextEquivalenceForm,
)
from lms.records.forms.requirements import CLAUSES, QualificationForm, VersionForm

__all__ = [
    "CLAUSES",
    "DAY_FORMATS",
    "ApplicationForm",
    "AwardForm",
    "CandidatesForm",
    "CorrectionForm",
    "DayForm",
    "DecisionForm",
    "EndForm",
    "EquivalenceForm",
    "KnownForm",
    "NextEquivalenceForm",
    "PaperClassCorrectionForm",
    "PaperClassForm",
    "PastedForm",
    "QualificationForm",
    "RevocationForm",
    "VersionForm",
]
