"""Names at the door and passwords."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.accounts.rules import code_key, login_key, password_fault


@pytest.mark.parametrize("written", ["0912345678", "0912 345 678", "0912.345.678", "+84 912.345.678", "+84912345678"])
def test_a_phone_is_one_name_however_it_is_written(written):
    assert login_key(written) == "0912345678"


@pytest.mark.parametrize("written", ["Hà.Nguyễn", " hà.nguyễn ", "HÀ.NGUYỄN", "hà.nguyễn"])
def test_a_login_name_is_compared_without_case_and_composition(written):
    assert login_key(written) == "hà.nguyễn"


@given(st.text())
def test_comparing_a_name_twice_changes_nothing(text):
    assert login_key(login_key(text)) == login_key(text)


def test_a_code_may_be_typed_carelessly():
    assert code_key(" k7qm-3xzd 9rta ") == "K7QM3XZD9RTA"


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("ngắn", "short"),
        ("x" * 129, "long"),
        ("matkhau123", "common"),
        ("MatKhau123", "common"),
        ("aaaabbbb", "monotonous"),
        ("0912345678", "name"),
        ("0912 345 678", "name"),
        ("đồi chè buổi sớm", None),
        ("x1y2" * 32, None),
    ],
)
def test_what_a_password_must_not_be(password, fault):
    assert password_fault(password, names=["Nguyễn Thị Hà", "0912345678"]) == fault
