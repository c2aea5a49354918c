"""Pages of the registry: rosters, organisations, people, activation slips, declared headcounts and units."""

from flask import Flask

from lms.registry.views import (
    declarations,
    duplicates,
    ethnicity,
    exports,
    organisations,
    people,
    posts,
    rosters,
    settling,
    slips,
    unit_changes,
    units,
)
from lms.registry.views.blueprint import bp

__all__ = [
    "bp",
    "declarations",
    "duplicates",
    "ethnicity",
    "exports",
    "init_app",
    "organisations",
    "people",
    "posts",
    "rosters",
    "settling",
    "slips",
    "unit_changes",
    "units",
]


def init_app(app: Flask) -> None:
    """Add these pages."""
    app.register_blueprint(bp)
