"""The pages of learning and marking in a real browser: nothing sticks out, and no barrier that axe can find."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from assessments import actions
from assessments.models import Decision
from lms.accounts.models import User
from lms.core.clock import now
from tests.support import make
from tests.support.databases import Engine
from tests.support.live import LiveServer

pytestmark = pytest.mark.browser

PageAt = Callable[..., Page]
EARLIER = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BODY = "## Bảng\n\n| Bước | Ai làm | Khi nào | Kết quả |\n|---|---|---|---|\n| Một | Xã | Quý I | Danh sách |\n"


@pytest.fixture
def engine(sqlite: Engine) -> Engine:
    """How a page looks does not depend on the database; what it does is tested on both elsewhere."""
    return sqlite


def check(page: Page) -> None:
    """Nothing wider than the screen, no fault of axe's."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"


def test_a_learner_on_a_small_phone_without_scripts(live_server: LiveServer, page_at: PageAt) -> None:
    province = make.province()
    trainer = make.trainer()
    learner = make.user()
    person = make.person(account=learner)
    make.official(person, unit=province)
    version = make.course_version(lessons=1, body=BODY)
    taken = make.training_class(version, unit=province, trainers=[trainer])
    make.quiz(version)
    # Looked up now: a test that reads while the browser writes would make it wait.
    work, class_name = make.exercise(version).item.title, taken.name
    page = page_at(360, scripts=False)
    live_server.sign_in(page, learner)

    page.goto(live_server.url("/learning"))
    page.get_by_role("button", name="Tham gia lớp này").click()
    page.get_by_role("link", name="Bắt đầu: Bài học 1").click()
    page.get_by_role("button", name="Tôi đã học xong bài này").click()
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    page.get_by_label("Phương án 1").first.check()
    page.get_by_role("button", name="Nộp bài").click()
    assert "Còn 1 câu chưa trả lời" in page.content()
    page.get_by_role("button", name="Vẫn nộp bài").click()
    assert "Lần này chưa đạt" in page.content()
    page.get_by_role("link", name="Ôn lại bài học").click()
    page.get_by_role("link", name=work).click()
    page.get_by_role("button", name="Nộp bài").click()
    assert "Bạn chưa điền ô này" in page.content()
    page.get_by_label("Tên sản phẩm").fill("Chè Shan tuyết")
    page.get_by_role("button", name="Nộp bài").click()
    assert "đang chờ chấm" in page.content()
    page.goto(live_server.url("/learning"))
    assert class_name in page.content()


def addresses(learner: User, trainer: User) -> list[tuple[User, str]]:
    """One of each page, with something on it."""
    version = make.course_version(lessons=2, body=BODY)
    province = make.province()
    leading = make.coordinator(province)
    taken = make.training_class(version, unit=province, trainers=[trainer])
    person = make.person("Nguyễn Thị Hà", account=learner)
    make.official(person, unit=province)
    make.official(unit=province)
    enrolment = make.enrolment(taken, holder=person)
    quiz, exercise = make.quiz(version), make.exercise(version)
    failed = make.attempt(quiz, enrolment, at=EARLIER)
    actions.submit(failed, by=learner, at=EARLIER)
    open_attempt = make.attempt(quiz, enrolment, at=EARLIER)
    returned = make.submission(exercise, enrolment, at=EARLIER)
    actions.mark_work(
        returned,
        {"A1": 2, "A2": 2},
        remarks={"A1": "Trồng ở đâu?"},
        remark="Viết rõ thêm.",
        decision=Decision.RETURN,
        by=trainer,
        at=now(),
    )
    actions.revise(returned, by=learner, at=now())
    waiting = make.submission(exercise, make.enrolment(taken), at=EARLIER)
    home = f"/learning/{enrolment.id}"
    return [
        (learner, "/learning"),
        (learner, home),
        (learner, f"{home}/lessons/phan-1"),
        (learner, f"{home}/quizzes/{quiz.item.slug}"),
        (learner, f"/attempts/{open_attempt.id}"),
        (learner, f"/attempts/{open_attempt.id}/confirm"),
        (learner, f"/attempts/{failed.id}"),
        (learner, f"{home}/exercises/{exercise.item.slug}"),
        (learner, f"/submissions/{returned.id}"),
        (trainer, "/marking"),
        (trainer, f"/submissions/{waiting.id}/marking"),
        (trainer, f"/learners/{enrolment.id}"),
        (trainer, "/courses"),
        (trainer, f"/courses/{version.id}"),
        (leading, "/classes"),
        (leading, f"/classes/{taken.id}"),
        (leading, "/classes/new"),
    ]


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_fits_and_is_open_to_everybody(live_server: LiveServer, page_at: PageAt, width: int) -> None:
    shown = addresses(make.user(), make.trainer())
    pages: dict[int, Page] = {}
    for user, address in shown:
        if user.id not in pages:
            pages[user.id] = page_at(width)
            live_server.sign_in(pages[user.id], user)
        page = pages[user.id]
        page.goto(live_server.url(address))
        check(page)
