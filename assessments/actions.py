"""What is done in quizzes and exercises: publishing, attempting, answering, submitting, writing, marking."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from assessments import policies, queries
from assessments.marking import QuestionKind, points_for
from assessments.models import (
    Answer,
    Attachment,
    Attempt,
    Criterion,
    CriterionMark,
    Decision,
    Exercise,
    ExtraAttempt,
    Marking,
    Option,
    Question,
    Quiz,
    Rubric,
    Submission,
    SubmissionState,
)
from assessments.reading import ExerciseSource, MaterialSource, QuizSource, RubricSource
from assessments.rules import FieldFault, Mark, Result, field_fault, judge, result_of, unjudged
from courses import actions as courses
from courses.actions import Published
from courses.models import CourseItem, Enrolment
from lms.accounts.models import User
from lms.core import audit, storage
from lms.core.clock import day_of
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.i18n import lazy_gettext as _l
from lms.core.pictures import NotAPicture, redraw

Shuffle = Callable[[list[Any]], None]
"""Puts a list into another order, in place."""

MOST_BYTES: Final = 5 * 1024 * 1024
ATTACHMENT_KINDS: Final = {"picture": ("jpg", "png"), "pdf": ("pdf",)}
TAIL_BYTES: Final = 2048
"""The end of a PDF stands within so many bytes of the end of the file, or something else was hung on."""
DRAFT_CHARACTERS: Final = 40_000
"""More than any field may be handed in with: a draft keeps what is too long, so that it can be shortened."""


class StalePage(DomainError):
    """The page was made before the latest saving: what it holds must not silently replace that."""

    def __init__(self, saved_at: datetime) -> None:
        super().__init__(_l("Bài này vừa được lưu ở một trang hoặc thiết bị khác."))
        self.saved_at = saved_at


class Incomplete(InvalidInput):
    """A work cannot be handed in yet; says by field what is missing."""

    def __init__(self, faults: Mapping[str, FieldFault]) -> None:
        super().__init__(_l("Bài chưa nộp được: còn chỗ cần sửa."))
        self.faults = faults


def publish_material(source: MaterialSource, *, by: audit.Actor | None, at: datetime) -> Published:
    """Publish a course with its quizzes and exercises; nothing if just this is published already.

    Raises what `courses.actions.publish` raises, and DomainError if a rubric changed under the same version number.
    """
    published = courses.publish(source.course, by=by, at=at)
    if published.is_new:
        items = {item.slug: item for item in published.version.items}
        for slug, quiz in source.quizzes.items():
            _publish_quiz(items[slug], quiz)
        for slug, exercise in source.exercises.items():
            _publish_exercise(items[slug], exercise)
        db.session.flush()
    return published


def _publish_quiz(item: CourseItem, source: QuizSource) -> None:
    quiz = Quiz(
        item=item,
        instructions=source.instructions,
        pass_percent=source.pass_percent,
        attempts_allowed=source.attempts,
    )
    for position, question in enumerate(source.questions, start=1):
        quiz.questions.append(
            Question(
                position=position,
                code=question.code,
                kind=QuestionKind(question.kind),
                points=question.points,
                is_critical=question.critical,
                text=question.text,
                explanation=question.explanation,
                options=[
                    Option(position=place, text=option.text, is_correct=option.correct, feedback=option.feedback)
                    for place, option in enumerate(question.options, start=1)
                ],
            )
        )
    db.session.add(quiz)


def _publish_exercise(item: CourseItem, source: ExerciseSource) -> None:
    db.session.add(
        Exercise(
            item=item,
            rubric=_rubric_of(source.rubric),
            instructions=source.instructions,
            fields=[{**asdict(field), "choices": list(field.choices)} for field in source.fields],
            attachments_allowed=source.attachments.max_count,
            attachment_kinds=list(source.attachments.kinds),
        )
    )


def _rubric_of(source: RubricSource) -> Rubric:
    """The rubric in this version: the one that is there if it says the same, else a new one."""
    criteria = [
        {
            "position": position,
            "code": criterion.code,
            "part": criterion.part,
            "title": criterion.title,
            "levels": [asdict(level) for level in criterion.levels],
            "requires": asdict(criterion.requires) if criterion.requires else None,
            "stops_at": criterion.stops_at,
            "branch": criterion.branch,
        }
        for position, criterion in enumerate(source.criteria, start=1)
    ]
    known = queries.rubric_by_code(source.code, source.version)
    if known is None:
        return Rubric(
            code=source.code,
            version=source.version,
            title=source.title,
            legal_basis=source.legal_basis,
            pass_percent=source.pass_percent,
            criteria=[Criterion(**values) for values in criteria],
        )
    kept = [{name: getattr(criterion, name) for name in criteria[0]} for criterion in known.criteria]
    if kept != criteria or (known.title, known.legal_basis, known.pass_percent) != (
        source.title,
        source.legal_basis,
        source.pass_percent,
    ):
        raise DomainError(
            _l(
                "Phiếu chấm “%(code)s” phiên bản %(version)s đã công bố với nội dung khác;"
                " hãy tăng “version” của phiếu.",
                code=source.code,
                version=source.version,
            )
        )
    return known


def start_attempt(quiz: Quiz, enrolment: Enrolment, *, shuffle: Shuffle, by: audit.Actor, at: datetime) -> Attempt:
    """Begin an attempt, or go on with the one that is open. Two clicks at once begin one.

    Raises DomainError once the quiz is passed, when no attempt is left, or while the class does not run.
    """
    courses.lock(enrolment)
    standing = queries.standing_of(quiz, enrolment)
    if standing.open_attempt is not None:
        return standing.open_attempt
    if standing.is_passed:
        raise DomainError(_l("Bạn đã đạt bài kiểm tra này, không cần làm lại."))
    if not standing.may_start:
        raise DomainError(_l("Bạn đã dùng hết số lần làm bài. Hãy ôn lại rồi nhờ giảng viên cho làm thêm một lần."))
    courses.check_running(enrolment.training_class, day_of(at))
    questions = list(queries.questions_of(quiz).values())
    attempt = Attempt(
        quiz_id=quiz.id,
        enrolment_id=enrolment.id,
        number=len(standing.attempts) + 1,
        started_at=at,
        possible_points=sum(question.points for question in questions),
        saves_count=0,
        layout=_layout(questions, shuffle),
    )
    db.session.add(attempt)
    audit.record("assessments.start_attempt", attempt, by=by, at=at, quiz_id=quiz.id, number=attempt.number)
    return attempt


def _layout(questions: Sequence[Question], shuffle: Shuffle) -> list[dict[str, Any]]:
    """Fix the order in which a learner sees questions and options; it owes nothing to how they were written."""
    order = list(questions)
    shuffle(order)
    layout = []
    for question in order:
        options = list(question.options)
        if question.kind is QuestionKind.TRUE_FALSE:
            # 'Đúng' above 'Sai' in every question reads easier than a random order, and tells as little.
            options.sort(key=lambda option: option.text, reverse=True)
        else:
            shuffle(options)
        layout.append({"question": question.id, "options": [option.id for option in options]})
    return layout


def save_answers(
    attempt: Attempt, choices: Mapping[int, Sequence[int]], *, base: int, by: audit.Actor, at: datetime
) -> None:
    """Keep what a page says is chosen, for every question of the attempt.

    choices: ids of options by id of question; a question that is not named is not answered.
    base: the attempt's `saves_count` when the page was made.
    Raises StalePage if it was saved elsewhere since and says otherwise, DomainError if it is submitted,
    InvalidInput for an option that the question does not have.
    """
    courses.lock(attempt.enrolment)
    db.session.refresh(attempt)
    if not attempt.is_open:
        raise DomainError(_l("Bài này đã nộp, câu trả lời không thay đổi được nữa."))
    questions = queries.questions_of(attempt.quiz)
    wanted = {line["question"]: _checked(questions[line["question"]], choices) for line in attempt.layout}
    kept = {answer.question_id: answer for answer in attempt.answers}
    changed = {
        question_id: chosen
        for question_id, chosen in wanted.items()
        if chosen != (kept[question_id].chosen if question_id in kept else [])
    }
    if not changed:
        return
    if base != attempt.saves_count:
        raise StalePage(max((answer.saved_at for answer in attempt.answers), default=attempt.started_at))
    for question_id, chosen in changed.items():
        answer = kept.get(question_id)
        if answer is None:
            attempt.answers.append(Answer(question_id=question_id, chosen=chosen, saved_at=at))
        else:
            answer.chosen = chosen
            answer.saved_at = at
    attempt.saves_count += 1
    audit.record("assessments.save_answers", attempt, by=by, at=at, save=attempt.saves_count, questions=len(changed))
    db.session.flush()


def _checked(question: Question, choices: Mapping[int, Sequence[int]]) -> list[int]:
    chosen = sorted(set(choices.get(question.id, ())))
    known = {option.id for option in question.options}
    if not known.issuperset(chosen) or (question.kind is not QuestionKind.MULTIPLE and len(chosen) > 1):
        raise InvalidInput(_l("Câu trả lời không khớp với câu hỏi. Hãy tải lại trang rồi chọn lại."))
    return chosen


def submit(attempt: Attempt, *, by: audit.Actor, at: datetime) -> Result:
    """Close an attempt and mark it. Submitting again gives the same result and changes nothing.

    Passing marks the quiz done in the course.
    """
    courses.lock(attempt.enrolment)
    db.session.refresh(attempt)
    if attempt.result is not None:
        return attempt.result
    quiz = attempt.quiz
    questions = queries.questions_of(quiz)
    kept = {answer.question_id: answer for answer in attempt.answers}
    marks = []
    for line in attempt.layout:
        question = questions[line["question"]]
        answer = kept.get(question.id)
        if answer is None:
            answer = Answer(question_id=question.id, chosen=[], saved_at=at)
            attempt.answers.append(answer)
        answer.earned_points = points_for(
            question.kind,
            right={option.id for option in question.options if option.is_correct},
            chosen=set(answer.chosen),
            possible=question.points,
        )
        marks.append(Mark(answer.earned_points, question.points, question.is_critical))
    result = result_of(marks, quiz.pass_percent)
    attempt.submitted_at = at
    attempt.earned_points = sum(mark.earned for mark in marks)
    attempt.result = result
    audit.record(
        "assessments.submit",
        attempt,
        by=by,
        at=at,
        number=attempt.number,
        earned=attempt.earned_points,
        possible=attempt.possible_points,
        result=result.value,
    )
    if result is Result.PASSED:
        courses.mark_done(attempt.enrolment, quiz.item, by=by, at=at)
    return result


def grant_extra_attempt(quiz: Quiz, enrolment: Enrolment, *, by: User, at: datetime) -> ExtraAttempt:
    """Let one learner try a quiz once more than it allows. Raises DomainError unless every attempt is used up."""
    if not policies.can_follow(by, enrolment):
        raise DomainError(_l("Chỉ giảng viên của lớp mới cho làm thêm được."))
    courses.lock(enrolment)
    standing = queries.standing_of(quiz, enrolment)
    if standing.is_passed or standing.left > 0 or standing.open_attempt is not None:
        raise DomainError(_l("Người học chưa dùng hết số lần làm bài, hoặc đã đạt."))
    extra = ExtraAttempt(
        quiz_id=quiz.id,
        enrolment_id=enrolment.id,
        number=standing.extra_count + 1,
        granted_by_id=by.id,
        granted_at=at,
    )
    db.session.add(extra)
    audit.record("assessments.grant_extra_attempt", extra, by=by, at=at, quiz_id=quiz.id, enrolment_id=enrolment.id)
    return extra


def save_draft(
    exercise: Exercise, enrolment: Enrolment, texts: Mapping[str, str], *, base: int, by: audit.Actor, at: datetime
) -> Submission:
    """Keep what is written so far, whole or not; the first saving begins the work.

    texts: by field key; keys that the exercise does not have are left out.
    base: the draft's `saves_count` when the page was made, 0 if there was none.
    Raises StalePage if it was saved elsewhere since and says otherwise, DomainError if the work is not a draft.
    """
    courses.lock(enrolment)
    wanted = {field["key"]: texts.get(field["key"], "")[:DRAFT_CHARACTERS] for field in exercise.fields}
    written = queries.submissions_of(exercise, enrolment)
    if not written:
        courses.check_running(enrolment.training_class, day_of(at))
        draft = Submission(
            exercise_id=exercise.id,
            enrolment_id=enrolment.id,
            number=1,
            state=SubmissionState.DRAFT,
            texts=wanted,
            saved_at=at,
            saves_count=1,
        )
        db.session.add(draft)
        audit.record("assessments.save_draft", draft, by=by, at=at, number=1, save=1)
        return draft
    draft = written[-1]
    _check_draft(draft)
    if draft.texts == wanted:
        return draft
    if base != draft.saves_count:
        raise StalePage(draft.saved_at)
    draft.texts = wanted
    draft.saved_at = at
    draft.saves_count += 1
    audit.record("assessments.save_draft", draft, by=by, at=at, number=draft.number, save=draft.saves_count)
    return draft


def _check_draft(submission: Submission) -> None:
    if submission.state is not SubmissionState.DRAFT:
        raise DomainError(_l("Bài này đã nộp, không sửa được nữa."))


def attach(submission: Submission, content: bytes, *, name: str, by: audit.Actor, at: datetime) -> Attachment:
    """Add a file to a draft. What kind it is, its content decides; a picture is made anew, without hidden data.

    Raises InvalidInput if it is empty, too large, of another kind than asked, broken, or one too many.
    """
    exercise = submission.exercise
    if not content:
        raise InvalidInput(_l("Tệp rỗng, không có nội dung. Bạn hãy chọn lại tệp."))
    if len(content) > MOST_BYTES:
        raise InvalidInput(_l("Tệp lớn quá: tối đa 5 MB mỗi tệp. Bạn hãy chụp nhỏ hơn hoặc gửi tệp khác."))
    kind = storage.kind_of(content)
    if kind is None or kind not in [one for group in exercise.attachment_kinds for one in ATTACHMENT_KINDS[group]]:
        raise InvalidInput(_l("Loại tệp này không nhận được. Bạn hãy gửi ảnh (JPG, PNG) hoặc tệp PDF."))
    if kind == "pdf":
        if b"%%EOF" not in content[-TAIL_BYTES:]:
            raise InvalidInput(_l("Tệp PDF này bị hỏng hoặc chưa tải hết. Bạn hãy gửi lại."))
    else:
        try:
            content = redraw(content, kind)
        except NotAPicture:
            raise InvalidInput(_l("Không mở được ảnh này. Bạn hãy chụp lại hoặc gửi ảnh khác.")) from None
    courses.lock(submission.enrolment)
    db.session.refresh(submission)
    _check_draft(submission)
    count = db.session.scalar(select(func.count(Attachment.id)).where(Attachment.submission_id == submission.id)) or 0
    if count >= exercise.attachments_allowed:
        raise InvalidInput(
            _l(
                "Chỉ được đính kèm tối đa %(count)s tệp. Bạn hãy bỏ bớt một tệp trước.",
                count=exercise.attachments_allowed,
            )
        )
    stored = storage.store(content, name=name, media_type=storage.MEDIA_TYPES[kind], by=by, at=at)
    attachment = Attachment(submission_id=submission.id, file=stored)
    db.session.add(attachment)
    audit.record("assessments.attach", attachment, by=by, at=at, submission_id=submission.id, bytes=len(content))
    db.session.expire(submission, ["attachments"])
    return attachment


def detach(attachment: Attachment, *, by: audit.Actor, at: datetime) -> None:
    """Take a file out of a draft."""
    submission = attachment.submission
    courses.lock(submission.enrolment)
    db.session.refresh(submission)
    _check_draft(submission)
    audit.record("assessments.detach", attachment, by=by, at=at, submission_id=submission.id)
    db.session.delete(attachment)
    db.session.flush()
    db.session.expire(submission, ["attachments"])


def submit_work(submission: Submission, *, by: audit.Actor, at: datetime) -> None:
    """Hand a draft in. Handing in again changes nothing.

    Raises Incomplete if something that must be written is missing or too long; the draft stays as it is.
    """
    courses.lock(submission.enrolment)
    db.session.refresh(submission)
    if submission.state is SubmissionState.SUBMITTED:
        return
    _check_draft(submission)
    faults = {
        rule.key: fault
        for rule in queries.field_rules(submission.exercise)
        if (fault := field_fault(rule, submission.texts.get(rule.key, "")))
    }
    if faults:
        raise Incomplete(faults)
    submission.state = SubmissionState.SUBMITTED
    submission.submitted_at = at
    audit.record("assessments.submit_work", submission, by=by, at=at, number=submission.number)


def revise(submission: Submission, *, by: audit.Actor, at: datetime) -> Submission:
    """Begin the next submission of a work that came back, from a copy of its texts and files.

    Beginning again gives the same draft. Raises DomainError if the work did not come back.
    """
    courses.lock(submission.enrolment)
    written = queries.submissions_of(submission.exercise, submission.enrolment)
    latest = written[-1]
    if latest.state is SubmissionState.DRAFT and latest.number == submission.number + 1:
        return latest
    if latest.id != submission.id or latest.state is not SubmissionState.RETURNED:
        raise DomainError(_l("Chỉ sửa được bài mà giảng viên đã trả lại."))
    draft = Submission(
        exercise_id=latest.exercise_id,
        enrolment_id=latest.enrolment_id,
        number=latest.number + 1,
        state=SubmissionState.DRAFT,
        texts=dict(latest.texts),
        saved_at=at,
        saves_count=1,
        attachments=[Attachment(file=attachment.file) for attachment in latest.attachments],
    )
    db.session.add(draft)
    audit.record("assessments.revise", draft, by=by, at=at, number=draft.number)
    return draft


def mark_work(
    submission: Submission,
    given: Mapping[str, int],
    *,
    remarks: Mapping[str, str],
    remark: str,
    decision: Decision,
    by: User,
    at: datetime,
) -> Marking:
    """Judge a work that was handed in, and give it back or accept it. Accepting marks the exercise done.

    given, remarks: by criterion code; a remark may be left out.
    Raises DomainError if this account may not mark it or somebody just did, InvalidInput if a score is missing or
    not allowed, if the work cannot be accepted by its rubric, or if it goes back without a word.
    """
    courses.lock(submission.enrolment)
    db.session.refresh(submission)
    if not policies.can_mark(by, submission):
        raise DomainError(_l("Bài này không chờ bạn chấm: có thể đã được chấm rồi."))
    rubric = submission.exercise.rubric
    criteria = queries.criteria_of(rubric.id)
    rules = queries.criterion_rules(criteria)
    if missing := unjudged(rules, given):
        raise InvalidInput(_l("Còn tiêu chí chưa cho điểm: %(codes)s.", codes=", ".join(missing)))
    try:
        judged = judge(rules, given)
    except ValueError as error:
        raise InvalidInput(_l("Có điểm không có trong phiếu chấm. Hãy tải lại trang rồi chọn lại.")) from error
    if decision is Decision.ACCEPT and not judged.may_accept(rubric.pass_percent):
        raise InvalidInput(
            _l(
                "Theo phiếu chấm, bài này chưa thể chấp nhận: cần từ %(percent)s%% số điểm và không có tiêu chí loại.",
                percent=rubric.pass_percent,
            )
        )
    said = {code: text.strip() for code, text in remarks.items() if text.strip()}
    if decision is Decision.RETURN and not (remark.strip() or said):
        raise InvalidInput(_l("Hãy viết nhận xét để người học biết cần sửa gì."))
    by_code = {criterion.code: criterion for criterion in criteria}
    marking = Marking(
        submission_id=submission.id,
        trainer_id=by.id,
        decision=decision,
        remark=remark.strip(),
        earned_points=judged.earned,
        possible_points=judged.possible,
        marked_at=at,
        marks=[
            CriterionMark(criterion_id=by_code[code].id, points=points, remark=said.get(code, ""))
            for code, points in judged.points.items()
        ],
    )
    db.session.add(marking)
    accepted = decision is Decision.ACCEPT
    submission.state = SubmissionState.ACCEPTED if accepted else SubmissionState.RETURNED
    audit.record(
        "assessments.mark_work",
        marking,
        by=by,
        at=at,
        submission_id=submission.id,
        decision=decision.value,
        earned=judged.earned,
        possible=judged.possible,
    )
    db.session.expire(submission, ["marking"])
    if accepted:
        courses.mark_done(submission.enrolment, submission.exercise.item, by=by, at=at)
    return marking
