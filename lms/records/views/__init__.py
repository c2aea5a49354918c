"""Pages of records: why a person is counted, awards from paper, requirements."""

from flask import Flask

from lms.records import actions
from lms.records.views import awards, equivalences, papers, recognition, record, requirements
from lms.records.views.blueprint import bp

__all__ = ["awards", "bp", "equivalences", "init_app", "papers", "recognition", "record", "requirements"]


def init_app(app: Flask) -> None:
    """Add these pages, and let duties follow the registry."""
    app.register_blueprint(bp)
    actions.connect()
