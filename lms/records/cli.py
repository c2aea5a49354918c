"""Commands of records, for administrators at the console."""

from typing import Final

import click
from flask import Flask
from flask.cli import AppGroup

from lms.core.clock import now
from lms.core.db import db
from lms.records import actions

group: Final = AppGroup("records", help="Requirements: who must be trained in what.")


def init_app(app: Flask) -> None:
    """Offer the commands."""
    app.cli.add_command(group)


@group.command("load-requirements")
def load_requirements() -> None:
    """Load the requirements of the plan; running it again changes nothing."""
    has_changed = actions.load_requirements(now())
    db.session.commit()
    click.echo(
        "Đã cập nhật yêu cầu tập huấn / requirements updated"
        if has_changed
        else "Yêu cầu tập huấn không đổi / requirements unchanged"
    )
