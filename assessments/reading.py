"""Read quiz and exercise files as trainers write them; knows no web page and no database."""

from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from courses.reading import CourseSource, Faults, Table, read_course_into, read_table, read_text

QUESTION_KINDS = ("single", "multiple", "true_false")
FIELD_KINDS = ("text", "long_text", "choice")
ATTACHMENT_KINDS = ("picture", "pdf")
PARTS = ("A", "B", "C")


@dataclass(frozen=True, slots=True)
class OptionSource:
    """One answer to choose from."""

    text: str
    correct: bool
    feedback: str
    """Said to a learner who chose this answer."""


@dataclass(frozen=True, slots=True)
class QuestionSource:
    """One question."""

    code: str
    """Unique in the quiz; stays when the wording changes."""
    kind: str
    """`single` (one right answer), `multiple` (one or more) or `true_false` (two options)."""
    points: int
    critical: bool
    """Missing it fails the attempt, whatever the total."""
    text: str
    """Markdown without pictures."""
    options: tuple[OptionSource, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class QuizSource:
    """A quiz as written in its file."""

    path: Path
    title: str
    pass_percent: int
    attempts: int
    """The most that one learner may make."""
    instructions: str
    questions: tuple[QuestionSource, ...]

    @property
    def possible_points(self) -> int:
        return sum(question.points for question in self.questions)


@dataclass(frozen=True, slots=True)
class FieldSource:
    """One thing that the learner writes."""

    key: str
    label: str
    hint: str
    kind: str
    """`text` (one line), `long_text` or `choice`."""
    required: bool
    max_characters: int | None
    """Not for a choice."""
    choices: tuple[str, ...]
    """Only for a choice."""


@dataclass(frozen=True, slots=True)
class AttachmentsSource:
    """What may be attached."""

    max_count: int
    kinds: tuple[str, ...]
    """Of `picture`, `pdf`."""


@dataclass(frozen=True, slots=True)
class LevelSource:
    """One score a trainer may give, and what earns it."""

    points: int
    text: str


@dataclass(frozen=True, slots=True)
class RequirementSource:
    """A criterion counts only when another one was given at least so many points."""

    criterion: str
    at_least: int


@dataclass(frozen=True, slots=True)
class CriterionSource:
    """One line of the score sheet."""

    code: str
    part: str
    """`A`, `B` or `C` of the criteria set."""
    title: str
    levels: tuple[LevelSource, ...]
    """Points ascending, gaps allowed; a score outside these is never given."""
    requires: RequirementSource | None
    """When it is not met the criterion gives 0 points and is not marked."""
    stops_at: int | None
    """The points of the level that ends the marking: the work goes back whatever the rest is worth."""
    branch: str | None
    """For whom this line is meant, when neighbouring lines of one title are alternatives: one is marked."""

    @property
    def most_points(self) -> int:
        return self.levels[-1].points


@dataclass(frozen=True, slots=True)
class RubricSource:
    """A score sheet of a classroom exercise; never an official ranking."""

    code: str
    version: int
    title: str
    legal_basis: str
    pass_percent: int
    criteria: tuple[CriterionSource, ...]

    @property
    def groups(self) -> tuple[tuple[CriterionSource, ...], ...]:
        """Give the criteria in order, alternative branches together: each group gets one mark."""
        return tuple(tuple(group) for _, group in groupby(self.criteria, key=_group_key))

    @property
    def possible_points(self) -> int:
        """Add the most that each group can earn; of alternative branches the richest counts."""
        return sum(max(criterion.most_points for criterion in group) for group in self.groups)


@dataclass(frozen=True, slots=True)
class ExerciseSource:
    """A practical exercise as written in its file."""

    path: Path
    title: str
    instructions: str
    fields: tuple[FieldSource, ...]
    attachments: AttachmentsSource
    rubric: RubricSource


@dataclass(frozen=True, slots=True)
class MaterialSource:
    """A course with its quizzes and exercises, by the slug of their items."""

    course: CourseSource
    quizzes: dict[str, QuizSource]
    exercises: dict[str, ExerciseSource]


def _group_key(criterion: CriterionSource) -> tuple[str, ...]:
    """Alternatives share part and title; every other criterion stands alone."""
    return (criterion.part, criterion.title) if criterion.branch else (criterion.code,)


def read_material(folder: Path) -> MaterialSource:
    """Read a course with all that belongs to it.

    Raises MaterialError with every fault of every file.
    """
    faults = Faults()
    course = read_course_into(folder, faults)
    quizzes: dict[str, QuizSource] = {}
    exercises: dict[str, ExerciseSource] = {}
    for item in course.items:
        if item.kind == "quiz":
            quiz = _read_quiz(item.path, faults)
            if quiz:
                quizzes[item.slug] = quiz
        elif item.kind == "exercise":
            exercise = _read_exercise(item.path, faults)
            if exercise:
                exercises[item.slug] = exercise
    faults.raise_if_any()
    return MaterialSource(course, quizzes, exercises)


def read_quiz(path: Path) -> QuizSource:
    """Read a quiz file. Raises MaterialError with every fault found."""
    faults = Faults()
    quiz = _read_quiz(path, faults)
    faults.raise_if_any()
    assert quiz is not None
    return quiz


def read_exercise(path: Path) -> ExerciseSource:
    """Read an exercise file. Raises MaterialError with every fault found."""
    faults = Faults()
    exercise = _read_exercise(path, faults)
    faults.raise_if_any()
    assert exercise is not None
    return exercise


def _open(path: Path, faults: Faults) -> Table | None:
    text = read_text(path.parent, path.name, faults)
    return None if text is None else read_table(text, path.as_posix(), faults)


def _prose(table: Table, key: str, *, max_characters: int = 3000) -> str:
    """Read Markdown without pictures: those belong in lessons, where their files are kept."""
    text = table.text(key, max_characters=max_characters)
    if "![" in text:
        table.note(
            table.line_of(key),
            f"“{key}” không nhận hình; hãy đặt hình trong bài học.",
            f"“{key}” takes no pictures; put them into a lesson.",
        )
    return text


def _note_twice(table: Table, key: str, value: str, seen: set[str]) -> None:
    if value and value in seen:
        table.note(
            table.line_of(key),
            f"“{value}” đã dùng ở trên; mỗi “{key}” chỉ dùng một lần.",
            f"“{value}” is used above; each “{key}” is used once.",
        )
    seen.add(value)


def _read_quiz(path: Path, faults: Faults) -> QuizSource | None:
    table = _open(path, faults)
    if table is None:
        return None
    title = table.text("title")
    pass_percent = table.whole("pass_percent", minimum=1, maximum=100)
    attempts = table.whole("attempts", minimum=1, maximum=20)
    instructions = _prose(table, "instructions")
    seen: set[str] = set()
    questions = []
    for entry in table.tables("questions"):
        questions.append(_read_question(entry))
        _note_twice(entry, "code", questions[-1].code, seen)
    table.close()
    return QuizSource(path, title, pass_percent, attempts, instructions, tuple(questions))


def _read_question(table: Table) -> QuestionSource:
    before = table.faults.count
    code = table.slug("code")
    kind = table.one_of("kind", QUESTION_KINDS)
    points = table.whole("points", minimum=1, maximum=100)
    critical = table.flag("critical")
    text = _prose(table, "text")
    options: list[OptionSource] = []
    seen: set[str] = set()
    for entry in table.tables("options", minimum=2):
        option = OptionSource(
            _prose(entry, "text", max_characters=500), entry.flag("correct"), _prose(entry, "feedback")
        )
        _note_twice(entry, "text", option.text, seen)
        entry.close()
        options.append(option)
    explanation = _prose(table, "explanation")
    table.close()
    if table.faults.count == before:
        _check_answers(table, kind, options)
    return QuestionSource(code, kind, points, critical, text, tuple(options), explanation)


def _check_answers(table: Table, kind: str, options: list[OptionSource]) -> None:
    line = table.line_of("options")
    right = sum(option.correct for option in options)
    if kind == "true_false" and len(options) != 2:
        table.note(line, "Câu đúng/sai phải có đúng hai phương án.", "A true/false question has exactly two options.")
    if right == 0:
        table.note(line, "Câu hỏi chưa có phương án đúng.", "The question has no correct option.")
    elif right > 1 and kind != "multiple":
        table.note(
            line,
            f"Câu loại “{kind}” chỉ có một phương án đúng, ở đây có {right}.",
            f"A question of kind “{kind}” has one correct option, here are {right}.",
        )


def _read_exercise(path: Path, faults: Faults) -> ExerciseSource | None:
    table = _open(path, faults)
    if table is None:
        return None
    title = table.text("title")
    instructions = _prose(table, "instructions")
    seen: set[str] = set()
    fields = []
    for entry in table.tables("fields"):
        fields.append(_read_field(entry))
        _note_twice(entry, "key", fields[-1].key, seen)
    attachments = AttachmentsSource(0, ())
    entry_or_none = table.table("attachments")
    if entry_or_none:
        attachments = _read_attachments(entry_or_none)
    rubric = RubricSource("", 1, "", "", 1, ())
    entry_or_none = table.table("rubric")
    if entry_or_none:
        rubric = _read_rubric(entry_or_none)
    table.close()
    return ExerciseSource(path, title, instructions, tuple(fields), attachments, rubric)


def _read_field(table: Table) -> FieldSource:
    before = table.faults.count
    key = table.slug("key")
    label = table.text("label")
    hint = table.text("hint", max_characters=1000)
    kind = table.one_of("kind", FIELD_KINDS)
    required = table.flag("required")
    max_characters: int | None = None
    choices: tuple[str, ...] = ()
    if table.faults.count == before:
        if kind == "choice":
            choices = table.texts("choices", minimum=2, max_characters=200)
        else:
            max_characters = table.whole("max_characters", minimum=1, maximum=20_000)
        table.close()
    return FieldSource(key, label, hint, kind, required, max_characters, choices)


def _read_attachments(table: Table) -> AttachmentsSource:
    max_count = table.whole("max_count", minimum=0, maximum=20)
    kinds = table.texts("kinds", minimum=0)
    for kind in kinds:
        if kind and kind not in ATTACHMENT_KINDS:
            allowed = ", ".join(ATTACHMENT_KINDS)
            table.note(
                table.line_of("kinds"),
                f"“{kind}” không dùng được; loại tệp đính kèm là: {allowed}.",
                f"“{kind}” is not taken; kinds of attachment are: {allowed}.",
            )
    table.close()
    return AttachmentsSource(max_count, kinds)


def _read_rubric(table: Table) -> RubricSource:
    code = table.slug("code")
    version = table.whole("version", minimum=1, maximum=9999)
    title = table.text("title")
    legal_basis = table.text("legal_basis", max_characters=2000)
    pass_percent = table.whole("pass_percent", minimum=1, maximum=100)
    before = table.faults.count
    entries = table.tables("criteria")
    criteria = [_read_criterion(entry) for entry in entries]
    seen: set[str] = set()
    for entry, criterion in zip(entries, criteria, strict=True):
        _note_twice(entry, "code", criterion.code, seen)
    if table.faults.count == before:
        _check_requirements(entries, criteria)
        _check_branches(entries, criteria)
    table.close()
    return RubricSource(code, version, title, legal_basis, pass_percent, tuple(criteria))


def _read_criterion(table: Table) -> CriterionSource:
    code = table.text("code", max_characters=20)
    part = table.one_of("part", PARTS)
    title = table.text("title")
    levels: list[LevelSource] = []
    before = table.faults.count
    entries = table.tables("levels", minimum=2)
    for entry in entries:
        levels.append(
            LevelSource(entry.whole("points", minimum=0, maximum=100), entry.text("text", max_characters=1000))
        )
        entry.close()
    if table.faults.count == before:
        for (lower, higher), entry in zip(pairwise(levels), entries[1:], strict=True):
            if higher.points <= lower.points:
                entry.note(
                    entry.line_of("points"),
                    f"Điểm các mức phải tăng dần và không trùng: {higher.points} đứng sau {lower.points}.",
                    f"Points must go up without repeats: {higher.points} follows {lower.points}.",
                )
    requires: RequirementSource | None = None
    if table.has("requires"):
        entry_or_none = table.table("requires")
        if entry_or_none:
            requires = RequirementSource(
                entry_or_none.text("criterion", max_characters=20),
                entry_or_none.whole("at_least", minimum=1, maximum=100),
            )
            entry_or_none.close()
    stops_at: int | None = None
    if table.has("stops_at"):
        stops_at = table.whole("stops_at", minimum=0, maximum=100)
        if levels and stops_at not in {level.points for level in levels}:
            table.note(
                table.line_of("stops_at"),
                f"“stops_at” là {stops_at} nhưng không có mức nào {stops_at} điểm.",
                f"“stops_at” is {stops_at} but no level gives {stops_at} points.",
            )
    branch = table.text("branch") if table.has("branch") else None
    table.close()
    return CriterionSource(code, part, title, tuple(levels), requires, stops_at, branch)


def _check_requirements(entries: list[Table], criteria: list[CriterionSource]) -> None:
    """A requirement looks back to a criterion marked before it, so that no two can wait for each other."""
    above: dict[str, CriterionSource] = {}
    known = {criterion.code for criterion in criteria}
    for entry, criterion in zip(entries, criteria, strict=True):
        needed = criterion.requires
        line = entry.line_of("requires")
        if needed and needed.criterion not in known:
            entry.note(
                line,
                f"“requires” nhắc đến tiêu chí “{needed.criterion}” không có trong bảng.",
                f"“requires” names the unknown criterion “{needed.criterion}”.",
            )
        elif needed and needed.criterion not in above:
            entry.note(
                line,
                f"Tiêu chí “{needed.criterion}” phải đứng trước tiêu chí cần đến nó.",
                f"The criterion “{needed.criterion}” must stand above the one that requires it.",
            )
        elif needed and needed.at_least > above[needed.criterion].most_points:
            entry.note(
                line,
                f"“at_least” lớn hơn điểm cao nhất của tiêu chí “{needed.criterion}”.",
                f"“at_least” is more than the criterion “{needed.criterion}” can give.",
            )
        above[criterion.code] = criterion


def _check_branches(entries: list[Table], criteria: list[CriterionSource]) -> None:
    """Alternatives stand next to each other under one title, each with its own branch."""
    for position, (entry, criterion) in enumerate(zip(entries, criteria, strict=True)):
        if criterion.branch is None:
            continue
        neighbours = criteria[max(0, position - 1) : position] + criteria[position + 1 : position + 2]
        earlier = [other.branch for other in criteria[:position] if _group_key(other) == _group_key(criterion)]
        if not any(_group_key(other) == _group_key(criterion) for other in neighbours):
            entry.note(
                entry.line_of("branch"),
                "Mỗi nhánh phải đứng liền một nhánh khác cùng phần và cùng tên tiêu chí.",
                "A branch must stand next to another branch with the same part and title.",
            )
        elif criterion.branch in earlier:
            entry.note(
                entry.line_of("branch"),
                f"Nhánh “{criterion.branch}” viết hai lần.",
                f"The branch “{criterion.branch}” is written twice.",
            )
