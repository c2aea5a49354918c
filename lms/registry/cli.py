"""Commands of the registry, for administrators at the console."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click
from flask import Flask
from flask.cli import AppGroup

from lms.core.clock import now, today
from lms.core.db import db, reading
from lms.core.errors import DomainError
from lms.registry import actions, queries
from lms.registry.models import ChangeKind, Outcome, UnitKind
from lms.registry.rules.plan import OUTCOMES
from lms.registry.rules.reasons import Finding, RosterFault
from lms.registry.words import OUTCOMES as OUTCOME_WORDS
from lms.registry.words import change_lines, reason_text, refusal_of

UNREADABLE: Final = 2
"""The exit code when nothing of a file could be taken."""
KINDS: Final = ("officials", "leaders", *(name for name, listing in actions.LISTINGS.items() if listing.comes_back))
DAY: Final = click.DateTime(["%d/%m/%Y", "%Y-%m-%d"])
CHANGED_KINDS: Final = (UnitKind.TINH, UnitKind.THANH_PHO, UnitKind.XA, UnitKind.PHUONG, UnitKind.DAC_KHU)
"""What a unit of today can be made."""

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


@group.group("change-units")
def change_units() -> None:
    """Nhập nghị quyết về đơn vị hành chính / enter a resolution on units: looked at first with --dry-run.

    UNIT is the code of a unit of today, or its name: "Xã Tân Lợi, Đồng Nai". A unit that the resolution sets up is
    written as "code; kind; name": "26999; phường; Tân Mới".
    """


def _resolution(command: Callable[..., None]) -> Callable[..., None]:
    """What every resolution is entered with."""
    for option in (
        click.option("--dry-run", is_flag=True, help="Chỉ xem trước, không ghi gì / look at it, change nothing."),
        click.option("--basis", required=True, help="Số nghị quyết / the resolution, as it is printed."),
        click.option("--on", required=True, type=DAY, help="Ngày có hiệu lực / first day of the new state."),
    ):
        command = option(command)
    return command


@change_units.command("rename")
@click.argument("units", metavar="UNIT...", nargs=-1, required=True)
@click.option("--name", help="Tên mới, không kèm loại / the new name, without its kind.")
@click.option("--kind", type=click.Choice([kind.value for kind in CHANGED_KINDS]), help="Loại mới / the new kind.")
@_resolution
def rename_units(units: Sequence[str], name: str | None, kind: str | None, **resolution: Any) -> None:
    """Đổi tên hoặc loại / units are called otherwise or become units of another kind."""
    new_kind = UnitKind(kind) if kind is not None else None
    _enter(ChangeKind.RENAME, units, name=name, new_kind=new_kind, **resolution)


@change_units.command("merge")
@click.argument("units", metavar="UNIT...", nargs=-1, required=True)
@click.option("--into", metavar="UNIT", required=True, help="Thành đơn vị nào / what they become.")
@_resolution
def merge_units(units: Sequence[str], into: str, **resolution: Any) -> None:
    """Sáp nhập / several units become one: a new one, or one of today that goes on."""
    _enter(ChangeKind.MERGE, units, into=into, **resolution)


@change_units.command("split")
@click.argument("unit", metavar="UNIT")
@click.option("--into", metavar="UNIT", required=True, multiple=True, help="Các đơn vị nhận / who gets the parts.")
@click.option("--stands", is_flag=True, help="Đơn vị cũ vẫn còn / it goes on and only gives parts away.")
@_resolution
def split_unit(unit: str, into: Sequence[str], stands: bool, **resolution: Any) -> None:
    """Chia tách / a unit is divided among several, or gives parts of itself away."""
    _enter(ChangeKind.SPLIT, [unit], into="\n".join(into), stands=stands, **resolution)


@change_units.command("move")
@click.argument("units", metavar="UNIT...", nargs=-1, required=True)
@click.option("--under", metavar="UNIT", required=True, help="Tỉnh nhận / the province they come to.")
@_resolution
def move_units(units: Sequence[str], under: str, **resolution: Any) -> None:
    """Chuyển sang tỉnh khác / communes come to stand under another province."""
    _enter(ChangeKind.MOVE, units, into=under, **resolution)


@change_units.command("withdraw")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Vì sao / why.")
def withdraw_change(number: int, reason: str) -> None:
    """Thu hồi một nghị quyết nhập nhầm / take a resolution back that was entered wrongly, by its number."""
    changes = queries.resolution(number)
    try:
        if not changes:
            raise DomainError("Không có nghị quyết này / there is no such resolution.")
        actions.withdraw_changes(changes[0], reason, by=None, at=now())
    except DomainError as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from None
    db.session.commit()
    click.echo(f"Đã thu hồi / taken back: {number}")


def _enter(kind: ChangeKind, units: Sequence[str], *, on: datetime, basis: str, dry_run: bool, **more: Any) -> None:
    asked = actions.AskedChange(kind, on.date(), basis, "\n".join(units), **more)
    try:
        looked = actions.look_at_changes([asked], today())
        for one in looked.changes:
            click.echo("\n".join(change_lines(one.plan, one.units)))
        click.echo(
            f"Chức vụ / posts: {looked.post_count}; người / people: {looked.person_count};"
            f" chủ thể / organisations: {looked.organisation_count}"
        )
        if looked.divided_post_count:
            click.echo(f"Phải xác định nơi hiện nay / somebody must say where they lie: {looked.divided_post_count}")
        if dry_run:
            click.echo("XEM TRƯỚC, chưa ghi gì / dry run, nothing changed")
            db.session.rollback()
            return
        change = actions.change_units([asked], by=None, at=now(), today=today())
    except DomainError as refusal:
        db.session.rollback()
        raise click.ClickException(str(refusal)) from None
    db.session.commit()
    click.echo(f"ĐÃ GHI, số / entered, number: {change.number}")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Chỉ xem trước, không ghi gì / look through, change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Cho máy đọc / for machines: totals and every row.")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    help="Danh sách hay bảng kê nào; mặc định xem dòng tiêu đề / what is listed, if the header does not tell.",
)
def import_file(file: Path, dry_run: bool, as_json: bool, kind: str | None) -> None:
    """Nhập danh sách hoặc bảng kê .xlsx, .csv cho cả nước / bring a roster or a listing FILE in, for the whole country.

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
            with reading():
                source = actions.open_source(content, by=None, at=at, kind=kind)
            # Understood before the first write, so that on SQLite nobody else waits for it.
            source.read()
            looked = actions.bring_in(content, file.name, source, by=None, at=at)
    except RosterFault as fault:
        db.session.rollback()
        click.echo(f"{file.name}: {refusal_of(fault)}", err=True)
        raise SystemExit(UNREADABLE) from None
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


