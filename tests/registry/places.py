"""A small country for tests of pure rules: three provinces of today, two of before, some communes."""

from typing import Final

from lms.registry.rules.units import Place, Places, places_of, unit_key


def _place(number: int, path: str, name: str, kind: str, *kinds: str) -> Place:
    return Place(number, path, unit_key(name), name, kind, frozenset((kind, *kinds)))


CENTRE: Final = Place(1, "vn", "việt nam", "Việt Nam", "country")
DONG_NAI: Final = _place(2, "vn/75", "Đồng Nai", "thanh_pho", "tinh")
HUE: Final = _place(3, "vn/46", "Huế", "thanh_pho")
LAO_CAI: Final = _place(4, "vn/15", "Lào Cai", "tinh")
HO_CHI_MINH: Final = _place(5, "vn/79", "Hồ Chí Minh", "thanh_pho")
KHANH_HOA: Final = _place(6, "vn/56", "Khánh Hòa", "tinh")
TAN_LOI: Final = _place(10, "vn/75/25993", "Tân Lợi", "xa")
TAM_PHUOC: Final = _place(11, "vn/75/26368", "Tam Phước", "phuong", "xa")
THUY_XUAN: Final = _place(12, "vn/46/19777", "Thủy Xuân", "phuong")
MDRAK: Final = _place(13, "vn/15/24733", "M'Drắk", "xa")
BAC_HA: Final = _place(14, "vn/15/02947", "Bắc Hà", "xa")
BAC_HA_WARD: Final = _place(15, "vn/15/02948", "Bắc Hà", "phuong")

PLACES: Final[Places] = places_of(
    CENTRE,
    [DONG_NAI, HUE, LAO_CAI, HO_CHI_MINH, KHANH_HOA],
    [TAN_LOI, TAM_PHUOC, THUY_XUAN, MDRAK, BAC_HA, BAC_HA_WARD],
    former={unit_key("Bình Phước"): DONG_NAI, unit_key("Yên Bái"): LAO_CAI, unit_key("Lào Cai"): LAO_CAI},
    spellings={unit_key("TP.HCM"): HO_CHI_MINH, unit_key("Thừa Thiên Huế"): HUE},
)
