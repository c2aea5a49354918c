from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import func, select

from courses import policies
from courses.models import CoursePicture, CourseVersion, Enrolment, ItemDone, TrainingClass
from lms.accounts.models import Role, User
from lms.core.db import db
from lms.records.models import Award
from lms.registry.models import PositionKind
from tests.support import make
from tests.support.client import Client
from tests.support.queries import count_queries

pytestmark = pytest.mark.usefixtures("clock")

SignIn = Callable[[User], Client]
LESSON_QUERIES = 7
"""The session with its user, the user's roles, the enrolment with all it hangs on, the lesson, items, what is done."""
LESSON_BYTES = 30_000


def learner_of(enrolment: Enrolment) -> User:
    assert enrolment.person.account is not None
    return enrolment.person.account


@pytest.fixture
def enrolment(app: object) -> Enrolment:
    return make.enrolment()


def lesson_url(enrolment: Enrolment, place: int = 1) -> str:
    return f"/learning/{enrolment.id}/lessons/phan-{place}"


def test_home_shows_what_is_required_and_the_class_to_join(sign_in: SignIn) -> None:
    learner = make.user()
    commune = make.commune()
    make.requirements()
    make.official(make.person(account=learner), unit=commune)
    taken = make.training_class(make.course_version("Chu trình sáu bước"), unit=commune)
    client = sign_in(learner)

    page = client.get("/learning").text
    assert "Chu trình sáu bước" in page
    assert "Còn phải học" in page

    joined = client.post(f"/classes/{taken.id}/join")
    assert joined.status_code == 303
    assert client.get(joined.location).status_code == 200
    assert "Bắt đầu học" in client.get("/learning").text


@pytest.mark.parametrize("why", ["closed", "elsewhere", "ended", "other audience"])
def test_a_class_that_is_not_for_somebody_is_neither_shown_nor_joined(sign_in: SignIn, why: str) -> None:
    learner = make.user()
    commune = make.commune()
    make.official(make.person(account=learner), unit=commune)
    taken = make.training_class(
        make.course_version(
            "Khóa khác", audience=PositionKind.LEADER if why == "other audience" else PositionKind.OFFICIAL
        ),
        unit=make.province() if why == "elsewhere" else commune,
        is_open=why != "closed",
        ends_on=date(2026, 11, 22) if why == "ended" else None,
    )
    client = sign_in(learner)

    assert "Khóa khác" not in client.get("/learning").text
    assert client.post(f"/classes/{taken.id}/join").status_code == 403
    assert db.session.scalar(select(func.count(Enrolment.id))) == 0


def test_joining_the_same_course_in_two_classes_leaves_one(sign_in: SignIn) -> None:
    learner = make.user()
    commune = make.commune()
    make.official(make.person(account=learner), unit=commune)
    version = make.course_version()
    one, other = make.training_class(version, unit=commune), make.training_class(version, unit=commune)
    client = sign_in(learner)

    for taken_id in (one.id, other.id, one.id):
        assert client.post(f"/classes/{taken_id}/join").status_code == 303

    assert db.session.scalar(select(func.count(Enrolment.id))) == 1


def test_an_account_without_a_person_has_nothing_to_learn(sign_in: SignIn) -> None:
    assert "chưa gắn với một người học" in sign_in(make.user()).get("/learning").text


def test_a_learner_goes_through_a_course_to_its_end(sign_in: SignIn, enrolment: Enrolment) -> None:
    client = sign_in(learner_of(enrolment))

    page = client.get(f"/learning/{enrolment.id}").text
    assert "Khóa học hoàn thành khi:" in page
    assert "0/2" in page

    first = client.get(lesson_url(enrolment))
    assert "<h2>Mục đích</h2>" in first.text
    onward = client.post(f"{lesson_url(enrolment)}/done")
    assert onward.location == lesson_url(enrolment, 2)
    assert "Đã xong" in client.get(lesson_url(enrolment)).text

    end = client.post(f"{lesson_url(enrolment, 2)}/done")
    assert "Bạn đã hoàn thành khóa học" in client.get(end.location).text
    assert db.session.scalar(select(func.count(Award.id))) == 1


def test_reading_alone_finishes_nothing(sign_in: SignIn, enrolment: Enrolment) -> None:
    client = sign_in(learner_of(enrolment))

    client.get(lesson_url(enrolment))

    assert db.session.scalar(select(func.count(ItemDone.id))) == 0


def test_two_taps_finish_a_lesson_once(sign_in: SignIn, enrolment: Enrolment) -> None:
    client = sign_in(learner_of(enrolment))

    for _tap in range(2):
        assert client.post(f"{lesson_url(enrolment)}/done").status_code == 303

    assert db.session.scalar(select(func.count(ItemDone.id))) == 1


