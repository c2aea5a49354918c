"""What happens to people over eight years: posts begin, end, move and are corrected later; awards are won and revoked.

All of it is made up by a seed, part by part, so that parts can be made at the same time and are the same each time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import cycle
from random import Random
from typing import Any, Final, NamedTuple

from benchmarks.country.land import REORGANISED, Land
from lms.records.models import AwardSource
from lms.registry.models import ExcuseKind, OrganisationKind, Origin, Sex
from lms.registry.rules.products import PRODUCTS, PRODUCTS_2019

FIRST_DAY: Final = date(2018, 5, 7)
LAST_DAY: Final = date(2026, 11, 23)
DAYS: Final = (LAST_DAY - FIRST_DAY).days
DAY: Final = timedelta(days=1)
IDS_EACH: Final = 16
"""Ids of posts, awards and excuses of one person: this many are kept free for them."""

FAMILIES: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Nông", "Lò", "Giàng", "Y")
MIDDLES: Final = ("Văn", "Thị", "Đức", "Minh", "Thu", "Quang", "Ngọc", "Hồng", "Xuân", "Thanh", "Kim", "Mạnh", "Như")
GIVEN: Final = (
    *("Hà", "Hùng", "Hương", "Thúy", "Bình", "Đào", "Páo", "Sơn", "Lan", "Ẩn", "Nguyệt", "Tú", "Vân", "Yến"),
    *("An", "Ánh", "Chi", "Cường", "Dung", "Giang", "Hạnh", "Khoa", "Liên", "Mai", "Nam", "Phúc", "Quyên", "Tâm"),
)
TITLES: Final = {
    "central": "Chuyên viên Văn phòng Điều phối",
    "province": "Chuyên viên Chi cục Phát triển nông thôn",
    "commune": "Công chức phụ trách kinh tế",
}
LEGAL_FORMS: Final = {
    OrganisationKind.ENTERPRISE: "Công ty TNHH",
    OrganisationKind.COOPERATIVE: "Hợp tác xã",
    OrganisationKind.COOPERATIVE_GROUP: "Tổ hợp tác",
    OrganisationKind.HOUSEHOLD: "Hộ kinh doanh",
}
KINDS: Final = (
    *[OrganisationKind.HOUSEHOLD] * 11,
    *[OrganisationKind.COOPERATIVE] * 4,
    *[OrganisationKind.ENTERPRISE] * 3,
    *[OrganisationKind.COOPERATIVE_GROUP] * 2,
)
GROUPS: Final = (*PRODUCTS, "Thực phẩm", "Thực phẩm", "Đồ uống", None)
GROUPS_2019: Final = (*PRODUCTS_2019, "Thực phẩm", None, None)
ORIGINS: Final = (Origin.EXISTING, Origin.NEW, Origin.NEW, None)
SOURCES: Final = (
    *[AwardSource.COURSE] * 5,
    *[AwardSource.CLASS] * 8,
    *[AwardSource.PAPER_RECORD] * 4,
    AwardSource.PRIOR_TRAINING,
    AwardSource.EQUIVALENCE,
)
AWARDS_EACH: Final = (3, 1, 4, 0, 3, 5, 2, 6)
"""How many awards one person after another has: three on the average."""
HOURS: Final = (4, 8, 8, 16, 24)


class Organisation(NamedTuple):
    """A row of `organisation`, as far as anything counts by it."""

    id: int
    kind: OrganisationKind
    product_group: str | None
    product_group_2019: str | None
    origin: Origin | None
    unit_id: int
    left_on: date | None


class Post(NamedTuple):
    """A row of `position`."""

    id: int
    person_id: int
    level: str | None
    unit_id: int
    settled_unit_id: int | None
    organisation: Organisation | None
    started_on: date
    ended_on: date | None
    entered_at: datetime
    corrected_at: datetime | None
    """When its first day was put right: until then it was entered a month too late."""


class Excuse(NamedTuple):
    """A row of `excuse`."""

    id: int
    position_id: int | None
    kind: ExcuseKind
    started_on: date
    ended_on: date | None
    entered_at: datetime
    withdrawn_at: datetime | None


class Award(NamedTuple):
    """A row of `award`."""

    id: int
    qualification_id: int
    awarded_on: date
    source: AwardSource
    hours: int
    entered_at: datetime
    revoked_on: date | None = None
    revoked_at: datetime | None = None
    corrects_id: int | None = None


@dataclass(slots=True)
class Life:
    """One person with everything that ever happened to them."""

    person_id: int
    name: str
    sex: Sex | None
    born: date
    merged_into_id: int | None = None
    merged_at: datetime | None = None
    founded: Organisation | None = None
    """The organisation that is written down with this person as its first leader."""
    posts: list[Post] = field(default_factory=list)
    excuses: list[Excuse] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)


def lives(land: Land, seed: int, first_id: int, count: int) -> Iterator[Life]:
    """The lives of as many people from an id on. The same ones each time, whatever is made beside them."""
    return _Fate(land, Random(f"{seed}/{first_id}")).lives(first_id, count)


def instant(day: date, hour: int = 2) -> datetime:
    """Without its zone, which is UTC: as SQLite keeps it."""
    return datetime.combine(day, time(hour))


class _Fate:
    def __init__(self, land: Land, random: Random) -> None:
        self._land, self._random = land, random
        self._chance = random.random
        self._left: tuple[Organisation, date] | None = None
        """An organisation whose leader has gone, and when: the next leader takes it over."""

    def _one_of(self, things: Sequence[Any]) -> Any:
        return things[int(self._chance() * len(things))]

    def _days_on(self, day: date, least: int, most: int) -> date:
        return day + timedelta(days=least + int(self._chance() * (most - least)))

    def _instant_after(self, day: date, most_days: int) -> datetime:
        return instant(min(self._days_on(day, 0, most_days), LAST_DAY), hour=int(self._chance() * 2))

    def lives(self, first_id: int, count: int) -> Iterator[Life]:
        awards = cycle(AWARDS_EACH)
        before: Life | None = None
        for person_id in range(first_id, first_id + count):
            life = self._life(person_id, next(awards))
            if before is not None and before.merged_into_id is None and self._chance() < 0.004:
                life.name, life.born, life.merged_into_id = before.name, before.born, before.person_id
                life.merged_at = self._instant_after(REORGANISED, 500)
            yield life
            before = life

    def _life(self, person_id: int, award_count: int) -> Life:
        chance = self._chance
        given = self._one_of(GIVEN) if chance() < 0.7 else f"{self._one_of(GIVEN)} {self._one_of(GIVEN)}"
        life = Life(
            person_id,
            f"{self._one_of(FAMILIES)} {self._one_of(MIDDLES)} {given}",
            None if chance() < 0.02 else Sex.FEMALE if chance() < 0.47 else Sex.MALE,
            date(1962, 1, 1) + timedelta(days=int(chance() * 16000)),
        )
        province = self._one_of(self._land.provinces)
        side = chance()
        if side < 0.47:
            self._serve(life, province)
        if side > 0.45:
            self._lead(life, province)
        self._excuse(life)
        self._award(life, province, award_count)
        return life

    def _first_day(self) -> date:
        """When somebody takes up a post: one in four was there before the programme."""
        if self._chance() < 0.25:
            return self._days_on(FIRST_DAY, -2000, 0)
        return self._days_on(FIRST_DAY, 0, DAYS)

    def _serve(self, life: Life, province: int) -> None:
        """Posts as an official: one after another, here and there two at once."""
        chance = self._chance
        where = chance()
        level = "central" if where < 0.003 else "province" if where < 0.08 else "commune"
        day = self._first_day()
        while day <= LAST_DAY and len(life.posts) < 4:
            has_left = chance() < 0.35
            last = min(self._days_on(day, 200, 2200), LAST_DAY) if has_left else None
            unit = self._land.country
            if level != "central":
                unit = province if level == "province" else self._one_of(self._land.communes[province])
            self._serve_in(life, level, unit, day, last)
            if level == "commune" and chance() < 0.03:
                self._serve_in(life, level, self._one_of(self._land.communes[province]), day, last)
            if last is None or chance() < 0.4:
                return
            if chance() < 0.2:
                province = self._one_of(self._land.provinces)
            day = self._days_on(last, 1, 90)

    def _serve_in(self, life: Life, level: str, unit_id: int, day: date, last: date | None) -> None:
        """In a unit of today or, before the reorganisation, in one that went on in it. Then most have a new post;
        of others it is left to the map, and where the old unit was divided somebody says where the post lies now."""
        before = self._land.before.get(unit_id)
        if before is None or day >= REORGANISED:
            self._post(life, level, unit_id, None, day, last)
            return
        earlier, is_divided = self._one_of(before)
        if (last is None or last >= REORGANISED) and (level == "province" or self._chance() < 0.7):
            self._post(life, level, earlier, None, day, REORGANISED - DAY)
            self._post(life, level, unit_id, None, REORGANISED, last)
        else:
            settled = unit_id if is_divided and self._chance() < 0.8 else None
            self._post(life, level, earlier, None, day, last, settled)

    def _lead(self, life: Life, province: int) -> None:
        """An organisation of one's own, or one whose leader has gone."""
        if self._left is not None:
            led, day = self._left
            self._left = None
        else:
            day = self._first_day()
            led = Organisation(
                life.person_id,
                self._one_of(KINDS),
                self._one_of(GROUPS),
                self._one_of(GROUPS_2019),
                self._one_of(ORIGINS),
                self._one_of(self._land.communes[province]),
                self._days_on(REORGANISED, 0, 500) if self._chance() < 0.02 else None,
            )
            life.founded = led
        last = min(self._days_on(day, 150, 2500), LAST_DAY) if self._chance() < 0.2 else None
        self._post(life, None, led.unit_id, led, day, last)
        if last is not None and last < LAST_DAY:
            self._left = led, last + DAY

    def _post(
        self,
        life: Life,
        level: str | None,
        unit_id: int,
        led: Organisation | None,
        day: date,
        last: date | None,
        settled: int | None = None,
    ) -> None:
        known_from = max(day, FIRST_DAY)
        entered_at = self._instant_after(known_from, 60)
        is_corrected = self._chance() < 0.03 and (last is None or last > day + timedelta(days=31))
        corrected_at = max(self._instant_after(known_from, 600), entered_at) if is_corrected else None
        post_id = life.person_id * IDS_EACH + len(life.posts)
        life.posts.append(
            Post(post_id, life.person_id, level, unit_id, settled, led, day, last, entered_at, corrected_at)
        )

    def _excuse(self, life: Life) -> None:
        if not life.posts or self._chance() > 0.06:
            return
        post = life.posts[-1]
        day = self._days_on(max(post.started_on, FIRST_DAY), 30, 1500)
        if day > LAST_DAY:
            return
        life.excuses.append(
            Excuse(
                life.person_id * IDS_EACH,
                post.id if self._chance() < 0.2 else None,
                self._one_of(tuple(ExcuseKind)),
                day,
                self._days_on(day, 30, 400) if self._chance() < 0.8 else None,
                self._instant_after(day, 40),
                instant(LAST_DAY) if self._chance() < 0.05 else None,
            )
        )

    def _award(self, life: Life, province: int, count: int) -> None:
        """Awards on days on which somebody had a post or soon after; some wrong, some put right later."""
        wanted = self._wanted(life, province)
        for number in range(count):
            award_id = life.person_id * IDS_EACH + len(life.awards)
            post = self._one_of(life.posts)
            day = min(self._days_on(max(post.started_on, FIRST_DAY), 5, 1400), LAST_DAY)
            award = Award(
                award_id,
                self._land.qualifications[wanted[number % len(wanted)]],
                day,
                self._one_of(SOURCES),
                self._one_of(HOURS),
                self._instant_after(day, 3 if self._chance() < 0.9 else 400),
            )
            fault = self._chance()
            if fault > 0.03:
                life.awards.append(award)
                continue
            revoked_at = max(self._instant_after(day, 900), award.entered_at)
            if fault < 0.01:
                life.awards.append(
                    award._replace(revoked_on=max(self._days_on(revoked_at.date(), -40, 0), day), revoked_at=revoked_at)
                )
                continue
            # It was entered with the wrong day: never right, and a new row says the right one.
            life.awards.append(award._replace(revoked_on=day, revoked_at=revoked_at))
            right_day = max(self._days_on(day, -60, 0), FIRST_DAY)
            life.awards.append(
                award._replace(id=award_id + 1, awarded_on=right_day, entered_at=revoked_at, corrects_id=award_id)
            )

    def _wanted(self, life: Life, province: int) -> list[str]:
        """What somebody learns, the most asked for first."""
        wanted: list[str] = []
        if any(post.level is not None for post in life.posts):
            wanted += ["programme-management", "digital-records", "digital-sales"]
            if province in self._land.uplands:
                wanted += ["uplands-villages", "uplands-products"]
        if any(post.organisation is not None for post in life.posts):
            wanted += ["production-business", "digital-sales", "food-safety", "digital-media"]
        return wanted
