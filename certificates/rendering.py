"""The printed form of a certificate: one A4 page as PDF, made on demand from the register and never stored.

The same line of the register always gives the same bytes. The signed payload travels inside as an attachment,
so that a file can be checked without the page that it was fetched from.
"""

import base64
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pypdf
import qrcode
from babel.dates import format_date
from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, XPos, YPos
from pypdf.errors import PyPdfError
from qrcode.constants import ERROR_CORRECT_Q

from certificates.rules import Fields

FONTS: Final = Path(__file__).parent / "fonts"
STYLES: Final = ("Regular", "SemiBold", "Bold", "Italic")
ATTACHMENT: Final = "certificate.json"
FORMAT: Final = "ocop-certificate"

Colour = tuple[int, int, int]
# As in static/css/tokens.css.
INK: Final[Colour] = (28, 42, 34)
INK_SOFT: Final[Colour] = (83, 96, 87)
LEAF: Final[Colour] = (23, 88, 59)
LEAF_DEEP: Final[Colour] = (15, 61, 41)
TURMERIC: Final[Colour] = (234, 174, 35)
BRICK: Final[Colour] = (159, 45, 28)
FAINT_LEAF: Final[Colour] = (244, 248, 243)

# Millimetres on A4 landscape.
WIDTH: Final = 297.0
HEIGHT: Final = 210.0
MARGIN: Final = 9.0
QR_SIZE: Final = 42.0
"""With its quiet zone of 4 modules on each side; the code itself is 34 mm or more."""
QUIET: Final = 4
BODY: Final = (79.5, 144.5)
"""Between which the statement stands, however long its parts are."""
FOOT: Final = 148.5
"""Where the lower part begins: code, number, day and issuer."""
TEXT_WIDTH: Final = 226.0
POINT: Final = 25.4 / 72


@dataclass(frozen=True)
class Trial:
    """A way to set a text: on so many lines, at a size (points) from `size` down to `least`."""

    lines: int
    size: float
    least: float


@dataclass(frozen=True)
class Setting:
    """A text as it will be set."""

    lines: Sequence[str]
    style: str
    size: float
    leading: float

    @property
    def height(self) -> float:
        """In mm."""
        return len(self.lines) * self.size * POINT * self.leading


@dataclass(frozen=True)
class Seal:
    """What makes a certificate checkable: the signed bytes, the key's id and the signature."""

    payload: bytes
    key_id: str
    signature: bytes


class NotACertificate(ValueError):
    """The file cannot be read, or no certificate of this system is in it."""


def pdf_of(fields: Fields, seal: Seal, *, verify_url: str, look_up: str, is_revoked: bool = False) -> bytes:
    """The PDF of a certificate.

    verify_url: the address in the QR code.
    look_up: the short address at which the number can be typed in, as it is printed.
    is_revoked: printed across the page.
    """
    page = _Page(fields)
    page.draw_ground()
    page.draw_heading()
    page.draw_statement()
    page.draw_code(verify_url, look_up)
    page.draw_issue()
    if is_revoked:
        page.draw_revoked()
    page.attach(seal)
    return page.content()


def matrix_of(text: str) -> list[list[bool]]:
    """The QR code of a text at error level Q, with its quiet zone."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def read_seal(content: bytes) -> Seal:
    """What is attached to a certificate's PDF. Raises NotACertificate; the file may be anybody's."""
    try:
        attachments = pypdf.PdfReader(BytesIO(content)).attachments
        attached = attachments.get(ATTACHMENT, [])
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise NotACertificate("not a readable PDF") from error
    if len(attached) != 1:
        raise NotACertificate("no certificate is attached")
    try:
        told = json.loads(attached[0])
        if told["format"] != FORMAT:
            raise NotACertificate("attached is something else")
        return Seal(
            base64.b64decode(told["payload"], validate=True),
            str(told["key_id"]),
            base64.b64decode(told["signature"], validate=True),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotACertificate("what is attached cannot be read") from error


def long_day(day: date) -> str:
    """'ngày 05 tháng 02 năm 2026': in documents, days under 10 and the first two months have a leading zero."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def english_day(day: date) -> str:
    """'5 February 2026', whatever the locale of the machine."""
    return str(format_date(day, "d MMMM y", locale="en"))