@pytest.mark.parametrize("lessons", [1, 12])
def test_a_lesson_page_is_light(sign_in: SignIn, lessons: int) -> None:
    body = "## Phần\n\n" + "Mỗi xã một sản phẩm. " * 300
    enrolment = make.enrolment(make.training_class(make.course_version(lessons=lessons, body=body)))
    client = sign_in(learner_of(enrolment))
    url = lesson_url(enrolment)

    with count_queries() as queries:
        page = client.get(url)

    assert page.status_code == 200
    assert len(queries) <= LESSON_QUERIES, queries
    assert len(page.data) < LESSON_BYTES


@pytest.mark.parametrize("path", ["", "/lessons/phan-1"])
def test_nobody_else_reads_a_learner_s_pages(sign_in: SignIn, client: Client, enrolment: Enrolment, path: str) -> None:
    url = f"/learning/{enrolment.id}{path}"
    trainer = make.trainer()
    enrolment.training_class.trainers.append(trainer)
    administrator = make.coordinator(make.country())

    assert sign_in(learner_of(enrolment)).get(url).status_code == 200
    assert sign_in(learner_of(make.enrolment())).get(url).status_code == 403
    assert sign_in(trainer).get(url).status_code == 403
    assert sign_in(administrator).get(url).status_code == 403
    assert client.get(url).status_code == 302


def test_nobody_else_finishes_a_lesson(sign_in: SignIn, enrolment: Enrolment) -> None:
    url = f"{lesson_url(enrolment)}/done"

    assert sign_in(learner_of(make.enrolment())).post(url).status_code == 403
    assert db.session.scalar(select(func.count(ItemDone.id))) == 0
    assert sign_in(learner_of(enrolment)).post(url).status_code == 303


def test_what_is_no_lesson_has_no_lesson_page(sign_in: SignIn, enrolment: Enrolment) -> None:
    quiz = make.quiz(enrolment.training_class.version)
    client = sign_in(learner_of(enrolment))

    assert client.get(f"/learning/{enrolment.id}/lessons/{quiz.item.slug}").status_code == 404
    assert client.post(f"/learning/{enrolment.id}/lessons/{quiz.item.slug}/done").status_code == 404
    assert client.get(f"/learning/{enrolment.id}/lessons/khong-co").status_code == 404
    assert client.get("/learning/999999").status_code == 404


@pytest.fixture
def picture(enrolment: Enrolment) -> str:
    version = enrolment.training_class.version
    db.session.add(CoursePicture(version_id=version.id, name="so-do.png", media_type="image/png", content=b"\x89PNG"))
    db.session.flush()
    return f"/courses/{version.id}/pictures/so-do.png"


def test_pictures_are_for_those_who_take_or_teach_the_course(
    sign_in: SignIn, client: Client, enrolment: Enrolment, picture: str
) -> None:
    shown = sign_in(learner_of(enrolment)).get(picture)

    assert (shown.status_code, shown.mimetype, shown.data) == (200, "image/png", b"\x89PNG")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert sign_in(make.trainer()).get(picture).status_code == 200
    assert sign_in(learner_of(make.enrolment())).get(picture).status_code == 403
    assert client.get(picture).status_code == 302
    assert sign_in(learner_of(enrolment)).get(picture.replace("so-do", "khac")).status_code == 404


def test_a_picture_of_a_lesson_is_shown_from_our_own_address(sign_in: SignIn) -> None:
    body = "![Sơ đồ](pictures/so-do.png)\n\n![Ngoài](https://example.org/x.png)\n"
    enrolment = make.enrolment(make.training_class(make.course_version(body=body)))
    version_id = enrolment.training_class.version_id

    page = sign_in(learner_of(enrolment)).get(lesson_url(enrolment)).text

    assert f'src="/courses/{version_id}/pictures/so-do.png"' in page
    assert "example.org" not in page


def test_markup_in_names_is_shown_as_text(sign_in: SignIn) -> None:
    province = make.province()
    taken = make.training_class(name="<script>alert(1)</script>", unit=province)
    make.enrolment(taken, holder=make.person("<b>Nguyễn</b>"))

    page = sign_in(make.coordinator(province)).get(f"/classes/{taken.id}").text

    assert "<script>alert" not in page
    assert "<b>Nguyễn" not in page
    assert "&lt;b&gt;Nguyễn" in page


STAFF_PAGES = ["/courses", "/classes"]


