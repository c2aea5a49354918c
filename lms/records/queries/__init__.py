"""Reads of requirements, duties and awards, and the SQL twins of the rules that say which of them hold on a day."""

from lms.records.queries.awards import (
    Standing,
    award_by_reference,
    award_counts,
    awards_of,
    earned_by,
    fulfilling,
    standing_of,
    standings,
)
from lms.records.queries.duties import duties_of, duty_holds, duty_stands, holds_on, person_with_posts
from lms.records.queries.requirements import (
    VersionInEffect,
    asked_by,
    count_needed,
    qualification_by_code,
    read_clauses,
    requirements,
    version_on,
    versions_in_effect,
)

__all__ = [
    "Standing",
    "VersionInEffect",
    "asked_by",
    "award_by_reference",
    "award_counts",
    "awards_of",
    "count_needed",
    "duties_of",
    "duty_holds",
    "duty_stands",
    "earned_by",
    "fulfilling",
    "holds_on",
    "person_with_posts",
    "qualification_by_code",
    "read_clauses",
    "requirements",
    "standing_of",
    "standings",
    "version_on",
    "versions_in_effect",
]
