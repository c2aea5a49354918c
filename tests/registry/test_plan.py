"""What a whole roster does: created, changed, merged, left for review or refused, fairly and only once."""

import itertools
from datetime import date

import pytest

from lms.registry.rules.names import match_key
from lms.registry.rules.plan import Known, Post, Someone, is_within, make_plan
from lms.registry.rules.rows import read_row
from lms.registry.rules.tables import find_table
from tests.registry.places import PLACES, TAN_LOI, THUY_XUAN
from tests.registry.sheetfiles import csv_file, leader, official

TODAY = date(2026, 11, 23)
ID = "075089060816"
OTHER_ID = "075089060817"


def plan_of(*rows, known=None, scope=None):
    table = find_table(csv_file(*rows))
    read = [read_row(raw, table.columns, table.kind, PLACES, today=TODAY) for raw in table.rows]
    ids = {row.number: row.id_number for row in read if row.id_number}
    return make_plan(read, known or Known(), ids, today=TODAY, scope=scope)


def outcomes(plan):
    return [row.outcome for row in plan.rows]


def codes(plan, at):
    return [finding.code for finding in plan.rows[at].findings]


def known_official(**changes):
    """The person of `official()` as already known, with that very post."""
    post = Post(
        id=7,
        kind="official",
        unit_id=TAN_LOI.id,
        workplace_key=match_key("UBND Xã Tân Lợi"),
        started_on=date(2019, 2, 1),
        title="Chuyên viên",
        workplace="UBND Xã Tân Lợi",
        level="commune",
    )
    values = {
        "id": 3,
        "full_name": "Trần Đức Tuấn",
        "match_key": match_key("Trần Đức Tuấn"),
        "identity": ID,
        "birth_on": date(1989, 3, 13),
        "sex": "male",
        "phone": "0928816302",
        "email": "tuan@example.vn",
        "posts": [post],
    }
    return Someone(**{**values, **changes})


def knowing(*people):
    known = Known()
    for someone in people:
        known.by_name.setdefault(someone.match_key, []).append(someone)
        if someone.identity:
            known.by_identity[someone.identity] = someone
    return known


def test_a_new_person_is_created():
    plan = plan_of(official())

    assert outcomes(plan) == ["created"]
    assert plan.totals == {
        "created": 1, "changed": 0, "unchanged": 0, "merged": 0, "review": 0, "refused": 0, "warned": 0, "skipped": 0,
    }  # fmt: skip


def test_the_same_row_again_changes_nothing():
    plan = plan_of(official(), known=knowing(known_official()))

    assert outcomes(plan) == ["unchanged"]
    assert plan.people == []


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"Điện thoại": "0912345678"}, {"phone": "0912345678"}),
        ({"Email": "moi@example.vn"}, {"email": "moi@example.vn"}),
        ({"Ngày sinh": "14/03/1989"}, {"birth_on": date(1989, 3, 14)}),
    ],
)
def test_something_new_of_somebody_known_is_a_change(change, changed):
    plan = plan_of(official(**change), known=knowing(known_official()))

    assert outcomes(plan) == ["changed"]
    assert plan.people[0].changes == changed


def test_an_empty_cell_takes_nothing_away():
    row = official(**{"Điện thoại": "", "Email": "", "Ngày sinh": "", "Ngày nhận nhiệm vụ": "", "Chức vụ": ""})

    assert outcomes(plan_of(row, known=knowing(known_official()))) == ["unchanged"]


def test_another_post_of_somebody_known_is_added():
    plan = plan_of(official(**{"Đơn vị công tác": "Sở Nông nghiệp"}), known=knowing(known_official()))

    assert outcomes(plan) == ["changed"]
    assert [post.id for post in plan.people[0].posts] == [7, None]


def test_another_day_of_the_same_post_moves_the_post():
    plan = plan_of(official(**{"Ngày nhận nhiệm vụ": "01/03/2018"}), known=knowing(known_official()))

    assert plan.people[0].posts[0].changes == {"started_on": date(2018, 3, 1)}
    assert len(plan.people[0].posts) == 1


def test_a_post_that_has_ended_is_not_opened_again_by_an_old_list():
    known = known_official()
    known.posts[0].ended_on = date(2025, 6, 30)

    assert outcomes(plan_of(official(), known=knowing(known))) == ["unchanged"]


def test_coming_back_after_the_end_is_a_new_post():
    known = known_official()
    known.posts[0].ended_on = date(2025, 6, 30)

    plan = plan_of(official(**{"Ngày nhận nhiệm vụ": "01/09/2025"}), known=knowing(known))

    assert outcomes(plan) == ["changed"]


def test_the_same_id_and_name_again_is_merged():
    plan = plan_of(official(), official(**{"Họ và tên": "trần đức tuấn", "Điện thoại": "0911111111"}))

    assert outcomes(plan) == ["created", "merged"]
    assert codes(plan, 1) == ["same_person"]
    assert plan.rows[1].findings[0].value == "2"
    assert plan.people[0].phone == "0928816302"


def test_a_merged_row_fills_what_the_first_left_empty():
    plan = plan_of(official(**{"Điện thoại": ""}), official())

    assert plan.people[0].phone == "0928816302"


def test_a_merged_row_adds_its_other_post():
    plan = plan_of(official(), official(**{"Đơn vị công tác": "Sở Nông nghiệp"}))

    assert outcomes(plan) == ["created", "merged"]
    assert len(plan.people[0].posts) == 2


