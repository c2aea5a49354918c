"""Several facts about one person at the same instant: each is in the figures once."""

from datetime import UTC, date, datetime

from lms.core.db import db
from lms.coverage import actions, queries
from lms.records import actions as records
from lms.records.models import AwardSource, Qualification
from lms.registry.models import Excuse, ExcuseKind, Person, Unit
from lms.registry.signals import people_changed
from tests.support import make
from tests.support.threads import at_once

AT = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 1)


def test_awards_and_excuses_at_once_are_each_counted_once(app):
    make.requirements()
    province = make.province()
    ids = [make.official(unit=make.commune(within=province)).person_id for _ in range(4)]
    unit_id, qualification_id = province.id, db.session.scalar(db.select(Qualification.id).order_by(Qualification.id))
    db.session.commit()
    numbers = iter(range(100))

    def act():
        number = next(numbers)
        person = db.session.get(Person, ids[number % 4])
        if number < 4:
            excuse = Excuse(
                person_id=person.id,
                kind=ExcuseKind.LONG_LEAVE,
                started_on=TODAY if number % 2 else date(2027, 1, 1),
                note="Quyết định cho nghỉ",
                entered_at=AT,
            )
            db.session.add(excuse)
            people_changed.send("test", person_ids=[person.id], at=AT)
            return None
        return records.award(
            person,
            db.session.get(Qualification, qualification_id),
            awarded_on=date(2026, 3, number),
            source=AwardSource.PAPER_RECORD,
            source_reference=f"list/{number}",
            title="Lớp tập huấn",
            hours=8,
            by=None,
            at=AT,
        ).id

    met = at_once(app, 8, act)

    assert not [one for one in met if isinstance(one, Exception)], met
    province = db.session.get(Unit, unit_id)
    total = queries.coverage(province, TODAY).requirements[0].total
    assert (total.obliged, total.trained, total.excused) == (2, 2, 2)
    assert actions.recount(is_repairing=False).is_right
