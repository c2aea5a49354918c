"""One place that turns refusals and faults into pages."""

import errno
from typing import Final

from flask import Flask, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from werkzeug.exceptions import HTTPException

from lms.core.db import db
from lms.core.errors import DomainError
from lms.core.i18n import lazy_gettext as _l
from lms.web.access import is_for_programs

TEXTS = {
    400: (_l("Yêu cầu chưa đúng"), _l("Máy chủ không hiểu yêu cầu này. Hãy quay lại và thử lần nữa.")),
    401: (
        _l("Bạn cần đăng nhập"),
        _l("Phiên làm việc đã hết. Hãy đăng nhập rồi làm lại; những gì đã lưu vẫn còn."),
    ),
    403: (
        _l("Bạn không có quyền xem trang này"),
        _l("Nếu bạn cho rằng đây là nhầm lẫn, hãy hỏi người quản lý lớp hoặc điều phối viên của tỉnh."),
    ),
    404: (_l("Không tìm thấy trang"), _l("Địa chỉ có thể đã viết sai, hoặc nội dung không còn ở đây.")),
    405: (_l("Không làm được theo cách này"), _l("Hãy quay lại trang trước và dùng nút trên trang.")),
    409: (
        _l("Chưa thực hiện được"),
        _l("Dữ liệu vừa được thay đổi ở nơi khác. Hãy tải lại trang rồi thử lại."),
    ),
    413: (
        _l("Tệp quá lớn"),
        _l("Tệp gửi lên vượt quá dung lượng cho phép. Không có gì được lưu; hãy gửi tệp nhỏ hơn."),
    ),
    422: (_l("Nội dung chưa đúng"), _l("Hãy xem lại những gì đã điền.")),
    429: (_l("Thử quá nhiều lần"), _l("Hãy đợi một lúc rồi thử lại.")),
    500: (
        _l("Máy chủ gặp lỗi"),
        _l("Chúng tôi đã ghi lại lỗi này. Những gì đã báo “đã lưu” vẫn được giữ. Hãy thử lại sau ít phút."),
    ),
    503: (_l("Máy chủ đang bận"), _l("Nội dung chưa được lưu. Hãy thử lại sau ít giây.")),
    507: (
        _l("Máy chủ hết chỗ lưu"),
        _l("Nội dung vừa gửi chưa được lưu; những gì đã báo “đã lưu” vẫn còn. Hãy báo quản trị viên rồi thử lại sau."),
    ),
}
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
UNWRITABLE: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EMFILE, errno.ENFILE})


def page(status: int, message: object = None) -> tuple[str | dict[str, object], int]:
    """An error page that says what happened and what to do next; a program is told the same in JSON."""
    title, usual = TEXTS.get(status, TEXTS[500 if status >= 500 else 400])
    if is_for_programs():
        return {"status": status, "title": str(title), "message": str(message or usual)}, status
    try:
        return render_template("error.html", status=status, title=title, message=message or usual), status
    except SQLAlchemyError:
        # Who is signed in could not be looked up for the page's head.
        _let_go()
        title, usual = TEXTS[503]
        return render_template("error.html", status=503, title=title, message=usual), 503


def init_app(app: Flask) -> None:
    """Answer every fault with a page of ours."""

    @app.errorhandler(DomainError)
    def on_refusal(error: DomainError) -> ResponseReturnValue:
        db.session.rollback()
        return page(error.status, error.message)

    @app.errorhandler(CSRFError)
    def on_forged(error: CSRFError) -> ResponseReturnValue:
        return page(400, _l("Trang này đã mở quá lâu hoặc được gửi từ nơi khác. Hãy tải lại trang rồi gửi lại."))

    @app.errorhandler(HTTPException)
    def on_http(error: HTTPException) -> ResponseReturnValue:
        if error.code is not None and error.code < 400:
            return error.get_response()
        if error.code == 401 and request.method == "GET" and not is_for_programs():
            return redirect(url_for("accounts.sign_in"))
        return page(error.code or 500)

    @app.errorhandler(InterfaceError)
    @app.errorhandler(OperationalError)
    def on_busy(error: OperationalError | InterfaceError) -> ResponseReturnValue:
        _let_go()
        current_app.logger.warning("the database did not answer: %s", type(error.orig).__name__)
        if "full" in str(error.orig):
            return page(507)
        return _later()

    @app.errorhandler(NoFreeConnection)
    def on_queue(error: NoFreeConnection) -> ResponseReturnValue:
        _let_go()
        current_app.logger.warning("no connection to the database was free in time")
        return _later()

    @app.errorhandler(OSError)
    def on_disk(error: OSError) -> ResponseReturnValue:
        """The disk is full, read-only or broken: say so; what was being written is not there."""
        _let_go()
        if error.errno in FULL:
            current_app.logger.error("no room left on the disk: %s", error.strerror)
            return page(507)
        if error.errno in UNWRITABLE:
            current_app.logger.error("a file could not be read or written: %s %s", error.strerror, error.filename)
            return _later()
        current_app.logger.exception("a file gave trouble")
        return page(500)

    @app.errorhandler(500)
    def on_fault(error: Exception) -> ResponseReturnValue:
        _let_go()
        return page(500)


def _let_go() -> None:
    """Leave the transaction and ask no more who is signed in: with the database in trouble either may fail,
    and the page must still come."""
    g._login_user = AnonymousUserMixin()
    try:
        db.session.rollback()
    except SQLAlchemyError:
        current_app.logger.warning("the transaction could not be taken back")


def _later() -> ResponseReturnValue:
    body, status = page(503)
    return body, status, {"Retry-After": "5"}
