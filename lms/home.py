"""The front page, the language switch and the menu: what needs to know several packages at once."""

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Flask, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.accounts.models import Role
from lms.core.clock import today
from lms.core.i18n import LOCALES
from lms.core.i18n import lazy_gettext as _l
from lms.coverage import queries as coverage
from lms.records.queries import person_of
from lms.registry.policies import scope_of
from lms.registry.queries import tops_of
from lms.registry.words import full_name
from lms.web.access import own_path, public
from lms.web.assets import Stylesheet

bp = Blueprint("home", __name__)
ASSET_SECONDS: Final = 365 * 24 * 3600


@dataclass(frozen=True)
class Place:
    """One entry of the menu: where it leads, what is done there, and who sees it (nobody named: learners)."""

    endpoint: str
    label: str
    about: str
    roles: tuple[Role, ...] = ()
    within: str = ""
    """The endpoint of the entry that it stands under; empty for an entry of the first row."""


LEADING: Final = (Role.ADMINISTRATOR, Role.COORDINATOR)
PLACES: Final = (
    Place("courses.show_learning", _l("Việc học của tôi"), _l("Những gì cần học và đã học đến đâu.")),
    Place("records.show_own_record", _l("Hồ sơ tập huấn"), _l("Bạn cần học gì, đã được ghi nhận những gì, và vì sao.")),
    Place(
        "records.list_own_applications",
        _l("Đơn công nhận"),
        _l("Đã học nghề hoặc tập huấn ở nơi khác? Gửi chứng chỉ để được xem xét công nhận."),
        within="records.show_own_record",
    ),
    Place("certificates.list_own", _l("Giấy chứng nhận"), _l("Giấy đã được cấp, tải về hoặc in ra.")),
    Place(
        "coverage.show_overview",
        _l("Độ bao phủ"),
        _l("Bao nhiêu người thuộc diện phải học, bao nhiêu người đã học xong, còn những ai."),
        LEADING,
    ),
    Place(
        "records.list_requirements",
        _l("Yêu cầu tập huấn"),
        _l("Ai phải học gì, theo văn bản nào, kể từ ngày nào."),
        LEADING,
        within="coverage.show_overview",
    ),
    Place(
        "coverage.show_progresses",
        _l("Tiến độ"),
        _l("Từ năm 2018 đến nay, cần học nhanh đến đâu để đạt 100%, ai đến hạn trước, mở lớp ở đâu."),
        LEADING,
        within="coverage.show_overview",
    ),
    Place(
        "coverage.show_reconciliations",
        _l("Đối chiếu số khai báo"),
        _l("Nơi nào số khai báo và danh sách tên chưa khớp nhau."),
        LEADING,
        within="coverage.show_overview",
    ),
    Place(
        "coverage.list_reports",
        _l("Báo cáo đã công bố"),
        _l("Báo cáo niêm phong đến từng người, và khác số liệu hôm nay ở đâu."),
        LEADING,
        within="coverage.show_overview",
    ),
    Place("registry.list_people", _l("Danh bạ"), _l("Tìm người, xem chức vụ, in phiếu kích hoạt."), LEADING),
    Place(
        "registry.list_organisations",
        _l("Chủ thể"),
        _l("Doanh nghiệp, hợp tác xã, tổ hợp tác, hộ sản xuất kinh doanh: ai đang lãnh đạo, đã học xong chưa."),
        LEADING,
        within="registry.list_people",
    ),
    Place(
        "registry.list_duplicates",
        _l("Nghi trùng"),
        _l("Ai có thể được ghi hai lần: xem cạnh nhau, gộp làm một hoặc ghi là hai người."),
        LEADING,
        within="registry.list_people",
    ),
    Place(
        "registry.list_declarations",
        _l("Số lượng khai báo"),
        _l("Mỗi đơn vị có bao nhiêu cán bộ và lãnh đạo chủ thể: khai, kiểm tra, khóa."),
        LEADING,
        within="registry.list_people",
    ),
    Place(
        "registry.list_units",
        _l("Đơn vị hành chính"),
        _l("Tìm tỉnh, xã hiện nay và trước đây: đơn vị nào thành đơn vị nào, theo văn bản nào."),
        LEADING,
        within="registry.list_people",
    ),
    Place(
        "registry.list_divided",
        _l("Nơi hiện nay"),
        _l("Người và chủ thể ở những xã đã chia nay thuộc xã nào."),
        LEADING,
        within="registry.list_people",
    ),
    Place(
        "registry.list_changes",
        _l("Nghị quyết về đơn vị"),
        _l("Đơn vị nào đổi tên, sáp nhập, chia tách, theo văn bản nào."),
        LEADING,
        within="registry.list_people",
    ),
    Place(
        "registry.list_imports",
        _l("Nhập danh sách"),
        _l("Đưa danh sách cán bộ và lãnh đạo chủ thể vào, xem trước từng dòng rồi mới ghi."),
        LEADING,
    ),
    Place(
        "registry.list_exports",
        _l("Xuất bảng kê"),
        _l("Lấy ra mọi điều đang ghi trong địa bàn của bạn, sửa trong bảng tính rồi gửi lại."),
        LEADING,
        within="registry.list_imports",
    ),
    Place(
        "courses.list_classes",
        _l("Lớp tập huấn"),
        _l("Mở lớp, ghi danh người học, theo dõi tiến độ."),
        (*LEADING, Role.TRAINER),
    ),
    Place(
        "records.list_paper_classes",
        _l("Lớp trên giấy"),
        _l("Ghi một lần theo văn bản cho mọi người đã học một lớp ngoài hệ thống."),
        LEADING,
        within="courses.list_classes",
    ),
    Place(
        "records.list_applications",
        _l("Công nhận đào tạo nghề"),
        _l("Đơn của người đã học ở nơi khác, chờ bạn xem và quyết định."),
        LEADING,
        within="courses.list_classes",
    ),
    Place(
        "assessments.list_waiting",
        _l("Bài chờ chấm"),
        _l("Bài thực hành của các lớp bạn dạy."),
        (Role.TRAINER,),
    ),
    Place(
        "certificates.list_register",
        _l("Sổ cấp giấy"),
        _l("Mọi giấy chứng nhận đã cấp và tình trạng của từng giấy."),
        LEADING,
    ),
)


