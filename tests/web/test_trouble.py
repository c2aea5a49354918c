"""When disk or database fail: a page that says so, nothing half-stored, nothing private in the log."""

import errno
import io
import logging
import os
import re
import stat

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from lms.accounts import queries as accounts
from lms.core import storage
from lms.core.clock import now
from lms.core.db import db
from lms.core.storage import StoredFile
from lms.registry.models import RosterImport
from tests.support import make
from tests.support.databases import application
from tests.web.world import PDF, ROSTER_HEADER, world


def files_in(app):
    return [path for path in app.config["FILES_FOLDER"].rglob("*") if path.is_file()]


@pytest.fixture
def breaks(monkeypatch):
    """Writing files fails from now on as a disk does: full, read-only, broken."""

    def breaks(number):
        def fail(_descriptor):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(storage.os, "fsync", fail)

    return breaks


@pytest.mark.parametrize(
    ("number", "status"), [(errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EROFS, 503), (errno.EIO, 503)]
)
def test_a_disk_that_fails_is_told_and_leaves_nothing(app, clock, sign_in, breaks, monkeypatch, number, status):
    made = world()
    work = make.exercise(made.here.training_class.version)
    learner, coordinator = sign_in(made.here.learner), sign_in(made.here.coordinator)
    path = f"/learning/{made.here.enrolment.id}/exercises/{work.item.slug}"
    before = files_in(app), db.session.scalar(select(func.count(StoredFile.id)))
    breaks(number)

    def attach():
        form = {"text-product": "Chè Shan tuyết", "base": "0", "do": "attach", "file": (io.BytesIO(PDF), "a.pdf")}
        return learner.post(path, data=form)

    def send():
        return coordinator.post(
            "/registry/imports", data={"file": (io.BytesIO((ROSTER_HEADER + "A;;;;;;;;;;\n").encode()), "a.csv")}
        )

    for sent in (attach(), send()):
        assert sent.status_code == status
        assert "chưa được lưu" in sent.text
    assert learner.get(path).status_code == 200
    assert "Chè Shan tuyết" in learner.get(path).text
    assert (files_in(app), db.session.scalar(select(func.count(StoredFile.id)))) == before
    monkeypatch.undo()
    assert attach().status_code == 303
    assert send().status_code == 303


def test_a_new_database_is_for_the_server_alone(workshop):
    folder = workshop / "open-to-all"
    folder.mkdir(mode=0o755)
    private = application(f"sqlite:///{folder / 'lms.sqlite'}", folder)
    with private.app_context():
        db.session.execute(text("CREATE TABLE t (x INTEGER)"))
        db.session.commit()
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob("lms.sqlite*")}
        db.session.remove()
        db.engine.dispose()

    assert len(modes) >= 3
    assert set(modes.values()) == {0o600}


def test_files_are_for_the_server_alone(app):
    stored = storage.store(PDF, name="a.pdf", media_type="application/pdf", by=None, at=now())
    path = storage.path_of(stored)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(app.config["FILES_FOLDER"].stat().st_mode) == 0o700
    assert stat.S_IMODE(app.config["KEYS_FOLDER"].stat().st_mode) == 0o700


FAILURES = [
    OperationalError("SELECT 1", {}, ConnectionError("gone")),
    InterfaceError("SELECT 1", {}, ConnectionError("gone")),
    NoFreeConnection("QueuePool limit"),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_without_its_database_every_page_says_so(app, sign_in, client, monkeypatch, failure):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    learner = sign_in(make.user())

    def fail(*_arguments, **_more):
        raise failure

    monkeypatch.setattr(db.session, "scalars", fail)
    monkeypatch.setattr(db.session, "scalar", fail)
    monkeypatch.setattr(db.session, "execute", fail)
    for answer in (
        learner.get("/learning"),
        learner.get("/"),
        learner.get("/no-such-page"),
        client.get(f"/v/{'x' * 22}"),
        client.post("/sign-in", data={"name": "a", "password": "b"}),
    ):
        assert answer.status_code == 503
        assert "Máy chủ đang bận" in answer.text


def test_a_full_database_is_told_as_such(app, client, monkeypatch):
    def fail(*_arguments, **_more):
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(accounts, "failures", fail)
    answer = client.post("/sign-in", data={"name": "a", "password": "b"})

    assert answer.status_code == 507
    assert "hết chỗ lưu" in answer.text


def test_a_refused_statement_is_logged_without_what_it_held(app):
    with pytest.raises(Exception, match="ck_") as refusal:
        db.session.execute(
            StoredFile.__table__.insert(),
            {
                "key": "k",
                "sha256": "s",
                "size_bytes": 0,
                "media_type": "m",
                "name": "Nguyễn Thị Hà 001185000001.pdf",
                "stored_at": now(),
            },
        )
    db.session.rollback()

    assert "Nguyễn" not in str(refusal.value).partition("DETAIL")[0]


def test_no_personal_id_or_phone_stays_in_what_was_decided_about_a_row(app, clock, sign_in, caplog):
    """Whatever column they were put into by mistake that holds no name."""
    caplog.set_level(logging.DEBUG)
    made = world()
    number, phone = "004185000017", "0912345678"
    post = "Chuyên viên;UBND xã;Xã"
    lines = [
        f"Trần Văn Một;15/08/1985;Nam;{number};{phone};{post};Tỉnh Cao Bằng;Xã Xã của Cao Bằng;01/02/2026",
        f"Trần Văn Hai;{number};Nam;{number}9;{phone}00;{post};Tỉnh Cao Bằng;{phone};{number}",
        f"{number};15/08/1985;{phone};{number[:11]}x;{number};Chuyên viên;UBND xã;{number};{number};x;01/02/2026",
    ]
    coordinator = sign_in(made.here.coordinator)
    sent = coordinator.post(
        "/registry/imports", data={"file": (io.BytesIO((ROSTER_HEADER + "\n".join(lines)).encode()), "a.csv")}
    )
    assert sent.status_code == 303
    roster = db.session.scalars(select(RosterImport).order_by(RosterImport.id.desc())).first()
    coordinator.post(f"{sent.location}/apply")

    kept = " ".join(
        str(value)
        for table in ("roster_row", "roster_import", "audit_entry")
        for line in db.session.execute(db.metadata.tables[table].select())
        for value in line
    )
    assert roster.applied_at is not None
    # What a file is called and the hash of a report are no numbers of people.
    assert not re.search(r"\d{9,}", re.sub(r"danh-sach-\d+|\b[0-9a-f]{64}\b", "", kept))
    assert number not in caplog.text
    assert phone not in caplog.text
