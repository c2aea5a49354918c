"""Working at jobs in a test, as the server's worker does beside it."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask

from lms.core import jobs
from lms.core.clock import now
from tests.support.client import release


def work_all(app: Flask, *, clock: Callable[[], datetime] = now) -> int:
    """Do every job that waits, in an application context of its own; how many there were."""
    release()
    count = 0
    while True:
        with app.app_context():
            if not jobs.work_one(clock=clock):
                return count
        count += 1
