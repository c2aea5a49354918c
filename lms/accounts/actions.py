"""What is done to accounts: making, inviting, activating, signing in and out, changing the password."""

import threading
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, update

from lms.accounts import queries
from lms.accounts.models import (
    Activation,
    FailedAttempt,
    LoginName,
    NameKind,
    Role,
    RoleGrant,
    User,
    UserSession,
)
from lms.accounts.rules import (
    FAILURE_WINDOW,
    FAILURES_PER_ADDRESS,
    FAILURES_PER_NAME,
    code_key,
    login_key,
    password_fault,
)
from lms.core import audit
from lms.core.db import db
from lms.core.errors import InvalidInput, TooManyAttempts
from lms.core.i18n import lazy_gettext as _l
from lms.core.secrets import blind_index, code, digest, token

ACTIVATION_DAYS: Final = 60
STAFF_HOURS: Final = 12
LEARNER_DAYS: Final = 14
CONFIRM_DOOR: Final = "confirm-password"
FAULTS: Final = {
    "short": _l("Mật khẩu cần ít nhất 8 ký tự."),
    "long": _l("Mật khẩu không được dài quá 128 ký tự."),
    "common": _l("Mật khẩu này quá dễ đoán. Hãy chọn một câu ngắn mà chỉ bạn biết."),
    "monotonous": _l("Mật khẩu lặp lại quá ít ký tự. Hãy chọn một câu ngắn mà chỉ bạn biết."),
    "name": _l("Mật khẩu không được trùng với tên, số điện thoại hoặc số định danh của bạn."),
}

_hashing = threading.BoundedSemaphore(2)
"""Hashing is costly on purpose; no more at once than the machine has cores, so that other pages stay quick."""


@lru_cache(maxsize=1)
def hasher() -> PasswordHasher:
    """argon2id, 19 MiB, 2 passes (OWASP's first recommendation)."""
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


@lru_cache(maxsize=1)
def _nobody_hash() -> str:
    """What is compared when no such account exists, so that the answer takes as long."""
    return hasher().hash("an account that does not exist")


def make_user(display_name: str, *, names: dict[NameKind, str], by: audit.Actor | None, at: datetime) -> User:
    """Make an account that cannot be used until it is activated.

    names: what the person may sign in with. A name that another account already has is left out.
    """
    user = User(display_name=display_name, created_at=at)
    taken = queries.taken_names(names.values())
    for kind, name in names.items():
        if name and name not in taken:
            user.names.append(LoginName(kind=kind, value_index=queries.name_index(name)))
    db.session.add(user)
    audit.record("accounts.make_user", user, by=by, at=at)
    return user


def is_taken(name: str) -> bool:
    """Whether somebody already signs in with this name."""
    return bool(queries.taken_names([name]))


def grant_role(user: User, role: Role, *, unit_id: int, by: audit.Actor | None, at: datetime) -> None:
    """Give an account a role over a unit and everything below it."""
    if any(grant.role is role and grant.unit_id == unit_id for grant in user.roles):
        return
    user.roles.append(RoleGrant(role=role, unit_id=unit_id, granted_at=at))
    # A slip handed out for a learner's account must not open what that account has become.
    _withdraw_codes(user, at)
    audit.record("accounts.grant_role", user, by=by, at=at, role=role.value, unit_id=unit_id)


def invite(user: User, *, by: audit.Actor | None, at: datetime) -> str:
    """Make a fresh one-time code for an account and withdraw the earlier ones. The code is told once, here."""
    _withdraw_codes(user, at)
    fresh = code()
    db.session.add(
        Activation(
            user_id=user.id,
            code_digest=digest(code_key(fresh)),
            made_at=at,
            expires_at=at + timedelta(days=ACTIVATION_DAYS),
        )
    )
    audit.record("accounts.invite", user, by=by, at=at)
    return fresh


def _withdraw_codes(user: User, at: datetime) -> None:
    db.session.flush()
    db.session.execute(
        update(Activation)
        .where(Activation.user_id == user.id, Activation.used_at.is_(None), Activation.withdrawn_at.is_(None))
        .values(withdrawn_at=at)
    )


def check_password_choice(user: User, password: str, *, names: tuple[str, ...] = ()) -> None:
    """Raise InvalidInput if the password must not be used for this account."""
    fault = password_fault(password, names=(user.display_name, *names))
    if fault is not None:
        raise InvalidInput(FAULTS[fault])


def set_password(
    user: User, password: str, *, by: audit.Actor | None, at: datetime, names: tuple[str, ...] = ()
) -> None:
    """Give an account a password and end every session it has open, everywhere."""
    check_password_choice(user, password, names=names)
    with _hashing:
        user.password_hash = hasher().hash(password)
    if user.activated_at is None:
        user.activated_at = at
    end_all_sessions(user, at=at)
    audit.record("accounts.set_password", user, by=by, at=at)


