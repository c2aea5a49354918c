"""Pages of courses: what a learner studies, and what staff do with classes."""

from flask import Flask

from courses.views import learning, teaching
from courses.views.frame import bp


def init_app(app: Flask) -> None:
    """Add these pages."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)


__all__ = ["init_app", "learning", "teaching"]
