"""Pages of records: why a person is counted, and awards from paper."""

from flask import Flask

from lms.records import actions
from lms.records.views import awards, record
from lms.records.views.blueprint import bp

__all__ = ["awards", "bp", "init_app", "record"]


def init_app(app: Flask) -> None:
    """Add these pages, and let duties follow the registry."""
    app.register_blueprint(bp)
    actions.connect()
