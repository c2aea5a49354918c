"""Pages of the registry: rosters, organisations, people and activation slips."""

from flask import Flask

from lms.registry.views import organisations, people, rosters, slips
from lms.registry.views.blueprint import bp

__all__ = ["bp", "init_app", "organisations", "people", "rosters", "slips"]


def init_app(app: Flask) -> None:
    """Add these pages."""
    app.register_blueprint(bp)
