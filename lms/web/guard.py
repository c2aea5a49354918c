"""Headers on every answer, and the token against forged requests on every unsafe one."""

from typing import Final

from flask import Flask, Response, abort, request
from flask_wtf import CSRFProtect

from lms.web.access import access_of
from lms.web.arguments import holds_nul

POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)

csrf = CSRFProtect()


def init_app(app: Flask) -> None:
    """Guard the application."""
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)

    @app.before_request
    def refuse_nul() -> None:
        if holds_nul(request):
            abort(400)

    csrf.init_app(app)

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers.setdefault("Referrer-Policy", "same-origin")
        headers["Permissions-Policy"] = "geolocation=(), microphone=(), payment=(), usb=()"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if app.config["BASE_URL"].startswith("https://"):
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if not is_public_asset(app):
            headers["Cache-Control"] = "no-store"
        return response


def is_public_asset(app: Flask) -> bool:
    """Whether this answer is one of our own files that everyone may keep: style, script, font, picture."""
    endpoint = request.endpoint
    return endpoint in ("static", "home.show_stylesheet") and access_of(app, endpoint) == "public"
