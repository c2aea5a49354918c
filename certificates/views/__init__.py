"""The pages: checking a certificate (for everyone), one's own certificates, and the register (for staff)."""

from flask import Flask

from certificates.views import checking, own, register
from certificates.views.base import bp

__all__ = ["checking", "init_app", "own", "register"]


def init_app(app: Flask) -> None:
    """Offer the pages."""
    app.register_blueprint(bp)
