"""Pages of assessments: quizzes, practical work, marking."""

from flask import Flask

from assessments.views import marking, quiz, work
from assessments.views.frame import bp
from courses.models import ItemKind
from courses.views.frame import ItemPage, item_pages, learner_pages


def init_app(app: Flask) -> None:
    """Add these pages, and take over the course items that are taken here."""
    item_pages[ItemKind.QUIZ] = ItemPage("assessments.show_quiz", quiz.notes)
    item_pages[ItemKind.EXERCISE] = ItemPage("assessments.show_exercise", work.notes)
    learner_pages["assessments"] = "assessments.show_learner"
    app.register_blueprint(bp)


__all__ = ["init_app", "marking", "quiz", "work"]
