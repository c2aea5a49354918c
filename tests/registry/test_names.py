"""Names are tidied without being changed into other names, and compared, searched and ordered as people do."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.registry.rules.names import (
    SIGNS,
    clean_name,
    has_odd_signs,
    match_key,
    place_key,
    search_key,
    sort_key,
    starts_formula,
    tidy,
)

VOWELS = "aăâeêioôơuưy"
TONED = [
    unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in ("", *"\u0300\u0309\u0303\u0301\u0323")
]
LETTERS = [*TONED, *"bcdđghklmnpqrstvx"]
WORDS = st.lists(st.sampled_from(LETTERS), min_size=1, max_size=7).map("".join)
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(lambda words: " ".join(word.capitalize() for word in words))


def shuffled(names):
    return random.Random(8).sample(names, len(names))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  LÒ  HỮU  AN ", "Lò Hữu An"),
        ("nguyễn hồng thảo", "Nguyễn Hồng Thảo"),
        ("H'HƯƠNG NIÊ", "H'Hương Niê"),
        ("h'bia niê", "H'Bia Niê"),
        ("H’Lan Niê", "H'Lan Niê"),
        ("Y A", "Y A"),
        ("Ngô Thị Lan-Anh", "Ngô Thị Lan-Anh"),
        ("NGÔ THỊ LAN-ANH", "Ngô Thị Lan-Anh"),
        ("Nguyễn\u00a0Văn\u200b An", "Nguyễn Văn An"),
        (unicodedata.normalize("NFD", "Đỗ Ngọc Thảo"), "Đỗ Ngọc Thảo"),
        ("Đặng thị Hà", "Đặng thị Hà"),
    ],
)
def test_a_name_is_tidied(written, kept):
    assert clean_name(written) == kept


@given(NAMES)
def test_tidying_twice_is_tidying_once(name):
    for form in (name, name.upper(), name.lower(), unicodedata.normalize("NFD", name)):
        assert clean_name(clean_name(form)) == clean_name(form)


@given(st.text(max_size=60))
def test_any_text_can_be_tidied_and_keyed(text):
    once = tidy(text)
    assert tidy(once) == once
    assert set(sort_key(text)) <= set(SIGNS)
    assert len(sort_key(text)) <= 400
    match_key(text)
    search_key(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hòa", "Hoà"),
        ("Thúy", "Thuý"),
        ("Quý", "Qúy"),
        ("Toàn", "Tòan"),
        ("NGUYỄN VĂN AN", "nguyễn  văn an"),
        ("M’Drắk", "M'Drắk"),
        ("Bà Rịa - Vũng Tàu", "Bà Rịa-Vũng Tàu"),
        (unicodedata.normalize("NFD", "Đỗ Thị Ấn"), "Đỗ Thị Ấn"),
    ],
)
def test_spellings_of_one_name_match(one, other):
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Mỹ", "Mĩ"), ("An", "Ân"), ("Ánh", "Ảnh"), ("Đào", "Dao"), ("Lan Anh", "Lananh")]
)
def test_other_names_do_not_match(one, other):
    assert match_key(one) != match_key(other)


@given(NAMES)
def test_a_name_matches_however_it_was_encoded_or_cased(name):
    assert match_key(unicodedata.normalize("NFD", name).upper()) == match_key(name)


def test_searching_needs_no_marks():
    assert search_key("Nguyễn Thị ĐÀO") == "nguyen thi dao"


def test_names_come_in_the_order_of_the_alphabet_and_then_of_the_tones():
    ordered = "An Anh Ành Ảnh Ãnh Ánh Ạnh Ăn Ân Ẩn Ấn Dung Đào".split()

    assert sorted(shuffled(ordered), key=sort_key) == ordered


def test_lists_go_by_the_given_name_first():
    ordered = ["Trần Văn An", "Bùi Thị Ánh", "Đỗ Ánh", "Trần Bình", "Lê Thị Bình An Dung", "Lê Đào"]

    assert sorted(shuffled(ordered), key=sort_key) == ordered


def test_a_shorter_name_comes_before_the_one_that_goes_on():
    assert sort_key("Lê An") < sort_key("Lê Thị An") < sort_key("Lê Thị Anh")


def test_tone_placement_does_not_change_the_order():
    assert sort_key("Lê Hoà") == sort_key("Lê Hòa")


def test_places_go_by_their_first_word():
    ordered = ["An Giang", "Bắc Ninh", "Cà Mau", "Cao Bằng", "Cần Thơ", "Đà Nẵng", "Hà Nội"]

    assert sorted(shuffled(ordered), key=place_key) == ordered


@given(NAMES, NAMES)
def test_equal_order_means_equal_letters_and_tones(one, other):
    if sort_key(one) == sort_key(other):
        assert match_key(one) == match_key(other)


@pytest.mark.parametrize("text", ["=1+1", "+84", "-2", "@x", "＝1", " =x", "\t=x", "'=x"])
def test_a_formula_is_seen(text):
    assert starts_formula(text)


@pytest.mark.parametrize("text", ["Nguyễn Văn An", "H'Hương", "5-3-1982"])
def test_a_name_is_no_formula(text):
    assert not starts_formula(text)


def test_signs_that_no_name_has_are_seen():
    assert has_odd_signs("Lê <b>An</b>")
    assert has_odd_signs("Lê An 2")
    assert not has_odd_signs("H'Hương Niê-Kdăm")
