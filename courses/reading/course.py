"""The shape of a course as its trainer writes it, and the reader that makes it from a folder."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from courses.reading.faults import Faults
from courses.reading.files import PICTURE_LIMIT_BYTES, TEXT_LIMIT_BYTES, decode, is_inside, read_bytes
from courses.reading.tree import Table, read_table

COURSE_FILE = "course.yaml"
AUDIENCES = ("official", "leader")
ITEM_KINDS = ("lesson", "quiz", "exercise")

_FILE_NAMES = {
    "lesson": re.compile(r"lessons/[0-9]+-[a-z0-9]+(?:-[a-z0-9]+)*\.md"),
    "quiz": re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.yaml"),
    "exercise": re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\.yaml"),
}
_PICTURE_NAME = re.compile(r"pictures/[a-z0-9]+(?:-[a-z0-9]+)*\.(?:png|jpg|webp)")
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^()\s]*)\)")
_CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_HTML_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>")


@dataclass(frozen=True, slots=True)
class PictureSource:
    """One picture file that a lesson shows."""

    name: str
    """As written in the lesson, from the course folder: `pictures/chu-trinh.png`."""
    path: Path
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class LessonSource:
    """One lesson: its heading facts and its Markdown."""

    slug: str
    """The file's name without number and ending; stays the same when lessons are put in another order."""
    title: str
    minutes: int
    sources: tuple[str, ...]
    """The documents a lesson rests on, as they are shown below it."""
    text: str
    """Markdown; pictures are named as in `PictureSource.name`."""
    pictures: tuple[str, ...]
    """Names of the pictures shown, in order, each once."""
    path: Path


@dataclass(frozen=True, slots=True)
class ItemSource:
    """One step of a course, in the order in which learners meet it."""

    kind: str
    """`lesson`, `quiz` or `exercise`."""
    slug: str
    """Unique in the course."""
    title: str
    path: Path
    """The file; a quiz or an exercise is read from it by `assessments.reading`."""
    lesson: LessonSource | None
    """Only for a lesson."""


@dataclass(frozen=True, slots=True)
class CourseSource:
    """A whole course as written in its folder."""

    folder: Path
    code: str
    version: int
    title: str
    summary: str
    qualification: str
    """Code of the qualification that finishing the course gives."""
    audience: str
    """`official` or `leader`."""
    hours: int
    legal_basis: tuple[str, ...]
    items: tuple[ItemSource, ...]
    pictures: tuple[PictureSource, ...]
    """Every picture of every lesson, each once, by name."""
    digest: str
    """SHA-256 in hex over names and bytes of every file used: one changed byte gives another digest."""


def read_course(folder: Path) -> CourseSource:
    """Read a course folder.

    Quiz and exercise files are looked at only for their title; `assessments.reading` reads them whole.
    Raises MaterialError with every fault found.
    """
    faults = Faults()
    course = read_course_into(folder, faults)
    faults.raise_if_any()
    return course


def read_course_into(folder: Path, faults: Faults) -> CourseSource:
    """Read as much of a course as can be read, noting faults; fit for use only if none was noted."""
    files: dict[str, bytes] = {}
    items: list[ItemSource] = []
    pictures: dict[str, PictureSource] = {}
    code = title = summary = qualification = audience = ""
    version = hours = 0
    legal_basis: tuple[str, ...] = ()
    table = _read_course_table(folder, files, faults)
    if table:
        code = table.slug("code")
        version = table.whole("version", minimum=1, maximum=9999)
        title = table.text("title")
        summary = table.text("summary", max_characters=1000)
        qualification = table.slug("qualification")
        audience = table.one_of("audience", AUDIENCES)
        hours = table.whole("hours", minimum=1, maximum=500)
        legal_basis = table.texts("legal_basis")
        for entry in table.tables("items"):
            item = _read_item(folder, entry, files, pictures, faults)
            if item is None:
                continue
            if any(other.path == item.path for other in items):
                entry.note(
                    entry.line,
                    f"Tệp “{item.path.name}” được kể hai lần.",
                    f"The file “{item.path.name}” is listed twice.",
                )
            elif any(other.slug == item.slug for other in items):
                entry.note(
                    entry.line,
                    f"Hai phần cùng tên “{item.slug}”; hãy đổi tên một tệp.",
                    f"Two parts have the name “{item.slug}”; rename one file.",
                )
            items.append(item)
        table.close()
    return CourseSource(
        folder=folder,
        code=code,
        version=version,
        title=title,
        summary=summary,
        qualification=qualification,
        audience=audience,
        hours=hours,
        legal_basis=legal_basis,
        items=tuple(items),
        pictures=tuple(pictures[name] for name in sorted(pictures)),
        digest=_digest_of(files),
    )


