"""Rows written past the unit of work are the rows that it would have written."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from lms.core.audit import AuditEntry
from lms.core.bulk import fresh_ids, insert_rows
from lms.core.db import db
from lms.registry.models import Person, Sex
from tests.support import make
from tests.support.client import release

AT = datetime(2026, 11, 23, 2, 0, 3, 4, tzinfo=UTC)
NAMES = ("id", "full_name", "sort_key", "search_key", "match_key", "birth_on", "sex", "id_number_sealed",
         "id_number_index", "created_at")  # fmt: skip


def test_every_kind_of_value_comes_back_as_it_went(app):
    make.person("Lê An")
    details = {"tên": "Đỗ & “con”\t\\N", "số": [1, None, True]}
    ids = fresh_ids(Person, 2)
    people = [
        (ids[0], "Đỗ\tThị \\N", "k", "s", "m", date(1979, 8, 15), Sex.FEMALE, b"\x00\xff\\", "i" * 64, AT),
        (ids[1], "Bùi Văn Ánh", "k", "s", "m", None, None, None, None, AT),
    ]

    assert insert_rows(Person, NAMES, iter(people)) == 2
    insert_rows(
        AuditEntry,
        ("at", "actor_id", "action", "subject_kind", "subject_id", "details"),
        [(AT, None, "test.write", "person", ids[0], details)],
    )
    release()

    found = db.session.execute(select(*(getattr(Person, name) for name in NAMES)).where(Person.id.in_(ids)))
    assert sorted(map(tuple, found)) == sorted(people)
    assert db.session.scalars(select(AuditEntry.details).where(AuditEntry.action == "test.write")).one() == details


def test_fresh_ids_are_nobodys_and_the_next_row_gets_another(app):
    first = make.person("Lê An")
    ids = fresh_ids(Person, 1000)
    insert_rows(Person, NAMES, ((number, "Lê", "k", "s", "m", None, None, None, None, AT) for number in ids))
    later = make.person("Lê Bình")
    release()

    assert len({first.id, later.id, *ids}) == 1002
    assert fresh_ids(Person, 0) == ()


def test_no_rows_are_no_trouble(app):
    assert insert_rows(Person, NAMES, []) == 0
