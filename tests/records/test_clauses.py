"""Whom a clause means."""

import pytest

from lms.records.rules import Clause, Post, read_clauses
from lms.records.rules.clauses import clause_met

CHAIR = Post(
    "leader",
    organisation_kind="cooperative",
    product_group="Thực phẩm",
    origin="new",
    within=frozenset({"vn", "vn/68"}),
)
CLERK = Post("official", level="commune", within=frozenset({"vn", "vn/68", "vn/68/24823"}))


@pytest.mark.parametrize(
    ("clause", "meant"),
    [
        (Clause("leader"), {"chair"}),
        (Clause("official"), {"clerk"}),
        (Clause("official", levels=frozenset({"commune", "province"})), {"clerk"}),
        (Clause("official", levels=frozenset({"central"})), set()),
        (Clause("leader", organisation_kinds=frozenset({"cooperative"})), {"chair"}),
        (Clause("leader", organisation_kinds=frozenset({"household"})), set()),
        (Clause("leader", product_groups=frozenset({"Đồ uống"})), set()),
        (Clause("leader", origins=frozenset({"new"}), product_groups=frozenset({"Thực phẩm"})), {"chair"}),
        (Clause("leader", origins=frozenset({"existing"}), product_groups=frozenset({"Thực phẩm"})), set()),
        (Clause("official", units=frozenset({"vn/68"})), {"clerk"}),
        (Clause("official", units=frozenset({"vn/6"})), set()),
    ],
)
def test_every_condition_must_be_met_and_an_empty_one_does_not_matter(clause, meant):
    assert {name for name, post in (("chair", CHAIR), ("clerk", CLERK)) if clause.is_met_by(post)} == meant


def test_the_first_clause_that_is_met_is_the_one_named():
    clauses = [Clause("leader", origins=frozenset({"existing"})), Clause("leader"), Clause("official")]

    assert (clause_met(clauses, CHAIR), clause_met(clauses, CLERK)) == (1, 2)
    assert clause_met(clauses[:1], CLERK) is None


def test_what_is_stored_is_read_back():
    clauses = (Clause("leader", organisation_kinds=frozenset({"household", "cooperative"})), Clause("official"))

    assert read_clauses([clause.as_dict() for clause in clauses]) == clauses
    assert clauses[0].as_dict() == {"kind": "leader", "organisation_kinds": ["cooperative", "household"]}


@pytest.mark.parametrize("stored", [[], [{}], [{"kind": "mayor"}], [{"kind": "official", "age": ["60"]}]])
def test_what_is_not_understood_is_refused_and_not_dropped(stored):
    with pytest.raises(ValueError, match="clause"):
        read_clauses(stored)
