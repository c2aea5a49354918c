"""Roster files made for tests: one good row of each kind, of which a test changes what it is about."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any, Final

import openpyxl

OFFICIAL: Final[dict[str, Any]] = {
    "STT": 1,
    "Họ và tên": "Trần Đức Tuấn",
    "Ngày sinh": "13/03/1989",
    "Giới tính": "Nam",
    "Số CCCD": "075089060816",
    "Điện thoại": "0928816302",
    "Email": "tuan@example.vn",
    "Chức vụ": "Chuyên viên",
    "Đơn vị công tác": "UBND Xã Tân Lợi",
    "Cấp": "Xã",
    "Tỉnh/Thành phố": "Thành phố Đồng Nai",
    "Xã/Phường": "Xã Tân Lợi",
    "Ngày nhận nhiệm vụ": "01/02/2019",
}
LEADER: Final[dict[str, Any]] = {
    "STT": 1,
    "Họ và tên": "Phan Thị Dung",
    "Ngày sinh": "31/08/1965",
    "Giới tính": "Nữ",
    "Số định danh cá nhân": "095165530957",
    "SĐT": "0553782417",
    "Thư điện tử": "dung@example.vn",
    "Chức danh": "Giám đốc",
    "Tên tổ chức kinh tế": "HTX Hồ tiêu Tân Lợi",
    "Loại hình": "Hợp tác xã",
    "Mã số thuế": "7936173040",
    "Nhóm sản phẩm": "Thực phẩm",
    "Tỉnh": "Đồng Nai",
    "Xã/phường/đặc khu": "Xã Tân Lợi",
    "Tham gia từ ngày": "12/11/2025",
}


def official(**changes: Any) -> dict[str, Any]:
    """An official's row; names of columns that are no Python names go through a dict: official(**{"Số CCCD": …})."""
    return {**OFFICIAL, **changes}


def leader(**changes: Any) -> dict[str, Any]:
    """A leader's row."""
    return {**LEADER, **changes}


def csv_file(*rows: dict[str, Any], above: str = "", below: str = "", delimiter: str = ";") -> bytes:
    """A CSV file as spreadsheet programs write it: BOM, semicolons, CRLF."""
    header = list(rows[0])
    lines = [header, *([row.get(name) for name in header] for row in rows)]
    body = "".join(delimiter.join(_quoted(cell) for cell in line) + "\r\n" for line in lines)
    return (above + body + below).encode("utf-8-sig")


def _quoted(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ';,"\n\t') else text


def xlsx_file(*rows: dict[str, Any], above: Sequence[Sequence[Any]] = (), below: Iterable[Sequence[Any]] = ()) -> bytes:
    """An XLSX file. A text that begins with '=' becomes a formula, as where it is typed."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    header = list(rows[0])
    for line in (*above, header, *([row.get(name) for name in header] for row in rows), *below):
        sheet.append(list(line))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(content: bytes, changes: dict[str, bytes | None], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An XLSX file with some of its parts replaced, added or (None) left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", compression) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            if data is not None:
                new.writestr(name, data)
    return target.getvalue()
