"""Pages of the registry: rosters, people and activation slips."""

from flask import Flask

from lms.registry.views import people, rosters, slips
from lms.registry.views.blueprint import bp

__all__ = ["bp", "init_app", "people", "rosters", "slips"]


def init_app(app: Flask) -> None:
    """Add these pages."""
    app.register_blueprint(bp)
