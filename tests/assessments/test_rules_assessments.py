from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.marking import QuestionKind, points_for
from assessments.rules import (
    CriterionRule,
    FieldFault,
    FieldRule,
    Mark,
    Result,
    field_fault,
    judge,
    may_start,
    result_of,
    simulated_stars,
    unjudged,
)

OPTIONS = st.sets(st.integers(1, 8))
RIGHT = st.sets(st.integers(1, 8), min_size=1)
POINTS = st.integers(1, 20)


@given(st.sampled_from(QuestionKind), RIGHT, OPTIONS, POINTS)
def test_points_stay_within_what_is_possible(
    kind: QuestionKind, right: set[int], chosen: set[int], possible: int
) -> None:
    earned = points_for(kind, right=right, chosen=chosen, possible=possible)

    assert 0 <= earned <= possible
    assert (earned == possible) >= (chosen == right)


@given(RIGHT, OPTIONS, POINTS)
def test_one_more_right_choice_never_earns_less(right: set[int], chosen: set[int], possible: int) -> None:
    before = points_for(QuestionKind.MULTIPLE, right=right, chosen=chosen, possible=possible)

    for option in right:
        assert points_for(QuestionKind.MULTIPLE, right=right, chosen=chosen | {option}, possible=possible) >= before


@given(RIGHT, OPTIONS, POINTS, st.integers(1, 8))
def test_one_more_wrong_choice_never_earns_more(right: set[int], chosen: set[int], possible: int, option: int) -> None:
    before = points_for(QuestionKind.MULTIPLE, right=right, chosen=chosen, possible=possible)

    if option not in right:
        assert points_for(QuestionKind.MULTIPLE, right=right, chosen=chosen | {option}, possible=possible) <= before


@pytest.mark.parametrize(
    ("chosen", "earned"), [({1, 2}, 4), ({1}, 2), ({1, 3}, 0), ({1, 2, 3}, 2), ({1, 2, 3, 4}, 0), (set(), 0)]
)
def test_wrong_choices_take_back_right_ones(chosen: set[int], earned: int) -> None:
    assert points_for(QuestionKind.MULTIPLE, right={1, 2}, chosen=chosen, possible=4) == earned


def test_one_answer_is_all_or_nothing() -> None:
    assert points_for(QuestionKind.SINGLE, right={1}, chosen={1}, possible=4) == 4
    assert points_for(QuestionKind.SINGLE, right={1}, chosen={1, 2}, possible=4) == 0
    assert points_for(QuestionKind.TRUE_FALSE, right={1}, chosen=set(), possible=4) == 0


def test_a_question_without_a_right_option_is_refused() -> None:
    with pytest.raises(ValueError, match="right option"):
        points_for(QuestionKind.SINGLE, right=set(), chosen=set(), possible=1)


@given(
    st.lists(
        st.builds(lambda possible, short: Mark(max(possible - short, 0), possible), POINTS, POINTS),
        min_size=1,
        max_size=5,
    )
)
def test_the_order_of_questions_does_not_matter(marks: list[Mark]) -> None:
    assert len({result_of(order, 60) for order in permutations(marks)}) == 1


@given(st.lists(st.tuples(POINTS, POINTS), min_size=1), st.integers(1, 100), st.data())
def test_earning_more_never_fails_who_passed(
    pairs: list[tuple[int, int]], pass_percent: int, data: st.DataObject
) -> None:
    marks = [Mark(min(earned, possible), possible) for earned, possible in pairs]
    better = [Mark(data.draw(st.integers(mark.earned, mark.possible)), mark.possible) for mark in marks]

    if result_of(marks, pass_percent) is Result.PASSED:
        assert result_of(better, pass_percent) is Result.PASSED


def test_just_below_the_mark_does_not_pass() -> None:
    assert result_of([Mark(799, 1000)], 80) is Result.FAILED
    assert result_of([Mark(800, 1000)], 80) is Result.PASSED


def test_a_critical_question_not_earned_in_full_fails_the_attempt() -> None:
    assert result_of([Mark(3, 4, is_critical=True), Mark(100, 100)], 50) is Result.FAILED
    assert result_of([Mark(4, 4, is_critical=True), Mark(96, 100)], 50) is Result.PASSED


