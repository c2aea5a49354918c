"""Every route of the application: who is let in, and the address of what belongs to the first province of the world."""

import re
from dataclasses import dataclass, field

from courses.models import ItemKind
from tests.support import make
from tests.web.world import slug_of

PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
EVERYBODY = frozenset(
    {
        "administrator",
        "coordinator",
        "trainer",
        "learner",
        "other coordinator",
        "other trainer",
        "other learner",
        "nobody",
    }
)
LEADERS_HERE = frozenset({"administrator", "coordinator"})
LEADERS = LEADERS_HERE | {"other coordinator"}
STAFF = LEADERS | {"trainer", "other trainer"}
STAFF_HERE = LEADERS_HERE | {"trainer"}
READERS = STAFF | {"learner"}
ADMINISTRATOR = frozenset({"administrator"})
TRAINER = frozenset({"trainer"})
LEARNER = frozenset({"learner"})


@dataclass(frozen=True)
class Row:
    """Who is let into a route. `public`: strangers too. `places`: what its address is made of, beyond the usual."""

    allowed: frozenset[str]
    public: bool = False
    places: dict[str, object] = field(default_factory=dict)


ANYONE = Row(EVERYBODY, public=True)
SIGNED_IN = Row(EVERYBODY)
DIVIDED = "of the divided commune"
"""Stands for the id of the province's divided commune, in the place of that of the province."""
LESSON, QUIZ, EXERCISE = ({"slug": kind} for kind in (ItemKind.LESSON, ItemKind.QUIZ, ItemKind.EXERCISE))

