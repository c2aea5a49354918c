"""The blueprint that all pages of records stand in."""

from flask import Blueprint
from flask_login import current_user

from lms.accounts.models import User
from lms.records import words
from lms.records.queries import read_clauses
from lms.registry.words import unit_name

bp = Blueprint("records", __name__)


@bp.context_processor
def offer_words() -> dict[str, object]:
    """What templates call things."""
    return {
        "application_states": words.APPLICATION_STATES,
        "asked_text": words.asked_text,
        "cause_words": words.CAUSES,
        "clause_text": words.clause_text,
        "clauses_text": words.clauses_text,
        "counting_words": words.COUNTINGS,
        "decision_text": words.decision_text,
        "decision_words": words.DECISIONS,
        "due_text": words.due_text,
        "equivalence_text": words.equivalence_text,
        "excuse_text": words.excuse_text,
        "name_of": words.name_of,
        "outlook_words": words.OUTLOOKS,
        "paper_class_states": words.PAPER_CLASS_STATES,
        "read_clauses": read_clauses,
        "source_words": words.SOURCES,
        "terms_text": words.terms_text,
        "unit_name": unit_name,
        "unmet_text": words.unmet_text,
        "valid_text": words.valid_text,
        "waiting_text": words.waiting_text,
    }


def me() -> User:
    """The signed-in account itself."""
    user: User = current_user._get_current_object()
    return user