def test_a_paper_worth_nothing_has_no_result() -> None:
    with pytest.raises(ValueError, match="no points"):
        result_of([], 50)


def test_another_attempt_is_begun_only_when_it_can_help() -> None:
    assert may_start(is_passed=False, started=2, allowed=3)
    assert not may_start(is_passed=False, started=3, allowed=3)
    assert not may_start(is_passed=True, started=1, allowed=3)


ORIGIN = CriterionRule("A1", "A", "Nguyên liệu", (0, 2, 5), stops_at=0)
STORY = CriterionRule("A2", "A", "Câu chuyện", (1, 3), requires=("A1", 5))
FOOD = CriterionRule("B1", "B", "Tiếp thị", (0, 4), branch="Thực phẩm")
CRAFT = CriterionRule("B2", "B", "Tiếp thị", (0, 6), branch="Thủ công")
RUBRIC = (ORIGIN, STORY, FOOD, CRAFT)


def test_of_alternative_branches_one_is_judged() -> None:
    judged = judge(RUBRIC, {"A1": 5, "A2": 3, "B1": 4})

    assert judged.points == {"A1": 5, "A2": 3, "B1": 4}
    assert (judged.earned, judged.possible) == (12, 14)


def test_a_requirement_that_is_not_met_forces_the_lowest_score() -> None:
    assert judge(RUBRIC, {"A1": 2, "A2": 3, "B1": 4}).points["A2"] == 1
    assert judge(RUBRIC, {"A1": 2, "B1": 4}).points["A2"] == 1


def test_one_score_can_keep_a_work_from_being_accepted() -> None:
    judged = judge(RUBRIC, {"A1": 0, "B2": 6})

    assert judged.stopped_by == ("A1",)
    assert not judged.may_accept(1)


def test_acceptance_compares_the_share_unrounded() -> None:
    judged = judge((ORIGIN, CRAFT), {"A1": 2, "B2": 6})

    assert (judged.earned, judged.possible) == (8, 11)
    assert judged.may_accept(72)
    assert not judged.may_accept(73)


@pytest.mark.parametrize(
    "given_scores",
    [
        {"A1": 3, "A2": 1, "B1": 4},
        {"A1": 5, "B1": 4},
        {"A1": 5, "A2": 3},
        {"A1": 5, "A2": 3, "B1": 4, "B2": 6},
        {"A1": 5, "A2": 3, "B1": 4, "Z9": 1},
    ],
)
def test_scores_that_the_rubric_does_not_have_are_refused(given_scores: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"needs one score|not a score|no such criterion"):
        judge(RUBRIC, given_scores)


def test_what_is_not_judged_yet_is_named_by_its_group() -> None:
    assert unjudged(RUBRIC, {}) == ["A1", "B1"]
    assert unjudged(RUBRIC, {"A1": 5}) == ["A2", "B1"]
    assert unjudged(RUBRIC, {"A1": 2, "B2": 0}) == []


@given(st.integers(0, 100), st.integers(0, 100))
def test_more_points_never_give_fewer_stars(one: int, other: int) -> None:
    low, high = sorted((one, other))

    assert 1 <= simulated_stars(low, 100) <= simulated_stars(high, 100) <= 5


@pytest.mark.parametrize(("earned", "stars"), [(29, 1), (30, 2), (49, 2), (50, 3), (70, 4), (89, 4), (90, 5)])
def test_bands_of_the_criteria_set(earned: int, stars: int) -> None:
    assert simulated_stars(earned, 100) == stars


def test_what_must_be_written() -> None:
    line = FieldRule("product", is_required=True, max_characters=5)
    choice = FieldRule("group", is_required=False, choices=("Thực phẩm", "Đồ uống"))

    assert field_fault(line, " \n ") is FieldFault.MISSING
    assert field_fault(line, "Chè Shan") is FieldFault.TOO_LONG
    assert field_fault(line, "Chè") is None
    assert field_fault(choice, "") is None
    assert field_fault(choice, "Thực phẩm") is None
    assert field_fault(choice, "Khác") is FieldFault.NOT_A_CHOICE