def _digest_of(files: Mapping[str, bytes]) -> str:
    """Hash names and contents with their lengths, so that no two sets of files look alike."""
    digest = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def _read_course_table(folder: Path, files: dict[str, bytes], faults: Faults) -> Table | None:
    path = folder / COURSE_FILE
    if folder.is_symlink() or not folder.is_dir():
        faults.add(
            folder.as_posix(),
            1,
            "Đây không phải là thư mục khóa học (không nhận liên kết tượng trưng).",
            "This is not a course folder (a symbolic link is not taken).",
        )
        return None
    data = read_bytes(folder, COURSE_FILE, TEXT_LIMIT_BYTES, faults)
    if data is None:
        return None
    files[COURSE_FILE] = data
    text = decode(data, path.as_posix(), faults)
    return None if text is None else read_table(text, path.as_posix(), faults)


def _read_item(
    folder: Path,
    entry: Table,
    files: dict[str, bytes],
    pictures: dict[str, PictureSource],
    faults: Faults,
) -> ItemSource | None:
    keys = entry.keys()
    if len(keys) != 1 or keys[0] not in ITEM_KINDS:
        kinds = ", ".join(ITEM_KINDS)
        entry.note(
            entry.line,
            f"Mỗi phần của khóa học là một dòng với đúng một trong các từ: {kinds}.",
            f"Each part of the course is one line with exactly one of: {kinds}.",
        )
        return None
    kind = keys[0]
    before = faults.count
    name = entry.text(kind)
    if faults.count > before:
        return None
    if not is_inside(name):
        entry.note(
            entry.line_of(kind),
            f"“{name}” đi ra ngoài thư mục khóa học.",
            f"“{name}” leaves the course folder.",
        )
        return None
    if not _FILE_NAMES[kind].fullmatch(name):
        example = "lessons/01-ten-bai.md" if kind == "lesson" else f"{kind}.yaml"
        entry.note(
            entry.line_of(kind),
            f"Tên tệp “{name}” phải có dạng {example} (chữ thường không dấu, chữ số, gạch nối).",
            f"The file name “{name}” must look like {example} (small letters, digits, hyphens).",
        )
        return None
    data = read_bytes(folder, name, TEXT_LIMIT_BYTES, faults, named_at=(entry.path, entry.line_of(kind)))
    if data is None:
        return None
    files[name] = data
    path = folder / name
    text = decode(data, path.as_posix(), faults)
    if text is None:
        return None
    slug = re.sub(r"^[0-9]+-", "", path.stem) if kind == "lesson" else path.stem
    if kind == "lesson":
        lesson = _read_lesson(folder, path, slug, text, files, pictures, faults)
        return None if lesson is None else ItemSource(kind, slug, lesson.title, path, lesson)
    table = read_table(text, path.as_posix(), faults)
    return None if table is None else ItemSource(kind, slug, table.text("title"), path, None)


