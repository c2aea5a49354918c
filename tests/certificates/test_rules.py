"""What a certificate says and how it is written for signing."""

import json
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.rules import (
    Fields,
    State,
    is_token,
    number_of,
    payload_of,
    printable,
    read_number,
    read_payload,
    state_of,
)

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
FIELDS = Fields(
    number="000123/2026/GCN-OCOP",
    token="abcdefghijklmnopqrstu9",
    holder_name="Nguyễn Thị Phượng",
    holder_birth_year=1987,
    title="Chu trình OCOP",
    hours=16,
    awarded_on=date(2026, 11, 20),
    issuer="Văn phòng Điều phối",
    issued_on=date(2026, 11, 23),
    issued_at=NOON,
)


def test_a_number_has_its_serial_its_year_and_its_series():
    assert number_of(123, 2026) == "000123/2026/GCN-OCOP"
    assert number_of(1_234_567, 2026) == "1234567/2026/GCN-OCOP"


@pytest.mark.parametrize(
    "typed",
    [
        "000123/2026/GCN-OCOP",
        "123/2026",
        " 000123 / 2026 / gcn-ocop ",
        "123/2026/GCN–OCOP",
        "１２３/2026",
        "0000123/2026",
    ],
)
def test_a_number_is_read_however_it_is_typed(typed):
    assert read_number(typed) == "000123/2026/GCN-OCOP"


@pytest.mark.parametrize(
    "typed", ["", "123", "abc", "0/2026", "123/26", "123/2026/ABC", "12345678901/2026", "'; drop table", "٣/2026"]
)
def test_what_is_no_number_is_not_read_as_one(typed):
    assert read_number(typed) is None


def test_a_token_is_22_letters_and_digits():
    assert is_token("Az09" + "x" * 18)
    for wrong in (
        "-" + "x" * 21,
        "x" * 21 + "_",
        "x" * 21,
        "x" * 23,
        "x" * 21 + "=",
        "x" * 21 + "é",
        "",
        "x" * 22 + "\n",
    ):
        assert not is_token(wrong)


def test_the_payload_is_sorted_composed_and_without_spaces():
    payload = payload_of(FIELDS)
    content = json.loads(payload)

    assert list(content) == sorted(content)
    assert content["version"] == 1
    assert payload == json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    assert content["issued_at"] == "2026-11-23T05:00:00Z"


def test_the_same_name_in_composed_and_decomposed_letters_gives_the_same_bytes():
    decomposed = replace(FIELDS, holder_name=unicodedata.normalize("NFD", FIELDS.holder_name))

    assert payload_of(decomposed) == payload_of(FIELDS)


def test_every_printed_field_is_in_the_payload():
    changes = {
        "number": "000124/2026/GCN-OCOP",
        "token": "x" * 22,
        "holder_name": "Nguyễn Thị Phương",
        "holder_birth_year": None,
        "title": "Khác",
        "hours": None,
        "awarded_on": date(2026, 11, 19),
        "issuer": "Khác",
        "issued_on": date(2026, 11, 22),
        "issued_at": NOON + timedelta(seconds=1),
    }
    assert changes.keys() == Fields.__dataclass_fields__.keys()
    for name, value in changes.items():
        assert payload_of(replace(FIELDS, **{name: value})) != payload_of(FIELDS), name


def test_a_payload_is_read_back():
    assert read_payload(payload_of(FIELDS)) == FIELDS


@given(st.text(), st.text(), st.none() | st.integers(), st.integers(0, 2**37))
def test_any_name_is_read_back_as_it_was_written(name, title, hours, seconds):
    issued_at = datetime.fromtimestamp(seconds, UTC)
    fields = replace(FIELDS, holder_name=name, title=title, hours=hours, issued_at=issued_at)

    read = read_payload(payload_of(fields))

    assert read.holder_name == unicodedata.normalize("NFC", name)
    assert read.title == unicodedata.normalize("NFC", title)
    assert (read.hours, read.issued_at) == (hours, issued_at)
    assert payload_of(read) == payload_of(fields)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        payload_of(FIELDS) + b" ",
        payload_of(FIELDS).replace(b'"version":1', b'"version":2'),
        payload_of(FIELDS).replace(b'"hours":16', b'"hours":16.0'),
        payload_of(FIELDS).replace(b'"hours":16', b'"hours":true'),
        payload_of(FIELDS).replace(b'"hours":16', b'"hours":[16]'),
        payload_of(FIELDS).replace(b"{", b'{"extra":1,', 1),
        payload_of(FIELDS).replace(b'"hours":16', b'"hours":16,"hours":16'),
        payload_of(FIELDS).replace(b"2026-11-20", b"2026-11-31"),
        b"[" * 100_000,
    ],
    ids=range(14),
)
def test_only_what_was_written_so_is_read(payload):
    with pytest.raises(ValueError, match=r".*"):
        read_payload(payload)


def test_a_name_is_printed_without_signs_that_cannot_be_seen():
    assert printable("  Nguyễn\u202e Thị\t\n Hà\x00 ") == "Nguyễn Thị Hà"
    assert printable("H'Hương Niê Kđăm") == "H'Hương Niê Kđăm"


def test_the_state_is_that_of_an_instant():
    assert state_of(is_genuine=True, revoked_at=None, at=NOON) is State.VALID
    assert state_of(is_genuine=True, revoked_at=NOON, at=NOON) is State.REVOKED
    assert state_of(is_genuine=True, revoked_at=NOON + timedelta(seconds=1), at=NOON) is State.VALID


def test_nothing_in_a_line_that_was_altered_is_believed():
    assert state_of(is_genuine=False, revoked_at=None, at=NOON) is State.INVALID
    assert state_of(is_genuine=False, revoked_at=NOON, at=NOON) is State.INVALID
