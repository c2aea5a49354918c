"""The groups of products that the programme knows, by their official names; each with a short key."""

from typing import Final

PRODUCTS: Final[dict[str, str]] = {
    "Thực phẩm": "food",
    "Đồ uống": "drinks",
    "Dược liệu và sản phẩm từ dược liệu": "herbal",
    "Hàng thủ công mỹ nghệ": "crafts",
    "Sinh vật cảnh": "ornamental",
    "Dịch vụ du lịch cộng đồng, du lịch sinh thái và điểm du lịch": "tourism",
}
"""The six groups of the set of 2023 (QĐ 148/QĐ-TTg)."""
PRODUCTS_2019: Final[dict[str, str]] = {
    "Thực phẩm": "food",
    "Đồ uống": "drinks",
    "Thảo dược": "herbal",
    "Vải và may mặc": "textiles",
    "Lưu niệm - nội thất - trang trí": "souvenirs",
    "Dịch vụ du lịch nông thôn, bán hàng": "services",
}
"""The six groups of 2018 to 2022 (QĐ 490/QĐ-TTg, QĐ 1048/QĐ-TTg)."""
