"""Commands of the registry, for administrators at the console."""

import json
from pathlib import Path
from typing import Any, Final

import click
from flask import Flask
from flask.cli import AppGroup

from lms.core.clock import now
from lms.core.db import db
from lms.core.errors import DomainError
from lms.registry import actions
from lms.registry.models import Outcome
from lms.registry.rules.plan import OUTCOMES, RowPlan
from lms.registry.rules.reasons import Finding
from lms.registry.words import OUTCOMES as OUTCOME_WORDS
from lms.registry.words import reason_text

UNREADABLE: Final = 2
"""The exit code when nothing of a file could be taken."""
KINDS: Final = ("officials", "leaders")

group: Final = AppGroup("registry", help="Units, people and their rosters: look a file through, apply it.")


def init_app(app: Flask) -> None:
    """Offer the commands."""
    app.cli.add_command(group)


@group.command("load-units")
def load_units() -> None:
    """Nạp đơn vị hành chính / load the official units (34 provinces, 3,321 communes and their history).

    Running it again changes nothing; after an update of the product it brings the changes in.
    """
    loaded = actions.load_units(at=now())
    db.session.commit()
    click.echo(f"Đơn vị / units: {loaded.created} mới / new, {loaded.changed} đổi / changed")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Chỉ xem trước, không ghi gì / look through, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Cho máy đọc / for machines: totals and every row.")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    help="Cán bộ hay lãnh đạo; mặc định xem dòng tiêu đề / what is listed, if the header does not tell.",
)
def import_file(file: Path, dry_run: bool, as_json: bool, kind: str | None) -> None:
    """Nhập danh sách .xlsx hoặc .csv cho cả nước / bring a roster FILE in, for the whole country.

    Does what the page does: decides every row, applies the file whole, prints the totals and each row's number,
    outcome and reasons. Importing the same file again changes nothing. The exit code is 0 if the file could be
    read (whatever its rows), 2 if not.
    """
    at = now()
    try:
        content = file.read_bytes()
        if dry_run:
            looked = actions.look_through(content, by=None, at=at, kind=kind)
        else:
            looked = actions.import_roster(content, file.name, by=None, at=at, kind=kind)
    except (DomainError, OSError) as refusal:
        db.session.rollback()
        click.echo(f"{file.name}: {refusal}", err=True)
        raise SystemExit(UNREADABLE) from None
    if dry_run:
        db.session.rollback()
    else:
        db.session.commit()
    if as_json:
        click.echo(json.dumps(_plain(looked), ensure_ascii=False))
    else:
        _print(looked, is_dry_run=dry_run)


def _plain(looked: actions.LookedThrough) -> dict[str, Any]:
    return {
        "totals": looked.plan.totals,
        "rows": [
            {
                "row": plan.row.number,
                "name": plan.row.full_name or plan.row.label,
                "outcome": plan.outcome,
                "reasons": [_plain_reason(finding) for finding in plan.findings],
            }
            for plan in looked.plan.rows
        ],
    }


def _plain_reason(finding: Finding) -> dict[str, str]:
    told = finding.as_dict()
    return {
        "code": told["code"],
        "severity": told["severity"],
        "field": told["field"],
        "message": reason_text(told),
    }


def _print(looked: actions.LookedThrough, *, is_dry_run: bool) -> None:
    click.echo("XEM TRƯỚC, chưa ghi gì / dry run, nothing changed" if is_dry_run else "ĐÃ GHI / applied")
    totals = looked.plan.totals
    for outcome in OUTCOMES:
        click.echo(f"{totals[outcome]:>8}  {outcome:<10} {OUTCOME_WORDS[Outcome(outcome)]}")
    click.echo(f"{totals['warned']:>8}  {'warned':<10} Có cảnh báo (đã tính ở trên)")
    click.echo(f"{totals['skipped']:>8}  {'skipped':<10} Không phải người: dòng tiêu đề, dòng trống, tổng cộng")
    if looked.table.unknown:
        click.echo(f"Cột không dùng đến / columns not used: {', '.join(looked.table.unknown)}")
    click.echo(f"\n{'dòng/row':>8}  {'outcome':<10} họ tên / name: reason codes")
    for plan in looked.plan.rows:
        click.echo(_line(plan))


def _line(plan: RowPlan) -> str:
    codes = ", ".join(finding.code for finding in plan.findings)
    name = plan.row.full_name or plan.row.label or "—"
    return f"{plan.row.number:>8}  {plan.outcome:<10} {name}{': ' + codes if codes else ''}"