class _Page:
    """One certificate being drawn."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        pdf = self.pdf = FPDF("landscape", "mm", "A4")
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        pdf.c_margin = 0
        pdf.set_creation_date(fields.issued_at)
        pdf.set_lang("vi")
        pdf.set_title(f"Giấy chứng nhận số {fields.number} - {fields.holder_name}")
        pdf.set_subject(fields.title)
        pdf.set_author(fields.issuer)
        pdf.set_creator(fields.issuer)
        for style in STYLES:
            pdf.add_font(style, "", FONTS / f"BeVietnamPro-{style}.ttf")
        pdf.add_page()

    def draw_ground(self) -> None:
        """A thin double frame, a woven hem along its upper and lower edge, and the mark, faint, behind the text."""
        pdf = self.pdf
        self._mark(WIDTH / 2, 104, 88, FAINT_LEAF)
        pdf.set_draw_color(*LEAF_DEEP)
        pdf.set_line_width(0.7)
        pdf.rect(MARGIN, MARGIN, WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN)
        pdf.set_draw_color(*TURMERIC)
        pdf.set_line_width(0.25)
        pdf.rect(MARGIN + 4.6, MARGIN + 4.6, WIDTH - 2 * MARGIN - 9.2, HEIGHT - 2 * MARGIN - 9.2)
        inner = WIDTH - 2 * MARGIN - 0.7
        for top, point in ((MARGIN + 0.35, 1), (HEIGHT - MARGIN - 0.35, -1)):
            pdf.set_fill_color(*LEAF_DEEP)
            pdf.rect(MARGIN + 0.35, top if point > 0 else top - 2.7, inner, 2.7, style="F")
            count = round(inner / 4.2)
            step = inner / count
            pdf.set_fill_color(*TURMERIC)
            for index in range(count):
                left = MARGIN + 0.35 + index * step
                near, far = top + point * 0.45, top + point * 2.25
                pdf.polygon([(left + step * 0.14, far), (left + step / 2, near), (left + step * 0.86, far)], style="F")

    def draw_heading(self) -> None:
        """The nation's name and motto, the issuer, and what this paper is."""
        self._line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 22.2, "SemiBold", 12, INK, spacing=0.25)
        self._line("Độc lập - Tự do - Hạnh phúc", 28.6, "SemiBold", 11, INK)
        self._rule(35.0, 42, INK, 0.25)
        issuer = self._set(
            self.fields.issuer.upper(), "SemiBold", [Trial(1, 11.5, 8.5), Trial(2, 8.5, 4.5)], leading=1.25
        )
        self._lines(issuer, 42.6 - issuer.height / 2, LEAF)
        self._line("GIẤY CHỨNG NHẬN", 50.6, "Bold", 36, LEAF_DEEP, spacing=1.4)
        self._line("CERTIFICATE OF COMPLETION", 66.0, "Regular", 9.5, INK_SOFT, spacing=1.6)
        self._ornament(74.4)

    def draw_statement(self) -> None:
        """Who completed what, and when; the space that short texts leave is shared out between the parts."""
        fields = self.fields
        name = self._set(fields.holder_name, "Bold", [Trial(1, 34, 25), Trial(2, 24, 9)], leading=1.22)
        title = self._set(fields.title, "SemiBold", [Trial(1, 19, 16), Trial(2, 16, 5)], leading=1.3)
        done = f"Hoàn thành {long_day(fields.awarded_on)}"
        done_english = f"completed on {english_day(fields.awarded_on)}"
        if fields.hours is not None:
            done = f"Thời lượng {fields.hours} giờ học  ·  {done}"
            done_english = f"{fields.hours} {'hour' if fields.hours == 1 else 'hours'} of study, {done_english}"

        def draw_done(top: float) -> None:
            self._line(done, top, "Regular", 11.5, INK)
            self._line(done_english, top + 5.8, "Italic", 8.5, INK_SOFT)

        phrase = 5.0
        parts: list[tuple[float, float, Callable[[float], None]]] = [
            (0, phrase, lambda top: self._pair("Chứng nhận", "This is to certify that", top)),
            (1.5, name.height, lambda top: self._lines(name, top, LEAF_DEEP)),
        ]
        if fields.holder_birth_year is not None:
            born = f"Sinh năm {fields.holder_birth_year}"
            english = f"born in {fields.holder_birth_year}"
            parts.append((0.6, phrase, lambda top: self._pair(born, english, top)))
        parts += [
            (1.6, phrase, lambda top: self._pair("đã hoàn thành khóa học", "has completed the course", top)),
            (1.2, title.height, lambda top: self._lines(title, top, INK)),
            (0.8, 9.2, draw_done),
        ]
        top, end = BODY
        share = (end - top - sum(height for _, height, _ in parts)) / (sum(gap for gap, _, _ in parts) + 1)
        share = min(max(share, 0.4), 3.6)
        for gap, height, draw in parts:
            top += gap * share
            draw(top)
            top += height

    def draw_code(self, verify_url: str, look_up: str) -> None:
        """The QR code, and for those without a camera the number and where to type it."""
        pdf = self.pdf
        left, top = 16.5, FOOT
        matrix = matrix_of(verify_url)
        module = QR_SIZE / len(matrix)
        pdf.set_fill_color(255, 255, 255)
        pdf.rect(left, top, QR_SIZE, QR_SIZE, style="F")
        pdf.set_fill_color(0, 0, 0)
        for row, modules in enumerate(matrix):
            column = 0
            while column < len(modules):
                start = column
                while column < len(modules) and modules[column]:
                    column += 1
                if column > start:
                    pdf.rect(left + start * module, top + row * module, (column - start) * module, module, style="F")
                column += 1
        beside = left + QR_SIZE + 1.5
        self._at(beside, top + 5.0, "Số vào sổ", "Regular", 8.5, INK_SOFT, english="No.")
        self._at(beside, top + 9.4, self.fields.number, "SemiBold", 13, INK)
        self._at(
            beside,
            top + 19.4,
            "Quét mã, hoặc nhập số tại",
            "Regular",
            8.5,
            INK_SOFT,
            english="Scan, or enter the number at",
        )
        address = self._set(look_up, "SemiBold", [Trial(1, 11, 5)], leading=1, width=94)
        self._at(beside, top + 24.0, address.lines[0], "SemiBold", address.size, INK)
        self._at(
            beside,
            top + 31.4,
            "Bản điện tử để tra cứu. Hãy so họ tên và năm sinh với căn cước.",
            "Regular",
            8,
            INK_SOFT,
        )
        self._at(beside, top + 35.4, "Ghi nhận kết quả học tập, không phải hạng sao OCOP.", "Regular", 8, INK_SOFT)

    def draw_issue(self) -> None:
        """The day of issue and who issues, where a signature stands on other papers."""
        pdf = self.pdf
        left, width = 176.0, 100.0
        issued = self.fields.issued_on
        self._line(long_day(issued).capitalize(), FOOT + 5.2, "Italic", 11, INK, left=left, width=width)
        self._line(f"Issued on {english_day(issued)}", FOOT + 10.8, "Italic", 8.5, INK_SOFT, left=left, width=width)
        pdf.set_draw_color(*TURMERIC)
        pdf.set_line_width(0.4)
        pdf.line(left + width / 2 - 12, FOOT + 17.8, left + width / 2 + 12, FOOT + 17.8)
        self._line("ĐƠN VỊ CẤP", FOOT + 20.8, "Regular", 8.5, INK_SOFT, left=left, width=width, spacing=0.8)
        issuer = self._set(
            self.fields.issuer,
            "SemiBold",
            [Trial(1, 11.5, 10), Trial(2, 11.5, 9), Trial(3, 9, 4)],
            leading=1.3,
            width=width,
        )
        self._lines(issuer, FOOT + 26.4, LEAF_DEEP, left=left, width=width)

    def draw_revoked(self) -> None:
        """Across the page, so that a copy printed after the withdrawal says so itself."""
        pdf = self.pdf
        with pdf.rotation(angle=18, x=WIDTH / 2, y=HEIGHT / 2), pdf.local_context(fill_opacity=0.22):
            self._line("ĐÃ THU HỒI", HEIGHT / 2 - 18, "Bold", 96, BRICK, spacing=3)

    def attach(self, seal: Seal) -> None:
        """Put the signed bytes into the file."""
        told = {
            "format": FORMAT,
            "payload": base64.b64encode(seal.payload).decode(),
            "key_id": seal.key_id,
            "signature": base64.b64encode(seal.signature).decode(),
        }
        self.pdf.embed_file(
            bytes=json.dumps(told, sort_keys=True).encode(),
            basename=ATTACHMENT,
            mime_type="application/json",
            creation_date=self.fields.issued_at,
            modification_date=self.fields.issued_at,
        )

    def content(self) -> bytes:
        """The finished file."""
        return bytes(self.pdf.output())

    def _line(
        self,
        text: str,
        top: float,
        style: str,
        size: float,
        colour: Colour,
        *,
        left: float = 0,
        width: float = WIDTH,
        spacing: float = 0,
    ) -> None:
        """One centred line. top: upper edge in mm; size and spacing between letters in points."""
        pdf = self.pdf
        pdf.set_font(style, size=size)
        pdf.set_char_spacing(spacing)
        pdf.set_text_color(*colour)
        # The spacing after the last letter would pull the line off its centre.
        pdf.set_xy(left + spacing * POINT / 2, top)
        pdf.cell(width, size * POINT, text, align=Align.C)
        pdf.set_char_spacing(0)

    def _at(
        self, left: float, top: float, text: str, style: str, size: float, colour: Colour, *, english: str = ""
    ) -> None:
        """A line that begins at a place, with its English after it."""
        pdf = self.pdf
        pdf.set_text_color(*colour)
        pdf.set_xy(left, top)
        pdf.set_font(style, size=size)
        pdf.cell(None, size * POINT, text, new_x=XPos.RIGHT, new_y=YPos.TOP)
        if english:
            pdf.set_font("Italic", size=size - 0.5)
            pdf.cell(None, size * POINT, f"  /  {english}", new_x=XPos.RIGHT, new_y=YPos.TOP)

    def _pair(self, text: str, english: str, top: float) -> None:
        """A phrase in Vietnamese and, smaller, in English, centred together."""
        pdf = self.pdf
        pdf.set_font("Italic", size=8.5)
        english_width = pdf.get_string_width(english)
        pdf.set_font("Regular", size=11.5)
        text_width = pdf.get_string_width(text)
        left = (WIDTH - text_width - 3 - english_width) / 2
        pdf.set_text_color(*INK)
        pdf.set_xy(left, top)
        pdf.cell(text_width, 5, text)
        pdf.set_font("Italic", size=8.5)
        pdf.set_text_color(*INK_SOFT)
        pdf.set_xy(left + text_width + 3, top + 0.45)
        pdf.cell(english_width, 5, english)

    def _lines(self, setting: Setting, top: float, colour: Colour, *, left: float = 0, width: float = WIDTH) -> None:
        """A text as it was set, line by line, centred."""
        for text in setting.lines:
            step = setting.size * POINT * setting.leading
            self._line(
                text,
                top + (step - setting.size * POINT) / 2,
                setting.style,
                setting.size,
                colour,
                left=left,
                width=width,
            )
            top += step

    def _set(
        self, text: str, style: str, trials: Sequence[Trial], *, leading: float, width: float = TEXT_WIDTH
    ) -> Setting:
        """The first and largest way in which a text fits; its lines about equally long."""
        for trial in trials:
            size = trial.size
            while size >= trial.least:
                wrapped = self._wrapped(text, style, size, width)
                if len(wrapped) <= trial.lines:
                    return Setting(self._balanced(text, style, size, width, wrapped), style, size, leading)
                size -= 0.5
        last = trials[-1]
        return Setting(self._wrapped(text, style, last.least, width), style, last.least, leading)

    def _balanced(self, text: str, style: str, size: float, width: float, wrapped: list[str]) -> list[str]:
        if len(wrapped) == 1:
            return wrapped
        for percent in range(50, 100, 4):
            tried = self._wrapped(text, style, size, width * percent / 100)
            if len(tried) == len(wrapped):
                return tried
        return wrapped

    def _wrapped(self, text: str, style: str, size: float, width: float) -> list[str]:
        self.pdf.set_font(style, size=size)
        found: Any = self.pdf.multi_cell(width, None, text, align=Align.L, dry_run=True, output=MethodReturnValue.LINES)
        return [str(part) for part in found]

    def _rule(self, y: float, length: float, colour: Colour, thickness: float) -> None:
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(thickness)
        self.pdf.line((WIDTH - length) / 2, y, (WIDTH + length) / 2, y)

    def _ornament(self, y: float) -> None:
        """A hairline on both sides of the mark."""
        pdf = self.pdf
        pdf.set_draw_color(*TURMERIC)
        pdf.set_line_width(0.3)
        for sign in (-1, 1):
            pdf.line(WIDTH / 2 + sign * 5, y, WIDTH / 2 + sign * 46, y)
        self._mark(WIDTH / 2, y - 0.4, 6, LEAF, seed=TURMERIC)

    def _mark(self, x: float, y: float, size: float, leaf: Colour, *, seed: Colour | None = None) -> None:
        """Two leaves and, where it has a colour, the seed, as in static/img/mark.svg; centred on a point."""
        unit = size / 32
        pdf = self.pdf

        def point(across: float, down: float) -> tuple[float, float]:
            return x + (across - 20) * unit, y + (down - 18.5) * unit

        def curve(start: tuple[float, float], *controls: tuple[float, float]) -> list[tuple[float, float]]:
            one, two, end = controls
            return [
                point(*(_bezier(start[axis], one[axis], two[axis], end[axis], step / 16) for axis in (0, 1)))
                for step in range(17)
            ]

        pdf.set_fill_color(*leaf)
        for mirrored in (False, True):

            def side(across: float, down: float, mirrored: bool = mirrored) -> tuple[float, float]:
                return (40 - across if mirrored else across), down

            outline = curve(side(19, 34), side(8, 33), side(3, 25), side(4, 10))
            outline += curve(side(4, 10), side(13, 11), side(19, 17), side(19, 34))
            pdf.polygon(outline, style="F")
        if seed is None:
            return
        pdf.set_fill_color(*seed)
        centre = point(20, 8)
        pdf.circle(centre[0], centre[1], 5 * unit, style="F")


def _bezier(start: float, one: float, two: float, end: float, share: float) -> float:
    rest = 1 - share
    return rest**3 * start + 3 * math.pow(rest, 2) * share * one + 3 * rest * math.pow(share, 2) * two + share**3 * end
