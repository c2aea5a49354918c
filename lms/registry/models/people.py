"""People, apart from their accounts: each known once, and what was done where one was known twice."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from lms.accounts.models import User
from lms.core.db import Model, one_of

if TYPE_CHECKING:
    from lms.registry.models.positions import Position


MERGED: Final = text("merged_into_id IS NOT NULL")


class Sex(StrEnum):
    """As recorded in civil status."""

    FEMALE = "female"
    MALE = "male"


class Person(Model):
    """A human being, known once, whatever posts they hold. May or may not have an account."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("id_number_index"),
        UniqueConstraint("account_id"),
        Index(None, "sort_key", "id"),
        Index(None, "match_key", "birth_on"),
        Index(None, "search_key", "birth_on"),
        Index(None, "phone", "birth_on"),
        # Of the merged alone: else SQLite would read everyone who is not, and sort them, to show a page of names.
        Index(None, "merged_into_id", sqlite_where=MERGED, postgresql_where=MERGED),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_merged_into_itself"),
        CheckConstraint("(id_number_sealed IS NULL) = (id_number_index IS NULL)", name="id_number_sealed_and_indexed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    full_name: Mapped[str] = mapped_column(String(120))
    """Family name first, NFC, as on the identity card."""
    sort_key: Mapped[str] = mapped_column(String(400))
    """Orders by given name, then family and middle names, in Vietnamese order: see rules.names.sort_key."""
    search_key: Mapped[str] = mapped_column(String(120))
    """Lower case without any marks, for searching: 'nguyen thi dao'."""
    match_key: Mapped[str] = mapped_column(String(120))
    """Lower case with marks, tone placement folded, for telling whether two names are the same name."""
    birth_on: Mapped[date | None]
    sex: Mapped[Sex | None] = mapped_column(one_of(Sex))
    id_number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The 12-digit personal identification number, encrypted."""
    id_number_index: Mapped[str | None] = mapped_column(String(64))
    """Its blind index, for matching."""
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """The same human being, found to be known twice: this row's posts and awards count as that one's. Nothing moves,
    so it can be undone; always points at a person who is not merged: see PersonMerge."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]

    account: Mapped[User | None] = relationship()
    positions: Mapped[list["Position"]] = relationship(back_populates="person")


class Ethnicity(Model):
    """A person's ethnic group: sensitive by law, so kept apart from the person and read only where a report needs it,
    which is written down."""

    __tablename__ = "ethnicity"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    """One of rules.ethnicities."""

    id: Mapped[int] = synonym("person_id")
    """By which the audit names it."""


def _into_id(context: Any) -> Any:
    return context.get_current_parameters()["into_id"]


class PersonMerge(Model):
    """Somebody decided that two persons are one human being. Undoing it leaves the row, with who and why."""

    __tablename__ = "person_merge"
    __table_args__ = (
        CheckConstraint("from_id <> into_id AND from_id <> same_as_id", name="two_persons"),
        CheckConstraint("(undone_at IS NULL) = (undo_reason IS NULL)", name="undone_with_reason"),
        Index(
            "uq_person_merge_from_id_open",
            "from_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    into_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    """The person who counts: as whom everything of the other one counts while this is open."""
    same_as_id: Mapped[int] = mapped_column(ForeignKey("person.id"), default=_into_id)
    """The person they were found to be the same as. Where that one was merged on, `into_id` is whom that led to: the
    row of then is closed and this one opened in the same act."""
    reason: Mapped[str] = mapped_column(String(300))
    merged_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    merged_at: Mapped[datetime]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    undone_at: Mapped[datetime | None]
    undo_reason: Mapped[str | None] = mapped_column(String(300))


class Likeness(StrEnum):
    """Why two persons may be one."""

    NAME_AND_BIRTH = "name_and_birth"
    PLAIN_NAME_AND_BIRTH = "plain_name_and_birth"
    NAME_AND_PHONE = "name_and_phone"
    PHONE_AND_BIRTH = "phone_and_birth"
    NAME_AND_UNIT = "name_and_unit"


class DuplicatePair(Model):
    """Two persons who may be one: waits in the queue until somebody decides."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="lower_id_first"),
        CheckConstraint("(decided_at IS NULL) = (is_same IS NULL)", name="decided_with_answer"),
        Index(
            "ix_duplicate_pair_waiting",
            "id",
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    likeness: Mapped[Likeness] = mapped_column(one_of(Likeness))
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    is_same: Mapped[bool | None]
