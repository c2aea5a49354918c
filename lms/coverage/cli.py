"""Commands of coverage, for administrators at the console."""

import json
from datetime import date, datetime
from typing import Final

import click
from flask import Flask
from flask.cli import AppGroup

from lms.core.clock import end_of, today
from lms.core.db import db
from lms.coverage import actions, queries
from lms.coverage.queries.reports import published_reports, recomputed_digest
from lms.coverage.rules.shares import ALL
from lms.coverage.words import cut_title, is_key
from lms.records.forms import DAY_FORMATS
from lms.registry.queries import CENTRE
from lms.registry.words import full_name
from lms.web import formats

group: Final = AppGroup("coverage", help="Coverage: who must be trained and who is, as of a day.")


def init_app(app: Flask) -> None:
    """Offer the commands."""
    app.cli.add_command(group)


class Day(click.ParamType[date]):
    """A day that has come, as 22/08/2018 or 2018-08-22."""

    name = "date"

    def convert(self, value: object, parameter: click.Parameter | None, context: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        day = _day(str(value))
        if day is None:
            self.fail(f"{value}: hãy viết như 31/12/2025 / write it like 31/12/2025", parameter, context)
        if day > today():
            self.fail(f"{value}: ngày chưa đến / this day is still to come", parameter, context)
        return day


def _day(text: str) -> date | None:
    for layout in DAY_FORMATS:
        try:
            return datetime.strptime(text, layout).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


@group.command("show")
@click.option("--as-of", "day", type=Day(), default=today, show_default="today", help="31/12/2025 or 2025-12-31.")
@click.option(
    "--unit",
    "code",
    default=CENTRE,
    show_default="the whole country",
    help="Unit code of today's list, or of an older one as vn-2004:67.",
)
@click.option("--requirement", "requirement_code", help="Only this requirement, by its code.")
@click.option("--key", default=ALL, show_default="everyone", help="Only one line of a cut, such as sex/female.")
@click.option("--today-map", is_flag=True, help="The units below as they are today, not as of the day.")
@click.option("--known", "known", type=Day(), help="As was known at the end of this day; counts from the facts.")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show(
    day: date,
    code: str,
    requirement_code: str | None,
    key: str,
    today_map: bool,
    known: date | None,
    as_json: bool,
) -> None:
    """Print obliged, trained, outstanding and excused people: the same figures as the page, by every cut."""
    unit = queries.unit_by_code(code)
    if unit is None:
        raise click.UsageError(f"Không có đơn vị mã {code} / there is no unit with code {code}")
    if requirement_code is not None and requirement_code not in queries.requirement_codes():
        raise click.UsageError(f"Không có yêu cầu {requirement_code} / there is no requirement {requirement_code}")
    if not is_key(key):
        raise click.UsageError(f"Không có nhóm {key} / there is no line {key}")
    found = queries.coverage(
        unit,
        day,
        of=None if requirement_code is None else [requirement_code],
        key=key,
        map_day=today() if today_map else None,
        known_at=end_of(known) if known is not None and known < today() else None,
    )
    if as_json:
        click.echo(json.dumps(queries.as_json(found), ensure_ascii=False, indent=2))
        return
    click.echo(f"{full_name(unit)} ({queries.code_of(unit)}), {formats.day(day)}")
    cut = None
    for row in queries.rows(found):
        if row.cut == "total":
            click.echo(f"\n{row.requirement.name}")
            click.echo(f"{'thuộc diện':>14}{'đã học xong':>14}{'còn phải học':>14}{'tỷ lệ':>8}{'tạm miễn':>10}")
        elif row.cut != cut:
            click.echo(f"  {cut_title(row.cut)}")
        cut = row.cut
        counts = "".join(
            f"{'' if count is None else formats.number(count):>14}"
            for count in (row.obliged, row.trained, row.outstanding)
        )
        percent = "" if row.obliged is None else formats.percent(row.percent)
        excused = "" if row.excused is None else formats.number(row.excused)
        click.echo(f"{counts}{percent:>8}{excused:>10}  {'' if row.cut == 'total' else '  '}{row.line.label}")


reports: Final = AppGroup("reports", help="Published reports.")
group.add_command(reports)


@reports.command("verify")
@click.argument("ids", nargs=-1, type=int)
def verify(ids: tuple[int, ...]) -> None:
    """Compute the hash of every published report anew, or of those with these IDS, and say which is no longer itself.

    Ends with 1 if one is not.
    """
    wrong = 0
    for report in published_reports():
        if ids and report.id not in ids:
            continue
        is_right = recomputed_digest(report) == report.digest
        wrong += not is_right
        word = "khớp / unchanged" if is_right else "KHÔNG KHỚP / DIFFERS"
        click.echo(
            f"{report.id}  {full_name(report.unit)}  {report.requirement.code}  {formats.day(report.day)}"
            f"  {report.document_number}  {formats.number(report.people_count or 0)}  {report.digest}  {word}"
        )
    if wrong:
        raise SystemExit(1)


@group.command("recount")
@click.option("--repair", "is_repairing", is_flag=True, help="Put right what is wrong.")
def recount(is_repairing: bool) -> None:
    """Count everything anew from posts, excuses and awards, and prove that the kept figures are the truth.

    Ends with 1 if they are not and nothing was repaired.
    """
    found = actions.recount(is_repairing=is_repairing)
    db.session.commit()
    click.echo(f"{formats.number(found.people)} người / people")
    if found.is_right:
        click.echo("Số liệu lưu trữ khớp hoàn toàn với hồ sơ / the kept figures are the truth")
        return
    click.echo(
        f"{formats.number(found.wrong_people)} người và {formats.number(found.wrong_figures)} dòng số liệu không khớp"
        f" / {found.wrong_people} people and {found.wrong_figures} rows of figures are not as the records say"
    )
    if not is_repairing:
        raise SystemExit(1)
    click.echo("Đã sửa / repaired")
