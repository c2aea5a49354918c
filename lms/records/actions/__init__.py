"""What is done to records: duties follow positions, requirements are published, awards are made and revoked."""

from lms.records.actions.awards import award, revoke_award
from lms.records.actions.duties import connect, oblige
from lms.records.actions.requirements import Draft, Preview, load_requirements, preview, publish

__all__ = [
    "Draft",
    "Preview",
    "award",
    "connect",
    "load_requirements",
    "oblige",
    "preview",
    "publish",
    "revoke_award",
]