@group.command("export")
@click.argument("listing", type=click.Choice(tuple(actions.LISTINGS)))
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def export_file(listing: str, file: Path) -> None:
    """Xuất bảng kê của cả nước ra .xlsx hoặc .csv / write a LISTING of the whole country to FILE, by its ending.

    Of personal ids and telephone numbers only the last signs are written.
    """
    file_format = file.suffix.removeprefix(".").casefold()
    if file_format not in ("xlsx", "csv"):
        raise click.BadParameter("tên tệp kết thúc bằng .xlsx hoặc .csv / the file ends in .xlsx or .csv")
    with file.open("wb") as target, reading():
        count = actions.write_file(actions.LISTINGS[listing], file_format, target, actions.Sender(None), unveiled=False)
    click.echo(f"{file}: {count} dòng / rows")


def _plain(looked: actions.LookedThrough) -> dict[str, Any]:
    return {
        "totals": looked.totals,
        "rows": [
            {
                "row": row.number,
                "name": row.name,
                "outcome": row.outcome,
                "reasons": [_plain_reason(finding) for finding in row.findings],
            }
            for row in looked.rows
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
    totals = looked.totals
    for outcome in OUTCOMES:
        click.echo(f"{totals[outcome]:>8}  {outcome:<10} {OUTCOME_WORDS[Outcome(outcome)]}")
    click.echo(f"{totals['warned']:>8}  {'warned':<10} Có cảnh báo (đã tính ở trên)")
    click.echo(f"{totals['skipped']:>8}  {'skipped':<10} Không phải người: dòng tiêu đề, dòng trống, tổng cộng")
    if looked.unknown:
        click.echo(f"Cột không dùng đến / columns not used: {', '.join(looked.unknown)}")
    click.echo(f"\n{'dòng/row':>8}  {'outcome':<10} họ tên / name: reason codes")
    for row in looked.rows:
        click.echo(_line(row))


def _line(row: actions.LightDecision) -> str:
    codes = ", ".join(finding.code for finding in row.findings)
    return f"{row.number:>8}  {row.outcome:<10} {row.name or '—'}{': ' + codes if codes else ''}"
