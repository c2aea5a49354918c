"""A test client that is its own browser: it shares no user, session or transaction with any other."""

import hashlib
import os
from typing import Any, Final

from flask import has_app_context
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from lms.core.db import db

SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
CSRF_SESSION_KEY: Final = "csrf_token"
CSRF_SALT: Final = "wtf-csrf-token"


def release() -> None:
    """Commit and let go of what the test itself has open, so that a request sees it and is not kept waiting.

    SQLite has one writer: a test that holds its session open would make every POST wait. What the test holds
    is read anew when it is next looked at.
    """
    if has_app_context():
        db.session.commit()


class Client(FlaskClient):
    """Each request runs in an application context of its own, with its own `g` and its own database session.

    Flask reuses a context that is already there, Flask-Login keeps the user in its `g`: without this the
    second of two clients in a test would silently be the first one's user.
    """

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        """Make a request. An unsafe one brings its CSRF token, as a page's form does.

        csrf: False to send none, for tests of the guard.
        """
        release()
        with self.application.app_context():
            if csrf and kwargs.get("method", "GET") not in SAFE_METHODS:
                kwargs["headers"] = [*_pairs(kwargs.get("headers")), ("X-CSRFToken", self._csrf_token())]
            return super().open(*args, **kwargs)

    def remember(self, **values: Any) -> None:
        """Put values into the session cookie."""
        with self.application.app_context(), self.session_transaction() as session:
            session.permanent = True
            session.update(values)

    def _csrf_token(self) -> str:
        with self.session_transaction() as session:
            raw = session.setdefault(CSRF_SESSION_KEY, hashlib.sha256(os.urandom(32)).hexdigest())
        key = self.application.secret_key
        assert key is not None
        token: str = URLSafeTimedSerializer(key, salt=CSRF_SALT).dumps(raw)
        return token


def _pairs(headers: Any) -> list[tuple[str, str]]:
    if headers is None:
        return []
    return list(headers.items() if hasattr(headers, "items") else headers)
