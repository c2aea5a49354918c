"""Who must be trained in what, since when, and who is: qualifications, requirements, duties, awards."""

from lms.records.models.awards import Award, AwardEvidence, AwardSource
from lms.records.models.duties import Duty, DutyCause
from lms.records.models.papers import PaperClass, PaperClassEvidence, PaperClassPerson, PaperClassState
from lms.records.models.recognition import Application, ApplicationEvidence, ApplicationState, Equivalence
from lms.records.models.requirements import (
    Needed,
    Qualification,
    Requirement,
    RequirementQualification,
    RequirementVersion,
)

__all__ = [
    "Application",
    "ApplicationEvidence",
    "ApplicationState",
    "Award",
    "AwardEvidence",
    "AwardSource",
    "Duty",
    "DutyCause",
    "Equivalence",
    "Needed",
    "PaperClass",
    "PaperClassEvidence",
    "PaperClassPerson",
    "PaperClassState",
    "Qualification",
    "Requirement",
    "RequirementQualification",
    "RequirementVersion",
]
