"""Pages of coverage, and the same as files and as an API."""

from flask import Flask

from lms.coverage import actions
from lms.coverage.views import (
    api,
    country_map,
    ethnicities,
    figures,
    files,
    organisations,
    people,
    progress,
    reconciliation,
    reports,
)
from lms.coverage.views.blueprint import bp

__all__ = [
    "api",
    "bp",
    "country_map",
    "ethnicities",
    "figures",
    "files",
    "init_app",
    "organisations",
    "people",
    "progress",
    "reconciliation",
    "reports",
]


def init_app(app: Flask) -> None:
    """Offer the pages, and let the figures follow the facts."""
    app.register_blueprint(bp)
    actions.connect()
