"""The public verify page, beside the least code that does the same: one row, its signature, a page of 10 KB."""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import flask_migrate
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, text

from benchmarks import Figure, Options, compare
from benchmarks.pages import Visit, plain_app, plain_engine, plain_page, visits
from certificates import actions
from certificates.models import Certificate
from lms.app import create_app
from lms.core.db import db
from lms.records.actions import load_requirements
from lms.records.models import Award, AwardSource, Qualification
from lms.registry.models import Person
from lms.settings import Settings

NAME: Final = "verify"
AIM: Final = 2.5
ROWS: Final = 1000
NOW: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def measure(_options: Options) -> Iterator[Figure]:
    """One figure: CPU time of a request, through WSGI, without a network."""
    with tempfile.TemporaryDirectory(prefix="bench-verify-") as folder:
        ours = ours_in(Path(folder))
        floor = floor_in(Path(folder))
        yield compare(ours, floor).figure("verify page", "a row, a signature, a 10 KB page", AIM)


def ours_in(folder: Path) -> Callable[[], bytes]:
    """The application with its certificates; a call is one visitor's request."""
    app = create_app(Settings.from_environ({"LMS_ENVIRONMENT": "test", "LMS_INSTANCE": str(folder / "instance")}))
    with app.app_context():
        flask_migrate.upgrade()
        load_requirements(NOW)
        qualification_id = db.session.scalars(select(Qualification.id).limit(1)).one()
        for number in range(ROWS):
            holder = Person(
                full_name=f"Nguyễn Văn {number}",
                sort_key="",
                search_key="",
                match_key="",
                birth_on=date(1987, 3, 14),
                created_at=NOW,
            )
            db.session.add(holder)
            db.session.flush()
            award = Award(
                person_id=holder.id,
                qualification_id=qualification_id,
                awarded_on=date(2026, 11, 20),
                source=AwardSource.COURSE,
                source_reference=f"bench/{number}",
                title="Chu trình OCOP sáu bước",
                hours=16,
                entered_at=NOW,
            )
            db.session.add(award)
            db.session.flush()
            actions.issue(award, by=None, at=NOW)
        db.session.commit()
        tokens = db.session.scalars(select(Certificate.token)).all()
        db.session.remove()
    return visits(app, [Visit(f"/v/{token}") for token in tokens])


def floor_in(folder: Path) -> Callable[[], bytes]:
    """The least that does it: no sessions, no headers, no languages, no state."""
    engine = plain_engine(folder / "floor.sqlite")
    key = Ed25519PrivateKey.generate()
    public = key.public_key()
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE paper (token TEXT PRIMARY KEY, name TEXT, body TEXT, signature BLOB) WITHOUT ROWID")
        )
        rows = []
        for number in range(ROWS):
            body = f"Nguyễn Văn {number}, chu trình OCOP sáu bước, " + "y" * 300
            token = secrets.token_urlsafe(16)
            rows.append({"t": token, "n": f"Nguyễn Văn {number}", "b": body, "s": key.sign(body.encode())})
        connection.execute(text("INSERT INTO paper VALUES (:t, :n, :b, :s)"), rows)
    app = plain_app()
    found = text("SELECT name, body, signature FROM paper WHERE token = :token")

    @app.get("/v/<token>")
    def verify(token: str) -> str:
        with engine.connect() as connection:
            row = connection.execute(found, {"token": token}).one()
        public.verify(row.signature, row.body.encode())
        return plain_page(row)

    return visits(app, [Visit(f"/v/{row['t']}") for row in rows])
