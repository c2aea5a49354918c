"""What an attacker tries: hostile names and texts, files that are two things, forged hosts, old slips, guessing."""

import io
import struct
import time
import unicodedata
import zlib
from datetime import timedelta

import openpyxl
import pytest
from PIL import Image
from sqlalchemy import select

from lms.accounts import actions as accounts
from lms.accounts.models import NameKind, Role
from lms.core import storage
from lms.core.clock import now
from lms.core.db import db
from lms.core.letters import composed
from lms.core.pictures import NotAPicture, redraw
from lms.core.storage import StoredFile
from lms.registry import policies
from lms.registry.models import RosterRow
from lms.registry.rules import names
from lms.registry.rules.reasons import RosterFault
from lms.registry.rules.tables import find_table
from tests.support import make
from tests.support.databases import application
from tests.web.routes import GET, addresses
from tests.web.world import PDF, ROSTER_HEADER, world

HOSTILE = "<img src=x onerror=alert(1)>'\"><script>alert(1)</script>{{7*7}}${7*7}\u202e\u200b=1+1"
ELSEWHERE = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "6.6.6.6"}


@pytest.fixture
def made(app, clock):
    return world()


@pytest.fixture
def people(made, sign_in):
    return {name: sign_in(account) for name, account in made.accounts().items()}


def test_hostile_names_and_texts_run_nowhere(app, made, people):
    here = made.here
    for thing, attribute in (
        (here.person, "full_name"),
        (here.learner, "display_name"),
        (here.trainer, "display_name"),
        (here.coordinator, "display_name"),
        (here.training_class, "name"),
        (here.unit, "name"),
        (here.roster.file, "name"),
        (here.attachment.file, "name"),
    ):
        setattr(thing, attribute, HOSTILE)
    here.person.search_key = names.search_key("hoang thi dam")
    here.submission.texts = {"product": HOSTILE, "story": HOSTILE}
    for row in db.session.scalars(select(RosterRow).where(RosterRow.roster_import_id == here.roster.id)):
        row.label = HOSTILE
        row.reasons = [{"code": "name_signs", "severity": "warning", "field": "full_name", "value": HOSTILE}]

    shown = 0
    for endpoint, path in addresses(app, made, GET).items():
        for name in sorted(GET[endpoint].allowed):
            with people[name].get(path) as answer:
                if answer.mimetype in ("text/csv", "application/json"):
                    # Text is text there: nothing that a browser shows as a page.
                    assert answer.headers["X-Content-Type-Options"] == "nosniff", endpoint
                    continue
                assert b"<img src=x" not in answer.data, (endpoint, name)
                assert b"<script>alert" not in answer.data, (endpoint, name)
                shown += b"&lt;img src=x" in answer.data
    assert shown > 20


def test_a_spreadsheet_holds_no_formula(made, people):
    made.here.person.full_name = "=HYPERLINK(1)"
    made.here.certificate.holder_name = "=HYPERLINK(1)"
    answer = people["coordinator"].post("/certificates/register.xlsx", data={"q": "=1+1"})
    whole = people["coordinator"].post("/certificates/register.xlsx")
    for content in (answer.data, whole.data):
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        kinds = {cell.data_type for line in sheet.iter_rows() for cell in line}
        assert "f" not in kinds
    assert b"<f>" not in whole.data


def test_a_certificate_is_printed_whatever_the_holder_is_called(made, sign_in):
    for name in (HOSTILE, "🌾" * 40, "ក" * 100, "A" * 100, "**đậm** _nghiêng_ [x](y)", "‮ngược"):
        holder = make.person(name, account=(account := make.user()))
        made_out = make.certificate(holder)
        answer = sign_in(account).get(f"/certificates/{made_out.id}/pdf")
        assert answer.status_code == 200, name
        assert answer.data.startswith(b"%PDF"), name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ('a".pdf', 'a".pdf'),
        ("a\nSet-Cookie: x=y.pdf", "aSet-Cookie: x=y.pdf"),
        ("chè \u202efdp.exe", "chè fdp.exe"),
        ("../../etc/passwd", "passwd"),
        ("C:\\anh\\a;b.pdf", "a;b.pdf"),
        ("\n", "tệp"),
    ],
)
def test_a_files_name_stays_within_its_header(made, people, name, kept):
    assert storage.store(PDF, name=name, media_type="application/pdf", by=None, at=now()).name == kept
    made.here.attachment.file.name = name
    answer = people["learner"].get(f"/attachments/{made.here.attachment.id}")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename")
    assert "\n" not in disposition
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def attach(made, people, content, name="a.pdf"):
    work = make.exercise(made.here.training_class.version)
    path = f"/learning/{made.here.enrolment.id}/exercises/{work.item.slug}"
    form = {"text-product": "Chè", "base": "0", "do": "attach", "file": (io.BytesIO(content), name)}
    return people["learner"].post(path, data=form)


