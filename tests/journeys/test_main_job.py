"""The main job in one run: from the roster files to a verified certificate and a coverage figure that moves."""

import io
import re
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Page, expect
from sqlalchemy import select

from assessments import actions as assessments
from assessments.models import Question
from assessments.reading import read_material
from lms.accounts.models import NameKind, Role
from lms.core.clock import now
from lms.core.db import db
from lms.records import actions as records
from lms.registry.models import Unit
from lms.settings import PROJECT
from tests.support import make

FILES = Path(__file__).parents[1] / "registry" / "files"
OFFICIALS, LEADERS = FILES / "danh-sach-can-bo.xlsx", FILES / "danh-sach-lanh-dao.csv"
PROVINCE = "12"
"""Lai Châu."""
HOLDER, PHONE, COMMUNE = "Phạm Kim Đào", "0814459130", "Xã Nậm Cuổi"
"""Row 2 of the leaders' file: chair of a cooperative, obliged since 28/01/2026."""
COURSE = "Từ ý tưởng đến phương án sản xuất kinh doanh"
IDEA = {
    "product": "Homestay bản Nậm Cuổi",
    "core-value": "Ngủ nhà sàn, ăn cơm bản, đi nương cùng bà con.",
    "origin": "Nhà tôi vẫn đón khách qua đường từ nhiều năm nay.",
    "packing": "Một đêm, hai bữa cơm và một buổi đi nương.",
    "raw-materials": "Gạo, rau, gà của mười hộ trong xã, trên 90 phần trăm trong tỉnh.",
    "making": "Đón khách, nhận phòng, nấu ăn, dẫn đi nương, tiễn khách.",
    "environment": "Phân loại rác, ủ rác bếp, không dùng chai nhựa.",
    "people": "Mười hai người, tám phụ nữ, đều ở trong xã.",
    "customers": "Khách đi phượt và gia đình thành phố, đặt qua điện thoại.",
    "promotion": "Tháng đầu chụp ảnh, tháng hai mở trang, tháng ba dự hội chợ.",
    "difference": "Khách được làm nương thật, không xem biểu diễn.",
    "story": "Bà tôi nói: khách đến nhà là có thêm một người con.",
}
CHOICES = {"stage": "Sản phẩm đã có, đang bán", "organisation": "Hợp tác xã"}
GROUP = "Dịch vụ du lịch cộng đồng, du lịch sinh thái và điểm du lịch"


@pytest.fixture
def staff(app, official_units):
    """An installation with its units, requirements and training set, and one account for each kind of staff."""
    records.load_requirements(now())
    for folder in sorted(path.parent for path in (PROJECT / "courses" / "material").glob("*/course.yaml")):
        assessments.publish_material(read_material(folder), by=None, at=now())
    units = {
        unit.code: unit.id for unit in db.session.scalars(select(Unit).where(Unit.path.in_(("vn", f"vn/{PROVINCE}"))))
    }
    held = {
        "admin": (Role.ADMINISTRATOR, units["vn"]),
        "coordinator": (Role.COORDINATOR, units[PROVINCE]),
        "trainer": (Role.TRAINER, units[PROVINCE]),
    }
    people = {}
    for name, (role, unit_id) in held.items():
        user = make.user(f"Cán bộ {name}", names={NameKind.LOGIN: name}, password=make.PASSWORD)
        people[name] = make.role(user, role, unit_id=unit_id)
    db.session.commit()
    return people


