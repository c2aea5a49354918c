"""The command that prints the figures."""

import json
import re

import pytest


def test_the_command_for_people(app, world):
    answer = app.test_cli_runner().invoke(args=["coverage", "show", "--as-of", "02/03/2026", "--unit", "04"])

    assert answer.exit_code == 0
    assert "Tỉnh Cao Bằng (04), 02/03/2026" in answer.output
    assert re.search(r"2 +1 +1 +50% +1  Tỉnh Cao Bằng", answer.output)
    assert re.search(r"Theo giới tính\n +1 +1 +0 +100% +1    Nữ\n", answer.output)
    assert re.search(r"Theo nguồn kết quả\n +1 +Công nhận đào tạo nghề đã học\n", answer.output)


def test_the_command_counts_the_country_when_no_unit_is_named(app, world):
    answer = app.test_cli_runner().invoke(args=["coverage", "show", "--json"])

    assert json.loads(answer.output)["unit"] == "vn"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--unit", "00"], "there is no unit with code 00"),
        (["--requirement", "nope"], "there is no requirement nope"),
        (["--key", "sex/nobody"], "there is no line sex/nobody"),
        (["--as-of", "31/02/2026"], "31/02/2026"),
        (["--as-of", "2999-01-01"], "still to come"),
        (["--known", "2999-01-01"], "still to come"),
    ],
)
def test_the_command_refuses_what_it_cannot_count(app, world, arguments, said):
    answer = app.test_cli_runner().invoke(args=["coverage", "show", *arguments])

    assert answer.exit_code == 2
    assert said in answer.output
