"""The application answering at a real address, for a browser."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

from lms.accounts.actions import open_session
from lms.accounts.models import User
from lms.accounts.views import SESSION_KEY
from lms.core.clock import now
from lms.core.db import db
from tests.support.client import Client, release


def listen() -> socket.socket:
    """A socket on a free port of this machine; its address is known before the application is made."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener


def address_of(listener: socket.socket) -> str:
    """'http://127.0.0.1:54321'."""
    host, port = listener.getsockname()
    return f"http://{host}:{port}"


class LiveServer:
    """The running application and the database behind it."""

    def __init__(self, app: Flask, address: str) -> None:
        self.app = app
        self.address = address

    def url(self, path: str = "/") -> str:
        """The full address of a path. What the test made is committed, so that the browser finds it."""
        release()
        return self.address + path

    @contextmanager
    def database(self) -> Iterator[None]:
        """Look at or change the database between two clicks; committed and let go at the end.

        with live_server.database():
            assert db.session.scalar(select(func.count()).select_from(Award)) == 1
        """
        release()
        with self.app.app_context():
            yield
            db.session.commit()

    def sign_in(self, page: Page, user: User) -> None:
        """Make the page's browser that of a signed-in user."""
        client = signed_in_client(self.app, user)
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.address}])


def signed_in_client(app: Flask, user: User) -> Client:
    """A client whose browser holds a session of this user, opened as the sign-in page opens it."""
    token = open_session(user, at=now())
    release()
    client = app.test_client()
    assert isinstance(client, Client)
    client.remember(**{SESSION_KEY: token})
    return client


@contextmanager
def serving(app: Flask, listener: socket.socket) -> Iterator[LiveServer]:
    """Serve in threads for as long as the block lasts."""
    host, port = listener.getsockname()
    server = make_server(host, port, app, threaded=True, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield LiveServer(app, address_of(listener))
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
