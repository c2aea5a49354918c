"""What is done to records: duties follow positions, requirements are published, awards are made and revoked."""

from lms.records.actions.awards import award, correct_award, keep_evidence, record_on_paper, revoke_award
from lms.records.actions.duties import connect, oblige
from lms.records.actions.papers import (
    PaperClassFacts,
    attach_papers,
    change_paper_class,
    choose_people,
    correct_paper_class,
    discard_paper_class,
    drop_people,
    enter_paper_class,
    make_paper_class,
    revoke_paper_class,
)
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
    "PaperClassFacts",
    "Preview",
    "attach_papers",
    "award",
    "change_paper_class",
    "choose_people",
    "connect",
    "correct_award",
    "correct_paper_class",
    "discard_paper_class",
    "drop_people",
    "enter_paper_class",
    "keep_evidence",
    "load_requirements",
    "make_paper_class",
    "make_qualification",
    "make_requirement",
    "oblige",
    "preview",
    "publish",
    "record_on_paper",
    "revoke_award",
    "revoke_paper_class",
]
