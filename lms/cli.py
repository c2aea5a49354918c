"""Commands that need several packages: setting an installation up, loading the training set, first accounts."""

from pathlib import Path
from typing import Final

import click
import flask_migrate
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from assessments import actions as assessments
from assessments.reading import read_material
from courses.reading import MaterialError
from lms import demo
from lms.accounts import actions as accounts
from lms.accounts.models import NameKind, Role, User
from lms.accounts.queries import user_by_name
from lms.core.clock import now
from lms.core.db import db
from lms.core.errors import DomainError
from lms.coverage import actions as coverage
from lms.records import actions as records
from lms.registry import actions as registry
from lms.registry.models import Unit
from lms.settings import PROJECT

MATERIAL: Final = PROJECT / "courses" / "material"
UNREADABLE: Final = 2

material = AppGroup("material", help="The training set: courses kept as Markdown and YAML files.")
account = AppGroup("account", help="Accounts of administrators, coordinators and trainers.")


def init_app(app: Flask) -> None:
    """Add these commands."""
    app.cli.add_command(setup)
    app.cli.add_command(material)
    app.cli.add_command(account)


@click.command()
@click.option("--demo/--no-demo", "wants_demo", default=None, help="With or without demonstration data.")
@with_appcontext
def setup(wants_demo: bool | None) -> None:
    """Bring this installation up to date: tables, units, requirements, training set, demonstration.

    Can be run again at any time; what is there already is kept. The demonstration is made once, on an empty
    installation, and never in production.
    """
    is_production = current_app.config["ENVIRONMENT"] == "production"
    if wants_demo and is_production:
        raise click.ClickException("Dữ liệu trình diễn không được nạp trong môi trường production.")
    click.echo("• Bảng dữ liệu / tables")
    flask_migrate.upgrade()
    click.echo("• Đơn vị hành chính / units")
    registry.load_units(at=now())
    click.echo("• Yêu cầu tập huấn / requirements")
    records.load_requirements(now())
    if coverage.is_uncounted():
        click.echo("• Số liệu độ bao phủ / figures of coverage")
        coverage.recount(is_repairing=True)
    db.session.commit()
    click.echo("• Bộ tài liệu / training set")
    for folder in sorted(path.parent for path in MATERIAL.glob("*/course.yaml")):
        _publish(folder)
    if wants_demo if wants_demo is not None else not is_production:
        demo.prepare(say=click.echo)
    elif db.session.scalar(select(User.id).limit(1)) is None:
        click.echo("• Chưa có tài khoản nào / no account yet:")
        click.echo('  flask --app wsgi account add LOGIN --name "…" --role administrator')


def _publish(folder: Path) -> None:
    try:
        source = read_material(folder)
        published = assessments.publish_material(source, by=None, at=now())
    except MaterialError as refusal:
        db.session.rollback()
        for fault in refusal.faults:
            click.echo(f"{fault} / {fault.message_en}", err=True)
        raise SystemExit(UNREADABLE) from None
    except DomainError as refusal:
        db.session.rollback()
        click.echo(f"{folder}: {refusal}", err=True)
        raise SystemExit(UNREADABLE) from None
    db.session.commit()
    word = "đã công bố / published" if published.is_new else "không đổi / unchanged"
    click.echo(f"  {source.course.code} v{published.version.number}: {word}")


@material.command("load")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
def load_material(folders: tuple[Path, ...]) -> None:
    """Publish the courses in FOLDERS (each holds a course.yaml).

    A wrong file is refused with its name and line, and nothing of that course is loaded. What is published
    already with the same content stays as it is; other content needs a higher version number.
    """
    for folder in folders:
        _publish(folder)


@account.command("add")
@click.argument("login")
@click.option("--name", required=True, help="Full name, as shown on pages.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--unit", "unit_code", default=None, help="Code of the province; left out: the whole country.")
def add_account(login: str, name: str, role: str, unit_code: str | None) -> None:
    """Make an account that signs in as LOGIN, and print the one-time code that activates it."""
    unit = _unit(unit_code)
    if accounts.is_taken(login):
        raise click.ClickException(f"Tên đăng nhập {login} đã có người dùng / this login is taken.")
    user: User = accounts.make_user(name, names={NameKind.LOGIN: login}, by=None, at=now())
    accounts.grant_role(user, Role(role), unit_id=unit.id, by=None, at=now())
    code = accounts.invite(user, by=None, at=now())
    db.session.commit()
    click.echo(f"{current_app.config['BASE_URL']}/activate  {login}  {code}")


@account.command("suspend")
@click.argument("name")
def suspend(name: str) -> None:
    """Close the account that signs in as NAME: its sessions end at once, nobody can sign in with it."""
    user = _user(name)
    accounts.suspend(user, by=None, at=now())
    db.session.commit()
    click.echo(f"{user.display_name}: đã khóa / suspended")


@account.command("grant")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--unit", "unit_code", default=None, help="Code of the province; left out: the whole country.")
def grant_role(name: str, role: str, unit_code: str | None) -> None:
    """Give the account that signs in as NAME (login, phone or personal id) a further role."""
    user = _user(name)
    accounts.grant_role(user, Role(role), unit_id=_unit(unit_code).id, by=None, at=now())
    db.session.commit()
    click.echo(f"{user.display_name}: {role}")


def _user(name: str) -> User:
    user = user_by_name(name)
    if user is None:
        raise click.ClickException(f"Không có tài khoản {name} / no such account.")
    return user


def _unit(code: str | None) -> Unit:
    wanted = (Unit.code_list == "vn-2025", Unit.code == code) if code else (Unit.parent_id.is_(None),)
    unit = db.session.scalar(select(Unit).where(*wanted))
    if unit is None:
        raise click.ClickException(f"Không có đơn vị mã {code} / no unit has this code.")
    return unit
