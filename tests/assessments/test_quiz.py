import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from assessments import actions, policies, queries
from assessments.actions import StalePage
from assessments.models import Answer, Attempt, Option, Question, Quiz
from assessments.rules import Result
from courses.models import Enrolment, ItemDone
from lms.accounts.models import User
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from tests.support import make
from tests.support.client import Client
from tests.support.threads import at_once

pytestmark = pytest.mark.usefixtures("clock")

SignIn = Callable[[User], Client]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WRONG = {"q1": "3", "q2": "3"}
RIGHT = {"q1": "1", "q2": ["1", "2"]}


def learner_of(enrolment: Enrolment) -> User:
    assert enrolment.person.account is not None
    return enrolment.person.account


def as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pages show questions and options in the order in which they were written."""
    monkeypatch.setattr("random.SystemRandom.shuffle", lambda _self, _order: None)


@pytest.fixture
def enrolment(app: Flask) -> Enrolment:
    return make.enrolment(make.training_class(make.course_version(lessons=1)))


@pytest.fixture
def quiz(enrolment: Enrolment) -> Quiz:
    return make.quiz(enrolment.training_class.version)


def quiz_url(enrolment: Enrolment, quiz: Quiz) -> str:
    return f"/learning/{enrolment.id}/quizzes/{quiz.item.slug}"


def begin(client: Client, enrolment: Enrolment, quiz: Quiz) -> str:
    begun = client.post(f"{quiz_url(enrolment, quiz)}/attempts")
    assert begun.status_code == 303
    return begun.location


def chosen_ids(attempt: Attempt) -> dict[int, list[int]]:
    """Answer every question right, as the database knows it."""
    right: dict[int, list[int]] = {}
    for question_id, option_id in db.session.execute(
        select(Option.question_id, Option.id)
        .join(Question)
        .where(Question.quiz_id == attempt.quiz_id, Option.is_correct)
    ):
        right.setdefault(question_id, []).append(option_id)
    return right


def answer_and_submit(attempt: Attempt, right: bool) -> Result:
    user = learner_of(attempt.enrolment)
    choices = chosen_ids(attempt) if right else {}
    actions.save_answers(attempt, choices, base=attempt.saves_count, by=user, at=NOW)
    return actions.submit(attempt, by=user, at=NOW)


# --- the whole way, as a learner goes it


def test_a_learner_passes_and_the_course_knows(
    sign_in: SignIn, enrolment: Enrolment, quiz: Quiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_written(monkeypatch)
    client = sign_in(learner_of(enrolment))
    intro = client.get(quiz_url(enrolment, quiz)).text
    assert "từ 80% số điểm trở lên" in intro
    assert "3 lần, bạn còn 3 lần" in intro

    attempt_url = begin(client, enrolment, quiz)
    assert "Câu hỏi 1?" in client.get(attempt_url).text
    submitted = client.post(attempt_url, data={**RIGHT, "base": "0", "do": "submit"})
    result = client.get(submitted.location).text

    assert "Bạn đã đạt" in result
    assert "8/8 điểm" in result
    assert "Lời giải thích 1" in result
    assert "Phản hồi 1.1" in result
    assert db.session.scalars(select(ItemDone.item_id)).all() == [quiz.item_id]


def test_answers_are_kept_and_gone_on_with(
    sign_in: SignIn, enrolment: Enrolment, quiz: Quiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_written(monkeypatch)
    client = sign_in(learner_of(enrolment))
    attempt_url = begin(client, enrolment, quiz)

    client.post(attempt_url, data={"q1": "2", "base": "0", "do": "save"})

    elsewhere = sign_in(learner_of(enrolment))
    assert begin(elsewhere, enrolment, quiz) == attempt_url
    page = elsewhere.get(attempt_url).text
    assert re.search(r'name="q1" value="2" checked', page)
    assert "Đã lưu lúc" in page
    assert "1/2 câu đã trả lời" in page


def test_unanswered_questions_are_asked_about_before_submitting(
    sign_in: SignIn, enrolment: Enrolment, quiz: Quiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_written(monkeypatch)
    client = sign_in(learner_of(enrolment))
    attempt_url = begin(client, enrolment, quiz)

    asked = client.post(attempt_url, data={"q1": "1", "base": "0", "do": "submit"})
    assert asked.location == f"{attempt_url}/confirm"
    page = client.get(asked.location).text
    assert "Còn 1 câu chưa trả lời" in page
    assert "Câu 2" in page
    assert db.session.scalars(select(Attempt)).one().is_open

    client.post(f"{attempt_url}/submit")
    assert db.session.scalars(select(Attempt.earned_points)).one() == 4


def test_after_failing_the_key_stays_hidden_while_it_could_help(
    sign_in: SignIn, enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_written(monkeypatch)
    quiz = make.quiz(enrolment.training_class.version, attempts_allowed=2)
    client = sign_in(learner_of(enrolment))

    first = begin(client, enrolment, quiz)
    client.post(first, data={**WRONG, "base": "0", "do": "submit"})
    page = client.get(first).text
    assert "Lần này chưa đạt" in page
    assert "Chưa đúng" in page
    assert "Lời giải thích 1" in page
    assert "Đáp án đúng" not in page
    assert "Phản hồi" not in page

    last = begin(client, enrolment, quiz)
    client.post(last, data={**WRONG, "base": "0", "do": "submit"})
    for url in (first, last):
        assert "Đáp án đúng" in client.get(url).text
    assert "Bạn đã dùng hết số lần làm bài" in client.get(quiz_url(enrolment, quiz)).text
    assert client.post(f"{quiz_url(enrolment, quiz)}/attempts").status_code == 409


# --- nothing of the key leaves early (T04)


def masked(page: str, attempt_url: str) -> str:
    page = re.sub(r'name="csrf_token" value="[^"]*"', "", page)
    page = page.replace(attempt_url, "/attempts/-")
    return re.sub(r"/learning/\d+", "/learning/-", page)


def pages_before_submitting(client: Client, enrolment: Enrolment, quiz: Quiz) -> list[str]:
    attempt_url = begin(client, enrolment, quiz)
    client.post(attempt_url, data={"q1": "1", "base": "0", "do": "save"})
    paths = [quiz_url(enrolment, quiz), attempt_url, f"{attempt_url}/confirm", f"/learning/{enrolment.id}"]
    return [masked(client.get(path).text, attempt_url) for path in paths]


def test_quizzes_that_differ_only_in_their_key_look_the_same(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    as_written(monkeypatch)
    looks = []
    for right in [((1,), (1, 2)), ((3,), (2, 3))]:
        enrolment = make.enrolment(make.training_class(make.course_version(lessons=1)))
        quiz = make.quiz(enrolment.training_class.version, right=right)
        looks.append(pages_before_submitting(sign_in(learner_of(enrolment)), enrolment, quiz))

    assert looks[0] == looks[1]
    for secret in ("Lời giải thích", "Phản hồi", "is_correct"):
        assert secret not in "".join(looks[0])


def test_no_name_of_an_option_tells_where_it_was_written(sign_in: SignIn, enrolment: Enrolment, quiz: Quiz) -> None:
    client = sign_in(learner_of(enrolment))

    page = client.get(begin(client, enrolment, quiz)).text

    assert set(re.findall(r'name="q\d+" value="(\d+)"', page)) == {"1", "2", "3"}
    for option_id in db.session.scalars(select(Option.id).where(Option.id > 3)):
        assert f'value="{option_id}"' not in page


def test_the_order_is_fixed_at_the_start(app: Flask, enrolment: Enrolment, quiz: Quiz) -> None:
    user = learner_of(enrolment)

    attempt = actions.start_attempt(quiz, enrolment, shuffle=list.reverse, by=user, at=NOW)
    again = actions.start_attempt(quiz, enrolment, shuffle=lambda order: None, by=user, at=NOW)

    assert again is attempt
    assert [line["question"] for line in attempt.layout] == [one.id for one in reversed(quiz.questions)]


# --- attempts are counted, never doubled (T08, T09)


def test_attempts_are_numbered_without_holes_and_end(app: Flask, enrolment: Enrolment, quiz: Quiz) -> None:
    for number in (1, 2, 3):
        attempt = make.attempt(quiz, enrolment, at=NOW)
        assert attempt.number == number
        assert answer_and_submit(attempt, right=False) is Result.FAILED

    with pytest.raises(DomainError, match="hết số lần"):
        make.attempt(quiz, enrolment, at=NOW)


def test_nothing_is_begun_after_passing(app: Flask, enrolment: Enrolment, quiz: Quiz) -> None:
    assert answer_and_submit(make.attempt(quiz, enrolment, at=NOW), right=True) is Result.PASSED

    with pytest.raises(DomainError, match="đã đạt"):
        make.attempt(quiz, enrolment, at=NOW)


def test_nothing_is_begun_once_the_class_has_ended(app: Flask) -> None:
    taken = make.training_class(ends_on=date(2026, 11, 22))
    quiz = make.quiz(taken.version)

    with pytest.raises(DomainError, match="kết thúc"):
        make.attempt(quiz, make.enrolment(taken), at=NOW)


def test_a_critical_question_fails_whatever_the_total(app: Flask, enrolment: Enrolment) -> None:
    quiz = make.quiz(enrolment.training_class.version, right=((1,), (1,), (1,)), pass_percent=50, critical=[1])
    attempt = make.attempt(quiz, enrolment, at=NOW)
    choices = chosen_ids(attempt)
    del choices[quiz.questions[0].id]

    actions.save_answers(attempt, choices, base=0, by=learner_of(enrolment), at=NOW)

    assert actions.submit(attempt, by=learner_of(enrolment), at=NOW) is Result.FAILED
    assert attempt.earned_points == 8


def test_submitting_again_changes_nothing(app: Flask, enrolment: Enrolment, quiz: Quiz) -> None:
    attempt = make.attempt(quiz, enrolment, at=NOW)
    first = answer_and_submit(attempt, right=True)

    assert actions.submit(attempt, by=learner_of(enrolment), at=datetime(2026, 11, 24, tzinfo=UTC)) is first
    assert attempt.submitted_at == NOW
    with pytest.raises(DomainError, match="đã nộp"):
        actions.save_answers(attempt, {}, base=attempt.saves_count, by=learner_of(enrolment), at=NOW)


def test_answers_after_submitting_are_not_taken(
    sign_in: SignIn, enrolment: Enrolment, quiz: Quiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_written(monkeypatch)
    client = sign_in(learner_of(enrolment))
    attempt_url = begin(client, enrolment, quiz)
    client.post(attempt_url, data={**WRONG, "base": "0", "do": "submit"})

    late = client.post(attempt_url, data={**RIGHT, "base": "1", "do": "submit"})

    assert late.status_code == 303
    assert "đã nộp trước đó" in client.get(attempt_url).text
    assert db.session.scalars(select(Attempt.earned_points)).one() == 0


def test_ten_starts_at_once_begin_one_attempt(app: Flask, enrolment: Enrolment, quiz: Quiz) -> None:
    enrolment_id, quiz_id, user_id = enrolment.id, quiz.id, learner_of(enrolment).id

    def start() -> int:
        attempt = actions.start_attempt(
            db.session.get_one(Quiz, quiz_id),
            db.session.get_one(Enrolment, enrolment_id),
            shuffle=list.reverse,
            by=db.session.get_one(User, user_id),
            at=NOW,
        )
        return attempt.number

    assert at_once(app, 10, start) == [1] * 10
    assert db.session.scalar(select(func.count(Attempt.id))) == 1


def test_ten_goes_at_once_use_no_more_than_the_attempts_allowed(app: Flask, enrolment: Enrolment, quiz: Quiz) -> None:
    enrolment_id, quiz_id, user_id = enrolment.id, quiz.id, learner_of(enrolment).id

    def go() -> None:
        user = db.session.get_one(User, user_id)
        attempt = actions.start_attempt(
            db.session.get_one(Quiz, quiz_id),
            db.session.get_one(Enrolment, enrolment_id),
            shuffle=list.reverse,
            by=user,
            at=NOW,
        )
        db.session.commit()
        actions.submit(attempt, by=user, at=NOW)

    met = at_once(app, 10, go)

    assert all(one is None or isinstance(one, DomainError) for one in met), met
    numbers = list(db.session.scalars(select(Attempt.number).order_by(Attempt.number)))
    assert numbers == list(range(1, len(numbers) + 1))
    assert 1 <= len(numbers) <= 3


def test_ten_submits_at_once_score_once(app: Flask, enrolment: Enrolment, quiz: Quiz) -> None:
    attempt = make.attempt(quiz, enrolment, at=NOW)
    actions.save_answers(attempt, chosen_ids(attempt), base=0, by=learner_of(enrolment), at=NOW)
    attempt_id, user_id = attempt.id, learner_of(enrolment).id

    def submit() -> Result:
        return actions.submit(db.session.get_one(Attempt, attempt_id), by=db.session.get_one(User, user_id), at=NOW)

    assert at_once(app, 10, submit) == [Result.PASSED] * 10
    assert db.session.scalar(select(func.count(ItemDone.id))) == 1
    entries = select(func.count(AuditEntry.id)).where(AuditEntry.action == "assessments.submit")
    assert db.session.scalar(entries) == 1
    assert db.session.scalar(select(func.count(Answer.id))) == 2


# --- two pages of one attempt


def test_an_old_page_does_not_replace_newer_answers(app: Flask, enrolment: Enrolment, quiz: Quiz) -> None:
    attempt = make.attempt(quiz, enrolment, at=NOW)
    user = learner_of(enrolment)
    newer = chosen_ids(attempt)
    actions.save_answers(attempt, newer, base=0, by=user, at=NOW)

    with pytest.raises(StalePage):
        actions.save_answers(attempt, {}, base=0, by=user, at=NOW)
    actions.save_answers(attempt, newer, base=0, by=user, at=NOW)

    assert {answer.question_id: answer.chosen for answer in attempt.answers} == newer
    assert attempt.saves_count == 1


def test_an_old_page_comes_back_with_what_was_chosen_on_it(
    sign_in: SignIn, enrolment: Enrolment, quiz: Quiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_written(monkeypatch)
    client = sign_in(learner_of(enrolment))
    attempt_url = begin(client, enrolment, quiz)
    client.post(attempt_url, data={"q1": "1", "base": "0", "do": "save"})

    stale = client.post(attempt_url, data={"q1": "3", "base": "0", "do": "submit"})

    assert stale.status_code == 409
    assert re.search(r'name="q1" value="3" checked', stale.text)
    assert 'name="base" value="1"' in stale.text
    assert db.session.scalars(select(Attempt)).one().is_open


@pytest.mark.parametrize("data", [{"q1": "9"}, {"q1": ["1", "2"]}, {"q1": "x"}, {"q1": "-1"}])
def test_answers_that_the_page_cannot_give_are_refused(
    sign_in: SignIn,
    enrolment: Enrolment,
    quiz: Quiz,
    data: dict[str, str | Sequence[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    as_written(monkeypatch)
    client = sign_in(learner_of(enrolment))

    assert client.post(begin(client, enrolment, quiz), data={**data, "base": "0"}).status_code == 422
    assert db.session.scalar(select(func.count(Answer.id))) == 0


def test_an_option_of_another_question_is_refused(app: Flask, enrolment: Enrolment, quiz: Quiz) -> None:
    first, second = quiz.questions
    attempt = make.attempt(quiz, enrolment, at=NOW)

    with pytest.raises(InvalidInput):
        actions.save_answers(attempt, {first.id: [second.options[0].id]}, base=0, by=learner_of(enrolment), at=NOW)


# --- who may


def test_an_attempt_is_its_learner_s_alone(sign_in: SignIn, client: Client, enrolment: Enrolment, quiz: Quiz) -> None:
    trainer = make.trainer()
    enrolment.training_class.trainers.append(trainer)
    attempt = make.attempt(quiz, enrolment)
    strangers = [learner_of(make.enrolment(enrolment.training_class)), trainer, make.coordinator(make.country())]
    shown = [quiz_url(enrolment, quiz), f"/attempts/{attempt.id}", f"/attempts/{attempt.id}/confirm"]
    sent = [f"{quiz_url(enrolment, quiz)}/attempts", f"/attempts/{attempt.id}", f"/attempts/{attempt.id}/submit"]

    for stranger in strangers:
        visitor = sign_in(stranger)
        assert [visitor.get(url).status_code for url in shown] == [403] * 3
        assert [visitor.post(url).status_code for url in sent] == [403] * 3
    assert [client.get(url).status_code for url in shown] == [302] * 3
    assert attempt.is_open
    owner = sign_in(learner_of(enrolment))
    assert [owner.get(url).status_code for url in shown] == [200] * 3
    assert [owner.post(url).status_code for url in sent] == [303] * 3


def test_attempts_listed_are_attempts_seen(app: Flask, enrolment: Enrolment, quiz: Quiz) -> None:
    other = make.enrolment(enrolment.training_class)
    attempts = [make.attempt(quiz, enrolment), make.attempt(quiz, other)]

    for user in (learner_of(enrolment), learner_of(other), make.trainer()):
        listed = set(db.session.scalars(select(Attempt.id).where(policies.visible_attempts(user))))
        assert listed == {one.id for one in attempts if policies.can_see_attempt(user, one)}


def test_a_trainer_gives_one_more_go_when_all_are_used(sign_in: SignIn, enrolment: Enrolment) -> None:
    quiz = make.quiz(enrolment.training_class.version, attempts_allowed=1)
    trainer = make.trainer()
    enrolment.training_class.trainers.append(trainer)
    url = f"/learners/{enrolment.id}"
    grant = f"{url}/quizzes/{quiz.item.slug}/extra-attempt"

    assert sign_in(trainer).post(grant).status_code == 409
    answer_and_submit(make.attempt(quiz, enrolment, at=NOW), right=False)
    for denied in (make.trainer(), learner_of(enrolment), make.coordinator(make.country())):
        assert sign_in(denied).get(url).status_code == 403
        assert sign_in(denied).post(grant).status_code == 403
    assert "Cho làm thêm một lần" in sign_in(trainer).get(url).text
    assert sign_in(trainer).post(grant).status_code == 303
    assert sign_in(trainer).post(grant).status_code == 409

    assert queries.standing_of(quiz, enrolment).left == 1
    assert make.attempt(quiz, enrolment, at=NOW).number == 2
