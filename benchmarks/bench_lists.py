"""The names still outstanding in a commune and in the country, page by page, beside the app's sign-in page."""

import re
from collections.abc import Iterator
from typing import Final

from flask import Flask
from sqlalchemy import select

from benchmarks import Figure, Options, compare
from benchmarks.country.installation import country, running
from benchmarks.pages import Visit, administrator, visits
from lms.core.db import db
from lms.coverage.queries import code_of
from lms.records.models import Requirement
from lms.registry.models import Level, Unit

NAME: Final = "lists"
AIM: Final = 3.0
SAME: Final = 1.2
"""A later page may not cost more than the first, but for what the machine makes of it."""
COMMUNES: Final = 20
FAR: Final = 300
NEXT: Final = re.compile(rb'rel="next" href="([^"]+)"')


def measure(options: Options) -> Iterator[Figure]:
    """On each database: a commune's list, then page 300 of the country's beside its first."""
    made = country(options.people, options.data)
    for engine in options.engines:
        with running(made, engine) as app:
            cookie = administrator(app)
            communes, requirement = _asked(app)
            pages = visits(
                app, [Visit(f"/coverage/units/{code}/outstanding/{requirement}", cookie) for code in communes]
            )
            times = compare(pages, visits(app, [Visit("/sign-in")]), rounds=5, per_round=COMMUNES)
            yield times.figure_on(engine, "outstanding in a commune", "sign-in page", AIM)
            first = f"/coverage/units/vn/outstanding/{requirement}"
            number, far = _far_page(app, cookie, first)
            times = compare(
                visits(app, [Visit(far, cookie)]), visits(app, [Visit(first, cookie)]), rounds=5, per_round=5
            )
            yield times.figure_on(engine, f"outstanding in the country, page {number}", "its first page", SAME)


def _asked(app: Flask) -> tuple[list[str], str]:
    """Codes of communes spread over the country, and of a requirement."""
    with app.app_context():
        communes = db.session.scalars(
            select(Unit).where(Unit.level == Level.COMMUNE, Unit.valid_to.is_(None)).order_by(Unit.path)
        ).all()
        codes = [code_of(unit) for unit in communes[:: len(communes) // COMMUNES]][:COMMUNES]
        requirement = db.session.scalars(select(Requirement.code).order_by(Requirement.id).limit(1)).one()
        db.session.remove()
    return codes, requirement


def _far_page(app: Flask, cookie: str, path: str) -> tuple[int, str]:
    """The address of a page far behind, found as a reader finds it: by going on. The last one, if there are fewer."""
    for number in range(1, FAR):
        found = NEXT.search(visits(app, [Visit(path, cookie)])())
        if found is None:
            return number, path
        path = found[1].decode().replace("&amp;", "&")
    return FAR, path
