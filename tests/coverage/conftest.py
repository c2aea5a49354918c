"""A small country whose figures can be counted on two hands, and readers of parts of it."""

from datetime import date

import pytest

from lms.accounts.models import Role
from lms.core.db import db
from lms.records.models import AwardSource
from lms.registry.models import OrganisationKind, Origin, Sex
from tests.support import make


@pytest.fixture
def world(app):
    """Two provinces. In the first a trained, an untrained and an excused official, and an untrained leader."""
    make.requirements()
    north, south = make.province("Cao Bằng", code="04"), make.province("Cà Mau", code="96")
    communes = [
        make.commune("Nguyên Bình", within=north, code="01801"),
        make.commune("Bảo Lạc", within=north, code="01321"),
    ]
    make.commune("Cần Yên", within=north, code="01387")
    far = make.commune("Năm Căn", within=south, code="32128")
    trained = make.person("Đỗ Thị Mai", sex=Sex.FEMALE)
    make.official(trained, unit=communes[0], started_on=date(2026, 1, 1))
    make.official(trained, unit=north, started_on=date(2026, 1, 1))
    make.award(trained, awarded_on=date(2026, 3, 2), source=AwardSource.PRIOR_TRAINING)
    make.official(make.person("Nông Văn Tú", sex=Sex.MALE), unit=communes[1], started_on=date(2026, 2, 1))
    away = make.person("Hoàng Thị Nga", sex=Sex.FEMALE)
    make.official(away, unit=communes[1], started_on=date(2026, 1, 1))
    make.excuse(away, started_on=date(2026, 2, 1))
    make.leader(
        make.person("Lý Thị Sua"),
        of=make.organisation(
            kind=OrganisationKind.HOUSEHOLD, unit=communes[0], product_group="Đồ uống", origin=Origin.NEW
        ),
        started_on=date(2026, 1, 1),
    )
    make.official(make.person("Trần Văn Út"), unit=far, started_on=date(2026, 1, 1))
    make.official(make.person("Phạm Văn Nam"), unit=make.country(), started_on=date(2026, 1, 1))
    db.session.flush()
    return {"country": make.country(), "north": north, "south": south, "commune": communes[0], "far": far}


@pytest.fixture
def reader(world, sign_in):
    """reader(where, role): a client of somebody who holds the role there."""
    return lambda where="country", role=Role.COORDINATOR: sign_in(make.role(make.user(), role, unit_id=world[where].id))
