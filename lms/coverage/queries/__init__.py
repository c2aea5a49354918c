"""Reads of coverage: figures of any day, how they came to be, and the names behind them."""

from lms.coverage.queries.figures import (
    Coverage,
    Line,
    RequirementCoverage,
    Row,
    code_of,
    coverage,
    is_empty,
    requirement_codes,
    rows,
    totals,
    unit_by_code,
)
from lms.coverage.queries.gaps import (
    OVERCOUNTED,
    UNDECLARED,
    UNNAMED,
    GapLine,
    Gaps,
    Mismatch,
    Mismatches,
    gaps,
    mismatches,
)
from lms.coverage.queries.organisations import OrganisationFigures, asks_leaders, organisations
from lms.coverage.queries.people import Listed, ListPage, everyone_listed, listed
from lms.coverage.queries.plain import as_json
from lms.coverage.queries.progress import Due, DuePage, Progress, classes_of, district_names, due_next, progress

__all__ = [
    "OVERCOUNTED",
    "UNDECLARED",
    "UNNAMED",
    "Coverage",
    "Due",
    "DuePage",
    "GapLine",
    "Gaps",
    "Line",
    "ListPage",
    "Listed",
    "Mismatch",
    "Mismatches",
    "OrganisationFigures",
    "Progress",
    "RequirementCoverage",
    "Row",
    "as_json",
    "asks_leaders",
    "classes_of",
    "code_of",
    "coverage",
    "district_names",
    "due_next",
    "everyone_listed",
    "gaps",
    "is_empty",
    "listed",
    "mismatches",
    "organisations",
    "progress",
    "requirement_codes",
    "rows",
    "totals",
    "unit_by_code",
]
