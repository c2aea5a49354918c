"""What is done to records: duties follow positions, requirements are published, awards are made and revoked."""

from lms.records.actions.awards import award, correct_award, keep_evidence, record_on_paper, revoke_award
from lms.records.actions.duties import connect, oblige
from lms.records.actions.requirements import (
    Draft,
    Preview,
    load_requirements,
    make_qualification,
    make_requirement,
    preview,
    publish,
)

__all__ = [
    "Draft",
    "Preview",
    "award",
    "connect",
    "correct_award",
    "keep_evidence",
    "load_requirements",
    "make_qualification",
    "make_requirement",
    "oblige",
    "preview",
    "publish",
    "record_on_paper",
    "revoke_award",
]
