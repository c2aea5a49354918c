"""The commands do what the page does, and their output can be read by people and by machines."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from lms.core.db import db
from lms.registry import queries
from lms.registry.models import Person, RosterImport
from tests.registry.sheetfiles import csv_file, official, xlsx_file
from tests.support import make
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


@pytest.fixture
def land(commune, elsewhere):
    make.commune("Đồng Tâm", within=commune.parent, code="25996")
    make.official(unit=commune)
    db.session.commit()
    return commune


def change(app, *words):
    db.session.remove()
    return app.test_cli_runner().invoke(
        args=["registry", "change-units", *words, "--on", "01/06/2026", "--basis", "NQ 400/NQ-UBTVQH16"]
    )


def test_a_resolution_is_looked_at_and_then_entered(app, land, clock):
    words = ("merge", "25993", "25996", "--into", "26001; phường; Đồng Lợi")

    looked = change(app, *words, "--dry-run")
    assert looked.exit_code == 0, looked.output
    assert "Lập Phường Đồng Lợi (26001), thuộc Tỉnh Đồng Nai." in looked.output
    assert "Toàn bộ Xã Tân Lợi (25993) thuộc về Phường Đồng Lợi (26001)." in looked.output
    assert "posts: 1; người / people: 1" in looked.output
    assert queries.unit_by_code("26001") is None

    entered = change(app, *words)
    assert entered.exit_code == 0, entered.output
    assert queries.unit_by_code("25993").valid_to == date(2026, 5, 31)

    number = entered.output.split()[-1]
    db.session.remove()
    taken_back = app.test_cli_runner().invoke(
        args=["registry", "change-units", "withdraw", number, "--reason", "Nhập nhầm"]
    )
    assert taken_back.exit_code == 0, taken_back.output
    assert queries.unit_by_code("25993").valid_to is None


def test_every_kind_of_resolution_has_its_command(app, land, clock):
    for words, told in (
        (["split", "25993", "--into", "26001; xã; A", "--into", "26004; xã; B", "--dry-run"], "xác định nơi hiện nay"),
        (["rename", "Xã Tân Lợi, Đồng Nai", "--name", "Tân Lợi Mới"], "trở thành Xã Tân Lợi Mới"),
        (["rename", "25996", "--kind", "phuong"], "trở thành Phường Đồng Tâm"),
        (["move", "25996", "--under", "46"], "chuyển từ Tỉnh Đồng Nai sang Tỉnh Huế"),
        (["split", "25993", "--into", "19777", "--stands"], "Một phần Xã Tân Lợi Mới (25993) thuộc về"),
    ):
        result = change(app, *words)
        assert result.exit_code == 0, result.output
        assert told in result.output


def test_a_resolution_that_cannot_be_ends_with_the_reason(app, land, clock):
    result = change(app, "merge", "25993", "--into", "99999")

    assert result.exit_code == 1
    assert "Không có đơn vị mã 99999" in result.output


def test_a_listing_is_written_to_a_file_and_brought_back(app, commune, tmp_path):
    make.organisation("Hợp tác xã Chè", unit=commune)
    db.session.commit()
    path = tmp_path / "chu-the.csv"
    written = app.test_cli_runner().invoke(args=["registry", "export", "organisations", str(path)])
    assert written.exit_code == 0, written.output
    assert "1 dòng / rows" in written.output
    brought = app.test_cli_runner().invoke(args=["registry", "import", str(path)])

    assert brought.exit_code == 0, brought.output
    assert "1  unchanged" in brought.output


def test_a_listing_is_written_to_a_spreadsheet_or_text_alone(app, tmp_path):
    refused = app.test_cli_runner().invoke(args=["registry", "export", "organisations", str(tmp_path / "a.pdf")])

    assert refused.exit_code == 2
    assert "xlsx" in refused.output
