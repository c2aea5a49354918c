"""The door: signing in and out, activating an account, changing the password."""

from typing import Final

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from lms.accounts import actions, queries
from lms.accounts.forms import ActivateForm, PasswordForm, SignInForm
from lms.accounts.models import User
from lms.core.clock import now
from lms.core.db import db
from lms.core.errors import InvalidInput, TooManyAttempts
from lms.core.i18n import gettext as _
from lms.web.access import own_path, public, signed_in

bp = Blueprint("accounts", __name__)
login_manager = LoginManager()
SESSION_KEY: Final = "session_token"


def init_app(app: Flask) -> None:
    """Let requests know who asks."""
    login_manager.init_app(app)
    login_manager.session_protection = None
    app.register_blueprint(bp)


@login_manager.request_loader  # type: ignore[untyped-decorator]
def load_user(_request: object) -> User | None:
    """Who holds the session named in the cookie; asked once a request."""
    token = session.get(SESSION_KEY)
    if not isinstance(token, str):
        return None
    return queries.user_of_session(token, now())


def _enter(user: User) -> None:
    """Start a fresh session for this browser; nothing of the earlier one stays but the language."""
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    session.permanent = True
    session[SESSION_KEY] = actions.open_session(user, at=now())
    g.pop("_login_user", None)


def _address() -> str:
    return request.remote_addr or "unknown"


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("home.index"))
    return render_template("accounts/sign_in.html", form=SignInForm(), next=request.args.get("next", ""))


@bp.post("/sign-in")
@public
def check_sign_in() -> ResponseReturnValue:
    form = SignInForm()
    target = own_path(request.form.get("next"), url_for("home.index"))
    status = 422
    if form.validate():
        try:
            user = actions.check_sign_in(str(form.name.data), str(form.password.data), address=_address(), at=now())
        except TooManyAttempts as refusal:
            form.form_errors.append(refusal.message)
            status = refusal.status
        else:
            if user is not None:
                _enter(user)
                db.session.commit()
                return redirect(target, 303)
            db.session.commit()
            form.form_errors.append(
                _("Tên đăng nhập hoặc mật khẩu chưa đúng. Nếu chưa kích hoạt tài khoản, hãy dùng mã trên phiếu.")
            )
    return render_template("accounts/sign_in.html", form=form, next=target), status


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    token = session.get(SESSION_KEY)
    if isinstance(token, str):
        actions.end_session(token, at=now())
        db.session.commit()
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    return redirect(url_for("home.index"), 303)


@bp.get("/activate")
@public
def activate() -> ResponseReturnValue:
    return render_template(
        "accounts/activate.html", form=ActivateForm(formdata=None, code=request.args.get("code", ""))
    )


@bp.post("/activate")
@public
def check_activation() -> ResponseReturnValue:
    form = ActivateForm()
    status = 422
    if form.validate():
        try:
            user = actions.activate(
                str(form.name.data), str(form.code.data), str(form.password.data), address=_address(), at=now()
            )
        except TooManyAttempts as refusal:
            form.form_errors.append(refusal.message)
            status = refusal.status
        except InvalidInput as refusal:
            db.session.rollback()
            form.password.errors = [*form.password.errors, refusal.message]
        else:
            if user is not None:
                _enter(user)
                db.session.commit()
                flash(_("Chào mừng bạn! Tài khoản đã sẵn sàng."), "good")
                return redirect(url_for("home.index"), 303)
            db.session.commit()
            form.form_errors.append(
                _(
                    "Số điện thoại (hoặc số định danh) và mã kích hoạt chưa khớp, hoặc mã đã dùng hay hết hạn. "
                    "Hãy xem lại phiếu, hoặc xin điều phối viên phiếu mới."
                )
            )
    return render_template("accounts/activate.html", form=form), status


@bp.get("/account")
@signed_in
def show_account() -> ResponseReturnValue:
    return render_template("accounts/account.html", form=PasswordForm())


@bp.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    form = PasswordForm()
    if form.validate():
        user: User = current_user._get_current_object()
        if not actions.check_password(user, str(form.old_password.data), at=now()):
            db.session.commit()
            form.old_password.errors = [*form.old_password.errors, _("Mật khẩu hiện tại chưa đúng.")]
        else:
            try:
                actions.set_password(user, str(form.password.data), by=user, at=now())
            except InvalidInput as refusal:
                form.password.errors = [*form.password.errors, refusal.message]
            else:
                _enter(user)
                db.session.commit()
                flash(_("Đã đổi mật khẩu. Mọi thiết bị khác đã được đăng xuất."), "good")
                return redirect(url_for(".show_account"), 303)
    db.session.rollback()
    return render_template("accounts/account.html", form=form), 422
