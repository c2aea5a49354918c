"""Who may see and change which part of the country: a role holds in its unit and in everything that counts in it.

What counts in a unit is what its figures count: see UnitReach. A post at a unit that has gone on in another belongs to
whoever leads that one; a post at a unit that was divided, to whoever leads all its parts, and to whoever leads the part
in which somebody said it lies now.
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true, union_all
from sqlalchemy.orm import aliased

from lms.accounts.models import Role, RoleGrant, User
from lms.core.db import db
from lms.registry.models import (
    Declaration,
    DeclarationState,
    Excuse,
    Level,
    ListingExport,
    Organisation,
    Person,
    PersonMerge,
    Position,
    RosterImport,
    Unit,
    UnitReach,
)

LEADING = (Role.ADMINISTRATOR, Role.COORDINATOR)


def scope_of(user: User) -> tuple[str, ...]:
    """Paths of the units in which an account leads, the highest first; empty for learners and trainers."""
    if not user.has_role(*LEADING):
        return ()
    return tuple(
        db.session.scalars(
            select(Unit.path)
            .join(RoleGrant, RoleGrant.unit_id == Unit.id)
            .where(RoleGrant.user_id == user.id, RoleGrant.role.in_(LEADING))
            .order_by(Unit.path)
        )
    )


def is_within(path: str, tops: Collection[str]) -> bool:
    """Whether a unit's path is one of the tops or lies below one: on today's map alone."""
    return any(path == top or path.startswith(f"{top}/") for top in tops)


def units_led(user: User) -> Select[int]:
    """Ids of every unit whose posts count in a unit in which the account leads."""
    return (
        select(UnitReach.unit_id)
        .join(RoleGrant, RoleGrant.unit_id == UnitReach.within_id)
        .where(RoleGrant.user_id == user.id, RoleGrant.role.in_(LEADING))
    )


def led_of(user: User, unit_ids: Iterable[int]) -> frozenset[int]:
    """Those of some units in which the account leads; one statement."""
    asked = set(unit_ids)
    if not asked or not user.has_role(*LEADING):
        return frozenset()
    return frozenset(db.session.scalars(units_led(user).where(UnitReach.unit_id.in_(asked))))


def can_see_unit(user: User, unit: Unit) -> bool:
    """Whether the account leads in this unit, or in the one that it went on in."""
    return bool(led_of(user, [unit.id]))


def units_in_scope(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_unit`, for statements that read Unit."""
    return Unit.id.in_(units_led(user))


def posts_in_scope(user: User, posts: Collection[Position]) -> list[Position]:
    """Those of some posts that lie where the account leads; one statement."""
    led = led_of(user, {unit_id for post in posts for unit_id in _units_of(post)})
    return [post for post in posts if not led.isdisjoint(_units_of(post))]


def _units_of(post: Position) -> set[int]:
    return {post.unit_id, post.settled_unit_id or post.unit_id}


def visible_posts(user: User) -> ColumnElement[bool]:
    """The twin of `posts_in_scope`, for statements that read Position."""
    return or_(Position.unit_id.in_(units_led(user)), Position.settled_unit_id.in_(units_led(user)))


def can_see_person(user: User, person: Person) -> bool:
    """People who hold or held a position within the account's scope, under whatever row they are known."""
    return bool(posts_in_scope(user, posts_of_one(person)))


def posts_of_one(person: Person) -> list[Position]:
    """Every post of a human being: of the person that counts and of those merged into it, withdrawn ones too."""
    one = person.merged_into_id or person.id
    holder = aliased(Person)
    ids = select(holder.id).where(or_(holder.id == one, holder.merged_into_id == one))
    return list(db.session.scalars(select(Position).where(Position.person_id.in_(ids)).order_by(Position.id)))


