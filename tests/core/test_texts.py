"""Every text of the product has its English, with the same places to fill."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from lms.core.i18n import catalogue, translate

PROJECT = Path(__file__).parents[2]
SOURCES = ("lms", "courses", "assessments", "certificates", "templates")
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None}
OPTIONS = {"**.html": {"silent": "false", "trimmed": "true"}}


@pytest.fixture(scope="module")
def texts():
    return {
        message
        for source in SOURCES
        for _path, _line, message, *_rest in extract_from_dir(PROJECT / source, METHODS, OPTIONS, keywords=KEYWORDS)
    }


def test_there_are_texts_to_look_at(texts):
    assert len(texts) > 100


def test_every_text_has_its_english(texts):
    assert sorted(texts - catalogue("en").keys()) == []


def test_no_english_is_left_over(texts):
    assert sorted(catalogue("en").keys() - texts) == []


def test_the_places_to_fill_are_the_same(texts):
    def places(text):
        return sorted(re.findall(r"%\(\w+\)[sd]", text))

    assert [text for text in sorted(texts) if places(text) != places(translate(text, "en"))] == []
