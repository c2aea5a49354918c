"""The keys under which people are counted: a cut and a line of it, such as 'group/cooperative'. Pure."""

from functools import lru_cache
from typing import Final

from lms.registry.rules.products import PRODUCTS, PRODUCTS_2019

UNKNOWN: Final = "unknown"
CUTS: Final = ("group", "sex", "product", "product-2019", "origin", "source")
_LETTERS: Final = dict(zip(CUTS, "gspqor", strict=True))
_CUT_OF: Final = {letter: cut for cut, letter in _LETTERS.items()}
MIX: Final = " "
"""How a mix of keys begins and ends, and what parts its keys; no key holds it."""


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


@lru_cache(maxsize=65_536)
def mix_of(keys: tuple[str, ...]) -> str:
    """Several keys written as one, short since very many are kept: ' gcooperative sfemale '."""
    return MIX + MIX.join(map(_word, keys)) + MIX


def is_mix(key: str) -> bool:
    """Whether a key is a mix of several."""
    return key.startswith(MIX)


@lru_cache(maxsize=65_536)
def keys_of(mix: str) -> tuple[str, ...]:
    """The keys of a mix: undoes `mix_of`."""
    return tuple(f"{_CUT_OF[word[0]]}/{word[1:]}" for word in mix.split())


def pattern_of(key: str) -> str:
    """What a mix is like, in the sense of SQL, that holds a key."""
    return f"%{mix_of((key,))}%"


def _word(key: str) -> str:
    cut, _slash, line = key.partition("/")
    return _LETTERS[cut] + line
