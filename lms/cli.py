"""Commands that need several packages: setting an installation up and loading the training set."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add these commands."""