def test_the_same_id_with_another_name_is_refused():
    plan = plan_of(official(), official(**{"Họ và tên": "Lê Văn An"}))

    assert outcomes(plan) == ["created", "refused"]
    assert codes(plan, 1) == ["id_number_other_name"]


def test_whoever_is_known_keeps_the_id():
    plan = plan_of(official(**{"Họ và tên": "Lê Văn An"}), official(), known=knowing(known_official()))

    assert outcomes(plan) == ["refused", "unchanged"]


def test_a_row_refused_for_something_else_does_not_keep_the_id():
    plan = plan_of(official(Email="@"), official(**{"Họ và tên": "Lê Văn An"}))

    assert outcomes(plan) == ["refused", "created"]
    assert codes(plan, 0) == ["email_invalid", "id_number_other_name"]


def test_without_an_id_a_stranger_is_created_with_a_warning():
    plan = plan_of(official(**{"Số CCCD": ""}))

    assert outcomes(plan) == ["created"]
    assert plan.totals["warned"] == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_of_the_rows_decides_nothing(order):
    rows = [
        official(),
        official(**{"Số CCCD": ""}),
        official(**{"Họ và tên": "Lê Văn An", "Số CCCD": OTHER_ID}),
    ]
    expected = ["created", "review", "created"]

    assert outcomes(plan_of(*(rows[at] for at in order))) == [expected[at] for at in order]


def test_a_namesake_with_another_birth_date_is_another_person():
    assert outcomes(plan_of(official(), official(**{"Số CCCD": "", "Ngày sinh": "14/03/1989"}))) == ["created"] * 2


def test_without_an_id_the_second_of_two_alike_waits():
    assert outcomes(plan_of(official(**{"Số CCCD": ""}), official(**{"Số CCCD": ""}))) == ["created", "review"]


def test_a_twin_that_was_refused_still_makes_one_wait():
    plan = plan_of(official(Email="@"), official(**{"Số CCCD": ""}))

    assert outcomes(plan) == ["refused", "review"]


def test_without_an_id_somebody_known_makes_one_wait():
    assert outcomes(plan_of(official(**{"Số CCCD": ""}), known=knowing(known_official()))) == ["review"]


def test_the_same_list_of_people_without_ids_changes_nothing_the_second_time():
    plan = plan_of(official(**{"Số CCCD": ""}), known=knowing(known_official(identity=None)))

    assert outcomes(plan) == ["unchanged"]


def test_nor_does_it_where_the_birth_date_is_missing_too():
    row = official(**{"Số CCCD": "", "Ngày sinh": ""})

    assert outcomes(plan_of(row, known=knowing(known_official(identity=None, birth_on=None)))) == ["unchanged"]


def test_an_id_is_added_to_the_person_known_without_one():
    plan = plan_of(official(), known=knowing(known_official(identity=None)))

    assert outcomes(plan) == ["changed"]
    assert plan.people[0].changes == {"id_number": ID}


def test_an_id_is_not_added_where_only_name_and_birth_date_agree():
    row = official(**{"Đơn vị công tác": "Sở Nông nghiệp"})

    assert outcomes(plan_of(row, known=knowing(known_official(identity=None)))) == ["review"]


def test_rows_outside_the_senders_area_are_refused():
    row = official(**{"Tỉnh/Thành phố": "Huế", "Xã/Phường": "Thủy Xuân"})

    plan = plan_of(official(), row, scope=["vn/75"])

    assert outcomes(plan) == ["created", "refused"]
    assert codes(plan, 1) == ["outside_scope"]


def test_somebody_who_works_elsewhere_gets_the_post_and_nothing_else():
    known = known_official(is_inside=False)
    known.posts[0].unit_id = THUY_XUAN.id

    plan = plan_of(official(**{"Điện thoại": "0912345678"}), known=knowing(known), scope=["vn/75"])

    assert outcomes(plan) == ["changed"]
    assert plan.people[0].changes == {}
    assert len(plan.people[0].posts) == 2


def test_an_area_ends_at_a_code_and_not_within_one():
    assert is_within("vn/7", ["vn/7"])
    assert is_within("vn/7/1", ["vn/7"])
    assert not is_within("vn/75", ["vn/7"])
    assert is_within("vn/75", None)


def test_leaders_of_one_tax_number_lead_one_organisation():
    plan = plan_of(
        leader(),
        leader(**{"Họ và tên": "Lê Thị Hà", "Số định danh cá nhân": "095165530958"}),
        leader(
            **{"Họ và tên": "Lê Thị Hoa", "Số định danh cá nhân": "095165530959", "Tên tổ chức kinh tế": "HTX Khác"}
        ),
    )

    assert outcomes(plan) == ["created"] * 3
    assert len(plan.firms) == 1
    assert codes(plan, 2) == ["tax_code_other_name"]


def test_without_a_tax_number_name_and_place_tell_the_organisation():
    plan = plan_of(
        leader(**{"Mã số thuế": ""}),
        leader(**{"Họ và tên": "Lê Thị Hà", "Số định danh cá nhân": "095165530958", "Mã số thuế": ""}),
    )

    assert len(plan.firms) == 1


def test_a_tax_number_told_later_is_added():
    plan = plan_of(
        leader(**{"Mã số thuế": ""}), leader(**{"Họ và tên": "Lê Thị Hà", "Số định danh cá nhân": "095165530958"})
    )

    assert [firm.tax_code for firm in plan.firms] == ["7936173040"]
