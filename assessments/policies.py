"""Who may see and do what with attempts and submissions; each `can_x` has its SQL twin for lists."""

from sqlalchemy import ColumnElement, and_, or_, select

from assessments.models import Attempt, Submission, SubmissionState
from courses.models import Enrolment, TrainingClass
from courses.policies import can_see_enrolment, can_teach, taught_classes, visible_enrolments
from lms.accounts.models import User


def can_see_attempt(user: User, attempt: Attempt) -> bool:
    """An attempt's page is the learner's alone."""
    return can_see_enrolment(user, attempt.enrolment)


def visible_attempts(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_attempt`."""
    return Attempt.enrolment_id.in_(select(Enrolment.id).where(visible_enrolments(user)))


def can_see_submission(user: User, submission: Submission) -> bool:
    """The learner always; a trainer of the class once it is handed in."""
    if can_see_enrolment(user, submission.enrolment):
        return True
    return submission.state is not SubmissionState.DRAFT and can_teach(user, submission.enrolment.training_class)


def visible_submissions(user: User) -> ColumnElement[bool]:
    """The twin of `can_see_submission`."""
    own = Submission.enrolment_id.in_(select(Enrolment.id).where(visible_enrolments(user)))
    return or_(own, and_(Submission.state != SubmissionState.DRAFT, _taught(user)))


def can_mark(user: User, submission: Submission) -> bool:
    """Trainers of the class mark what is handed in there, but never their own work."""
    return (
        submission.state is SubmissionState.SUBMITTED
        and can_teach(user, submission.enrolment.training_class)
        and not can_see_enrolment(user, submission.enrolment)
    )


def markable_submissions(user: User) -> ColumnElement[bool]:
    """The twin of `can_mark`."""
    own = Submission.enrolment_id.in_(select(Enrolment.id).where(visible_enrolments(user)))
    return and_(Submission.state == SubmissionState.SUBMITTED, _taught(user), ~own)


def _taught(user: User) -> ColumnElement[bool]:
    classes = select(TrainingClass.id).where(taught_classes(user))
    return Submission.enrolment_id.in_(select(Enrolment.id).where(Enrolment.class_id.in_(classes)))


def can_follow(user: User, enrolment: Enrolment) -> bool:
    """How a learner fares in attempts and works: a trainer of the class, about others than themselves."""
    return can_teach(user, enrolment.training_class) and not can_see_enrolment(user, enrolment)


def followed_enrolments(user: User) -> ColumnElement[bool]:
    """The twin of `can_follow`."""
    classes = select(TrainingClass.id).where(taught_classes(user))
    return and_(Enrolment.class_id.in_(classes), ~visible_enrolments(user))