def test_a_page_that_calls_itself_a_picture_is_not_taken(made, people):
    page = b"<html><script>alert(1)</script></html>"
    gif = b"GIF89a" + page
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    for content in (page, gif, svg, b"\x89PNG\r\n\x1a\n" + page, b"\xff\xd8\xff" + page, b"PK\x03\x04" + page):
        assert attach(made, people, content, "a.png").status_code == 422
    assert attach(made, people, PDF).status_code == 303


def test_a_picture_comes_out_without_what_was_hung_on(made, people):
    target = io.BytesIO()
    Image.new("RGB", (20, 20), "green").save(target, "PNG")
    assert attach(made, people, target.getvalue() + b"<script>alert(1)</script>PK\x03\x04", "a.png").status_code == 303
    stored = db.session.scalars(select(StoredFile).order_by(StoredFile.id.desc())).first()

    answer = people["learner"].get(f"/attachments/{made.here.attachment.id}")
    assert stored.media_type == "image/png"
    assert stored.size_bytes < 200
    assert b"script" not in answer.data


def png(width, height):
    def part(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0" * 1000)) + part(b"IEND", b"")


def test_a_small_file_that_claims_to_be_huge_is_not_drawn():
    for size in ((60_000, 60_000), (2**31 - 1, 1), (1, 2**31 - 1)):
        with pytest.raises(NotAPicture):
            redraw(png(*size), "png")


def many_scans(count):
    """A picture of many pixels in few bytes that its reader goes through again for each of its scans."""
    target = io.BytesIO()
    Image.new("L", (6000, 6000), 128).save(target, "JPEG", progressive=True, quality=1)
    content = target.getvalue()
    last = content.rindex(b"\xff\xda")
    return content[:last] + content[last:-2] * count + content[-2:]


def test_pictures_as_cameras_make_them_are_drawn():
    for options in ({}, {"progressive": True}, {"exif": b"Exif\x00\x00" + many_scans(50)[:60_000]}):
        target = io.BytesIO()
        Image.effect_noise((300, 200), 90).convert("RGB").save(target, "JPEG", **options)
        behind = b"\xff\xda\x00\x02" * 1000
        assert Image.open(io.BytesIO(redraw(target.getvalue() + behind, "jpg"))).size == (300, 200)


def test_a_picture_of_thousands_of_scans_is_not_drawn():
    began = time.process_time()
    with pytest.raises(NotAPicture):
        redraw(many_scans(2000), "jpg")
    assert time.process_time() - began < 2


def test_what_a_request_says_of_its_host_is_believed_nowhere(app, made, people):
    for browser in people.values():
        browser._csrf_token()
        browser.set_cookie("session", browser.get_cookie("session").value, domain="evil.example")
    for endpoint, path in addresses(app, made, GET).items():
        browser = people[min(GET[endpoint].allowed)]
        with browser.get(path, headers=ELSEWHERE) as answer:
            assert b"evil.example" not in answer.data, endpoint
            assert "evil.example" not in str(answer.headers), endpoint
    slip = people["coordinator"].post("/registry/slips", data={"person": made.here.person.id}, headers=ELSEWHERE)
    assert "evil.example" not in slip.text
    assert "http://localhost" in slip.text


def test_odd_methods_are_refused(app, made, people, client):
    for browser in (client, people["administrator"]):
        for method in ("TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND", "X"):
            assert browser.open("/", method=method, headers={"Cookie": "a=secret"}).status_code == 405, method
        assert browser.open(f"/registry/people/{made.here.person.id}", method="OPTIONS").status_code in (200, 401)


def test_behind_tls_the_cookie_stays_there(app, workshop):
    secure = application(app.config["SQLALCHEMY_DATABASE_URI"], workshop / "tls", base_url="https://hoc.example.vn")
    answer = secure.test_client().post("/sign-in", base_url="https://hoc.example.vn", data={})
    page = secure.test_client().get("/sign-in", base_url="https://hoc.example.vn")
    cookie = page.headers["Set-Cookie"]

    assert answer.status_code == 400
    assert cookie.startswith("__Host-session=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")


def change(client, old, new="nương ngô sau nhà"):
    return client.post("/account/password", data={"old_password": old, "password": new, "password_again": new})


def test_an_open_browser_is_no_place_to_guess_the_password(app, sign_in, clock):
    learner = make.user(names={NameKind.PHONE: "0912345678"}, password=make.PASSWORD)
    browser = sign_in(learner)
    for _ in range(5):
        assert change(browser, "đoán bừa một câu").status_code == 422

    assert change(browser, make.PASSWORD).status_code == 429
    clock.shift(timedelta(minutes=16))
    assert change(browser, make.PASSWORD).status_code == 303


def test_a_learners_slip_does_not_open_what_the_account_has_become(app, client):
    learner = make.user(names={NameKind.PHONE: "0912345678"})
    code = accounts.invite(learner, by=None, at=now())
    make.role(learner, Role.ADMINISTRATOR, unit_id=make.country().id)

    def activate(code):
        form = {"name": "0912345678", "code": code, "password": make.PASSWORD, "password_again": make.PASSWORD}
        return client.post("/activate", data=form).status_code

    assert activate(code) == 422
    assert activate(accounts.invite(learner, by=None, at=now())) == 303


def test_nobody_hands_out_a_slip_for_an_account_that_opens_more_than_their_own(made):
    here = made.here
    local = make.role(make.user("Quản trị tỉnh"), Role.ADMINISTRATOR, unit_id=here.unit.id)
    assert policies.can_invite(local, here.person)
    assert policies.can_invite(here.coordinator, here.person)
    make.role(here.learner, Role.TRAINER, unit_id=here.unit.id)
    assert policies.can_invite(local, here.person)
    assert not policies.can_invite(here.coordinator, here.person)
    make.role(here.learner, Role.ADMINISTRATOR, unit_id=make.country().id)
    assert not policies.can_invite(local, here.person)
    assert policies.can_invite(made.administrator, here.person)


def test_pages_of_names_begin_at_nobody_elsewhere(made, people):
    """Else the place at which a page begins would tell how a stranger is called."""
    colleague = make.person("Bế Văn Ánh")
    make.official(colleague, unit=made.here.unit)
    stranger = make.person("Võ Thị Yến")
    make.official(stranger, unit=made.there.unit)
    requirement = next(iter(make.requirements().values())).code
    path = f"/coverage/units/{made.here.unit.code}/outstanding/{requirement}"

    assert "Bế Văn Ánh" in people["coordinator"].get(path).text
    assert "Bế Văn Ánh" in people["coordinator"].get(f"{path}?after={stranger.id}").text
    assert "Bế Văn Ánh" not in people["coordinator"].get(f"{path}?after={colleague.id}").text


PILED = "a" + "\u0302\u0323" * 400_000


def test_a_letter_under_a_pile_of_marks_costs_no_more_than_its_length():
    began = time.process_time()
    assert len(composed(PILED)) <= 10
    with pytest.raises(RosterFault):
        find_table(PILED.encode())
    table = find_table((ROSTER_HEADER + f"{PILED};15/08/1985\n").encode())
    assert time.process_time() - began < 2
    assert len(str(table.rows[0].cells[0])) <= 10


def test_marks_that_are_written_stay():
    for word in ("Nguyễn", "ế", "thưởng", "Krông Pắc", "กำ", "مُحَمَّد"):
        assert composed(unicodedata.normalize("NFD", word)) == unicodedata.normalize("NFC", word)
