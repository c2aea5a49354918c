"""Reads of coverage: figures of any day, how they came to be, and the names behind them."""

from lms.coverage.queries.figures import (
    CUT_TITLES,
    Coverage,
    Line,
    RequirementCoverage,
    Row,
    code_of,
    coverage,
    full_name,
    rows,
    totals,
    unit_by_code,
    units_at,
)
from lms.coverage.queries.gaps import GapLine, Gaps, Mismatch, Mismatches, gaps, mismatches
from lms.coverage.queries.people import Outstanding, OutstandingPage, everyone_outstanding, outstanding

__all__ = [
    "CUT_TITLES",
    "Coverage",
    "GapLine",
    "Gaps",
    "Line",
    "Mismatch",
    "Mismatches",
    "Outstanding",
    "OutstandingPage",
    "RequirementCoverage",
    "Row",
    "code_of",
    "coverage",
    "everyone_outstanding",
    "full_name",
    "gaps",
    "mismatches",
    "outstanding",
    "rows",
    "totals",
    "unit_by_code",
    "units_at",
]
