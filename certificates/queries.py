"""Reads of the register of certificates."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from certificates.models import Certificate, NumberReservation
from certificates.rules import is_witnessed, read_number
from lms.core.db import db
from lms.records.models import Award, AwardSource
from lms.registry.models import Person
from lms.registry.rules.names import search_key

PAGE = 50
WITNESSED = [source for source in AwardSource if is_witnessed(source)]


@dataclass(frozen=True)
class RegisterPage:
    """Some lines of the register, latest first, and where the neighbouring pages begin."""

    certificates: list[Certificate]
    older_than: int | None
    """Id after which the next page goes on; None on the last page."""
    newer_than: int | None
    """Id before which the page before this one ends; None on the first page."""


def by_token(token: str) -> Certificate | None:
    """The certificate whose QR code carries this token."""
    return db.session.scalar(select(Certificate).where(Certificate.token == token))


def by_number(number: str) -> Certificate | None:
    """The certificate with a number, written as it is printed."""
    return db.session.scalar(select(Certificate).where(Certificate.number == number))


def of_award(award_id: int) -> Certificate | None:
    """The certificate of an award."""
    return db.session.scalar(select(Certificate).where(Certificate.award_id == award_id))


def reservation_of(award_id: int) -> NumberReservation | None:
    """The number taken for an award."""
    return db.session.scalar(select(NumberReservation).where(NumberReservation.award_id == award_id))


def last_serial(year: int) -> int:
    """The highest serial taken in a year; 0 if none is."""
    return db.session.scalar(select(func.max(NumberReservation.serial)).where(NumberReservation.year == year)) or 0


def awards_without_certificate(most: int) -> list[Award]:
    """Awards of what was done here that count and have no certificate, earliest first."""
    return list(
        db.session.scalars(
            select(Award)
            .outerjoin(Certificate, Certificate.award_id == Award.id)
            .where(Certificate.id.is_(None), Award.revoked_on.is_(None), Award.source.in_(WITNESSED))
            .options(joinedload(Award.person))
            .order_by(Award.id)
            .limit(most)
        )
    )


def with_holder(certificate_id: int) -> Certificate | None:
    """A certificate together with the person it was made out to."""
    return db.session.scalar(_with_holders().where(Certificate.id == certificate_id))


def own_certificates(own: ColumnElement[bool]) -> list[Certificate]:
    """The certificates of the person behind an account, latest first.

    own: which persons that is.
    """
    return list(db.session.scalars(_with_holders().where(own).order_by(Certificate.id.desc())))


def register_page(
    scope: ColumnElement[bool], search: str = "", *, older_than: int | None = None, newer_than: int | None = None
) -> RegisterPage:
    """One page of the register. Page 300 costs what page 1 costs: it is found by id, not by counting.

    scope: which lines the reader may see.
    search: a number, the beginning of one, or part of a name with or without marks.
    """
    found = _register(scope, search)
    if newer_than is not None:
        rows = list(
            db.session.scalars(found.where(Certificate.id > newer_than).order_by(Certificate.id.asc()).limit(PAGE + 1))
        )
        has_newer, has_older = len(rows) > PAGE, True
        rows = rows[:PAGE][::-1]
    else:
        if older_than is not None:
            found = found.where(Certificate.id < older_than)
        rows = list(db.session.scalars(found.order_by(Certificate.id.desc()).limit(PAGE + 1)))
        has_newer, has_older = older_than is not None, len(rows) > PAGE
        rows = rows[:PAGE]
    return RegisterPage(
        rows,
        older_than=rows[-1].id if rows and has_older else None,
        newer_than=rows[0].id if rows and has_newer else None,
    )


def register_lines(scope: ColumnElement[bool], search: str = "") -> Iterator[Certificate]:
    """The same lines in the order of the book, without holding them all in memory."""
    return iter(db.session.scalars(_register(scope, search).order_by(Certificate.id).execution_options(yield_per=500)))


def _with_holders() -> Select[Certificate]:
    return (
        select(Certificate)
        .join(Certificate.award)
        .join(Award.person)
        .options(contains_eager(Certificate.award).contains_eager(Award.person))
    )


def _register(scope: ColumnElement[bool], search: str) -> Select[Certificate]:
    found = _with_holders().where(scope)
    text = search.strip()
    if not text:
        return found
    number = read_number(text)
    if number is not None:
        return found.where(Certificate.number == number)
    return found.where(
        or_(
            Certificate.number.startswith(text.upper(), autoescape=True),
            Person.search_key.contains(search_key(text), autoescape=True),
        )
    )