GET = {
    "accounts.activate": ANYONE,
    "accounts.show_account": SIGNED_IN,
    "accounts.sign_in": ANYONE,
    "assessments.confirm_attempt": Row(LEARNER),
    "assessments.list_waiting": Row(frozenset({"trainer", "other trainer"})),
    "assessments.mark_submission": Row(TRAINER),
    "assessments.show_attachment": Row(LEARNER | TRAINER),
    "assessments.show_attempt": Row(LEARNER),
    "assessments.show_exercise": Row(LEARNER, places=EXERCISE),
    "assessments.show_learner": Row(TRAINER),
    "assessments.show_quiz": Row(LEARNER, places=QUIZ),
    "assessments.show_submission": Row(LEARNER | TRAINER),
    "catalogue.show_catalogue": ANYONE,
    "certificates.download": Row(LEADERS_HERE | LEARNER),
    "certificates.find_certificate": ANYONE,
    "certificates.list_own": SIGNED_IN,
    "certificates.list_register": Row(LEADERS),
    "certificates.show_certificate": Row(LEADERS_HERE),
    "certificates.start": ANYONE,
    "certificates.verify": ANYONE,
    "courses.edit_class": Row(LEADERS_HERE),
    "courses.list_classes": Row(STAFF),
    "courses.list_courses": Row(STAFF),
    "courses.new_class": Row(LEADERS),
    "courses.preview_lesson": Row(STAFF, places=LESSON),
    "courses.show_class": Row(STAFF_HERE),
    "courses.show_enrolment": Row(LEARNER),
    "courses.show_learning": SIGNED_IN,
    "courses.show_lesson": Row(LEARNER, places=LESSON),
    "courses.show_picture": Row(READERS, places={"name": "a.png"}),
    "courses.show_version": Row(STAFF),
    "coverage.ask_ethnicities": Row(LEADERS_HERE),
    "coverage.download_figures": Row(LEADERS_HERE),
    "coverage.download_figures_as_text": Row(LEADERS_HERE),
    "coverage.download_reconciliation": Row(LEADERS_HERE),
    "coverage.download_reconciliation_as_text": Row(LEADERS_HERE),
    "coverage.download_report": Row(LEADERS_HERE),
    "coverage.download_report_as_text": Row(LEADERS_HERE),
    "coverage.list_due": Row(LEADERS_HERE, places={"requirement_code": None}),
    "coverage.list_people": Row(LEADERS_HERE, places={"requirement_code": None, "standing": "trained"}),
    "coverage.list_report_people": Row(LEADERS_HERE),
    "coverage.list_reports": Row(LEADERS),
    "coverage.new_report": Row(LEADERS_HERE),
    "coverage.print_figures": Row(LEADERS_HERE),
    "coverage.print_report": Row(LEADERS_HERE),
    "coverage.read_figures": Row(LEADERS_HERE),
    "coverage.show_differences": Row(LEADERS_HERE),
    "coverage.show_map": Row(ADMINISTRATOR),
    "coverage.show_organisations": Row(LEADERS_HERE),
    "coverage.show_overview": Row(LEADERS),
    "coverage.show_progress": Row(LEADERS_HERE),
    "coverage.show_progresses": Row(LEADERS),
    "coverage.show_reconciliation": Row(LEADERS_HERE),
    "coverage.show_reconciliations": Row(LEADERS),
    "coverage.show_report": Row(LEADERS_HERE),
    "coverage.show_unit": Row(LEADERS_HERE),
    "home.index": ANYONE,
    "home.show_stylesheet": Row(EVERYBODY, public=True, places={"digest": "x"}),
    "jobs.list_jobs": Row(LEADERS),
    "jobs.show_job": Row(LEADERS_HERE),
    "records.edit_award": Row(LEADERS_HERE),
    "records.list_requirements": Row(LEADERS),
    "records.list_applications": Row(LEADERS),
    "records.list_equivalences": Row(LEADERS),
    "records.list_own_applications": SIGNED_IN,
    "records.new_equivalence": Row(ADMINISTRATOR),
    "records.next_equivalence": Row(ADMINISTRATOR),
    "records.show_application": Row(LEADERS_HERE | LEARNER),
    "records.show_application_file": Row(LEADERS_HERE | LEARNER),
    "records.edit_paper_class": Row(LEADERS_HERE),
    "records.list_paper_classes": Row(LEADERS),
    "records.new_award": Row(LEADERS_HERE),
    "records.new_paper_class": Row(LEADERS),
    "records.new_requirement": Row(ADMINISTRATOR),
    "records.new_version": Row(ADMINISTRATOR, places={"requirement_code": None}),
    "records.show_award": Row(LEADERS_HERE),
    "records.show_evidence": Row(LEADERS_HERE),
    "records.show_paper": Row(LEADERS_HERE),
    "records.show_paper_class": Row(LEADERS_HERE),
    "records.show_own_reason": Row(EVERYBODY, places={"requirement_code": None}),
    "records.show_own_record": SIGNED_IN,
    "records.show_reason": Row(LEADERS_HERE, places={"requirement_code": None}),
    "records.show_requirement": Row(LEADERS, places={"requirement_code": None}),
    "records.show_record": Row(LEADERS_HERE),
    "registry.edit_id_number": Row(LEADERS_HERE),
    "registry.edit_organisation": Row(LEADERS_HERE),
    "registry.ask_ethnicity": Row(LEADERS_HERE),
    "registry.choose_other": Row(LEADERS_HERE),
    "registry.list_duplicates": Row(LEADERS),
    "registry.list_ethnicity_log": Row(ADMINISTRATOR),
    "registry.show_both": Row(LEADERS_HERE),
    "registry.show_merge": Row(LEADERS_HERE),
    "registry.show_pair": Row(LEADERS_HERE),
    "registry.edit_person": Row(LEADERS_HERE),
    "registry.download_export": Row(frozenset({"coordinator"})),
    "registry.download_refused": Row(LEADERS_HERE),
    "registry.download_template": Row(LEADERS, places={"kind": "officials"}),
    "registry.edit_declaration": Row(LEADERS_HERE),
    "registry.edit_table": Row(LEADERS),
    "registry.list_changes": Row(LEADERS),
    "registry.list_declarations": Row(LEADERS),
    "registry.list_divided": Row(LEADERS),
    "registry.list_exports": Row(LEADERS),
    "registry.list_imports": Row(LEADERS),
    "registry.list_organisations": Row(LEADERS),
    "registry.new_excuse": Row(LEADERS_HERE),
    "registry.list_units": Row(LEADERS),
    "registry.new_change": Row(ADMINISTRATOR),
    "registry.new_leader": Row(LEADERS_HERE),
    "registry.new_organisation": Row(LEADERS),
    "registry.new_person": Row(LEADERS),
    "registry.new_post": Row(LEADERS_HERE),
    "registry.list_people": Row(LEADERS),
    "registry.show_change": Row(LEADERS),
    "registry.show_declaration": Row(LEADERS_HERE),
    "registry.show_excuse": Row(LEADERS_HERE),
    "registry.show_divided": Row(LEADERS_HERE, places={"unit_id": DIVIDED}),
    "registry.show_import": Row(LEADERS_HERE),
    "registry.show_organisation": Row(LEADERS_HERE),
    "registry.show_unit": Row(LEADERS),
    "registry.show_person": Row(LEADERS_HERE),
    "registry.show_post": Row(LEADERS_HERE),
    "static": Row(EVERYBODY, public=True, places={"filename": "img/mark.svg"}),
}
POST = {
    "accounts.change_password": SIGNED_IN,
    "accounts.check_activation": ANYONE,
    "accounts.check_sign_in": ANYONE,
    "accounts.sign_out": ANYONE,
    "assessments.grant_extra_attempt": Row(TRAINER, places=QUIZ),
    "assessments.revise_submission": Row(LEARNER),
    "assessments.save_attempt": Row(LEARNER),
    "assessments.save_exercise": Row(LEARNER, places=EXERCISE),
    "assessments.save_marking": Row(TRAINER),
    "assessments.start_attempt": Row(LEARNER, places=QUIZ),
    "assessments.submit_attempt": Row(LEARNER),
    "certificates.answer_find": ANYONE,
    "certificates.export_register": Row(LEADERS),
    "certificates.revoke": Row(LEADERS_HERE),
    "coverage.export_people": Row(LEADERS_HERE, places={"requirement_code": None, "standing": "trained"}),
    "coverage.export_report_people": Row(LEADERS_HERE),
    "coverage.export_report_people_as_text": Row(LEADERS_HERE),
    "coverage.publish_report": Row(LEADERS_HERE),
    "coverage.read_ethnicities": Row(LEADERS_HERE),
    "courses.change_class": Row(LEADERS_HERE),
    "courses.enrol_people": Row(LEADERS_HERE),
    "courses.finish_lesson": Row(LEARNER, places=LESSON),
    "courses.join_class": Row(LEARNER),
    "courses.open_class": Row(LEADERS),
    "home.set_locale": ANYONE,
    "jobs.stop_job": Row(LEADERS_HERE),
    "records.add_qualification": Row(ADMINISTRATOR),
    "records.begin_application": Row(LEADERS_HERE),
    "records.begin_own_application": SIGNED_IN,
    "records.decide_application": Row(ADMINISTRATOR),
    "records.discard_application": Row(frozenset({"coordinator", "learner"})),
    "records.end_equivalence": Row(ADMINISTRATOR),
    "records.make_equivalence": Row(ADMINISTRATOR),
    "records.reopen_application": Row(frozenset({"coordinator", "learner"})),
    "records.replace_equivalence": Row(ADMINISTRATOR),
    "records.save_application": Row(frozenset({"coordinator", "learner"})),
    "records.change_paper_class": Row(LEADERS_HERE),
    "records.choose_people": Row(LEADERS_HERE),
    "records.correct": Row(LEADERS_HERE),
    "records.correct_paper_class": Row(LEADERS_HERE),
    "records.discard_paper_class": Row(LEADERS_HERE),
    "records.drop_people": Row(LEADERS_HERE),
    "records.enter_paper_class": Row(LEADERS_HERE),
    "records.make_paper_class": Row(LEADERS),
    "records.paste_people": Row(LEADERS_HERE),
    "records.revoke_paper_class": Row(LEADERS_HERE),
    "records.enter_award": Row(LEADERS_HERE),
    "records.make_requirement": Row(ADMINISTRATOR),
    "records.make_version": Row(ADMINISTRATOR, places={"requirement_code": None}),
    "records.revoke": Row(LEADERS_HERE),
    "registry.add_excuse": Row(LEADERS_HERE),
    "registry.add_organisation": Row(LEADERS),
    "registry.add_person": Row(LEADERS),
    "registry.add_post": Row(LEADERS_HERE),
    "registry.apply_import": Row(LEADERS_HERE),
    "registry.change_id_number": Row(LEADERS_HERE),
    "registry.change_leader": Row(LEADERS_HERE),
    "registry.change_organisation": Row(LEADERS_HERE),
    "registry.change_person": Row(LEADERS_HERE),
    "registry.correct_post": Row(LEADERS_HERE),
    "registry.end_excuse": Row(LEADERS_HERE),
    "registry.end_post": Row(LEADERS_HERE),
    "registry.enter_changes": Row(ADMINISTRATOR),
    "registry.change_ethnicity": Row(LEADERS_HERE),
    "registry.find_duplicates": Row(ADMINISTRATOR),
    "registry.merge_pair": Row(LEADERS_HERE),
    "registry.merge_people": Row(LEADERS_HERE),
    "registry.read_ethnicity": Row(LEADERS_HERE),
    "registry.tell_apart": Row(LEADERS_HERE),
    "registry.undo_merge": Row(LEADERS_HERE),
    "registry.export_listing": Row(LEADERS),
    "registry.leave_programme": Row(LEADERS_HERE),
    "registry.settle": Row(LEADERS_HERE, places={"unit_id": DIVIDED}),
    "registry.stay_in_programme": Row(LEADERS_HERE),
    "registry.discard_declaration": Row(LEADERS_HERE),
    "registry.look_at_change": Row(ADMINISTRATOR),
    "registry.lock_declarations": Row(LEADERS),
    "registry.make_slips": Row(LEADERS),
    "registry.receive_declarations": Row(ADMINISTRATOR),
    "registry.return_declaration": Row(ADMINISTRATOR),
    "registry.save_declaration": Row(LEADERS_HERE),
    "registry.save_table": Row(LEADERS),
    "registry.send_roster": Row(LEADERS),
    "registry.submit_declaration": Row(LEADERS_HERE),
    "registry.withdraw_excuse": Row(LEADERS_HERE),
    "registry.withdraw_post": Row(LEADERS_HERE),
    "registry.unsettle": Row(LEADERS_HERE, places={"unit_id": DIVIDED}),
    "registry.withdraw_changes": Row(ADMINISTRATOR),
}


def address(app, made, endpoint, row, **others):
    """Where a route is for the first province. others: what to put into places of the address instead."""
    version = made.here.training_class.version
    places = {**made.here.places(), **row.places}
    if isinstance(places.get("slug"), ItemKind):
        places["slug"] = slug_of(version, places["slug"])
    if places.get("unit_id") == DIVIDED:
        places["unit_id"] = made.here.divided.id
    if "requirement_code" in places:
        places["requirement_code"] = next(iter(make.requirements().values())).code
    places.update(others)
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
    return PLACE.sub(lambda found: str(places[found[1]]), rule.rule)


def addresses(app, made, table):
    """The address of every row of a table."""
    return {endpoint: address(app, made, endpoint, row) for endpoint, row in table.items()}