@dataclass(frozen=True)
class Entry:
    """A menu entry as the page shows it."""

    href: str
    label: str
    about: str
    is_current: bool
    """Whether the page that is looked at is this one, or below it, or one of those beside it."""
    beside: tuple["Entry", ...] = ()
    """What stands under this entry, itself first; empty where nothing does."""


def navigation(user: Any, path: str, *, is_learner: bool = False) -> list[Entry]:
    """The menu of this person; empty for visitors.

    is_learner: staff who have to learn too; who has no role always is one.
    """
    if not user.is_authenticated:
        return []
    seen = [place for place in PLACES if (user.has_role(*place.roles) if place.roles else is_learner or not user.roles)]
    endpoints = {place.endpoint for place in seen}
    current = max(
        (place for place in seen if f"{path}/".startswith(f"{url_for(place.endpoint)}/")),
        key=lambda place: len(url_for(place.endpoint)),
        default=None,
    )
    return [
        _entry(place, current, [other for other in seen if other.within == place.endpoint])
        for place in seen
        if place.within not in endpoints
    ]


def _entry(place: Place, current: Place | None, below: list[Place]) -> Entry:
    beside = tuple(_entry(one, current, []) for one in (place, *below)) if below else ()
    return Entry(
        url_for(place.endpoint),
        str(place.label),
        str(place.about),
        place is current or any(one.is_current for one in beside),
        beside,
    )


def init_app(app: Flask) -> None:
    """Add these pages."""
    app.register_blueprint(bp)


def serve_stylesheet(app: Flask, stylesheet: Stylesheet) -> None:
    """Serve the joined style file under an address that changes with its content."""

    @public
    def show_stylesheet(digest: str) -> ResponseReturnValue:
        if request.accept_encodings.quality("gzip") > 0:
            response = app.response_class(stylesheet.gzipped, mimetype="text/css")
            response.content_encoding = "gzip"
        else:
            response = app.response_class(stylesheet.text, mimetype="text/css")
        response.vary.add("Accept-Encoding")
        if digest == stylesheet.digest:
            response.cache_control.public = True
            response.cache_control.max_age = ASSET_SECONDS
            response.cache_control.immutable = True
        return response

    app.add_url_rule("/static/main-<digest>.css", "home.show_stylesheet", show_stylesheet)


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return render_template("home/front.html")
    places = navigation(current_user, "", is_learner=person_of(current_user) is not None)
    if not current_user.roles and places:
        return redirect(places[0].href)
    tops = tops_of(scope_of(current_user))
    figures = coverage.totals(tops[0], today()) if tops else None
    return render_template(
        "home/desk.html",
        places=places,
        figures=figures,
        gaps=coverage.gaps(figures) if figures is not None else {},
        code_of=coverage.code_of,
        unit_name=full_name,
    )


@bp.post("/locale")
@public
def set_locale() -> ResponseReturnValue:
    locale = request.form.get("locale")
    if locale not in LOCALES:
        abort(400)
    session["locale"] = locale
    session.permanent = True
    return redirect(own_path(request.form.get("next"), url_for(".index")), 303)
