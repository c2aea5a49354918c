"""Who may enter: every view says 'public' or 'signed in'; one that says nothing stops the start."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import Forbidden

View = TypeVar("View", bound=Callable[..., Any])
ACCESS = "lms_access"


def public(view: View) -> View:
    """Anyone may call this view."""
    setattr(view, ACCESS, "public")
    return view


def signed_in(view: View) -> View:
    """Only a signed-in person may call this view; what exactly they may do, the view asks with `require`."""
    setattr(view, ACCESS, "signed_in")
    return view


def require(allowed: bool) -> None:
    """Go on only if a policy said yes."""
    if not allowed:
        raise Forbidden


def access_of(app: Flask, endpoint: str) -> str | None:
    """What a view says of itself: 'public', 'signed_in' or nothing."""
    return getattr(app.view_functions[endpoint], ACCESS, None)


def init_app(app: Flask) -> None:
    """Refuse visitors at the door of every view that is not public."""

    @app.before_request
    def stop_strangers() -> ResponseReturnValue | None:
        if request.endpoint is None or access_of(app, request.endpoint) == "public":
            return None
        if current_user.is_authenticated:
            return None
        if request.method == "GET" and not is_for_programs():
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
        return abort(401)


def is_for_programs() -> bool:
    """Whether a program asks and not a person: it is answered in JSON and never led to a page."""
    return request.path.startswith("/api/")


def check_every_view(app: Flask) -> None:
    """Raise RuntimeError naming the views that do not say who may use them."""
    silent = sorted(endpoint for endpoint in app.view_functions if access_of(app, endpoint) is None)
    if silent:
        raise RuntimeError(f"these views do not say who may use them: {', '.join(silent)}")


def own_path(target: str | None, fallback: str) -> str:
    """A place of ours to go next: a path on this site, else the fallback. Never another host."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return fallback
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(letter) < 32 for letter in target) or "\\" in target:
        return fallback
    return target
