"""The blueprint that all pages of records stand in."""

from flask import Blueprint
from flask_login import current_user

from lms.accounts.models import User

bp = Blueprint("records", __name__)


def me() -> User:
    """The signed-in account itself."""
    user: User = current_user._get_current_object()
    return user