def enter(page: Page, name: str, password: str = make.PASSWORD) -> None:
    page.goto("/sign-in")
    page.get_by_label("Số điện thoại, số định danh hoặc tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.locator("main").get_by_role("button", name="Đăng nhập").click()
    expect(page).not_to_have_url(re.compile("sign-in"))


def figure(page: Page, label: str) -> int:
    text = page.locator(".figure", has_text=label).first.locator(".figure__value").inner_text()
    return int(text.replace(".", ""))


def import_roster(page: Page, path: Path) -> dict[str, int]:
    """Send a roster, read what it would do, write it, and give the figures shown."""
    page.goto("/registry/imports")
    page.get_by_label("Tệp danh sách").set_input_files(path)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_text("Chưa ghi gì cả")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Ghi danh sách này").click()
    expect(page.get_by_role("heading", name="Kết quả đã ghi")).to_be_visible()
    return {word: figure(page, word) for word in ("Tạo mới", "Thay đổi", "Giữ nguyên", "Gộp", "Từ chối")}


def leaders_figures(page: Page) -> tuple[str, str]:
    """Obliged and trained leaders as the coverage page of the province shows them."""
    page.goto(f"/coverage/units/{PROVINCE}")
    page.get_by_role("link", name="Lãnh đạo doanh nghiệp").first.click()
    part = page.locator('[data-requirement="leaders"]')
    expect(part).to_be_visible()
    values = part.locator(".figure__value").all_inner_texts()
    return values[1], values[2]


def answer_rightly(page: Page, key: dict[str, set[str]]) -> None:
    for question in page.locator("fieldset.question").all():
        legend = question.locator("legend").inner_text()
        wanted = next(right for text, right in key.items() if text in plain(legend))
        for option in question.locator("label.choice").all():
            if plain(option.inner_text()) in wanted:
                option.click()


def plain(text: str) -> str:
    return " ".join(re.sub(r"[*`_]", "", text).split())


@pytest.mark.browser
def test_from_the_rosters_to_a_verified_certificate(app, live_server, page_at, staff, tmp_path):
    with live_server.database():
        key = {
            plain(question.text): {plain(option.text) for option in question.options if option.is_correct}
            for question in db.session.scalars(select(Question))
        }

    # 1. The administrator brings the rosters in; sending the same file again changes nothing.
    admin = page_at(1280)
    enter(admin, "admin")
    officials = import_roster(admin, OFFICIALS)
    leaders = import_roster(admin, LEADERS)
    assert officials["Tạo mới"] > 1000
    assert leaders["Tạo mới"] > 1400
    again = import_roster(admin, LEADERS)
    assert (again["Tạo mới"], again["Thay đổi"]) == (0, 0)
    assert again["Giữ nguyên"] == leaders["Tạo mới"]

    # 2. The coordinator sees the own province, opens a class and prints the slip.
    coordinator = page_at(1280)
    enter(coordinator, "coordinator")
    obliged, trained = leaders_figures(coordinator)
    assert trained == "0"
    assert coordinator.goto("/coverage/units/01").status == 403
    coordinator.goto("/classes/new")
    coordinator.get_by_label("Khóa học").select_option(label=f"{COURSE} (phiên bản 1)")
    coordinator.get_by_label("Tên lớp").fill("Lớp chủ thể Lai Châu")
    coordinator.get_by_label("Ngày khai giảng").fill("2026-01-01")
    coordinator.get_by_label("Cán bộ trainer").check()
    coordinator.get_by_label("Mở cho người học tự ghi danh").check()
    coordinator.get_by_role("button", name="Mở lớp").click()
    expect(coordinator.get_by_role("heading", name="Lớp chủ thể Lai Châu")).to_be_visible()
    coordinator.goto("/registry/people?q=pham+kim+dao")
    coordinator.locator("tr", has_text=HOLDER).get_by_role("checkbox").check()
    coordinator.get_by_role("button", name="In phiếu kích hoạt").click()
    code = coordinator.locator(".slip__code").inner_text()

    # 3. The learner, on a phone: activates, studies, passes the quiz.
    learner = page_at(360)
    learner.goto("/activate")
    learner.get_by_label("Số điện thoại hoặc số định danh của bạn").fill(PHONE)
    learner.get_by_label("Mã kích hoạt").fill(code.lower())
    learner.get_by_label("Chọn mật khẩu").fill("nhà sàn bên suối")
    learner.get_by_label("Nhập lại mật khẩu").fill("nhà sàn bên suối")
    learner.get_by_role("button", name="Kích hoạt và bắt đầu").click()
    expect(learner.get_by_text("Còn phải học")).to_be_visible()
    learner.get_by_role("button", name="Tham gia lớp này").click()
    learner.goto("/learning")
    learner.get_by_role("link", name="Bắt đầu học").click()
    for _lesson in range(6):
        expect(learner.locator(".prose").first).to_be_visible()
        no_sideways_scroll(learner)
        learner.get_by_role("button", name="Tôi đã học xong bài này").click()
    learner.goto("/learning")
    learner.get_by_role("link", name="Học tiếp").click()
    learner.get_by_role("button", name="Bắt đầu làm bài").click()
    no_sideways_scroll(learner)
    answer_rightly(learner, key)
    learner.get_by_role("button", name="Lưu tạm").click()
    learner.get_by_role("button", name="Nộp bài").click()
    expect(learner.locator("main")).to_contain_text("Bạn đã đạt")

    # 4. The practical exercise: written, returned, mended, accepted.
    learner.goto("/learning")
    learner.get_by_role("link", name="Học tiếp").click()
    write_idea(learner)
    learner.get_by_label("Chọn tệp").set_input_files(picture(tmp_path))
    learner.get_by_role("button", name="Đính kèm").click()
    expect(learner.get_by_role("link", name="nha-san.png")).to_be_visible()
    learner.get_by_role("button", name="Nộp bài").click()
    trainer = page_at(1280)
    enter(trainer, "trainer")
    mark(trainer, "return", "Xin viết rõ hơn về khách hàng.")
    learner.goto("/learning")
    learner.get_by_role("link", name="Học tiếp").click()
    expect(learner.get_by_text("Xin viết rõ hơn về khách hàng.").first).to_be_visible()
    learner.get_by_role("button", name="Sửa và nộp lại").click()
    learner.get_by_label("Khách hàng và kênh bán").fill(
        "Gia đình ở Hà Nội và khách phượt, 450.000 đ một đêm, đặt qua điện thoại."
    )
    learner.get_by_role("button", name="Nộp bài").click()
    mark(trainer, "accept", "Rất tốt, chúc mừng chị.")

    # 5. The certificate: on paper, verified by a stranger, later revoked.
    learner.goto("/my/certificates")
    with learner.expect_download() as download:
        learner.get_by_role("link", name=re.compile("PDF")).click()
    pdf = download.value.path().read_bytes()
    address = scanned(pdf)
    assert address.startswith(f"{live_server.address}/v/")
    assert HOLDER in pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_bounded()
    stranger = page_at(360)
    stranger.goto(address)
    expect(stranger.get_by_text("Giấy chứng nhận còn hiệu lực")).to_be_visible()
    for printed in (HOLDER, "1992", COURSE):
        expect(stranger.locator("main")).to_contain_text(printed)
    for private in (PHONE, "079192869827", "25/07/1992"):
        expect(stranger.locator("body")).not_to_contain_text(private)

    # 6. Coverage moves, on the page and in the spreadsheet.
    assert leaders_figures(coordinator) == (obliged, "1")
    with coordinator.expect_download() as download:
        coordinator.get_by_role("link", name="Bảng tính (XLSX)").click()
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert int(obliged) in cells

    # 7. Revoking shows at once, and counts at once.
    coordinator.goto("/certificates?q=pham+kim+dao")
    coordinator.locator("main table").get_by_role("link").first.click()
    coordinator.get_by_label("Loại lý do").select_option(label="Giấy được cấp nhầm")
    coordinator.get_by_label("Căn cứ, nội dung cụ thể").fill("Biên bản rà soát ngày 23/11/2026.")
    coordinator.get_by_label("Mật khẩu của bạn").fill(make.PASSWORD)
    coordinator.once("dialog", lambda dialog: dialog.accept())
    coordinator.get_by_role("button", name="Thu hồi").click()
    expect(coordinator.locator("main")).to_contain_text("Đã thu hồi")
    assert leaders_figures(coordinator) == (obliged, "0")
    stranger.reload()
    expect(stranger.locator("main")).to_contain_text("thu hồi")
    expect(stranger.locator("main")).to_contain_text(HOLDER)


def no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def write_idea(page: Page) -> None:
    for key, text in IDEA.items():
        page.locator(f"[name$='{key}']").fill(text)
    for key, text in CHOICES.items():
        page.locator(f"[name$='{key}']").select_option(label=text)
    page.locator("select[name$='group']").select_option(label=GROUP)


def picture(folder: Path) -> Path:
    from PIL import Image

    path = folder / "nha-san.png"
    Image.new("RGB", (64, 48), (20, 90, 60)).save(path)
    return path


def mark(page: Page, decision: str, remark: str) -> None:
    """Give every criterion its second-best level (of branches the first), say something and decide."""
    page.goto("/marking")
    page.get_by_role("link", name=HOLDER).click()
    for group in page.locator("fieldset", has=page.locator("input[type=radio]")).all():
        options = group.locator("input[type=radio][name^='score']")
        if options.count():
            options.nth(max(0, options.count() - 2)).check()
    page.locator("textarea[name=remark]").fill(remark)
    page.locator(f"input[name=decision][value={decision}]").check()
    page.get_by_role("button", name="Lưu kết quả chấm").click()
    expect(page).to_have_url(re.compile("/marking|/submissions"))
    expect(page.locator(".notice--bad")).to_have_count(0)


def scanned(pdf: bytes) -> str:
    """What an independent decoder reads on the first page, printed at 200 dpi."""
    image = pypdfium2.PdfDocument(io.BytesIO(pdf))[0].render(scale=200 / 72).to_pil()
    found = zxingcpp.read_barcodes(image)
    assert len(found) == 1
    return str(found[0].text)
