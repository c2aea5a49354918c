"""The commands do what the page does, and their output can be read by people and by machines."""

import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from lms.core.db import db
from lms.registry.models import Person, RosterImport
from tests.registry.sheetfiles import csv_file, official, xlsx_file
from tests.support.client import release

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def run(app, commune):
    """Run `flask registry …` as at a console."""

    def run(*words):
        release()
        return app.test_cli_runner().invoke(args=["registry", *map(str, words)])

    return run


@pytest.fixture
def roster(tmp_path):
    """Four rows: a good one, the same again, one that is refused, one with a warning."""
    rows = [
        official(),
        official(),
        official(**{"Họ và tên": "", "Email": "@"}),
        official(**{"Họ và tên": "Lê An", "Số CCCD": ""}),
    ]
    path = tmp_path / "ds.csv"
    path.write_bytes(csv_file(*rows))
    return path


def people():
    return db.session.scalar(select(func.count()).select_from(Person))


def test_a_dry_run_changes_nothing(run, roster):
    result = run("import", roster, "--dry-run")

    assert result.exit_code == 0
    assert people() == 0
    assert db.session.scalars(select(RosterImport)).all() == []


def test_importing_makes_the_people(run, roster):
    assert run("import", roster).exit_code == 0
    assert people() == 2
    assert db.session.scalars(select(RosterImport)).one().applied_at is not None


def test_the_json_holds_the_totals_and_every_row(run, roster):
    told = json.loads(run("import", roster, "--dry-run", "--json").output)

    assert told["totals"] == {
        "created": 2, "changed": 0, "unchanged": 0, "merged": 1, "review": 0, "refused": 1, "warned": 1, "skipped": 0,
    }  # fmt: skip
    assert [(row["row"], row["outcome"]) for row in told["rows"]] == [
        (2, "created"), (3, "merged"), (4, "refused"), (5, "created"),
    ]  # fmt: skip
    refused = told["rows"][2]["reasons"]
    assert [(reason["code"], reason["severity"], reason["field"]) for reason in refused] == [
        ("name_missing", "refused", "full_name"),
        ("email_invalid", "refused", "email"),
    ]
    assert refused[0]["message"] == "Thiếu họ và tên."


def test_importing_again_changes_nothing(run, roster):
    run("import", roster)

    told = json.loads(run("import", roster, "--json").output)

    assert told["totals"]["created"] == told["totals"]["changed"] == 0
    assert told["totals"]["unchanged"] == 2
    assert people() == 2


def test_the_table_names_every_row_with_its_outcome_and_reasons(run, roster):
    output = run("import", roster, "--dry-run").output
    told = json.loads(run("import", roster, "--dry-run", "--json").output)

    for row in told["rows"]:
        assert re.search(rf"^ *{row['row']}  {row['outcome']} ", output, re.M), row

    assert "name_missing, email_invalid" in output
    assert "Lê An: id_number_missing" in output
    assert "2  created" in output


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "rỗng"), (b"%PDF-1.4", "không phải bảng tính"), (xlsx_file(official())[:500], "hỏng")]
)
def test_a_file_that_cannot_be_read_ends_with_two(run, tmp_path, content, words):
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)

    result = run("import", path)

    assert result.exit_code == 2
    assert words in result.output
    assert people() == 0


def test_the_kind_can_be_said_where_the_header_does_not_tell(run, tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(csv_file({**official(), "Loại hình": ""}))

    assert run("import", path, "--dry-run").exit_code == 2
    assert run("import", path, "--dry-run", "--kind", "officials").exit_code == 0


def test_without_units_it_says_what_to_do_first(app, roster):
    result = app.test_cli_runner().invoke(args=["registry", "import", str(roster)])

    assert result.exit_code == 2
    assert "load-units" in result.output


def test_help_can_be_read(run):
    assert "Nhập danh sách" in run("--help").output
    assert "--dry-run" in run("import", "--help").output