def activate(name: str, activation_code: str, password: str, *, address: str, at: datetime) -> User | None:
    """Set the first password with a one-time code. None if name and code do not belong together.

    Raises TooManyAttempts after too many wrong codes, InvalidInput if the password will not do.
    """
    _check_doors(name, address, at)
    user = queries.user_by_name(name)
    activation = queries.usable_activation(user, activation_code, at) if user is not None else None
    if user is None or activation is None or not user.is_active:
        _count_failure(name, address, at)
        return None
    check_password_choice(user, password, names=(name,))
    # The condition is in the UPDATE too: of two clicks at once, one uses the code.
    used = db.session.execute(
        update(Activation).where(Activation.id == activation.id, Activation.used_at.is_(None)).values(used_at=at)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        return None
    set_password(user, password, by=user, at=at, names=(name,))
    return user


def check_sign_in(name: str, password: str, *, address: str, at: datetime) -> User | None:
    """The account that name and password open; None if they do not, for whatever reason.

    Takes the same time whether or not the account exists. Raises TooManyAttempts when the door was tried too often.
    """
    _check_doors(name, address, at)
    user = queries.user_by_name(name)
    stored = user.password_hash if user is not None and user.password_hash else _nobody_hash()
    with _hashing:
        right = _verify(stored, password)
    if user is None or user.password_hash is None or not right or not user.is_active:
        _count_failure(name, address, at)
        return None
    if hasher().check_needs_rehash(user.password_hash):
        with _hashing:
            user.password_hash = hasher().hash(password)
    return user


def check_password(user: User, password: str, *, at: datetime) -> bool:
    """Whether this is the account's password: asked again before dangerous steps.

    A wrong one is counted: the caller commits then too. Raises TooManyAttempts after too many wrong ones.
    """
    check_door(CONFIRM_DOOR, str(user.id), most=FAILURES_PER_NAME, at=at)
    right = False
    if user.password_hash is not None:
        with _hashing:
            right = _verify(user.password_hash, password)
    if not right:
        count_try(CONFIRM_DOOR, str(user.id), at=at)
    return right


def _verify(stored: str, password: str) -> bool:
    try:
        return hasher().verify(stored, password[:1024])
    except (VerificationError, InvalidHashError):
        return False


def open_session(user: User, *, at: datetime) -> str:
    """Open a session for a browser; the token is told once, here, and belongs in its cookie."""
    fresh = token()
    length = timedelta(hours=STAFF_HOURS) if user.roles else timedelta(days=LEARNER_DAYS)
    db.session.add(UserSession(user_id=user.id, token_digest=digest(fresh), opened_at=at, expires_at=at + length))
    return fresh


def end_session(held: str, *, at: datetime) -> None:
    """End the session a browser holds."""
    db.session.execute(
        update(UserSession)
        .where(UserSession.token_digest == digest(held), UserSession.ended_at.is_(None))
        .values(ended_at=at)
    )


def end_all_sessions(user: User, *, at: datetime) -> None:
    """End every session of an account; takes effect on the next request of each browser."""
    db.session.flush()
    db.session.execute(
        update(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None)).values(ended_at=at)
    )


def suspend(user: User, *, by: audit.Actor | None, at: datetime) -> None:
    """Close an account: its sessions end and nobody can sign in with it."""
    user.suspended_at = at
    end_all_sessions(user, at=at)
    audit.record("accounts.suspend", user, by=by, at=at)


def check_door(door: str, who: str, *, most: int, at: datetime) -> None:
    """Raise TooManyAttempts if a door other than sign-in was tried too often lately by one address or account.

    door: which one, such as 'certificate-number'; its tries are counted apart from every other door's.
    most: how many tries within FAILURE_WINDOW are let through.
    """
    if queries.failures(blind_index(f"door-{door}", who), at) >= most:
        raise TooManyAttempts(_l("Đã thử quá nhiều lần. Hãy đợi 15 phút rồi thử lại."))


def count_try(door: str, who: str, *, at: datetime) -> None:
    """Count one try at a door other than sign-in; the caller commits it even where the try is refused."""
    db.session.add(FailedAttempt(door=blind_index(f"door-{door}", who), at=at))


def _doors(name: str, address: str) -> tuple[str, str]:
    return blind_index("door-name", login_key(name)), blind_index("door-address", address)


def _check_doors(name: str, address: str, at: datetime) -> None:
    by_name, by_address = _doors(name, address)
    if queries.failures(by_name, at) >= FAILURES_PER_NAME or queries.failures(by_address, at) >= FAILURES_PER_ADDRESS:
        raise TooManyAttempts(_l("Đã thử sai quá nhiều lần. Hãy đợi 15 phút rồi thử lại; tài khoản không bị khóa."))


def _count_failure(name: str, address: str, at: datetime) -> None:
    doors = _doors(name, address)
    db.session.execute(
        delete(FailedAttempt).where(FailedAttempt.door.in_(doors), FailedAttempt.at < at - FAILURE_WINDOW)
    )
    db.session.add_all(FailedAttempt(door=door, at=at) for door in doors)
