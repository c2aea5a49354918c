"""The keys under which people are counted: a cut and a line of it, such as 'group/cooperative'. Pure."""

from functools import lru_cache
from typing import Final

from lms.registry.rules.products import PRODUCTS, PRODUCTS_2019

UNKNOWN: Final = "unknown"
CUTS: Final = ("group", "sex", "product", "product-2019", "origin", "source")


@lru_cache(maxsize=64)
def personal_keys(sex: str | None) -> tuple[str, ...]:
    """Cuts that hold for a person whatever the post."""
    return (f"sex/{sex or UNKNOWN}",)


@lru_cache(maxsize=4096)
def post_keys(
    level: str | None,
    organisation_kind: str | None,
    product_group: str | None,
    product_group_2019: str | None,
    origin: str | None,
) -> frozenset[str]:
    """Cuts of a post: an official's by level; a leader's by kind, product group and origin of the organisation."""
    if organisation_kind is None:
        return frozenset({f"group/{level}"})
    return frozenset(
        {
            f"group/{organisation_kind}",
            f"product/{PRODUCTS.get(product_group or '', UNKNOWN)}",
            f"product-2019/{PRODUCTS_2019.get(product_group_2019 or '', UNKNOWN)}",
            f"origin/{origin or UNKNOWN}",
        }
    )
