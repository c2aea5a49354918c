"""Personal ids, telephones, tax numbers, e-mail addresses and days: restored only where that is certain."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.registry.rules.dates import read_day
from lms.registry.rules.emails import read_email
from lms.registry.rules.id_numbers import OLD_CODES, birth_year_of, masked, read_id_number, sex_of
from lms.registry.rules.phones import SINCE_2018, read_phone
from lms.registry.rules.tax_codes import WEIGHTS, is_tax_code, read_tax_code

TODAY = date(2026, 11, 23)
MAN_1980 = {"sex": "male", "birth_on": date(1980, 11, 24)}


def codes(reading):
    return [finding.code for finding in reading.findings]


def test_sixty_three_provinces_gave_out_numbers():
    assert len(OLD_CODES) == 63
    assert {"10", "15", "27", "96"} <= OLD_CODES
    assert not {"03", "16", "97", "00"} & OLD_CODES


def test_a_number_tells_sex_and_birth_year():
    assert (sex_of("095165530957"), birth_year_of("095165530957")) == ("female", 1965)
    assert (sex_of("066200714696"), birth_year_of("066200714696")) == ("male", 2000)


def test_twelve_digits_that_agree_are_taken_silently():
    reading = read_id_number("010080981733", **MAN_1980)

    assert (reading.number, codes(reading)) == ("010080981733", [])


@pytest.mark.parametrize("written", [10080981733, 10080981733.0, "10080981733", " 10080981733 ", "10.080.981.733"])
def test_a_lost_zero_is_restored_with_a_warning(written):
    reading = read_id_number(written, **MAN_1980)

    assert (reading.number, codes(reading)) == ("010080981733", ["id_number_restored"])


def test_two_lost_zeros_are_restored_too():
    reading = read_id_number("2092476720", sex="male", birth_on=date(1992, 7, 9))

    assert reading.number == "002092476720"


@pytest.mark.parametrize(
    ("written", "sex", "birth_on"),
    [
        ("06016933132", "female", date(1969, 2, 1)),  # a digit is lost further on
        ("10080981733", "female", date(1980, 11, 24)),
        ("10080981733", "male", date(1981, 11, 24)),
        ("10080981733", None, date(1980, 11, 24)),
        ("10080981733", "male", None),
        ("3080981733", "male", date(1908, 1, 1)),  # 003 is no province
        ("080981733", "male", date(1980, 11, 24)),  # the nine digits of an old identity card
        ("0100809817331", "male", date(1980, 11, 24)),
        ("1.0081E+10", "male", date(1980, 11, 24)),
    ],
)
def test_what_cannot_be_restored_with_certainty_is_not_restored(written, sex, birth_on):
    reading = read_id_number(written, sex=sex, birth_on=birth_on)

    assert reading.number is None
    assert codes(reading) in (["id_number_length"], ["id_number_letters"])


def test_a_letter_in_a_number_is_seen_as_one():
    reading = read_id_number("067067O33901", sex="male", birth_on=date(1967, 11, 12))

    assert (reading.number, codes(reading)) == (None, ["id_number_letters"])


def test_disagreement_is_a_warning_and_not_a_refusal():
    reading = read_id_number("010080981733", sex="female", birth_on=date(1981, 1, 1))

    assert (reading.number, codes(reading)) == ("010080981733", ["id_number_sex", "id_number_birth_year"])


def test_an_unknown_prefix_is_a_warning():
    assert codes(read_id_number("232080981733", **MAN_1980)) == ["id_number_prefix"]


def test_no_reason_repeats_a_whole_number():
    reading = read_id_number("067067O33901", sex="male", birth_on=date(1967, 11, 12))

    assert reading.findings[0].value == "********3901"
    assert masked("123") == "***"


@given(
    st.sampled_from(sorted(OLD_CODES)),
    st.sampled_from(["male", "female"]),
    st.integers(1930, 2011),
    st.integers(0, 999_999),
)
def test_every_number_survives_the_loss_of_its_zeros(code, sex, year, serial):
    century = (year // 100 - 19) * 2 + (sex == "female")
    number = f"0{code}{century}{year % 100:02}{serial:06}"

    for written in (number, int(number), str(int(number))):
        assert read_id_number(written, sex=sex, birth_on=date(year, 5, 1)).number == number


@pytest.mark.parametrize(
    "written",
    [
        "0912345678",
        912345678,
        "912345678",
        "+84 912.345.678",
        "84912345678",
        "0912-345-678",
        "(091) 2345678",
        912345678.0,
        "0084912345678",
        "+840912345678",
    ],
)
def test_a_telephone_is_one_however_it_is_written(written):
    reading = read_phone(written)

    assert (reading.phone, reading.finding) == ("0912345678", None)


@pytest.mark.parametrize("written", ["01697815313", "1697815313", "+84 169 781 5313", 1697815313])
def test_eleven_digits_become_ten(written):
    reading = read_phone(written)

    assert reading.phone == "0397815313"
    assert reading.finding.code == "phone_converted"
    assert "0397815313" not in reading.finding.value


def test_every_old_prefix_has_a_new_one():
    assert len(SINCE_2018) == len(set(SINCE_2018.values())) == 21


@pytest.mark.parametrize("written", ["không nhớ", "12345", "0112345678", "0612345678", "091234567", "09123456789"])
def test_what_is_no_telephone_is_left_out_with_a_warning(written):
    reading = read_phone(written)

    assert (reading.phone, reading.finding.code) == (None, "phone_unreadable")


def test_the_first_of_several_telephones_is_kept():
    reading = read_phone("0912345678 / 0987654321")

    assert (reading.phone, reading.finding.code) == ("0912345678", "phone_several")


def test_a_fixed_line_is_kept():
    assert read_phone("024 3826 1234").phone == "02438261234"


@given(st.text(max_size=30))
def test_reading_a_telephone_again_changes_nothing(text):
    phone = read_phone(text).phone
    if phone is not None:
        again = read_phone(phone)
        assert (again.phone, again.finding) == (phone, None)


@pytest.mark.parametrize("digits", ["7936173040", "8392918071", "0621964085"])
def test_tax_numbers_with_a_right_check_digit(digits):
    assert is_tax_code(digits)


def test_one_digit_wrong_is_always_seen():
    right = "7936173040"
    for place in range(10):
        for digit in "0123456789":
            if digit != right[place]:
                assert not is_tax_code(right[:place] + digit + right[place + 1 :])


def test_a_remainder_of_nothing_gives_no_number():
    digits = next(
        f"01{serial:07}"
        for serial in range(1, 1000)
        if sum(int(d) * w for d, w in zip(f"01{serial:07}", WEIGHTS, strict=True)) % 11 == 0
    )

    assert not any(is_tax_code(digits + last) for last in "0123456789")


def test_branches_have_three_digits_more():
    assert read_tax_code("7936173040-001", is_household=False).tax_code == "7936173040-001"
    assert read_tax_code("7936173040001", is_household=False).tax_code == "7936173040-001"
    assert read_tax_code("7936173040-000", is_household=False).finding.code == "tax_code_invalid"


def test_a_lost_zero_of_a_tax_number_is_restored_with_a_warning():
    reading = read_tax_code(621964085, is_household=False)

    assert (reading.tax_code, reading.finding.code) == ("0621964085", "tax_code_restored")


def test_a_household_may_give_its_owners_id_which_is_not_kept():
    assert read_tax_code("095165530957", is_household=True).tax_code is None
    assert read_tax_code("095165530957", is_household=True).finding is None
    assert read_tax_code("095165530957", is_household=False).finding.value == "********0957"


@pytest.mark.parametrize("text", ["a@b.vn", "Tran.An+1@Example.VN", "x_y@mail.co-op.com.vn"])
def test_addresses_that_can_be_delivered_to(text):
    assert read_email(text) == text.lower()


@pytest.mark.parametrize(
    "text", ["khong co @ email", "a@b", "@b.vn", "a@", "a b@c.vn", "a@@b.vn", "a@b..vn", "ă@b.vn", "a" * 65 + "@b.vn"]
)
def test_addresses_that_cannot(text):
    assert read_email(text) is None


@pytest.mark.parametrize(
    "written",
    [
        "15/08/1979",
        "15-8-1979",
        "15.8.1979",
        "15/8/79",
        "1979-08-15",
        "15 08 1979",
        "15081979",
        "ngày 15 tháng 8 năm 1979",
        datetime(1979, 8, 15, tzinfo=UTC),
        date(1979, 8, 15),
        "15/08/1979 00:00:00",
        "1979-08-15T00:00",
        29082,
    ],
)
def test_a_day_is_read_in_any_form(written):
    assert read_day(written, last=TODAY, least_age=15) == date(1979, 8, 15)


@pytest.mark.parametrize(
    "written", ["31/02/1980", "08/31/1965", "1980", 1980, "0/1/1980", "hôm qua", "32/1/1980", True, 1e9, "1/1/19800"]
)
def test_a_day_that_does_not_exist_is_not_read(written):
    assert read_day(written, last=TODAY) is None


def test_two_digits_mean_the_latest_year_that_can_be():
    assert read_day("1/2/05", last=TODAY, least_age=15) == date(2005, 2, 1)
    assert read_day("1/2/26", last=TODAY, least_age=15) == date(1926, 2, 1)
    assert read_day("1/2/26", last=TODAY) == date(2026, 2, 1)


@given(st.dates(date(1920, 1, 2), date(2026, 11, 23)))
def test_every_day_is_read_back(day):
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"):
        assert read_day(day.strftime(form), last=TODAY) == day
