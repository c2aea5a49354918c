"""The roof: builds the application. The only module that knows every package; it joins their signals."""

import importlib
import importlib.util
import logging
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask, g, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from lms import catalogue, cli, home, jobs
from lms.accounts import views as accounts
from lms.core import db, i18n
from lms.settings import PROJECT, VERSION, Settings
from lms.web import access, assets, errors, formats, guard, markdown
from lms.web.arguments import LARGEST_ID

LAST_UNSAFE_SQLITE = (3, 51, 2)
"""Up to this version two connections that write and checkpoint at once can corrupt a WAL database."""


class RowId(IntegerConverter):
    """A number in an address: none that the database's integers cannot hold, so that it is simply not found."""

    def __init__(self, url_map: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_map, *args, **{"max": LARGEST_ID, **kwargs})


def create_app(settings: Settings) -> Flask:
    """Build the application for one installation."""
    app = Flask(
        "lms",
        root_path=str(PROJECT / "lms"),
        static_folder=str(PROJECT / "static"),
        static_url_path="/static",
        template_folder=str(PROJECT / "templates"),
        instance_path=str(settings.instance_path),
    )
    _configure(app, settings)
    app.url_map.converters["int"] = RowId
    db.init_app(app)
    access.init_app(app)
    guard.init_app(app)
    errors.init_app(app)
    accounts.init_app(app)
    home.init_app(app)
    catalogue.init_app(app)
    _prepare_templates(app)
    for package in ("lms.registry", "lms.records", "lms.coverage", "courses", "assessments", "certificates"):
        _join(app, package)
    cli.init_app(app)
    jobs.init_app(app)
    _mark_static_public(app)
    access.check_every_view(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    instance = settings.instance_path
    for folder in (instance, instance / "files", instance / "keys"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    secure = settings.base_url.startswith("https://")
    app.config.update(
        SETTINGS=settings,
        ENVIRONMENT=settings.environment,
        TESTING=settings.environment == "test",
        SECRET_KEY=settings.secret_key,
        IDENTITY_KEY=settings.identity_key,
        BASE_URL=settings.base_url,
        ISSUER_NAME=settings.issuer_name,
        FILES_FOLDER=instance / "files",
        KEYS_FOLDER=instance / "keys",
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_ROSTER_BYTES=settings.max_upload_bytes,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        # A refused statement is logged without what it was about to write: names, numbers, texts of people.
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        # Longer than any session on the server lasts, so there is nothing to gain from sending it with every page.
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_NAME="__Host-session" if secure else "session",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=30),
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    if settings.database_url.startswith("sqlite") and sqlite3.sqlite_version_info <= LAST_UNSAFE_SQLITE:
        logging.getLogger("lms").info(
            "SQLite %s: writes and checkpoints go through one lock; for several machines use PostgreSQL.",
            sqlite3.sqlite_version,
        )


def _join(app: Flask, package: str) -> None:
    """Take in what a package offers: its pages, its commands, what it listens to."""
    for room in ("models", "views", "cli", "signals", "tasks"):
        name = f"{package}.{room}"
        if importlib.util.find_spec(name) is not None:
            offered = getattr(importlib.import_module(name), "init_app", None)
            if offered is not None:
                offered(app)


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=False)  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        day=formats.day,
        instant=formats.instant,
        number=formats.number,
        percent=formats.percent,
        markdown=markdown.render,
    )
    stylesheet = assets.Stylesheet(Path(app.static_folder or ""))
    script = assets.fingerprint(Path(app.static_folder or "") / "js" / "main.js")
    home.serve_stylesheet(app, stylesheet)

    @app.context_processor
    def on_every_page() -> dict[str, object]:
        return {
            "locale": i18n.current_locale(),
            "locales": i18n.LOCALES,
            "navigation": _menu(),
            "product_version": VERSION,
            "stylesheet_url": f"/static/main-{stylesheet.digest}.css",
            "script_url": f"/static/js/main.js?v={script}",
        }

    @app.teardown_request
    def forget_user(_error: BaseException | None) -> None:
        g.pop("_login_user", None)


def _menu() -> list[home.Entry]:
    """The menu; none while the database does not answer, so that the page that says so can be drawn."""
    try:
        return home.navigation(current_user, request.path)
    except SQLAlchemyError:
        return []


def _mark_static_public(app: Flask) -> None:
    access.public(app.view_functions["static"])
