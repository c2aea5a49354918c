"""Takes the README's pictures from the running product, on a fresh demonstration: `make pictures`."""

import json
import tempfile
from pathlib import Path
from typing import Final

from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from certificates.models import Certificate
from lms.app import create_app
from lms.core.db import db
from lms.settings import Settings
from tests.support.browser import open_page, running_browser
from tests.support.live import address_of, listen, serving

HERE: Final = Path(__file__).parent
ROSTER: Final = HERE.parents[1] / "tests" / "registry" / "files" / "danh-sach-can-bo.xlsx"
PHONE: Final = (360, 720)
DESK: Final = (1280, 800)


def main() -> None:
    """Make an instance, serve it, take the pictures, throw it away."""
    with tempfile.TemporaryDirectory() as folder, listen() as listener:
        address = address_of(listener)
        app = create_app(Settings.from_environ({"LMS_INSTANCE": folder, "BASE_URL": address}))
        made = app.test_cli_runner().invoke(args=["setup"])
        assert made.exit_code == 0, repr(made.exception) + made.output
        accounts = {
            line["login"]: line["password"] for line in json.loads((Path(folder) / "demo-accounts.json").read_text())
        }
        with serving(app, listener), running_browser() as browser:
            take_pictures(app, browser, address, accounts)


def take_pictures(app: Flask, browser: Browser, address: str, accounts: dict[str, str]) -> None:
    """One picture for each thing that the README shows."""
    with open_page(browser, address, PHONE[0]) as page:
        enter(page, "htx", accounts["htx"])
        page.get_by_role("link", name="Học tiếp").click()
        save(page, "lesson-360", PHONE)
    with app.app_context():
        token = db.session.scalar(select(Certificate.token).limit(1))
    with open_page(browser, address, PHONE[0]) as page:
        page.goto(f"/v/{token}")
        save(page, "verify-360", PHONE)
    with open_page(browser, address, DESK[0]) as page:
        enter(page, "dieuphoi", accounts["dieuphoi"])
        page.goto("/coverage")
        save(page, "coverage-1280", DESK)
    with open_page(browser, address, DESK[0]) as page:
        enter(page, "quantri", accounts["quantri"])
        page.goto("/registry/imports")
        page.locator("input[type=file]").set_input_files(ROSTER)
        page.get_by_role("button", name="Xem trước").click()
        page.goto(f"{page.url}?show=refused")
        save(page, "import-1280", (DESK[0], 1100))


def enter(page: Page, name: str, password: str) -> None:
    """Sign in as a demonstration account."""
    page.goto("/sign-in")
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("main").get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda url: "sign-in" not in url)


def save(page: Page, name: str, size: tuple[int, int]) -> None:
    """Keep what the screen shows."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.screenshot(path=HERE / f"{name}.png")


if __name__ == "__main__":
    main()
