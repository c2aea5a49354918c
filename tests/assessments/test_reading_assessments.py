from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.reading import read_exercise, read_material, read_quiz
from courses.reading import MaterialError

MATERIAL = Path(__file__).parents[2] / "courses" / "material"
OFFICIALS = MATERIAL / "quan-ly-chuong-trinh"
LEADERS = MATERIAL / "tu-y-tuong-den-phuong-an"

QUIZ = """\
title: Kiểm tra
pass_percent: 80
attempts: 3
instructions: Chọn câu đúng.
questions:
  - code: mot
    kind: single
    points: 1
    critical: true
    text: Mấy bước?
    options:
      - text: Sáu
        correct: true
        feedback: Đúng.
      - text: Năm
        correct: false
        feedback: Thiếu một bước.
    explanation: Chu trình có sáu bước.
  - code: hai
    kind: true_false
    points: 2
    critical: false
    text: Cấp xã công nhận sao.
    options:
      - text: Đúng
        correct: false
        feedback: Không phải.
      - text: Sai
        correct: true
        feedback: Phải.
    explanation: Cấp tỉnh công nhận.
"""
EXERCISE = """\
title: Ý tưởng
instructions: Viết thật.
fields:
  - key: product
    label: Sản phẩm
    hint: Chỉ một.
    kind: text
    required: true
    max_characters: 100
  - key: group
    label: Nhóm
    hint: Chọn một.
    kind: choice
    required: true
    choices: [Thực phẩm, Đồ uống]
attachments:
  max_count: 5
  kinds: [picture, pdf]
rubric:
  code: y-tuong
  version: 1
  title: Bảng chấm
  legal_basis: Chỉ để luyện tập.
  pass_percent: 50
  criteria:
    - code: "5.1"
      part: B
      title: Câu chuyện
      levels:
        - {points: 0, text: Chưa có}
        - {points: 3, text: Có}
      stops_at: 0
    - code: "5.2"
      part: B
      title: Bản sắc
      levels:
        - {points: 0, text: Giống}
        - {points: 1, text: Riêng}
      requires: {criterion: "5.1", at_least: 3}
    - code: 3.2-a
      part: A
      title: Tham gia
      branch: Tổ chức
      levels:
        - {points: 1, text: Ít}
        - {points: 2, text: Nhiều}
    - code: 3.2-b
      part: A
      title: Tham gia
      branch: Một chủ
      levels:
        - {points: 0, text: Nơi khác}
        - {points: 1, text: Trong tỉnh}
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def lines_saying(error: MaterialError, says: str) -> list[int]:
    return [fault.line for fault in error.faults if says in fault.message_vi]


def test_a_quiz_is_read(tmp_path: Path) -> None:
    quiz = read_quiz(written(tmp_path, "quiz.yaml", QUIZ))

    assert (quiz.pass_percent, quiz.attempts, quiz.possible_points) == (80, 3, 3)
    first, second = quiz.questions
    assert (first.code, first.kind, first.critical) == ("mot", "single", True)
    assert [option.correct for option in second.options] == [False, True]
    assert first.options[1].feedback == "Thiếu một bước."


def test_an_exercise_is_read(tmp_path: Path) -> None:
    exercise = read_exercise(written(tmp_path, "exercise.yaml", EXERCISE))

    product, group = exercise.fields
    assert (product.max_characters, product.choices) == (100, ())
    assert (group.max_characters, group.choices) == (None, ("Thực phẩm", "Đồ uống"))
    assert exercise.attachments.kinds == ("picture", "pdf")
    story, identity, *branches = exercise.rubric.criteria
    assert story.stops_at == 0
    assert identity.requires is not None
    assert (identity.requires.criterion, identity.requires.at_least) == ("5.1", 3)
    assert [criterion.branch for criterion in branches] == ["Tổ chức", "Một chủ"]


def test_alternative_branches_are_one_group_and_count_once(tmp_path: Path) -> None:
    rubric = read_exercise(written(tmp_path, "exercise.yaml", EXERCISE)).rubric

    assert [[criterion.code for criterion in group] for group in rubric.groups] == [
        ["5.1"],
        ["5.2"],
        ["3.2-a", "3.2-b"],
    ]
    assert rubric.possible_points == 3 + 1 + 2


@pytest.mark.parametrize("folder", [OFFICIALS, LEADERS], ids=lambda folder: folder.name)
def test_the_shipped_quizzes_are_read(folder: Path) -> None:
    (quiz,) = read_material(folder).quizzes.values()

    assert 14 <= len(quiz.questions) <= 16
    assert {question.kind for question in quiz.questions} == {"single", "multiple", "true_false"}
    assert 1 <= sum(question.critical for question in quiz.questions) <= 2


def test_the_shipped_exercise_holds_the_idea_stage_of_the_sheet() -> None:
    (exercise,) = read_material(LEADERS).exercises.values()

    assert exercise.attachments.max_count == 5
    allowed = {criterion.code: [level.points for level in criterion.levels] for criterion in exercise.rubric.criteria}
    assert allowed["4.2"] == [0, 1, 3, 5]
    assert allowed["4.1"] == [1, 2, 3, 5]
    assert [criterion.code for criterion in exercise.rubric.criteria if criterion.requires] == ["5.2", "5.3"]
    assert [criterion.code for criterion in exercise.rubric.criteria if criterion.stops_at == 0] == ["1.1"]
    assert exercise.rubric.possible_points == 52


WRONG_QUIZ = {
    "no correct option": ("correct: true", "correct: false", 11, "chưa có phương án đúng"),
    "single with two correct": ("correct: false", "correct: true", 11, "chỉ có một phương án đúng"),
    "the same code twice": ("code: hai", "code: mot", 19, "đã dùng ở trên"),
    "the same option twice": ("text: Năm", "text: Sáu", 15, "đã dùng ở trên"),
    "yes instead of true": ("critical: true", "critical: yes", 9, "true hoặc false"),
    "quoted true": ("critical: true", 'critical: "true"', 9, "true hoặc false"),
    "unknown kind": ("kind: single", "kind: essay", 7, "single, multiple, true_false"),
    "no points": ("points: 1", "points: 0", 8, "từ 1 đến 100"),
    "missing feedback": ("        feedback: Đúng.\n", "", 12, "Thiếu mục “feedback”"),
    "unknown key in an option": ("feedback: Đúng.", "feedback: Đúng.\n        note: x", 15, "“note”"),
    "one option": (
        "      - text: Năm\n        correct: false\n        feedback: Thiếu một bước.\n",
        "",
        12,
        "cần ít nhất 2",
    ),
    "more than a hundred percent": ("pass_percent: 80", "pass_percent: 101", 2, "từ 1 đến 100"),
    "a picture": ("text: Mấy bước?", 'text: "![a](pictures/a.png)"', 10, "không nhận hình"),
    "options are no list": ("questions:\n", "questions: x\nmore:\n", 5, "phải là danh sách"),
    "three options in true/false": (
        "        feedback: Phải.\n",
        "        feedback: Phải.\n      - text: Không biết\n        correct: false\n        feedback: Thử lại.\n",
        24,
        "đúng hai phương án",
    ),
}


@pytest.mark.parametrize(("old", "new", "line", "says"), WRONG_QUIZ.values(), ids=WRONG_QUIZ.keys())
def test_a_wrong_quiz_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in QUIZ
    with pytest.raises(MaterialError) as caught:
        read_quiz(written(tmp_path, "quiz.yaml", QUIZ.replace(old, new, 1)))

    assert lines_saying(caught.value, says) == [line]


WRONG_EXERCISE = {
    "points going down": ("{points: 3, text: Có}", "{points: -1, text: Có}", 31, "từ 0 đến 100"),
    "points twice": ("{points: 3, text: Có}", "{points: 0, text: Có}", 31, "tăng dần"),
    "requires an unknown criterion": ('criterion: "5.1"', 'criterion: "9.9"', 39, "không có trong bảng"),
    "requires itself": ('criterion: "5.1"', 'criterion: "5.2"', 39, "phải đứng trước"),
    "requires more than can be given": ("at_least: 3", "at_least: 4", 39, "lớn hơn điểm cao nhất"),
    "stops at no level": ("stops_at: 0", "stops_at: 2", 32, "không có mức nào 2 điểm"),
    "the same criterion twice": ('- code: "5.2"', '- code: "5.1"', 33, "đã dùng ở trên"),
    "a code that YAML takes for a number": ('- code: "5.1"', "- code: 5.1", 26, "ngoặc kép"),
    "the same branch twice": ("branch: Một chủ", "branch: Tổ chức", 50, "viết hai lần"),
    "a branch alone": ("      branch: Tổ chức\n", "", 49, "đứng liền"),
    "unknown part": ("part: A", "part: D", 41, "A, B, C"),
    "the same field twice": ("key: group", "key: product", 10, "đã dùng ở trên"),
    "a choice without choices": ("    choices: [Thực phẩm, Đồ uống]\n", "", 10, "Thiếu mục “choices”"),
    "a choice with a length": ("    choices:", "    max_characters: 5\n    choices:", 15, "“max_characters”"),
    "text without a length": ("    max_characters: 100\n", "", 4, "Thiếu mục “max_characters”"),
    "unknown kind of attachment": ("kinds: [picture, pdf]", "kinds: [picture, exe]", 18, "“exe”"),
    "rubric is no table": ("rubric:\n", "rubric: x\nrest:\n", 19, "tên: giá trị"),
    "no legal basis": ("  legal_basis: Chỉ để luyện tập.\n", "", 20, "Thiếu mục “legal_basis”"),
}


@pytest.mark.parametrize(("old", "new", "line", "says"), WRONG_EXERCISE.values(), ids=WRONG_EXERCISE.keys())
def test_a_wrong_exercise_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in EXERCISE
    with pytest.raises(MaterialError) as caught:
        read_exercise(written(tmp_path, "exercise.yaml", EXERCISE.replace(old, new, 1)))

    assert lines_saying(caught.value, says) == [line]


def test_faults_of_course_quiz_and_exercise_come_together(tmp_path: Path) -> None:
    (tmp_path / "lessons").mkdir()
    written(tmp_path, "quiz.yaml", QUIZ.replace("points: 1", "points: 0"))
    written(tmp_path, "exercise.yaml", EXERCISE.replace("part: A", "part: D"))
    written(
        tmp_path,
        "course.yaml",
        "code: mau\nversion: x\ntitle: Mẫu\nsummary: Mẫu.\nqualification: q\naudience: leader\nhours: 1\n"
        "legal_basis: [a]\nitems:\n  - quiz: quiz.yaml\n  - exercise: exercise.yaml\n",
    )
    with pytest.raises(MaterialError) as caught:
        read_material(tmp_path)

    assert {Path(fault.path).name for fault in caught.value.faults} == {
        "course.yaml",
        "exercise.yaml",
        "quiz.yaml",
    }


@given(text=st.text(max_size=200) | st.text("-:[]{}\"'&*!|>#%@` \na1", max_size=60).map(QUIZ.__add__))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_a_file_is_read_or_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "quiz.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with suppress(MaterialError):
        read_quiz(path)


def test_a_missing_quiz_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="Không tìm thấy"):
        read_quiz(tmp_path / "quiz.yaml")
