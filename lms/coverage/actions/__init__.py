"""The kept figures follow the facts and are proved to; reports freeze them."""

from lms.coverage.actions.ethnicities import READ, read_ethnicities
from lms.coverage.actions.publishing import PUBLISH, ask_for_report, collect, publish_report, seal
from lms.coverage.actions.recounting import Recounted, is_uncounted, recount
from lms.coverage.actions.settling import connect, settle

__all__ = [
    "PUBLISH",
    "READ",
    "Recounted",
    "ask_for_report",
    "collect",
    "connect",
    "is_uncounted",
    "publish_report",
    "read_ethnicities",
    "recount",
    "seal",
    "settle",
]
