"""Commands of coverage, for administrators at the console."""

import json
from datetime import date, datetime
from typing import Final

import click
from flask import Flask
from flask.cli import AppGroup

from lms.core.clock import today
from lms.core.db import db
from lms.coverage import actions, queries
from lms.records.forms import DAY_FORMATS
from lms.registry.queries import CENTRE
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
    help="Unit code of today's list.",
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def show(day: date, code: str, as_json: bool) -> None:
    """Print obliged, trained and outstanding people: the same figures as the page."""
    unit = queries.unit_by_code(code)
    if unit is None:
        raise click.UsageError(f"Không có đơn vị mã {code} / there is no unit with code {code}")
    found = queries.coverage(unit, day)
    if as_json:
        click.echo(json.dumps(_plain(found), ensure_ascii=False, indent=2))
        return
    click.echo(f"{queries.full_name(unit)} ({unit.code}), {formats.day(day)}")
    for row in queries.rows(found):
        if row.cut == "total":
            click.echo(f"\n{row.requirement.name}")
            click.echo(f"{'thuộc diện':>14}{'đã học xong':>14}{'còn phải học':>14}{'tỷ lệ':>8}")
        figures = row.line.figures
        counts = "".join(
            f"{formats.number(count):>14}" for count in (figures.obliged, figures.trained, figures.outstanding)
        )
        click.echo(
            f"{counts}{formats.percent(figures.percent):>8}  {'' if row.cut == 'total' else '  '}{row.line.label}"
        )


def _plain(found: queries.Coverage) -> dict[str, object]:
    """The figures as JSON holds them; percent is null where nobody is obliged."""
    return {
        "unit": found.unit.code,
        "unit_name": str(queries.full_name(found.unit)),
        "as_of": found.day.isoformat(),
        "figures": [
            {
                "requirement": row.requirement.code,
                "cut": row.cut,
                "code": row.line.code,
                "label": str(row.line.label),
                "obliged": row.line.figures.obliged,
                "trained": row.line.figures.trained,
                "outstanding": row.line.figures.outstanding,
                "percent": None if row.line.figures.percent is None else float(row.line.figures.percent),
            }
            for row in queries.rows(found)
        ],
    }


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