def visible_people(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_person`, for statements that read Person."""
    if leads_country(user):
        holder, one = aliased(Person), _one_of(Person)
        own = select(Position.id).where(Position.person_id == Person.id).correlate(Person)
        of_one = (
            select(Position.id)
            .join(holder, holder.id == Position.person_id)
            .where(or_(holder.id == one, holder.merged_into_id == one))
            .correlate(Person)
        )
        return or_(exists(own), exists(of_one))
    merged, beside = aliased(Person), aliased(Person)
    posts = select(Position.person_id).where(visible_posts(user))
    # `> 0` and not `IS NOT NULL`: both databases then find the few who are merged by the index.
    into = select(merged.merged_into_id).where(merged.merged_into_id > 0, merged.id.in_(posts))
    others = select(beside.id).where(
        beside.merged_into_id > 0, or_(beside.merged_into_id.in_(posts), beside.merged_into_id.in_(into))
    )
    return Person.id.in_(union_all(posts, into, others))


def is_oneself(user: User, person: Person) -> bool:
    """Whether a human being is the one who is signed in, under whatever row their account stands."""
    if person.account_id == user.id:
        return True
    own = db.session.scalar(select(_one_of(Person)).where(Person.account_id == user.id))
    return own is not None and own == (person.merged_into_id or person.id)


def oneself(user: User) -> ColumnElement[bool]:
    """The twin of `is_oneself`, for statements that read Person."""
    holder, merged = aliased(Person), aliased(Person)
    own = select(_one_of(holder)).where(holder.account_id == user.id)
    # One set of ids and no `or`: PostgreSQL finds them by the index instead of looking at everybody.
    return Person.id.in_(union_all(own, select(merged.id).where(merged.merged_into_id.in_(own))))


def _one_of(person: type[Person]) -> ColumnElement[int]:
    return func.coalesce(person.merged_into_id, person.id)


def can_change_person(user: User, person: Person) -> bool:
    """Whoever leads where somebody holds a post today; of who holds none any more, where they held one.

    Nobody changes what is known of themselves: they are counted by it.
    """
    return not is_oneself(user, person) and bool(posts_in_scope(user, _deciding(posts_of_one(person))))


def _deciding(posts: Sequence[Position]) -> Sequence[Position]:
    """Those of somebody's posts that say who answers for them."""
    held = [post for post in posts if post.ended_on is None]
    return held or [post for post in posts if post.withdrawn_at is None] or posts


def can_merge(user: User, first: Person, second: Person) -> bool:
    """Whether two are one human being is decided by who may change both."""
    return can_change_person(user, first) and can_change_person(user, second)


def can_undo_merge(user: User, merge: PersonMerge) -> bool:
    """Whoever answers for each of the two, taken apart again; nobody decides about themselves."""
    freed = db.session.get_one(Person, merge.from_id)
    if is_oneself(user, freed):
        return False
    posts = posts_of_one(freed)
    own = [post for post in posts if post.person_id == freed.id]
    parts = [part for part in (own, [post for post in posts if post.person_id != freed.id]) if part]
    return bool(parts) and all(posts_in_scope(user, _deciding(part)) for part in parts)


def can_find_duplicates(user: User) -> bool:
    """Everybody in the country is compared with everybody: that is for an administrator of the whole country."""
    return user.is_administrator and leads_country(user)


def can_read_ethnicity_log(user: User) -> bool:
    """Who read and changed ethnic groups is looked at by an administrator of the whole country."""
    return user.is_administrator and leads_country(user)


def can_add_post(user: User, person: Person) -> bool:
    """Whoever sees somebody may say that they came to work in a unit of their own part of the country."""
    return can_see_person(user, person) and not is_oneself(user, person)


def can_change_post(user: User, post: Position) -> bool:
    """Whoever leads where a post is, but not in their own posts."""
    return bool(posts_in_scope(user, [post])) and not is_oneself(user, post.person)


def can_change_excuse(user: User, excuse: Excuse) -> bool:
    """Who may change the post that it is about; of an excuse from everything, who may change the person."""
    if excuse.position is not None:
        return can_change_post(user, excuse.position)
    return can_change_person(user, excuse.person)


def can_find_people(user: User) -> bool:
    """The list of people is for those who lead somewhere; it shows who is within their scope."""
    return user.has_role(*LEADING)


def can_import(user: User) -> bool:
    """Administrators and coordinators bring rosters in; rows outside their scope are refused one by one."""
    return user.has_role(*LEADING)


def can_see_import(user: User, roster_import: RosterImport) -> bool:
    """A roster holds people of wherever its rows say: whoever sent it sees it, and who leads the whole country."""
    return can_import(user) and (roster_import.uploaded_by_id == user.id or leads_country(user))


def visible_imports(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_import`, for statements that read RosterImport."""
    if not can_import(user):
        return false()
    return true() if leads_country(user) else RosterImport.uploaded_by_id == user.id


def can_export(user: User) -> bool:
    """Whoever leads somewhere takes listings out of what lies within their scope."""
    return user.has_role(*LEADING)


def can_export_unveiled(user: User) -> bool:
    """Whole personal ids leave with an administrator alone, who says what for."""
    return can_export(user) and user.is_administrator


def can_see_export(user: User, export: ListingExport) -> bool:
    """A file holds what whoever asked for it may see: nobody else gets it."""
    return can_export(user) and export.asked_by_id == user.id


def visible_exports(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_export`, for statements that read ListingExport."""
    return ListingExport.asked_by_id == user.id if can_export(user) else false()


def leads_country(user: User) -> bool:
    """Whether the account leads in every unit."""
    return user.has_role(*LEADING) and bool(
        db.session.scalar(
            select(RoleGrant.id)
            .join(Unit, Unit.id == RoleGrant.unit_id)
            .where(RoleGrant.user_id == user.id, RoleGrant.role.in_(LEADING), Unit.level == Level.CENTRAL)
            .limit(1)
        )
    )


def can_see_phone(user: User, person: Person) -> bool:
    """Coordinators call their people; nobody else needs the number."""
    return user.has_role(Role.COORDINATOR) and can_see_person(user, person)


def can_invite(user: User, person: Person) -> bool:
    """Whoever leads where a person holds a post today may hand them their slip.

    A post that has ended gives no say any more: a slip is a new password. It opens the account; one that holds
    roles opens more than its own learning, so only an administrator may, and only where nothing it opens lies
    outside the administrator's own part of the country.
    """
    if not posts_in_scope(user, [position for position in posts_of_one(person) if position.ended_on is None]):
        return False
    account = _account_of(person)
    if account is None or not account.roles:
        return True
    held = {grant.unit_id for grant in account.roles}
    return user.is_administrator and led_of(user, held) == held


def _account_of(person: Person) -> User | None:
    """The account of a human being, under whatever row it stands."""
    if person.account is not None:
        return person.account
    one = person.merged_into_id or person.id
    row = or_(Person.id == one, Person.merged_into_id == one)
    return db.session.scalar(select(User).join(Person, Person.account_id == User.id).where(row).order_by(Person.id))


def can_see_organisation(user: User, organisation: Organisation) -> bool:
    """Organisations that lie within the account's scope."""
    return bool(led_of(user, {organisation.unit_id, organisation.settled_unit_id or organisation.unit_id}))


def visible_organisations(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_organisation`, for statements that read Organisation."""
    return Organisation.lies_in(units_led(user))


def can_find_organisations(user: User) -> bool:
    """The list of organisations is for those who lead somewhere; it shows what lies within their scope."""
    return user.has_role(*LEADING)


def can_change_organisation(user: User, organisation: Organisation) -> bool:
    """Whoever leads where it lies keeps what is known of it right."""
    return can_see_organisation(user, organisation)


# Declarations: a unit declares itself, the unit above checks, the centre receives


def can_declare(user: User, unit: Unit) -> bool:
    """Whoever leads in a unit declares for it."""
    return can_see_unit(user, unit)


def can_see_declaration(user: User, declaration: Declaration) -> bool:
    """A declaration is seen by whoever leads in its unit."""
    return can_see_unit(user, declaration.unit)


def visible_declarations(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_declaration`, for statements that read Declaration."""
    return Declaration.unit_id.in_(units_led(user))


def can_check(user: User, unit: Unit) -> bool:
    """What a unit declares is checked by whoever leads in a unit above it; what the centre does, by the centre."""
    return user.has_role(*LEADING) and bool(db.session.scalar(_units_checked(user).where(UnitReach.unit_id == unit.id)))


def units_to_check(user: User) -> ColumnElement[bool]:
    """The twin of `can_check`, for statements that read Unit."""
    return Unit.id.in_(_units_checked(user))


def _units_checked(user: User) -> Select[int]:
    above, below = aliased(Unit), aliased(Unit)
    height = {level: place for place, level in enumerate(Level)}
    is_higher = case(height, value=above.level) < case(height, value=below.level)
    return (
        select(UnitReach.unit_id)
        .join(RoleGrant, RoleGrant.unit_id == UnitReach.within_id)
        .join(above, above.id == UnitReach.within_id)
        .join(below, below.id == UnitReach.unit_id)
        .where(
            RoleGrant.user_id == user.id,
            RoleGrant.role.in_(LEADING),
            or_(is_higher, below.level == Level.CENTRAL),
        )
    )


def can_lock(user: User, declaration: Declaration) -> bool:
    """Whoever may check a declaration that waits for it, but not who submitted it."""
    return (
        declaration.state is DeclarationState.SUBMITTED
        and declaration.submitted_by_id != user.id
        and can_check(user, declaration.unit)
    )


def lockable_declarations(user: User) -> ColumnElement[bool]:
    """The twin of `can_lock`, for statements that read Declaration."""
    return and_(
        Declaration.state == DeclarationState.SUBMITTED,
        or_(Declaration.submitted_by_id.is_(None), Declaration.submitted_by_id != user.id),
        Declaration.unit_id.in_(_units_checked(user)),
    )


def can_receive(user: User) -> bool:
    """The centre takes declarations in: an administrator of the whole country."""
    return _administers_country(user)


def _administers_country(user: User) -> bool:
    return user.has_role(Role.ADMINISTRATOR) and bool(
        db.session.scalar(
            select(RoleGrant.id)
            .join(Unit, Unit.id == RoleGrant.unit_id)
            .where(RoleGrant.user_id == user.id, RoleGrant.role == Role.ADMINISTRATOR, Unit.level == Level.CENTRAL)
            .limit(1)
        )
    )


# Units and what became of them: everyone who leads somewhere may look, the centre enters resolutions


def can_find_units(user: User) -> bool:
    """Units and the resolutions on them are public; who leads somewhere looks them up."""
    return user.has_role(*LEADING)


def can_change_units(user: User) -> bool:
    """Resolutions change the map of all: an administrator of the whole country enters them."""
    return _administers_country(user)


def can_settle(user: User, divided: Unit) -> bool:
    """Where the posts of a divided commune lie is said by who leads in all of it; a part's own leader does not."""
    return can_see_unit(user, divided)