@pytest.mark.parametrize("url", STAFF_PAGES)
def test_staff_lists_are_for_staff(sign_in: SignIn, client: Client, enrolment: Enrolment, url: str) -> None:
    assert sign_in(make.trainer()).get(url).status_code == 200
    assert sign_in(make.coordinator(make.province())).get(url).status_code == 200
    assert sign_in(learner_of(enrolment)).get(url).status_code == 403
    assert client.get(url).status_code == 302


def test_staff_read_what_is_taught(sign_in: SignIn, enrolment: Enrolment) -> None:
    url = f"/courses/{enrolment.training_class.version_id}"
    trainer = sign_in(make.trainer())

    for path in ("", "/lessons/phan-1"):
        assert trainer.get(url + path).status_code == 200
        assert sign_in(learner_of(enrolment)).get(url + path).status_code == 403


def test_a_class_is_seen_by_its_trainers_and_whoever_leads_there(sign_in: SignIn) -> None:
    province = make.province()
    trainer = make.trainer()
    taken = make.training_class(name="Lớp của tỉnh", unit=make.commune(within=province), trainers=[trainer])
    url = f"/classes/{taken.id}"

    for allowed in (trainer, make.coordinator(province), make.coordinator(make.country())):
        client = sign_in(allowed)
        assert client.get(url).status_code == 200
        assert "Lớp của tỉnh" in client.get("/classes").text
    for denied in (make.trainer(), make.coordinator(make.province("Lâm Đồng"))):
        client = sign_in(denied)
        assert client.get(url).status_code == 403
        assert "Lớp của tỉnh" not in client.get("/classes").text
    assert sign_in(make.user()).get(url).status_code == 403


def test_policies_and_their_twins_agree(app: object) -> None:
    north, south = make.province("Bắc Ninh"), make.province("Cà Mau")
    trainer = make.trainer()
    version = make.course_version()
    classes = [
        make.training_class(version, unit=north, trainers=[trainer]),
        make.training_class(version, unit=south),
        make.training_class(version, unit=make.commune(within=south), trainers=[trainer]),
        make.training_class(version, unit=make.country()),
    ]
    learner = make.user()
    mine = make.enrolment(classes[0], holder=make.person(account=learner))
    enrolments = [mine, make.enrolment(classes[0]), make.enrolment(classes[1])]
    both = make.role(make.trainer(), Role.COORDINATOR, unit_id=south.id)
    users = [trainer, make.coordinator(north), make.coordinator(south), make.coordinator(make.country()), learner, both]

    for user in users:
        for can, visible in (
            (policies.can_see_class, policies.visible_classes),
            (policies.can_manage_class, policies.manageable_classes),
            (policies.can_teach, policies.taught_classes),
        ):
            listed = set(db.session.scalars(select(TrainingClass.id).where(visible(user))))
            assert listed == {one.id for one in classes if can(user, one)}
        listed = set(db.session.scalars(select(Enrolment.id).where(policies.visible_enrolments(user))))
        assert listed == {one.id for one in enrolments if policies.can_see_enrolment(user, one)}


def class_data(version: CourseVersion, **changes: object) -> dict[str, object]:
    return {"version_id": version.id, "name": "Lớp mới", "starts_on": "2026-11-23", "is_open": "y", **changes}


def test_a_coordinator_opens_a_class_in_the_province(sign_in: SignIn) -> None:
    province = make.province()
    trainer = make.trainer(unit=province)
    version = make.course_version()
    client = sign_in(make.coordinator(province))

    assert client.get("/classes/new").status_code == 200
    made = client.post("/classes/new", data=class_data(version, unit_id=province.id, trainers=trainer.id))

    assert made.status_code == 303
    taken = db.session.scalars(select(TrainingClass)).one()
    assert (taken.unit, [one.id for one in taken.trainers], taken.is_open) == (province, [trainer.id], True)


def test_a_coordinator_opens_no_class_elsewhere(sign_in: SignIn) -> None:
    province, other = make.province(), make.province("Lâm Đồng")
    version = make.course_version()
    client = sign_in(make.coordinator(province))

    assert client.post("/classes/new", data=class_data(version, unit_id=other.id)).status_code == 422
    assert db.session.scalar(select(func.count(TrainingClass.id))) == 0


def test_a_wrong_class_form_comes_back_with_what_was_typed(sign_in: SignIn) -> None:
    province = make.province()
    client = sign_in(make.coordinator(province))
    data = class_data(make.course_version(), unit_id=province.id, name="Tên đã gõ", ends_on="2026-11-01")

    refused = client.post("/classes/new", data=data)

    assert refused.status_code == 422
    assert "Tên đã gõ" in refused.text
    assert "Ngày kết thúc phải từ ngày bắt đầu" in refused.text


