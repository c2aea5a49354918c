"""Documents that strangers send: whole, open to read, and doing nothing."""

import io

import pytest
from pypdf import PdfWriter

from lms.core.documents import MOST_PAGES, NotADocument, check_pdf
from tests.support import make


def written(change=lambda writer: None, pages=1):
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(width=595, height=842)
    change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@pytest.mark.parametrize("content", [make.pdf(), written(), written(pages=MOST_PAGES)])
def test_a_whole_document_is_taken(content):
    check_pdf(content)


def test_what_hangs_on_behind_a_short_way_does_no_harm():
    check_pdf(make.pdf() + b"\n" * 40)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4\n<script>alert(1)</script>",
        b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n9\n%%EOF\n",
        make.pdf()[:-120],
        written()[: len(written()) // 2],
        written(pages=MOST_PAGES + 1),
        written(lambda writer: writer.encrypt("x")),
        make.pdf(b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"),
        make.pdf(b"/OpenAction << /S /Launch /F (a.exe) >>"),
        written(lambda writer: writer.add_attachment("a.exe", b"MZ")),
    ],
    ids=["no end", "no pages", "cut", "half", "too long", "locked", "script", "program", "attachment"],
)
def test_anything_else_is_not(content):
    with pytest.raises(NotADocument):
        check_pdf(content)


def test_a_page_that_names_itself_as_its_parent_comes_to_an_end():
    content = make.pdf().replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")

    with pytest.raises(NotADocument):
        check_pdf(content)
