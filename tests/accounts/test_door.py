"""The door: signing in, activating, changing the password, and all that must not open it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts import actions
from lms.accounts.models import Activation, LoginName, NameKind, User, UserSession
from lms.core.audit import AuditEntry
from lms.core.clock import now
from lms.core.db import db
from tests.support import make

PHONE = "0912345678"


@pytest.fixture
def learner(app):
    return make.user(names={NameKind.PHONE: PHONE, NameKind.LOGIN: "ha.nguyen"}, password=make.PASSWORD)


def enter(client, name=PHONE, password=make.PASSWORD, **more):
    return client.post("/sign-in", data={"name": name, "password": password, **more})


def is_signed_in(client):
    return client.get("/account").status_code == 200


def test_the_right_password_opens_the_door(client, learner):
    assert enter(client).status_code == 303
    assert is_signed_in(client)


@pytest.mark.parametrize("name", ["+84 912.345.678", "HA.NGUYEN", "0912 345 678"])
def test_any_of_a_persons_names_will_do(client, learner, name):
    assert enter(client, name).status_code == 303


def test_a_wrong_password_does_not(client, learner):
    assert enter(client, password="một câu khác hẳn").status_code == 422
    assert not is_signed_in(client)


def test_the_answer_does_not_tell_whether_an_account_exists(client, learner):
    wrong, unknown = (enter(client, name, "một câu khác hẳn") for name in (PHONE, "0987654321"))

    def shown(answer, name):
        return mask(answer.text).replace(name, "NAME")

    assert wrong.status_code == unknown.status_code
    assert shown(wrong, PHONE) == shown(unknown, "0987654321")


def mask(text):
    return "\n".join(line for line in text.splitlines() if "csrf_token" not in line)


def test_an_account_that_is_not_activated_cannot_sign_in(app, client):
    make.user(names={NameKind.PHONE: PHONE})

    assert enter(client, password="").status_code == 422
    assert enter(client, password="bất cứ câu nào").status_code == 422


def test_a_suspended_account_is_out_at_once(client, learner):
    enter(client)
    actions.suspend(learner, by=None, at=now())

    assert not is_signed_in(client)
    assert enter(client).status_code == 422


def test_guessing_one_account_is_slowed_and_then_forgiven(client, learner, clock):
    for _ in range(5):
        assert enter(client, password="đoán bừa một câu").status_code == 422

    assert enter(client).status_code == 429
    clock.shift(timedelta(minutes=16))
    assert enter(client).status_code == 303


def test_guessing_over_many_accounts_from_one_address_is_slowed(client, app, clock):
    for number in range(60):
        enter(client, f"0900000{number:03}", "đoán bừa một câu")

    assert enter(client, "0911111111", "đoán bừa một câu").status_code == 429


def test_a_rival_cannot_keep_somebody_out_for_good(client, learner, clock):
    for _ in range(20):
        enter(client, password="đoán bừa một câu")
        clock.shift(timedelta(minutes=4))

    clock.shift(timedelta(minutes=16))
    assert enter(client).status_code == 303


def test_the_session_is_a_new_one_after_signing_in(client, learner):
    client.get("/sign-in")
    client.remember(session_token="planted", something="planted")
    enter(client)

    with client.session_transaction() as session:
        assert session["session_token"] != "planted"
        assert "something" not in session


def test_signing_out_ends_the_session_on_the_server(client, learner):
    enter(client)
    with client.session_transaction() as session:
        token = session["session_token"]
    client.post("/sign-out")
    client.remember(session_token=token)

    assert not is_signed_in(client)


def test_changing_the_password_signs_every_other_browser_out(app, client, sign_in, learner):
    other = sign_in(learner)
    enter(client)
    answer = client.post(
        "/account/password",
        data={"old_password": make.PASSWORD, "password": "nương ngô sau nhà", "password_again": "nương ngô sau nhà"},
    )

    assert answer.status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_the_old_password_is_asked_for(client, learner):
    enter(client)
    answer = client.post(
        "/account/password",
        data={"old_password": "đoán", "password": "nương ngô sau nhà", "password_again": "nương ngô sau nhà"},
    )

    assert answer.status_code == 422
    assert enter(app_client(client)).status_code == 303


def app_client(client):
    return client.application.test_client()


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_after_signing_in_nobody_is_led_elsewhere(client, learner, target):
    assert enter(client, next=target).location == "/"


def test_after_signing_in_one_goes_on_where_one_wanted(client, learner):
    assert enter(client, next="/account?x=1").location == "/account?x=1"


def test_a_session_ends_by_itself(client, learner, clock):
    enter(client)
    clock.shift(timedelta(days=15))

    assert not is_signed_in(client)


def test_nothing_secret_is_stored_as_it_is(client, learner):
    enter(client)
    with client.session_transaction() as session:
        token = session["session_token"]
    stored = db.session.scalars(select(UserSession.token_digest)).all()
    names = db.session.scalars(select(LoginName.value_index)).all()

    assert token not in stored
    assert PHONE not in "".join(names)
    assert learner.password_hash.startswith("$argon2id$")


class TestActivating:
    @pytest.fixture
    def invited(self, app):
        return make.user(names={NameKind.PHONE: PHONE})

    @pytest.fixture
    def code(self, invited, clock):
        return actions.invite(invited, by=None, at=now())

    def activate(self, client, code, name=PHONE, password=make.PASSWORD, again=None):
        return client.post(
            "/activate",
            data={"name": name, "code": code, "password": password, "password_again": again or password},
        )

    def test_the_slip_opens_the_account(self, client, code):
        assert self.activate(client, code.lower().replace("-", " ")).status_code == 303
        assert is_signed_in(client)

    def test_a_wrong_code_does_not(self, client, code):
        assert self.activate(client, "AAAA-BBBB-CCCC").status_code == 422
        assert not is_signed_in(client)

    def test_a_code_belongs_to_one_account(self, client, code):
        make.user(names={NameKind.PHONE: "0987654321"})

        assert self.activate(client, code, name="0987654321").status_code == 422

    def test_a_code_works_once(self, client, code):
        self.activate(client, code)

        assert self.activate(app_client(client), code, password="nương ngô sau nhà").status_code == 422

    def test_a_newer_slip_replaces_the_older(self, client, invited, code):
        newer = actions.invite(invited, by=None, at=now())

        assert self.activate(client, code).status_code == 422
        assert self.activate(client, newer).status_code == 303

    def test_a_slip_grows_old(self, client, code, clock):
        clock.shift(timedelta(days=61))

        assert self.activate(client, code).status_code == 422

    def test_guessing_codes_is_slowed(self, client, code):
        for _ in range(5):
            self.activate(client, "AAAA-BBBB-CCCC")

        assert self.activate(client, code).status_code == 429

    def test_a_poor_password_is_refused_and_the_code_stays_good(self, client, code):
        refused = self.activate(client, code, password="matkhau123")

        assert refused.status_code == 422
        assert "quá dễ đoán" in refused.text
        assert self.activate(client, code).status_code == 303

    def test_two_different_passwords_are_refused_beside_the_field(self, client, code):
        refused = self.activate(client, code, again="một câu khác hẳn")

        assert "Hai lần nhập chưa giống nhau." in refused.text

    def test_the_code_itself_is_not_stored(self, code):
        assert code.replace("-", "") not in str(db.session.scalars(select(Activation.code_digest)).all())


def test_every_act_on_an_account_leaves_a_line(app):
    user = make.user(password=make.PASSWORD)
    db.session.commit()

    lines = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == user.id)).all()
    assert lines == ["accounts.make_user", "accounts.set_password"]
    assert make.PASSWORD not in str(db.session.scalars(select(AuditEntry.details)).all())


def test_a_name_belongs_to_one_account_only(app):
    first = make.user(names={NameKind.PHONE: PHONE})
    second = make.user(names={NameKind.PHONE: "+84 912345678", NameKind.ID_NUMBER: "001085000001"})

    assert [name.kind for name in first.names] == [NameKind.PHONE]
    assert [name.kind for name in second.names] == [NameKind.ID_NUMBER]


def test_the_hash_of_an_account_without_activation_is_impossible(app):
    db.session.add(User(display_name="x", created_at=now(), password_hash="$argon2id$x"))
    with pytest.raises(Exception, match="password_when_activated"):
        db.session.flush()
    db.session.rollback()
