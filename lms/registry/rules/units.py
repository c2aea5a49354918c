"""Finding the unit that a written name means: today's names, names of before 2025, and spellings that people use."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from lms.registry.rules.names import has_marks, match_key, search_key, tidy

KIND_WORDS: Final = {
    "tỉnh": "tinh",
    "thành phố": "thanh_pho",
    "tp": "thanh_pho",
    "xã": "xa",
    "phường": "phuong",
    "đặc khu": "dac_khu",
    "thị trấn": "thi_tran",
    "x": "xa",
    "p": "phuong",
    "tt": "thi_tran",
}
"""How a unit's kind is written before its name. Townships (thị trấn) ended with the districts."""
UNMARKED_KINDS: Final = {search_key(word): kind for word, kind in KIND_WORDS.items()}
TODAY_LIST: Final = "vn-2025"
"""The list of codes of today: they stand alone, those of other lists after the name of theirs."""
KIND_NAMES: Final = {
    "country": "Nước",
    "tinh": "Tỉnh",
    "thanh_pho": "Thành phố",
    "xa": "Xã",
    "phuong": "Phường",
    "dac_khu": "Đặc khu",
}
FULL_KIND: Final = re.compile(r"(tỉnh|thành\s+phố|xã|phường|đặc\s+khu|thị\s+trấn)\s+(?=\S)", re.IGNORECASE)
EVERY_KIND: Final = re.compile(
    r"(tỉnh|thành\s+phố|tp|xã|phường|đặc\s+khu|thị\s+trấn|huyện|quận|thị\s+xã"
    r"|tinh|thanh\s+pho|xa|phuong|dac\s+khu|thi\s+tran|huyen|quan|thi\s+xa)\.?\s+(?=\S)",
    re.IGNORECASE,
)
"""Every kind that a unit of any time may have before its name, with marks or without."""
SHORT_KIND: Final = re.compile(r"(tp|tt|x|p)\s*\.\s*(?=\S)|(tp)\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as the rules know it."""

    id: int
    path: str
    key: str
    name: str
    kind: str
    kinds: frozenset[str] = frozenset()
    """Every kind it has been."""


@dataclass(frozen=True)
class Places:
    """All units that a roster can name. Built once for a whole roster."""

    centre: Place
    provinces: Mapping[str, Place]
    """Today's, by name or other spelling (folded)."""
    former_provinces: Mapping[str, Place]
    """Today's province, by the folded name of one that went on in it on 01/07/2025."""
    communes: Mapping[str, Mapping[str, tuple[Place, ...]]]
    """By the path of the province, then by folded name."""
    commune_keys: frozenset[str] = field(default=frozenset())
    """Folded names of all communes of the country."""
    unmarked_provinces: Mapping[str, tuple["ProvinceReading", ...]] = field(default_factory=dict)
    """Everything that a name of a province, of today or before, can mean when it is written without any marks."""
    unmarked_communes: Mapping[str, Mapping[str, tuple[Place, ...]]] = field(default_factory=dict)
    """The same of communes, by the path of the province."""


def path_of(code_list: str, code: str, *, above: str | None) -> str:
    """The path of a unit: 'vn', 'vn/75/25993', 'vn/vn-2004:67/vn-2004:660'. above: that of the unit above it."""
    if above is None:
        return code
    return f"{above}/{code if code_list == TODAY_LIST else f'{code_list}:{code}'}"


@lru_cache(maxsize=32768)
def unit_key(name: str) -> str:
    """A unit's name (without its kind) folded for comparing. Dots and dashes do not count."""
    return match_key(name.replace(".", " "))


def without_kind(text: str) -> tuple[str | None, str]:
    """The kind written before a name (None if none is), and the name."""
    plain = tidy(text)
    found = FULL_KIND.match(plain) or SHORT_KIND.match(plain)
    if found is None:
        return None, plain
    word = " ".join((found.group(1) or found.group(2)).casefold().split())
    return KIND_WORDS[word], plain[found.end() :]


def bare_name(text: str) -> str:
    """A name as somebody looks for it, with or without marks, without the kind that may stand before it."""
    plain = tidy(text)
    found = EVERY_KIND.match(plain)
    return plain[found.end() :] if found is not None else plain


def titled(place: Place) -> str:
    """'Xã Gia Phong', 'Thành phố Huế'."""
    return f"{KIND_NAMES[place.kind]} {place.name}"


@dataclass(frozen=True, slots=True)
class ProvinceReading:
    """The province that a name means; is_former if it is the name of one that went on in it."""

    place: Place | None
    is_former: bool = False
    is_unmarked: bool = False
    """It was written without any marks, and only one name can be meant."""
    candidates: tuple[Place, ...] = ()
    """Where it was written without any marks and several can be meant: none is taken."""


def read_province(text: str, places: Places) -> ProvinceReading:
    """Which of today's provinces is meant."""
    for is_stripped in (False, True):
        key = unit_key(without_kind(text)[1] if is_stripped else text)
        if key in places.provinces:
            return ProvinceReading(places.provinces[key])
        if key in places.former_provinces:
            return ProvinceReading(places.former_provinces[key], is_former=True)
    if has_marks(text):
        return ProvinceReading(None)
    for written in (text, bare_name(text)):
        meant = places.unmarked_provinces.get(_unmarked(written), ())
        if len(meant) == 1:
            return replace(meant[0], is_unmarked=True)
        if meant:
            return ProvinceReading(None, candidates=tuple(one.place for one in meant if one.place is not None))
    return ProvinceReading(None)


def _unmarked(name: str) -> str:
    return search_key(unit_key(name))


@dataclass(frozen=True, slots=True)
class CommuneReading:
    """The commune that a name means within a province, or the reason code why none does."""

    place: Place | None
    code: str = ""
    candidates: tuple[Place, ...] = ()
    """Where it was written without any marks and several can be meant: none is taken."""


def read_commune(text: str, province: Place, places: Places) -> CommuneReading:
    """Which commune of a province is meant. The kind may be left out where the name alone is enough."""
    inside = places.communes.get(province.path, {})
    whole = inside.get(unit_key(text))
    kind, name = (None, text) if whole else without_kind(text)
    found = whole or inside.get(unit_key(name))
    if not found and not has_marks(text):
        reading = _read_unmarked_commune(text, places.unmarked_communes.get(province.path, {}))
        if reading is not None:
            return reading
    if not found:
        is_known = unit_key(name) in places.commune_keys or unit_key(text) in places.commune_keys
        return CommuneReading(None, "commune_elsewhere" if is_known else "commune_unknown")
    if kind is not None:
        of_kind = tuple(place for place in found if kind == place.kind or kind in place.kinds)
        if len(of_kind) == 1:
            return CommuneReading(of_kind[0])
    if len(found) > 1:
        return CommuneReading(None, "commune_ambiguous")
    return CommuneReading(found[0], "commune_kind" if kind is not None else "")


def _read_unmarked_commune(text: str, inside: Mapping[str, tuple[Place, ...]]) -> CommuneReading | None:
    """The commune that a name without any marks means, if only one can be meant; a kind before it may decide."""
    plain, bare = tidy(text), bare_name(text)
    found = inside.get(_unmarked(plain)) or inside.get(_unmarked(bare), ())
    kind = UNMARKED_KINDS.get(_unmarked(plain.removesuffix(bare)))
    of_kind = tuple(place for place in found if kind == place.kind or kind in place.kinds)
    if len(of_kind or found) > 1:
        return CommuneReading(None, "commune_unmarked_ambiguous", of_kind or found)
    return CommuneReading((of_kind or found)[0], "commune_unmarked") if found else None


def places_of(
    centre: Place,
    provinces: Iterable[Place],
    communes: Iterable[Place],
    *,
    former: Mapping[str, Place],
    spellings: Mapping[str, Place],
) -> Places:
    """Put the units together for looking up.

    former: folded name of a former province → today's; a name that a province of today bears is not former.
    spellings: other folded spellings of today's provinces.
    """
    by_key = {place.key: place for place in provinces}
    by_key = {**spellings, **by_key}
    unmarked: dict[str, dict[tuple[int, bool], ProvinceReading]] = {}
    for is_former, known in ((False, by_key), (True, former)):
        for key, place in known.items():
            if not is_former or key not in by_key:
                unmarked.setdefault(_unmarked(key), {})[place.id, is_former] = ProvinceReading(place, is_former)
    inside: dict[str, dict[str, list[Place]]] = {}
    inside_unmarked: dict[str, dict[str, list[Place]]] = {}
    for commune in communes:
        province_path = commune.path.rpartition("/")[0]
        inside.setdefault(province_path, {}).setdefault(commune.key, []).append(commune)
        inside_unmarked.setdefault(province_path, {}).setdefault(_unmarked(commune.key), []).append(commune)
    return Places(
        centre=centre,
        provinces=by_key,
        former_provinces={key: place for key, place in former.items() if key not in by_key},
        communes=_fixed(inside),
        commune_keys=frozenset(key for keys in inside.values() for key in keys),
        unmarked_provinces={key: tuple(found.values()) for key, found in unmarked.items()},
        unmarked_communes=_fixed(inside_unmarked),
    )


def _fixed(inside: Mapping[str, Mapping[str, Iterable[Place]]]) -> dict[str, dict[str, tuple[Place, ...]]]:
    return {path: {key: tuple(found) for key, found in keys.items()} for path, keys in inside.items()}
