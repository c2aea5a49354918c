"""The figures as machines read them: the same lines as on a page, each with its names in the source."""

from typing import Any

from lms.coverage.queries.figures import Coverage, code_of, rows
from lms.coverage.words import full_name


def as_json(found: Coverage) -> dict[str, Any]:
    """A coverage in plain values. What would mean nothing is null, such as a share of nobody."""
    return {
        "unit": code_of(found.unit),
        "unit_name": str(full_name(found.unit)),
        "as_of": found.day.isoformat(),
        "map_as_of": found.map_day.isoformat(),
        "known_at": None if found.known_at is None else found.known_at.isoformat(timespec="seconds"),
        "key": found.key,
        "requirements": [
            {
                "code": part.requirement.code,
                "name": part.requirement.name,
                "version": part.version.number,
                "legal_basis": part.version.legal_basis,
                "effective_from": part.version.effective_from.isoformat(),
            }
            for part in found.detailed
        ],
        "figures": [
            {
                "requirement": row.requirement.code,
                "cut": row.cut,
                "code": row.line.code,
                "label": str(row.line.label),
                "obliged": row.obliged,
                "trained": row.trained,
                "outstanding": row.outstanding,
                "percent": None if row.percent is None else float(row.percent),
                "excused": row.excused,
            }
            for row in rows(found)
        ],
    }
