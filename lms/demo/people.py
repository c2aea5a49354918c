"""Invented people of some provinces, as two rosters that the real import reads. Pure: one seed, the same people."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

FAMILY: Final = "Nguyễn Trần Lê Phạm Hoàng Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Nông Lò Vàng Giàng Quách Triệu Đinh".split()
MIDDLE: Final = {
    "Nam": "Văn Đức Hữu Minh Quang Xuân Công Đình".split(),
    "Nữ": "Thị Thu Thanh Kim Ngọc Hồng Bích Mỹ".split(),
}
GIVEN: Final = {
    "Nam": "An Bình Cường Dũng Đạt Giang Hải Hùng Khánh Long Nam Phúc Quân Sơn Thắng Tuấn Vinh".split(),
    "Nữ": "Ánh Chi Dung Đào Hà Hạnh Hiền Hoa Hương Lan Linh Mai Nga Nhung Oanh Phượng Thảo Trang Yến".split(),
}
OFFICIAL_HEADER: Final = (
    "STT;Họ và tên;Ngày sinh;Giới tính;Số CCCD;Điện thoại;Email;Chức vụ;Đơn vị công tác;Cấp;"
    "Tỉnh/Thành phố;Xã/Phường;Ngày nhận nhiệm vụ"
).split(";")
LEADER_HEADER: Final = (
    "STT;Họ và tên;Ngày sinh;Giới tính;Số định danh cá nhân;SĐT;Thư điện tử;Chức danh;Tên tổ chức kinh tế;Loại hình;"
    "Mã số thuế;Nhóm sản phẩm;Tỉnh;Xã/phường/đặc khu;Tham gia từ ngày"
).split(";")
GROUPS: Final = (
    "Thực phẩm",
    "Đồ uống",
    "Dược liệu và sản phẩm từ dược liệu",
    "Hàng thủ công mỹ nghệ",
    "Dịch vụ du lịch cộng đồng, du lịch sinh thái và điểm du lịch",
)
FORMS: Final = (
    ("Hợp tác xã", "HTX", "Giám đốc"),
    ("Công ty TNHH", "Công ty TNHH", "Giám đốc"),
    ("Tổ hợp tác", "Tổ hợp tác", "Tổ trưởng"),
    ("Hộ kinh doanh", "Cơ sở", "Chủ hộ"),
)
PRODUCTS: Final = (
    "Chè Shan tuyết",
    "Mật ong hoa cà phê",
    "Miến dong",
    "Mây tre đan",
    "Tinh dầu tràm",
    "Gạo nếp nương",
    "Cà phê rang xay",
    "Du lịch cộng đồng",
)
EVERYONE_FROM: Final = date(2019, 1, 1)
UNTIL: Final = date(2026, 6, 30)


@dataclass(frozen=True)
class Place:
    """A commune of a province, as a roster names them."""

    province: str
    commune: str


@dataclass(frozen=True)
class Known:
    """A person who gets a demonstration account: told apart by the phone."""

    full_name: str
    phone: str


OFFICIAL: Final = Known("Lê Thị Thu Hà", "0912000001")
LEADER: Final = Known("Ma Seo Páo", "0912000002")


def rosters(provinces: Sequence[tuple[str, str, Sequence[str]]], random: Random) -> tuple[bytes, bytes]:
    """The rosters of officials and of leaders as CSV files.

    provinces: old province code for the ids, name, and names of communes with their kind. The first commune of the
    first province is where the known people work.
    """
    numbers = iter(range(100_000, 1_000_000))
    officials, leaders = [], []
    for index, (id_code, province, communes) in enumerate(provinces):
        for position, commune in enumerate(communes):
            place = Place(province, commune)
            is_first = index == 0 and position == 0
            officials.append(_official(place, id_code, random, next(numbers), OFFICIAL if is_first else None))
            leaders.append(_leader(place, id_code, random, next(numbers), LEADER if is_first else None))
            leaders.append(_leader(place, id_code, random, next(numbers), None))
        office = Place(province, "")
        officials.extend(_official(office, id_code, random, next(numbers), None) for _ in range(3))
    return _csv(OFFICIAL_HEADER, officials), _csv(LEADER_HEADER, leaders)


def _csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";")
    writer.writerow(header)
    writer.writerows([str(number), *row] for number, row in enumerate(rows, start=1))
    return target.getvalue().encode("utf-8-sig")


def _person(id_code: str, random: Random, number: int, known: Known | None) -> list[str]:
    sex = random.choice(("Nam", "Nữ"))
    if known is not None:
        sex = "Nữ" if "Thị" in known.full_name else "Nam"
    name = " ".join((random.choice(FAMILY), random.choice(MIDDLE[sex]), random.choice(GIVEN[sex])))
    born = date(1965, 1, 1) + timedelta(days=random.randrange(33 * 365))
    id_number = f"0{id_code}{1 if sex == 'Nữ' else 0}{born.year % 100:02}{number}"
    phone = f"09{random.choice('01345678')}{number:07}"
    return [
        known.full_name if known else name,
        born.strftime("%d/%m/%Y"),
        sex,
        id_number,
        known.phone if known else phone,
        "",
    ]


def _since(random: Random) -> str:
    return (EVERYONE_FROM + timedelta(days=random.randrange((UNTIL - EVERYONE_FROM).days))).strftime("%d/%m/%Y")


def _official(place: Place, id_code: str, random: Random, number: int, known: Known | None) -> list[str]:
    if place.commune:
        title = random.choice(("Phó Chủ tịch UBND", "Công chức kinh tế", "Chuyên viên"))
        office, level = f"UBND {place.commune}", "Xã"
    else:
        title = random.choice(("Trưởng phòng", "Chuyên viên", "Phó Chánh Văn phòng"))
        office, level = f"Văn phòng Điều phối nông thôn mới {place.province}", "Tỉnh"
    person = _person(id_code, random, number, known)
    return [*person, title, office, level, place.province, place.commune, _since(random)]


def _leader(place: Place, id_code: str, random: Random, number: int, known: Known | None) -> list[str]:
    form, short, title = FORMS[0] if known else random.choice(FORMS)
    product = PRODUCTS[0] if known else random.choice(PRODUCTS)
    name = f"{short} {product} {place.commune.split(' ', 1)[1]}" + ("" if known else f" {number % 1000}")
    tax_code = "" if form == "Tổ hợp tác" else _tax_code(id_code, number)
    person = _person(id_code, random, number, known)
    group = random.choice(GROUPS)
    return [*person, title, name, form, tax_code, group, place.province, place.commune, _since(random)]


def _tax_code(id_code: str, number: int) -> str:
    """Ten digits whose check digit is right; the serial is moved on until it can be."""
    while True:
        nine = f"{id_code}{number:07}"
        check = (
            10
            - sum(int(digit) * weight for digit, weight in zip(nine, (31, 29, 23, 19, 17, 13, 7, 5, 3), strict=True))
            % 11
        )
        if check < 10:
            return f"{nine}{check}"
        number += 1_000_000
