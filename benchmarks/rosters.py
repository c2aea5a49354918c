"""Makes a roster of officials as provinces send them: long, mostly right, here and there odd."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import aliased

from lms.core.db import db
from lms.registry.models import Level, Unit
from lms.registry.queries import TODAY_LIST

SEED: Final = 2018
HEADER: Final = (
    "STT",
    "Họ và tên",
    "Ngày sinh",
    "Giới tính",
    "Số CCCD",
    "Điện thoại",
    "Email",
    "Chức vụ",
    "Đơn vị công tác",
    "Cấp",
    "Tỉnh/thành phố",
    "Xã/phường",
    "Ngày nhận nhiệm vụ",
)
FAMILIES: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Nông", "Lò", "Giàng")
MIDDLES: Final = ("Văn", "Thị", "Đức", "Minh", "Thu", "Quang", "Ngọc", "Hồng", "Xuân", "Thanh", "Kim", "Mạnh")
GIVEN: Final = ("Hà", "Hùng", "Hương", "Thúy", "Bình", "Đào", "Páo", "Sơn", "Lan", "Ẩn", "Nguyệt", "Tú", "Vân", "Yến")
TITLES: Final = ("Phó Chủ tịch UBND", "Công chức kinh tế", "Chuyên viên", "Trưởng phòng Kinh tế")
ODD_EVERY: Final = 50
"""Of so many rows one is odd: an id that is too short, a birthday that is none, a telephone that is none, a name in
capitals, the row before once more."""


def communes(most: int) -> list[tuple[str, str]]:
    """Province and commune of units of today, spread over the country."""
    province = aliased(Unit)
    found = db.session.execute(
        select(province.name, Unit.name)
        .join(province, province.id == Unit.parent_id)
        .where(Unit.level == Level.COMMUNE, Unit.code_list == TODAY_LIST)
        .order_by(Unit.code)
    ).all()
    return [(row[0], row[1]) for row in found[:: max(len(found) // most, 1)]][:most]


def roster(people: int, places: Sequence[tuple[str, str]]) -> bytes:
    """A CSV file of this many rows; the same one each time."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";")
    writer.writerow(HEADER)
    for number, row in enumerate(_rows(people, places, Random(SEED)), start=1):
        writer.writerow([number, *row])
    return target.getvalue().encode("utf-8-sig")


def _rows(people: int, places: Sequence[tuple[str, str]], random: Random) -> Iterator[list[str]]:
    row: list[str] = []
    for number in range(people):
        odd = number // ODD_EVERY % 5 if number % ODD_EVERY == ODD_EVERY - 1 else None
        if odd == 0:
            yield row
            continue
        row = _right(number, places[number % len(places)], random)
        if odd == 1:
            row[3] = row[3][:9]
        elif odd == 2:
            row[1] = "31/02/1980"
        elif odd == 3:
            row[4] = "không rõ"
        elif odd == 4:
            row[0] = row[0].upper()
        yield row


def _right(number: int, place: tuple[str, str], random: Random) -> list[str]:
    is_woman = random.random() < 0.5
    born = date(1966, 1, 1) + timedelta(days=random.randrange(33 * 365))
    since = date(2025, 7, 1) + timedelta(days=random.randrange(400))
    province, commune = place
    return [
        " ".join((random.choice(FAMILIES), random.choice(MIDDLES), random.choice(GIVEN))),
        f"{born:%d/%m/%Y}",
        "Nữ" if is_woman else "Nam",
        f"0{random.choice(('01', '38', '68', '75', '92'))}{int(is_woman)}{born.year % 100:02}{number:06}",
        f"09{number:08}",
        f"nguoi{number}@example.vn",
        random.choice(TITLES),
        f"UBND {commune}",
        "Xã",
        province,
        commune,
        f"{since:%d/%m/%Y}",
    ]
