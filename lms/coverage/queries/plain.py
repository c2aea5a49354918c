"""The figures as machines read them: the same lines as on a page, each with its names in the source."""

from typing import Any

from lms.coverage.queries.figures import Coverage, code_of, rows
from lms.coverage.queries.gaps import GapLine, gaps
from lms.coverage.rules.shares import ALL
from lms.registry.words import full_name


def as_json(found: Coverage) -> dict[str, Any]:
    """A coverage in plain values. What would mean nothing is null, such as a share of nobody.

    What the units declare is told of everyone, not of the people of one line of a cut alone.
    """
    told = gaps(found) if found.key == ALL else {}
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
                **({"declared": _declared(told[part.requirement.id].total)} if part.requirement.id in told else {}),
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


def _declared(line: GapLine) -> dict[str, Any]:
    """The three figures side by side: declared, known by name, trained."""
    percent = line.gap.percent
    return {
        "people": line.declared,
        "known": line.known,
        "trained": line.trained,
        "percent": None if percent is None else float(percent),
        "is_overcounted": line.gap.is_overcounted,
        "units": line.units,
        "units_missing": line.missing,
    }
