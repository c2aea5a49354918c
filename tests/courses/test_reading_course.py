import os
from collections.abc import Callable
from pathlib import Path

import pytest

from courses.reading import MaterialError, read_course

MATERIAL = Path(__file__).parents[2] / "courses" / "material"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20

COURSE = """\
code: hat-dieu
version: 1
title: Hạt điều rang muối
summary: Khóa học mẫu.
qualification: production-business
audience: leader
hours: 2
legal_basis:
  - Quyết định số 490/QĐ-TTg ngày 07/05/2018
items:
  - lesson: lessons/01-bat-dau.md
  - quiz: quiz.yaml
"""
LESSON = """\
---
title: Bắt đầu
minutes: 10
sources:
  - Quyết định số 490/QĐ-TTg ngày 07/05/2018
---

## Mục đầu

Chữ và hình: ![Lò rang](pictures/lo-rang.png)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "hat-dieu"
    (folder / "lessons").mkdir(parents=True)
    (folder / "pictures").mkdir()
    (folder / "course.yaml").write_text(COURSE, encoding="utf-8")
    (folder / "lessons" / "01-bat-dau.md").write_text(LESSON, encoding="utf-8")
    (folder / "quiz.yaml").write_text("title: Kiểm tra\n", encoding="utf-8")
    (folder / "pictures" / "lo-rang.png").write_bytes(PNG)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults_of(folder: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(MaterialError) as caught:
        read_course(folder)
    prefix = folder.as_posix() + "/"
    return [(fault.path.removeprefix(prefix), fault.line, fault.message_vi) for fault in caught.value.faults]


def test_a_course_is_read_with_its_lessons_and_pictures(folder: Path) -> None:
    course = read_course(folder)

    assert (course.code, course.version, course.audience, course.hours) == ("hat-dieu", 1, "leader", 2)
    assert [(item.kind, item.slug, item.title) for item in course.items] == [
        ("lesson", "bat-dau", "Bắt đầu"),
        ("quiz", "quiz", "Kiểm tra"),
    ]
    lesson = course.items[0].lesson
    assert lesson is not None
    assert lesson.text.startswith("## Mục đầu")
    assert lesson.pictures == ("pictures/lo-rang.png",)
    assert [(picture.name, picture.data) for picture in course.pictures] == [("pictures/lo-rang.png", PNG)]


@pytest.mark.parametrize("code", ["quan-ly-chuong-trinh", "tu-y-tuong-den-phuong-an"])
def test_the_shipped_courses_are_read(code: str) -> None:
    course = read_course(MATERIAL / code)

    assert course.code == code
    lessons = [item.lesson for item in course.items if item.lesson]
    assert len(lessons) >= 4
    assert all(500 <= len(lesson.text.split()) <= 1000 for lesson in lessons)
    assert course.pictures
    assert all(len(picture.data) < 40_000 for picture in course.pictures)


def test_windows_line_ends_and_byte_order_mark_change_nothing_that_is_read(folder: Path) -> None:
    before = read_course(folder)
    path = folder / "lessons" / "01-bat-dau.md"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert read_course(folder).items == before.items


def test_decomposed_letters_are_composed(folder: Path) -> None:
    edit(folder / "course.yaml", "Hạt điều", "Ha\u0323t đie\u0302\u0300u")

    assert read_course(folder).title == "Hạt điều rang muối"


@pytest.mark.parametrize("name", ["course.yaml", "lessons/01-bat-dau.md", "quiz.yaml", "pictures/lo-rang.png"])
def test_one_changed_byte_gives_another_digest(folder: Path, name: str) -> None:
    before = read_course(folder).digest
    path = folder / name
    data = path.read_bytes()
    path.write_bytes(data + b"\n")
    after = read_course(folder).digest
    path.write_bytes(data)

    assert before != after
    assert read_course(folder).digest == before


def test_a_file_that_is_not_used_leaves_the_digest_alone(folder: Path) -> None:
    before = read_course(folder).digest
    (folder / "ghi-chu.txt").write_text("việc riêng", encoding="utf-8")

    assert read_course(folder).digest == before


def test_code_is_left_alone(folder: Path) -> None:
    path = folder / "lessons" / "01-bat-dau.md"
    path.write_text(LESSON + "\nGõ `![hình](http://x)` hoặc:\n\n```\n# <b>\n![a](b)\n```\n", encoding="utf-8")

    assert len(read_course(folder).pictures) == 1


WRONG_COURSE = {
    "unknown key": ("hours: 2", "hours: 2\ncolour: red", 8, "Không có mục nào tên “colour”"),
    "missing key": ("version: 1\n", "", 1, "Thiếu mục “version”"),
    "twice the same key": ("version: 1", "version: 1\nversion: 2", 3, "“version” viết hai lần"),
    "text where a number belongs": ("version: 1", "version: một", 2, "phải là một số nguyên"),
    "octal look-alike": ("version: 1", "version: 010", 2, "phải là một số nguyên"),
    "fraction": ("version: 1", "version: 1.5", 2, "phải là một số nguyên"),
    "number out of range": ("version: 1", "version: 0", 2, "từ 1 đến"),
    "number where text belongs": ("title: Hạt điều rang muối", "title: 2024", 3, "phải là chữ"),
    "empty text": ("title: Hạt điều rang muối", "title:", 3, "để trống"),
    "blank text": ("title: Hạt điều rang muối", 'title: "  "', 3, "để trống"),
    "too long": ("title: Hạt điều", "title: " + "Hạt " * 60, 3, "dài quá"),
    "capital letters in a code": ("code: hat-dieu", "code: Hạt Điều", 1, "chữ thường không dấu"),
    "unknown audience": ("audience: leader", "audience: leaders", 6, "official, leader"),
    "text where a list belongs": (
        "legal_basis:\n  - Quyết định số 490/QĐ-TTg ngày 07/05/2018",
        "legal_basis: Quyết định",
        8,
        "phải là danh sách",
    ),
    "a tab": ("hours: 2", "hours:\t2", 7, "dấu Tab"),
    "broken YAML": ("title: Hạt", 'title: "Hạt', 3, "Viết sai cách của YAML"),
    "an alias": ("summary: Khóa học mẫu.", "summary: *mau", 4, "neo (&)"),
    "an anchor": ("summary: Khóa học mẫu.", "summary: &mau Khóa", 4, "neo (&)"),
    "a type tag": ("summary: Khóa học mẫu.", "summary: !!python/name:os.system x", 4, "thẻ kiểu"),
    "two documents": ("items:", "---\nitems:", 10, "một phần"),
    "nested too deeply": ("summary: Khóa học mẫu.", "summary: " + "[" * 5000 + "]" * 5000, 4, "nhiều tầng"),
    "an unknown part": ("  - quiz:", "  - video:", 12, "đúng một trong các từ"),
    "a part that is no pair": ("  - quiz: quiz.yaml", "  - quiz.yaml", 12, "tên: giá trị"),
    "two kinds in one part": ("  - quiz: quiz.yaml", "  - quiz: quiz.yaml\n    exercise: e.yaml", 12, "đúng một"),
    "a path upwards": ("quiz: quiz.yaml", "quiz: ../quiz.yaml", 12, "đi ra ngoài"),
    "a hidden path upwards": ("lessons/01-bat-dau.md", "lessons/../../x.md", 11, "đi ra ngoài"),
    "an absolute path": ("quiz: quiz.yaml", "quiz: /etc/passwd", 12, "đi ra ngoài"),
    "a Windows path": ("quiz: quiz.yaml", 'quiz: "C:\\\\quiz.yaml"', 12, "đi ra ngoài"),
    "an odd file name": ("01-bat-dau.md", "Bắt đầu.md", 11, "phải có dạng"),
    "a missing file": ("01-bat-dau.md", "02-khong-co.md", 11, "Không tìm thấy"),
    "the same file twice": ("  - quiz: quiz.yaml", "  - quiz: quiz.yaml\n  - quiz: quiz.yaml", 13, "hai lần"),
    "no parts": (
        "items:\n  - lesson: lessons/01-bat-dau.md\n  - quiz: quiz.yaml\n",
        "items: []\n",
        10,
        "ít nhất 1",
    ),
}


@pytest.mark.parametrize(("old", "new", "line", "says"), WRONG_COURSE.values(), ids=WRONG_COURSE.keys())
def test_a_wrong_course_file_is_refused_with_its_line(folder: Path, old: str, new: str, line: int, says: str) -> None:
    edit(folder / "course.yaml", old, new)

    assert [(path, at) for path, at, message in faults_of(folder) if says in message] == [("course.yaml", line)]


WRONG_LESSON = {
    "no head": ("---\ntitle", "title", 1, "phần đầu"),
    "no end of the head": ("---\n\n## Mục", "\n## Mục", 1, "phần đầu"),
    "unknown key": ("minutes: 10", "minutes: 10\nauthor: Lan", 4, "Không có mục nào tên “author”"),
    "no sources": ("sources:\n  - Quyết định số 490/QĐ-TTg ngày 07/05/2018\n", "", 2, "Thiếu mục “sources”"),
    "no text": (
        "## Mục đầu\n\nChữ và hình: ![Lò rang](pictures/lo-rang.png)\n",
        "",
        7,
        "chưa có nội dung",
    ),
    "a heading of the first level": ("## Mục", "# Mục", 8, "bắt đầu từ “## ”"),
    "HTML": ("Chữ và", "<b>Chữ</b> và", 10, "thẻ HTML"),
    "an HTML picture": ("Chữ và", '<img src="x" onerror="y">', 10, "thẻ HTML"),
    "a picture without description": ("![Lò rang]", "![ ]", 10, "chưa có lời mô tả"),
    "a missing picture": ("lo-rang.png", "lo-nuong.png", 10, "Không tìm thấy"),
    "a picture from another host": (
        "pictures/lo-rang.png",
        "https://example.org/a.png",
        10,
        "ngoài thư mục",
    ),
    "a picture outside": ("pictures/lo-rang.png", "../a.png", 10, "ngoài thư mục"),
    "a picture in another folder": ("pictures/lo-rang.png", "lessons/a.png", 10, "phải có dạng"),
    "a picture of another kind": ("lo-rang.png", "lo-rang.svg", 10, "phải có dạng"),
    "a picture by reference": ("(pictures/lo-rang.png)", "[hinh]", 10, "viết sai cách"),
    "an invisible character": ("Chữ", "Chữ\x08", 10, "U+0008"),
}


@pytest.mark.parametrize(("old", "new", "line", "says"), WRONG_LESSON.values(), ids=WRONG_LESSON.keys())
def test_a_wrong_lesson_is_refused_with_its_line(folder: Path, old: str, new: str, line: int, says: str) -> None:
    edit(folder / "lessons" / "01-bat-dau.md", old, new)

    assert [(path, at) for path, at, message in faults_of(folder) if says in message] == [
        ("lessons/01-bat-dau.md", line)
    ]


def replace_by_link(path: Path) -> None:
    path.rename(path.parent / "khac")
    path.symlink_to(path.parent / "khac")


def replace_folder_by_link(path: Path) -> None:
    path.parent.rename(path.parent.parent / "khac")
    path.parent.symlink_to(path.parent.parent / "khac")


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def spoil_encoding(path: Path) -> None:
    path.write_bytes(b"---\ntitle: \xd0\n" + path.read_bytes())


WRONG_FILE: dict[str, tuple[str, Callable[[Path], object], str, int, str]] = {
    "lesson is a link": ("lessons/01-bat-dau.md", replace_by_link, "course.yaml", 11, "symlink"),
    "folder is a link": ("lessons/01-bat-dau.md", replace_folder_by_link, "course.yaml", 11, "symlink"),
    "picture is a link": ("pictures/lo-rang.png", replace_by_link, "lessons/01-bat-dau.md", 10, "symlink"),
    "quiz is a pipe": ("quiz.yaml", replace_by_pipe, "course.yaml", 12, "Không tìm thấy"),
    "lesson is not UTF-8": ("lessons/01-bat-dau.md", spoil_encoding, "lessons/01-bat-dau.md", 2, "UTF-8"),
    "quiz too large": (
        "quiz.yaml",
        lambda path: path.write_bytes(b"#" * 1_000_001),
        "course.yaml",
        12,
        "tối đa 1000 kB",
    ),
    "picture too large": (
        "pictures/lo-rang.png",
        lambda path: path.write_bytes(PNG + b"\0" * 200_000),
        "lessons/01-bat-dau.md",
        10,
        "tối đa 200 kB",
    ),
    "picture is no picture": (
        "pictures/lo-rang.png",
        lambda path: path.write_bytes(b"<svg onload=alert(1)>"),
        "lessons/01-bat-dau.md",
        10,
        "không phải là hình",
    ),
    "course file missing": ("course.yaml", Path.unlink, "course.yaml", 1, "Không tìm thấy"),
    "course file empty": (
        "course.yaml",
        lambda path: path.write_bytes(b""),
        "course.yaml",
        1,
        "tên: giá trị",
    ),
    "quiz broken": (
        "quiz.yaml",
        lambda path: path.write_text("title: a\nb: [1\n", encoding="utf-8"),
        "quiz.yaml",
        3,
        "YAML",
    ),
}


@pytest.mark.parametrize(("name", "spoil", "where", "line", "says"), WRONG_FILE.values(), ids=WRONG_FILE.keys())
def test_a_file_that_cannot_be_used_is_refused(
    folder: Path, name: str, spoil: Callable[[Path], object], where: str, line: int, says: str
) -> None:
    spoil(folder / name)

    assert [(path, at) for path, at, message in faults_of(folder) if says in message] == [(where, line)]


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="không phải là thư mục khóa học"):
        read_course(tmp_path / "khong-co")


def test_all_faults_of_all_files_are_told_at_once(folder: Path) -> None:
    edit(folder / "course.yaml", "hours: 2", "hours: hai")
    edit(folder / "course.yaml", "version: 1", "version: -1")
    edit(folder / "lessons" / "01-bat-dau.md", "minutes: 10", "minutes: 900")

    assert [(path, line) for path, line, _ in faults_of(folder)] == [
        ("course.yaml", 2),
        ("course.yaml", 7),
        ("lessons/01-bat-dau.md", 3),
    ]


def test_the_error_prints_path_line_and_message_in_both_languages(folder: Path) -> None:
    edit(folder / "course.yaml", "version: 1\n", "")
    with pytest.raises(MaterialError) as caught:
        read_course(folder)

    assert str(caught.value) == f"{folder.as_posix()}/course.yaml:1: Thiếu mục “version”."
    assert caught.value.in_english() == f"{folder.as_posix()}/course.yaml:1: The key “version” is missing."
