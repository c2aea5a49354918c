"""Giving people an account and the slip with which they open it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from lms.accounts import actions as accounts
from lms.accounts.models import NameKind, User
from lms.accounts.queries import taken_names
from lms.core import audit
from lms.core.db import db
from lms.core.secrets import unseal
from lms.registry import queries
from lms.registry.models import Person
from lms.registry.rules.id_numbers import masked


@dataclass(frozen=True)
class Slip:
    """What is handed to one person on paper. The code is known here and nowhere else."""

    person: Person
    names: tuple[tuple[NameKind, str], ...]
    """What they sign in with, each shown by its last signs only: whoever finds the slip must not have both halves."""
    code: str | None = field(repr=False)
    """None if there is nothing to sign in with: no phone, personal id or e-mail of their own."""


def invite_people(people: Iterable[Person], *, by: audit.Actor | None, at: datetime) -> list[Slip]:
    """Make accounts where there are none, and a fresh slip for each person. Earlier slips stop working."""
    invited = list(people)
    accounts_now = queries.accounts_of(invited)
    return [_invite(person, accounts_now.get(person.id), by=by, at=at) for person in invited]


def _invite(person: Person, user: User | None, *, by: audit.Actor | None, at: datetime) -> Slip:
    names = _names_of(person)
    if user is None:
        if len(taken_names(names.values())) == len(names):
            # None at all, or all of them open other accounts: nobody could sign in to this one.
            return Slip(person, (), None)
        user = accounts.make_user(person.full_name, names=names, by=by, at=at)
        person.account = user
        db.session.flush()
        audit.record("registry.give_account", person, by=by, at=at, user_id=user.id)
    held = {name.kind for name in user.names}
    shown = tuple((kind, _shown(kind, text)) for kind, text in names.items() if kind in held)
    if NameKind.LOGIN in held:
        shown = ((NameKind.LOGIN, ""), *shown)
    return Slip(person, shown, accounts.invite(user, by=by, at=at))


def _shown(kind: NameKind, text: str) -> str:
    if kind is NameKind.EMAIL:
        name, _at, host = text.rpartition("@")
        return f"{name[:2]}…@{host}"
    return f"…{masked(text).lstrip('*')}"


def _names_of(person: Person) -> dict[NameKind, str]:
    names = {}
    if person.phone:
        names[NameKind.PHONE] = person.phone
    if person.id_number_sealed:
        names[NameKind.ID_NUMBER] = unseal(person.id_number_sealed)
    if person.email:
        names[NameKind.EMAIL] = person.email
    return names
