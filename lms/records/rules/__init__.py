"""Whom a requirement obliges, since when, and who has what it asks. Pure."""

from lms.records.rules.attainment import (
    Asked,
    Attained,
    Earned,
    Window,
    attained_spans,
    completing,
    counting_span,
    earliest_counting,
)
from lms.records.rules.clauses import Clause, Post, read_clauses
from lms.records.rules.decision import Counting, Decision, Lack, counting_on, decide, lack_on
from lms.records.rules.outlook import Demand, Outlook, outlook_of
from lms.records.rules.pasted import Pasted, read_pasted
from lms.records.rules.spans import Span, award_counts, due_day, duty_span, effective_spans

__all__ = [
    "Asked",
    "Attained",
    "Clause",
    "Counting",
    "Decision",
    "Demand",
    "Earned",
    "Lack",
    "Outlook",
    "Pasted",
    "Post",
    "Span",
    "Window",
    "attained_spans",
    "award_counts",
    "completing",
    "counting_on",
    "counting_span",
    "decide",
    "due_day",
    "duty_span",
    "earliest_counting",
    "effective_spans",
    "lack_on",
    "outlook_of",
    "read_clauses",
    "read_pasted",
]
