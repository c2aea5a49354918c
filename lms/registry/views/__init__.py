"""Pages of the registry: rosters, organisations, people, activation slips and declared headcounts."""

from flask import Flask

from lms.registry.views import declarations, organisations, people, posts, rosters, slips
from lms.registry.views.blueprint import bp

__all__ = ["bp", "declarations", "init_app", "organisations", "people", "posts", "rosters", "slips"]


def init_app(app: Flask) -> None:
    """Add these pages."""
    app.register_blueprint(bp)