def _read_lesson(
    folder: Path,
    path: Path,
    slug: str,
    text: str,
    files: dict[str, bytes],
    pictures: dict[str, PictureSource],
    faults: Faults,
) -> LessonSource | None:
    lines = text.split("\n")
    where = path.as_posix()
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() == "---"), None)
    if lines[0].rstrip() != "---" or end is None:
        faults.add(
            where,
            1,
            "Bài học phải bắt đầu bằng phần đầu nằm giữa hai dòng “---”.",
            "A lesson must begin with a head between two lines “---”.",
        )
        return None
    head = read_table("\n".join(lines[1:end]), where, faults, first_line=2)
    if head is None:
        return None
    title = head.text("title")
    minutes = head.whole("minutes", minimum=1, maximum=240)
    sources = head.texts("sources")
    head.close()
    body = "\n".join(lines[end + 1 :])
    if not body.strip():
        faults.add(where, end + 2, "Bài học chưa có nội dung.", "The lesson has no text.")
    shown = _look_through(folder, where, lines, end + 1, files, pictures, faults)
    return LessonSource(slug, title, minutes, sources, body.strip() + "\n", shown, path)


def _look_through(
    folder: Path,
    where: str,
    lines: list[str],
    first: int,
    files: dict[str, bytes],
    pictures: dict[str, PictureSource],
    faults: Faults,
) -> tuple[str, ...]:
    """Check the Markdown line by line, leaving out code, and take up the pictures that it shows."""
    shown: dict[str, None] = {}
    fence = ""
    for number, raw in enumerate(lines[first:], start=first + 1):
        mark = _FENCE.match(raw)
        if fence:
            if mark and mark[1].startswith(fence) and not raw.strip().strip(fence[0]):
                fence = ""
            continue
        if mark:
            fence = mark[1]
            continue
        line = _CODE_SPAN.sub("", raw)
        if line.startswith("# "):
            faults.add(
                where,
                number,
                "Tên bài đã nằm ở phần đầu; các mục trong bài bắt đầu từ “## ”.",
                "The title is in the head; headings in the text begin with “## ”.",
            )
        if _HTML_TAG.search(line):
            faults.add(
                where,
                number,
                "Không dùng thẻ HTML; hãy viết bằng Markdown.",
                "HTML tags are not taken; write Markdown.",
            )
        if line.count("![") != len(_PICTURE.findall(line)):
            faults.add(
                where,
                number,
                "Hình viết sai cách; đúng là: ![mô tả hình](pictures/ten-hinh.png)",
                "The picture is not written right; write: ![description](pictures/name.png)",
            )
        for description, name in _PICTURE.findall(line):
            if not description.strip():
                faults.add(
                    where,
                    number,
                    f"Hình “{name}” chưa có lời mô tả cho người không nhìn thấy hình.",
                    f"The picture “{name}” has no description for people who cannot see it.",
                )
            picture = pictures.get(name) or _read_picture(folder, name, where, number, faults)
            if picture:
                files[name] = picture.data
                pictures[name] = picture
                shown[name] = None
    return tuple(shown)


def _read_picture(folder: Path, name: str, where: str, line: int, faults: Faults) -> PictureSource | None:
    if not is_inside(name):
        faults.add(
            where,
            line,
            f"Hình “{name}” nằm ngoài thư mục khóa học.",
            f"The picture “{name}” lies outside the course folder.",
        )
        return None
    if not _PICTURE_NAME.fullmatch(name):
        faults.add(
            where,
            line,
            f"Tên hình “{name}” phải có dạng pictures/ten-hinh.png (png, jpg hoặc webp).",
            f"The picture's name “{name}” must look like pictures/name.png (png, jpg or webp).",
        )
        return None
    data = read_bytes(folder, name, PICTURE_LIMIT_BYTES, faults, named_at=(where, line))
    if data is None:
        return None
    media_type = _media_type_of(data)
    if media_type != {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}[name.rsplit(".", 1)[1]]:
        faults.add(
            where,
            line,
            f"Tệp “{name}” không phải là hình đúng như đuôi tên của nó.",
            f"The file “{name}” is not the kind of picture that its name says.",
        )
        return None
    return PictureSource(name, folder / name, media_type, data)


def _media_type_of(data: bytes) -> str | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None