@pytest.mark.parametrize("who", ["learner", "trainer"])
def test_only_those_who_lead_open_classes(sign_in: SignIn, who: str) -> None:
    client = sign_in(make.user() if who == "learner" else make.trainer())

    assert client.get("/classes/new").status_code == 403
    assert client.post("/classes/new", data={}).status_code == 403


def test_a_class_is_changed_only_by_those_who_lead_there(sign_in: SignIn) -> None:
    province = make.province()
    trainer = make.trainer()
    taken = make.training_class(unit=province, trainers=[trainer])
    url = f"/classes/{taken.id}/edit"
    data = {"name": "Tên khác", "starts_on": "2026-11-02", "trainers": trainer.id}

    for denied in (trainer, make.coordinator(make.province("Lâm Đồng")), make.user()):
        assert sign_in(denied).get(url).status_code == 403
        assert sign_in(denied).post(url, data=data).status_code == 403
    assert taken.name != "Tên khác"
    allowed = sign_in(make.coordinator(province))
    assert allowed.get(url).status_code == 200
    assert allowed.post(url, data=data).status_code == 303
    assert (taken.name, taken.is_open, len(taken.trainers)) == ("Tên khác", False, 1)


def test_outstanding_people_of_the_unit_are_enrolled(sign_in: SignIn) -> None:
    province = make.province()
    commune = make.commune(within=province)
    taken = make.training_class(unit=province)
    outstanding = make.person("Nguyễn Thị Còn")
    make.official(outstanding, unit=commune)
    trained = make.person("Trần Văn Đạt")
    make.official(trained, unit=commune)
    make.award(trained)
    leader = make.person("Lê Văn Chủ")
    make.leader(leader, unit=commune)
    elsewhere = make.person("Phạm Thị Xa")
    make.official(elsewhere)
    client = sign_in(make.coordinator(province))

    page = client.get(f"/classes/{taken.id}").text
    assert "Nguyễn Thị Còn" in page
    for name in ("Trần Văn Đạt", "Lê Văn Chủ", "Phạm Thị Xa"):
        assert name not in page

    chosen = [outstanding.id, trained.id, leader.id, elsewhere.id]
    client.post(f"/classes/{taken.id}/enrol", data={"person_id": chosen})
    assert list(db.session.scalars(select(Enrolment.person_id))) == [outstanding.id]


def test_everyone_outstanding_is_enrolled_at_once(sign_in: SignIn) -> None:
    province = make.province()
    taken = make.training_class(unit=province)
    for _person in range(3):
        make.official(unit=make.commune(within=province))
    client = sign_in(make.coordinator(province))

    for _tap in range(2):
        assert client.post(f"/classes/{taken.id}/enrol", data={"everyone": "1"}).status_code == 303

    assert db.session.scalar(select(func.count(Enrolment.id))) == 3


def test_nobody_else_enrols_people(sign_in: SignIn) -> None:
    province = make.province()
    trainer = make.trainer()
    taken = make.training_class(unit=province, trainers=[trainer])
    make.official(unit=province)

    for denied in (trainer, make.coordinator(make.province("Lâm Đồng")), make.user()):
        assert sign_in(denied).post(f"/classes/{taken.id}/enrol", data={"everyone": "1"}).status_code == 403
    assert db.session.scalar(select(func.count(Enrolment.id))) == 0


def queries_of(client: Client, url: str) -> int:
    client.get(url)
    with count_queries() as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_a_learner_s_home_asks_no_more_for_more_courses(sign_in: SignIn) -> None:
    learner = make.user()
    person = make.person(account=learner)
    make.official(person)
    make.enrolment(make.training_class(), holder=person)
    client = sign_in(learner)
    with_one = queries_of(client, "/learning")

    for _more in range(4):
        make.enrolment(make.training_class(), holder=person)

    assert queries_of(client, "/learning") == with_one


@pytest.mark.parametrize("url", ["/classes", "/classes/{}"])
def test_staff_pages_ask_no_more_for_more_people(sign_in: SignIn, url: str) -> None:
    province = make.province()
    taken = make.training_class(unit=province, trainers=[make.trainer()])
    make.enrolment(taken)
    make.official(unit=province)
    address = url.format(taken.id)
    client = sign_in(make.coordinator(province))
    with_one = queries_of(client, address)

    for _more in range(4):
        make.enrolment(taken)
        make.official(unit=province)
        make.training_class(taken.version, unit=province, trainers=[make.trainer()])

    assert queries_of(client, address) == with_one
