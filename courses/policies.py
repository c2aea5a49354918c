"""Who may see and do what with courses, classes and enrolments; each `can_x` has its SQL twin for lists."""

from sqlalchemy import ColumnElement, false, or_, select, true

from courses.models import ClassTrainer, CourseVersion, Enrolment, TrainingClass
from lms.accounts.models import Role, User
from lms.registry.models import Person, Unit
from lms.registry.policies import LEADING, can_see_unit, is_oneself, oneself, units_led


def can_open_classes(user: User) -> bool:
    """Administrators and coordinators; where, `can_open_class_in` tells."""
    return user.has_role(*LEADING)


def can_open_class_in(user: User, unit: Unit) -> bool:
    """Administrators and coordinators open classes in the units of their scope."""
    return can_see_unit(user, unit)


def can_manage_class(user: User, training_class: TrainingClass) -> bool:
    """Whoever may open a class in its unit may change it and enrol people."""
    return can_open_class_in(user, training_class.unit)


def manageable_classes(user: User) -> ColumnElement[bool]:
    """The twin of `can_manage_class`."""
    return TrainingClass.unit_id.in_(units_led(user))


def can_teach(user: User, training_class: TrainingClass) -> bool:
    """Trainers of the class, as long as they hold the role."""
    return user.has_role(Role.TRAINER) and any(trainer.id == user.id for trainer in training_class.trainers)


def taught_classes(user: User) -> ColumnElement[bool]:
    """The twin of `can_teach`."""
    if not user.has_role(Role.TRAINER):
        return false()
    return TrainingClass.id.in_(select(ClassTrainer.class_id).where(ClassTrainer.user_id == user.id))


def can_see_class(user: User, training_class: TrainingClass) -> bool:
    """The staff pages of a class: its trainers and those who manage it."""
    return can_teach(user, training_class) or can_manage_class(user, training_class)


def visible_classes(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_class`."""
    return or_(taught_classes(user), manageable_classes(user))


def can_see_enrolment(user: User, enrolment: Enrolment) -> bool:
    """The learner's pages of an enrolment are the learner's alone."""
    return is_oneself(user, enrolment.person)


def visible_enrolments(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_enrolment`."""
    return Enrolment.person_id.in_(select(Person.id).where(oneself(user)))


def can_browse_courses(user: User) -> bool:
    """The list of all courses is for staff; learners come to a course by their class."""
    return user.has_role(*Role)


def readable_versions(user: User) -> ColumnElement[bool]:
    """What is taught may be read by all staff, and by everyone who is or was enrolled in it."""
    if can_browse_courses(user):
        return true()
    return CourseVersion.id.in_(
        select(TrainingClass.version_id)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .where(visible_enrolments(user))
    )
