"""Pages of records: why a person is counted."""

from flask import Flask

from lms.records import actions
from lms.records.views import record
from lms.records.views.blueprint import bp

__all__ = ["bp", "init_app", "record"]


def init_app(app: Flask) -> None:
    """Add these pages, and let duties follow the registry."""
    app.register_blueprint(bp)
    actions.connect()
