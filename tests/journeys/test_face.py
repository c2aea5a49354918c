"""What people see: every kind of page at two widths, without barriers, light to fetch, usable without JavaScript."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import urlsplit

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response, expect

from certificates import actions as certificates
from certificates.models import RevokeReason
from courses.models import ItemKind
from lms.accounts.models import User
from lms.registry.models import DeclarationState
from lms.registry.rules.names import match_key
from tests.support import make
from tests.support.databases import Engine
from tests.support.live import LiveServer
from tests.web.world import World, slug_of, world

pytestmark = pytest.mark.browser

PageAt = Callable[..., Page]
NOW: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WCAG: Final = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
LESSON_BYTES: Final = 150_000
"""A lesson on a first visit: the page, its style, script, fonts and pictures of its frame."""
PAGE_BYTES: Final = 30_000
LONG_NAME: Final = "Hợp tác xã Sản xuất, Chế biến và Kinh doanh nông sản hữu cơ Thượng Lâm Khuổi Nhi Nà Mèo"


@pytest.fixture
def engine(sqlite: Engine) -> Engine:
    """How a page looks does not depend on the database; what it does is tested on both elsewhere."""
    return sqlite


def paths_of(known: World) -> list[tuple[User | None, str]]:
    """Pages and whose they are; those of learning and marking are looked at in tests/assessments/test_reach.py."""
    here = known.here
    learning = f"/learning/{here.enrolment.id}"
    lesson = slug_of(here.training_class.version, ItemKind.LESSON)
    return [
        (None, "/"),
        (None, "/sign-in"),
        (None, "/activate"),
        (None, "/certificates/find"),
        (None, f"/v/{here.certificate.token}"),
        (None, f"/v/{known.there.certificate.token}"),
        (None, "/v/" + "A" * 22),
        (None, "/v/abc"),
        (None, "/khong-co-trang-nay"),
        (here.learner, "/learning"),
        (here.learner, learning),
        (here.learner, f"{learning}/lessons/{lesson}"),
        (here.learner, "/my/certificates"),
        (here.learner, "/coverage"),
        (here.coordinator, "/"),
        (here.coordinator, f"/coverage/units/{here.unit.code}"),
        (here.coordinator, f"/coverage/units/{here.unit.code}?key=sex/female&map=today&known=2026-11-01"),
        (here.coordinator, f"/coverage/units/{here.unit.code}/print"),
        (here.coordinator, f"/coverage/units/{here.unit.code}/organisations?requirement=leaders"),
        (here.coordinator, f"/coverage/units/{here.unit.code}/outstanding/officials"),
        (here.coordinator, "/coverage/progress"),
        (here.coordinator, f"/coverage/units/{here.unit.code}/due/officials"),
        (here.coordinator, "/coverage/reconciliation?show=undeclared"),
        (here.coordinator, "/coverage/reports"),
        (here.coordinator, f"/coverage/units/{here.unit.code}/reports/new"),
        (here.coordinator, f"/coverage/reports/{here.report.id}"),
        (here.coordinator, f"/coverage/reports/{here.report.id}/people?standing=t"),
        (here.coordinator, f"/coverage/reports/{here.report.id}/differences"),
        (here.coordinator, f"/coverage/reports/{here.report.id}/print"),
        (here.coordinator, f"/coverage/units/{here.unit.code}/ethnicities"),
        (here.coordinator, f"/coverage/units/{here.unit.code}/trained/officials"),
        (here.coordinator, "/registry/people"),
        (here.coordinator, "/registry/exports"),
        (here.coordinator, "/registry/organisations"),
        (here.coordinator, "/registry/organisations/new"),
        (here.coordinator, f"/registry/organisations/{here.organisation.id}"),
        (here.coordinator, f"/registry/organisations/{here.organisation.id}/leaders/new?q=a"),
        (here.coordinator, f"/registry/organisations/{here.organisation.id}/leaders/new?person=new"),
        (here.coordinator, "/registry/people/new"),
        (here.coordinator, "/registry/units"),
        (here.coordinator, "/registry/units?q=cao+bang"),
        (here.coordinator, f"/registry/units/{here.unit.code}"),
        (here.coordinator, f"/registry/units/vn-2004:{here.divided.code}"),
        (here.coordinator, "/registry/units/divided"),
        (here.coordinator, f"/registry/units/divided/{here.divided.id}"),
        (here.coordinator, "/registry/units/changes"),
        (here.coordinator, f"/registry/units/changes/{here.resolution.id}"),
        (known.administrator, "/registry/units/changes/new?kind=merge&kind=rename&kind=split&kind=move"),
        (here.coordinator, f"/registry/people/{here.person.id}"),
        (here.coordinator, f"/registry/people/{here.person.id}/edit"),
        (here.coordinator, f"/registry/people/{here.person.id}/id-number"),
        (here.coordinator, f"/registry/people/{here.person.id}/posts/new"),
        (here.coordinator, f"/registry/people/{here.person.id}/posts/{here.position.id}"),
        (here.coordinator, f"/registry/people/{here.person.id}/excuses/new"),
        (here.coordinator, f"/registry/people/{here.person.id}/excuses/{here.excuse.id}"),
        (here.coordinator, f"/registry/people/{here.person.id}/ethnicity"),
        (here.coordinator, f"/registry/people/{here.person.id}/merge?q=a"),
        (here.coordinator, f"/registry/people/{here.person.id}/merge/{here.other.id}"),
        (here.coordinator, f"/registry/duplicates/merges/{here.merge.id}"),
        (here.coordinator, "/registry/duplicates"),
        (here.coordinator, f"/registry/duplicates/{here.pair.id}"),
        (known.administrator, "/registry/people/ethnicity-log"),
        (here.coordinator, f"/people/{here.person.id}/record"),
        (here.coordinator, f"/people/{here.person.id}/record/officials"),
        (here.coordinator, f"/people/{here.person.id}/awards/new"),
        (here.coordinator, f"/awards/{here.certificate.award_id}"),
        (here.coordinator, f"/awards/{here.certificate.award_id}/correct"),
        (here.learner, "/my/record"),
        (here.learner, "/my/record/officials"),
        (here.coordinator, "/registry/imports"),
        (here.coordinator, f"/registry/imports/{here.roster.id}"),
        (here.coordinator, "/registry/declarations"),
        (here.coordinator, "/registry/declarations/table"),
        (here.coordinator, f"/registry/declarations/{here.unit.id}"),
        (here.coordinator, f"/registry/declarations/{here.unit.id}/edit"),
        (known.administrator, "/registry/declarations"),
        (here.coordinator, "/certificates"),
        (here.coordinator, f"/certificates/{here.certificate.id}"),
        (known.administrator, "/coverage"),
        (known.administrator, "/coverage/map"),
        (known.administrator, "/requirements"),
        (known.administrator, "/requirements/officials"),
        (known.administrator, "/requirements/officials/versions/new"),
    ]


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_fits_its_screen_and_has_no_barrier(live_server: LiveServer, page_at: PageAt, width: int) -> None:
    known = world()
    led = make.organisation(LONG_NAME, unit=make.commune("Thượng Lâm", within=known.here.unit, code="04777"))
    make.leader(make.person("Công Tằng Tôn Nữ Thị Thượng Lâm Khuổi Nhi"), of=led, started_on=date(2025, 9, 1))
    make.declaration(led.unit, state=DeclarationState.SUBMITTED)
    make.declaration(known.here.unit, {"province": 12})
    make.declaration(known.here.unit, {"province": 14}, state=DeclarationState.RETURNED)
    certificates.revoke(
        known.there.certificate, reason=RevokeReason.ISSUED_IN_ERROR, note="Nhầm người", by=known.administrator, at=NOW
    )
    shown = paths_of(known)
    learners = {known.here.learner.id, None}
    axe = Axe()
    pages: dict[int | None, Page] = {}
    faults: list[str] = []
    for user, path in [(user.id if user else None, path) for user, path in shown]:
        if user not in pages:
            pages[user] = page_at(width)
            if user is not None:
                live_server.sign_in(pages[user], next(one for one, _ in shown if one is not None and one.id == user))
        page = pages[user]
        answer = page.goto(live_server.url(path))
        assert answer is not None
        found = axe.run(page, options=WCAG)
        if found.violations_count:
            faults.append(f"{path}: {found.generate_report()}")
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            faults.append(f"{path}: wider than the screen")
        if user in learners and len(answer.body()) > PAGE_BYTES:
            faults.append(f"{path}: {len(answer.body())} bytes")

    assert not faults, "\n".join(faults)


def test_slips_are_printed_four_to_a_page(live_server: LiveServer, page_at: PageAt) -> None:
    unit = make.commune("Quản Bạ")
    coordinator = make.coordinator(unit)
    for number in range(8):
        one = make.person(f"Vừ Thị Mỷ {number}")
        one.email = f"vu-thi-my-{number}@example.vn"
        make.official(one, unit=unit)
    page = page_at(1280)
    live_server.sign_in(page, coordinator)
    page.goto(live_server.url("/registry/people"))
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="In phiếu kích hoạt cho những người đã chọn").click()

    expect(page.locator(".slip")).to_have_count(8)
    assert len(pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))) == 2


def test_a_learner_without_scripts_gets_from_the_class_to_the_certificate(
    live_server: LiveServer, page_at: PageAt
) -> None:
    province = make.province()
    learner = make.user()
    make.official(make.person(account=learner), unit=province)
    version = make.course_version(lessons=2)
    make.quiz(version, right=((1,), (1, 2)))
    make.training_class(version, name="Lớp vùng cao", unit=province)
    page = page_at(360, scripts=False)
    live_server.sign_in(page, learner)

    page.goto(live_server.url("/"))
    page.get_by_role("button", name="Tham gia lớp này").click()
    expect(page.get_by_role("status")).to_contain_text("Bạn đã vào lớp “Lớp vùng cao”")
    page.get_by_role("link", name="Bắt đầu: Bài học 1").click()
    expect(page.get_by_role("heading", name="Mục đích")).to_be_visible()
    page.get_by_role("button", name="Tôi đã học xong bài này").click()
    page.get_by_role("button", name="Tôi đã học xong bài này").click()
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    for question in page.locator("fieldset.question").all():
        is_multiple = question.get_by_role("checkbox").count() > 0
        for answer in ("Phương án 1", "Phương án 2") if is_multiple else ("Phương án 1",):
            question.get_by_label(answer).check()
    page.get_by_role("button", name="Nộp bài").click()
    page.get_by_role("link", name="Về khóa học").click()
    page.get_by_role("link", name="Xem giấy chứng nhận của tôi").click()

    expect(page.get_by_role("link", name="Tải giấy (PDF)")).to_be_visible()


def test_a_lesson_is_light_on_a_first_visit(live_server: LiveServer, page_at: PageAt) -> None:
    learner = make.user()
    version = make.course_version(
        lessons=1, body="## Chè Shan tuyết\n\n" + "Nghề chè của người **Dao**, người Tày. " * 200
    )
    enrolment = make.enrolment(make.training_class(version), holder=make.person(account=learner))
    address = f"/learning/{enrolment.id}/lessons/{version.items[0].slug}"
    page = page_at(360)
    live_server.sign_in(page, learner)
    fetched: list[Response] = []
    page.on("response", lambda response: fetched.append(response))

    page.goto(live_server.url(address))
    page.wait_for_load_state("networkidle")

    sizes = {response.url: response.request.sizes()["responseBodySize"] for response in fetched}
    assert {urlsplit(url).path.rpartition(".")[2] for url in sizes} >= {"css", "js", "woff2"}
    assert sum(sizes.values()) < LESSON_BYTES, sizes


def test_long_lists_stay_short_on_a_phone(live_server: LiveServer, page_at: PageAt) -> None:
    province = make.province()
    administrator = make.coordinator(make.country())
    make.requirements()
    for number in range(30):
        commune = make.commune(f"Nậm Cắn {number}", within=province)
        commune.match_key = match_key(commune.name)
        make.official(unit=commune)
    page = page_at(360)
    live_server.sign_in(page, administrator)

    for path, row in ((f"/coverage/units/{province.code}", "#units tbody tr"), ("/registry/people", "tbody tr")):
        page.goto(live_server.url(path))
        tallest = max(one.bounding_box()["height"] for one in page.locator(row).all())  # type: ignore[index]
        assert tallest < 170, path
