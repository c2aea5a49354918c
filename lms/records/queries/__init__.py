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
from lms.records.queries.duties import duties_of, duty_holds, duty_stands
from lms.records.queries.explaining import (
    Evidence,
    Explanation,
    Obligation,
    OtherPost,
    explain,
    explain_all,
)
from lms.records.queries.people import people_of_one, person_of, person_with_posts
from lms.records.queries.posts import paths_within, post_of, posts_where
from lms.records.queries.requirements import (
    VersionInEffect,
    asked_by,
    count_needed,
    qualification_by_code,
    read_clauses,
    requirement_by_code,
    requirements,
    units_named,
    version_on,
    versions_in_effect,
)

__all__ = [
    "Evidence",
    "Explanation",
    "Obligation",
    "OtherPost",
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
    "explain",
    "explain_all",
    "fulfilling",
    "paths_within",
    "people_of_one",
    "person_of",
    "person_with_posts",
    "post_of",
    "posts_where",
    "qualification_by_code",
    "read_clauses",
    "requirement_by_code",
    "requirements",
    "standing_of",
    "standings",
    "units_named",
    "version_on",
    "versions_in_effect",
]
