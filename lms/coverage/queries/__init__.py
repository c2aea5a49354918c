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

__all__ = [
    "OVERCOUNTED",
    "UNDECLARED",
    "UNNAMED",
    "Coverage",
    "GapLine",
    "Gaps",
    "Line",
    "ListPage",
    "Listed",
    "Mismatch",
    "Mismatches",
    "OrganisationFigures",
    "RequirementCoverage",
    "Row",
    "as_json",
    "asks_leaders",
    "code_of",
    "coverage",
    "everyone_listed",
    "gaps",
    "is_empty",
    "listed",
    "mismatches",
    "organisations",
    "requirement_codes",
    "rows",
    "totals",
    "unit_by_code",
]
