"""The kept figures follow the facts, and are proved to."""

from lms.coverage.actions.recounting import Recounted, is_uncounted, recount
from lms.coverage.actions.settling import connect, settle

__all__ = ["Recounted", "connect", "is_uncounted", "recount", "settle"]
