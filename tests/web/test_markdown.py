"""Markdown in, safe HTML out."""

import pytest

from lms.web.markdown import render


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        '<a href="vbscript:x">x</a>',
        '<iframe src="https://evil.example"></iframe>',
        '<p style="position:fixed">x</p>',
        "<svg onload=alert(1)>",
        "![x](https://evil.example/spy.png)",
        "![x](pictures/../../secret.png)",
        "![x](//evil.example/spy.png)",
        '<form action="https://evil.example"><input></form>',
        "<!-- --><base href='https://evil.example'>",
    ],
)
def test_nothing_hostile_comes_through(hostile):
    html = render(hostile, pictures="/p")

    for trace in (
        "<script",
        "onerror",
        "onload",
        "javascript:",
        "vbscript:",
        "data:",
        "<iframe",
        "style=",
        "evil.example",
        "..",
        "<form",
        "<base",
    ):
        assert trace not in html


def test_what_a_lesson_needs_comes_through():
    html = render(
        '| a | b |\n|---|---|\n| 1 | 2 |\n\n!!! note "Ghi nhớ"\n    Điều này.\n\n![Sơ đồ](pictures/so-do.png)',
        pictures="/p/7/",
    )

    assert "<table" in html
    assert 'class="admonition note"' in html
    assert 'src="/p/7/so-do.png"' in html
    assert 'alt="Sơ đồ"' in html


def test_a_picture_without_a_place_to_come_from_is_dropped():
    assert "src" not in render("![x](pictures/a.png)")
