from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules import JoinFault, is_inside, is_running, join_fault, progress_of

IDS = st.sets(st.integers(1, 30))


@given(IDS, st.lists(st.integers(1, 40)))
def test_progress_never_passes_the_whole(items: set[int], done: list[int]) -> None:
    progress = progress_of(items, done)

    assert 0 <= progress.done <= progress.total
    assert 0 <= progress.percent <= 100
    assert progress.is_complete == (progress.total > 0 and progress.percent == 100)


@given(IDS, st.lists(st.integers(1, 40)), st.integers(1, 40))
def test_doing_more_never_lowers_progress(items: set[int], done: list[int], one: int) -> None:
    assert progress_of(items, [*done, one]).done >= progress_of(items, done).done


def test_all_but_one_is_not_complete() -> None:
    assert not progress_of(range(300), range(299)).is_complete
    assert progress_of(range(300), range(299)).percent == 99


def test_a_course_without_items_is_never_complete() -> None:
    assert not progress_of([], [1]).is_complete


ASKED = {
    "is_open": True,
    "starts_on": date(2026, 11, 1),
    "ends_on": date(2026, 11, 30),
    "class_path": "vn/75",
    "position_paths": ["vn/75/25993"],
    "day": date(2026, 11, 23),
}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, None),
        ({"ends_on": None}, None),
        ({"day": date(2026, 11, 1)}, None),
        ({"day": date(2026, 11, 30)}, None),
        ({"class_path": "vn"}, None),
        ({"class_path": "vn/75/25993"}, None),
        ({"is_open": False}, JoinFault.CLOSED),
        ({"day": date(2026, 10, 31)}, JoinFault.NOT_STARTED),
        ({"day": date(2026, 12, 1)}, JoinFault.ENDED),
        ({"class_path": "vn/7"}, JoinFault.ELSEWHERE),
        ({"position_paths": []}, JoinFault.ELSEWHERE),
        ({"position_paths": ["vn"]}, JoinFault.ELSEWHERE),
    ],
)
def test_who_may_join_by_themselves(change: dict[str, object], fault: JoinFault | None) -> None:
    assert join_fault(**{**ASKED, **change}) is fault  # type: ignore[arg-type]


def test_a_province_is_not_inside_another_whose_code_begins_alike() -> None:
    assert is_inside("vn/75", "vn/75")
    assert is_inside("vn/75/1", "vn/75")
    assert not is_inside("vn/751", "vn/75")


def test_a_class_runs_on_its_first_and_last_day() -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 30)

    assert is_running(first, last, first)
    assert is_running(first, last, last)
    assert not is_running(first, last, date(2026, 12, 1))
    assert not is_running(first, None, date(2026, 10, 31))
