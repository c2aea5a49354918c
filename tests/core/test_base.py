"""The ground: instants, sealed texts, stored files, one writer at a time."""

import threading
from datetime import UTC, date, datetime

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import func, select, text
from sqlalchemy.exc import StatementError

from lms.accounts.models import User
from lms.core import secrets, storage
from lms.core.clock import day_of, now
from lms.core.db import db
from lms.core.errors import InvalidInput
from lms.web import formats


def test_a_day_is_a_day_in_vietnam():
    assert day_of(datetime(2026, 11, 22, 18, 0, tzinfo=UTC)) == date(2026, 11, 23)


def test_an_instant_comes_back_as_it_went_in(app):
    at = datetime(2026, 11, 22, 18, 0, 1, 234567, tzinfo=UTC)
    db.session.add(User(display_name="x", created_at=at))
    db.session.commit()
    db.session.expire_all()

    assert db.session.scalar(select(User.created_at)) == at


def test_an_instant_without_a_zone_is_refused(app):
    db.session.add(User(display_name="x", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001
    with pytest.raises(StatementError, match="time zone"):
        db.session.flush()
    db.session.rollback()


def test_what_is_sealed_opens_only_whole(app):
    sealed = secrets.seal("001085000001")

    assert secrets.unseal(sealed) == "001085000001"
    assert b"001085000001" not in sealed
    assert secrets.seal("001085000001") != sealed
    with pytest.raises(InvalidTag):
        secrets.unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_a_blind_index_depends_on_its_purpose(app):
    assert secrets.blind_index("a", "001085000001") == secrets.blind_index("a", "001085000001")
    assert secrets.blind_index("a", "001085000001") != secrets.blind_index("b", "001085000001")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 x", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"<html><script>", None),
        (b"<svg xmlns='x'>", None),
        (b"PK\x03\x04 not a document", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_content_says(content, kind):
    assert storage.kind_of(content) == kind


def test_a_stored_file_is_whole_and_outside_the_web_root(app):
    stored = storage.store(b"%PDF-1.7 x", name="../../etc/Đơn.pdf", media_type="application/pdf", by=None, at=now())
    db.session.commit()

    assert stored.name == "Đơn.pdf"
    assert storage.path_of(stored).read_bytes() == b"%PDF-1.7 x"
    assert app.static_folder not in str(storage.path_of(stored))
    assert not list(storage.path_of(stored).parent.glob("*.part"))


def test_an_empty_file_is_refused(app):
    with pytest.raises(InvalidInput):
        storage.store(b"", name="a.pdf", media_type="application/pdf", by=None, at=now())


def test_many_writers_at_once_all_get_through(app):
    def add_one(number: int) -> None:
        with app.app_context():
            count = db.session.scalar(select(func.count()).select_from(User))
            db.session.add(User(display_name=f"{number} after {count}", created_at=now()))
            db.session.commit()

    writers = [threading.Thread(target=add_one, args=(number,)) for number in range(24)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert db.session.scalar(select(func.count()).select_from(User)) == 24


def test_sqlite_syncs_every_commit_and_holds_foreign_keys(app):
    if db.engine.dialect.name != "sqlite":
        return
    pragmas = {
        name: db.session.scalar(text(f"PRAGMA {name}")) for name in ("synchronous", "journal_mode", "foreign_keys")
    }

    assert pragmas == {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}


@pytest.mark.parametrize(
    ("share", "shown"), [(100, "100%"), (99.99, "99,9%"), (87.55, "87,5%"), (0, "0%"), (None, "—")]
)
def test_a_percentage_is_never_rounded_up(app, share, shown):
    assert formats.percent(share) == shown
