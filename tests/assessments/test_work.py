import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from assessments import actions, policies
from assessments.actions import Incomplete, StalePage
from assessments.models import Attachment, Decision, Exercise, Marking, Submission, SubmissionState
from assessments.rules import FieldFault
from courses.models import Enrolment, ItemDone
from lms.accounts.models import User
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import DomainError, InvalidInput
from lms.core.storage import path_of
from tests.support import make
from tests.support.client import Client
from tests.support.queries import count_queries
from tests.support.threads import at_once

pytestmark = pytest.mark.usefixtures("clock")

SignIn = Callable[[User], Client]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
GOOD = {"A1": 5, "A2": 2}
SCORES = {"score-1": "A1:5", "score-2": "A2:2"}


def learner_of(enrolment: Enrolment) -> User:
    assert enrolment.person.account is not None
    return enrolment.person.account


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **saved: object) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "green").save(target, kind, **saved)
    return target.getvalue()


@pytest.fixture
def trainer(app: Flask) -> User:
    return make.trainer()


@pytest.fixture
def enrolment(trainer: User) -> Enrolment:
    return make.enrolment(make.training_class(make.course_version(lessons=1), trainers=[trainer]))


@pytest.fixture
def exercise(enrolment: Enrolment) -> Exercise:
    return make.exercise(enrolment.training_class.version)


def work_url(enrolment: Enrolment, exercise: Exercise) -> str:
    return f"/learning/{enrolment.id}/exercises/{exercise.item.slug}"


def only(state: SubmissionState | None = None) -> Submission:
    return db.session.scalars(select(Submission).where(Submission.state == state if state else True)).one()


# --- writing


def test_a_draft_is_kept_as_it_is_and_shown_again(sign_in: SignIn, enrolment: Enrolment, exercise: Exercise) -> None:
    client = sign_in(learner_of(enrolment))
    url = work_url(enrolment, exercise)
    assert "Chưa lưu lần nào" in client.get(url).text

    client.post(url, data={"text-product": "Che\u0300", "text-story": "Một\r\nhai\x00", "base": "0", "do": "save"})

    page = client.get(url).text
    assert only().texts == {"product": "Ch\u00e8", "story": "Một\nhai"}
    assert 'value="Ch\u00e8"' in page
    assert "Đã lưu lúc 09:00 23/11/2026" in page
    assert "(đã viết 3/40 ký tự)" in page


def test_a_refused_work_says_what_is_wrong_beside_the_field_and_keeps_everything(
    sign_in: SignIn, enrolment: Enrolment, exercise: Exercise
) -> None:
    client = sign_in(learner_of(enrolment))
    story = "Chuyện của bản làng. " * 20

    refused = client.post(
        work_url(enrolment, exercise), data={"text-product": " ", "text-story": story, "base": "0", "do": "submit"}
    )

    assert refused.status_code == 422
    assert "Bạn chưa điền ô này." in refused.text
    assert "Dài quá giới hạn" in refused.text
    assert story.strip() in refused.text
    assert "Bản nháp vẫn được giữ" in refused.text
    assert only(SubmissionState.DRAFT).texts["story"] == story.strip()


def test_handing_in_is_once_and_closes_the_work(sign_in: SignIn, enrolment: Enrolment, exercise: Exercise) -> None:
    client = sign_in(learner_of(enrolment))
    url = work_url(enrolment, exercise)
    data = {"text-product": "Chè Shan", "base": "0", "do": "submit"}

    for _tap in range(2):
        assert client.post(url, data=data).status_code == 303
    client.post(url, data={**data, "text-product": "Đổi", "do": "save"})

    assert only(SubmissionState.SUBMITTED).texts["product"] == "Chè Shan"
    page = client.get(url).text
    assert "đang chờ chấm" in page
    assert "<textarea" not in page


def test_an_old_page_does_not_replace_newer_text_and_loses_nothing(
    sign_in: SignIn, enrolment: Enrolment, exercise: Exercise
) -> None:
    client = sign_in(learner_of(enrolment))
    url = work_url(enrolment, exercise)
    client.post(url, data={"text-product": "Bản mới", "base": "0", "do": "save"})

    stale = client.post(url, data={"text-product": "Bản cũ", "base": "0", "do": "submit"})

    assert stale.status_code == 409
    assert 'value="Bản cũ"' in stale.text
    assert only(SubmissionState.DRAFT).texts["product"] == "Bản mới"
    client.post(url, data={"text-product": "Bản cũ", "base": "1", "do": "save"})
    assert only().texts["product"] == "Bản cũ"


def test_saving_the_same_twice_is_saving_once(app: Flask, enrolment: Enrolment, exercise: Exercise) -> None:
    first = make.draft(exercise, enrolment)

    assert make.draft(exercise, enrolment) is first
    assert first.saves_count == 1
    with pytest.raises(StalePage):
        make.draft(exercise, enrolment, product="Khác")


def test_a_choice_is_one_of_the_list(app: Flask, enrolment: Enrolment, exercise: Exercise) -> None:
    exercise.fields = [
        {**exercise.fields[0], "kind": "choice", "max_characters": None, "choices": ["Thực phẩm", "Đồ uống"]}
    ]

    with pytest.raises(Incomplete) as met:
        make.submission(exercise, enrolment, product="Khác")

    assert met.value.faults == {"product": FieldFault.NOT_A_CHOICE}


def test_no_work_is_begun_once_the_class_has_ended(app: Flask) -> None:
    ended = make.training_class(ends_on=date(2026, 11, 22))

    with pytest.raises(DomainError, match="kết thúc"):
        make.draft(make.exercise(ended.version), make.enrolment(ended), at=NOW)


def test_ten_first_savings_at_once_begin_one_work(app: Flask, enrolment: Enrolment, exercise: Exercise) -> None:
    enrolment_id, exercise_id, user_id = enrolment.id, exercise.id, learner_of(enrolment).id

    def save() -> int:
        return actions.save_draft(
            db.session.get_one(Exercise, exercise_id),
            db.session.get_one(Enrolment, enrolment_id),
            {"product": "Chè"},
            base=0,
            by=db.session.get_one(User, user_id),
            at=NOW,
        ).number

    assert at_once(app, 10, save) == [1] * 10
    assert db.session.scalar(select(func.count(Submission.id))) == 1


# --- files


def send(client: Client, url: str, content: bytes, name: str) -> tuple[int, str]:
    data = {
        "text-product": "Chè đang viết",
        "base": "0",
        "do": "attach",
        "file": FileStorage(io.BytesIO(content), name),
    }
    # Encoded here: the client's own way leaves the temporary file of a large body open.
    boundary, body = encode_multipart(data)
    answer = client.post(url, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    return answer.status_code, answer.text


def test_a_picture_and_a_pdf_are_attached_downloaded_and_removed(
    sign_in: SignIn, enrolment: Enrolment, exercise: Exercise
) -> None:
    client = sign_in(learner_of(enrolment))
    url = work_url(enrolment, exercise)

    assert send(client, url, PDF, "nhãn hàng.pdf")[0] == 303
    assert send(client, url, picture(), "ảnh.jpg")[0] == 303

    page = client.get(url).text
    assert "nhãn hàng.pdf" in page
    assert "ảnh.jpg" in page
    pdf, jpg = only().attachments
    got = client.get(f"/attachments/{pdf.id}")
    assert (got.status_code, got.data, got.mimetype) == (200, PDF, "application/pdf")
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/attachments/{jpg.id}").mimetype == "image/jpeg"

    gone = pdf.id
    client.post(url, data={"text-product": "Chè đang viết", "base": "1", "do": f"detach-{gone}"})
    assert [one.id for one in only().attachments] == [jpg.id]
    assert client.get(f"/attachments/{gone}").status_code == 404


HOSTILE = {
    "page renamed": (b"<html><script>alert(1)</script></html>", "hoso.pdf"),
    "drawing": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "ảnh.svg"),
    "drawing renamed": (b'<?xml version="1.0"?><svg onload="alert(1)"/>', "ảnh.png"),
    "nothing": (b"", "trong.pdf"),
    "program": (b"MZ\x90\x00" + b"\x00" * 100, "phan-mem.exe"),
    "archive": (b"PK\x03\x04" + b"\x00" * 100, "tai-lieu.docx"),
    "only a beginning": (b"\xff\xd8\xff\xe0" + b"\x00" * 50, "anh.jpg"),
    "pdf cut off": (b"%PDF-1.7\n1 0 obj", "hoso.pdf"),
    "pdf with a page behind": (PDF + b"<script>alert(1)</script>" * 200, "hoso.pdf"),
    "too large": (b"%PDF-1.7\n" + b"0" * (5 * 1024 * 1024) + b"%%EOF", "lon.pdf"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused_and_the_text_is_kept(
    sign_in: SignIn, enrolment: Enrolment, exercise: Exercise, kind: str
) -> None:
    client = sign_in(learner_of(enrolment))

    status, page = send(client, work_url(enrolment, exercise), *HOSTILE[kind])

    assert status == 422
    assert "Bạn chưa chọn tệp" not in page
    assert "Những gì bạn viết vẫn được giữ" in page
    assert only().texts["product"] == "Chè đang viết"
    assert db.session.scalar(select(func.count(Attachment.id))) == 0


def test_a_file_that_was_not_chosen_is_asked_for(sign_in: SignIn, enrolment: Enrolment, exercise: Exercise) -> None:
    answer = sign_in(learner_of(enrolment)).post(work_url(enrolment, exercise), data={"base": "0", "do": "attach"})

    assert answer.status_code == 422
    assert "Bạn chưa chọn tệp" in answer.text


def test_a_picture_is_made_anew_without_what_was_hidden_in_it(
    app: Flask, enrolment: Enrolment, exercise: Exercise
) -> None:
    hidden = Image.Exif()
    hidden[0x010F] = "Máy ảnh của Hà"
    hidden[0x0112] = 6
    sent = picture(size=(60, 40), exif=hidden) + b"<script>alert(1)</script>"
    draft = make.draft(exercise, enrolment)

    attachment = actions.attach(draft, sent, name="ảnh.jpg", by=learner_of(enrolment), at=NOW)

    kept = path_of(attachment.file).read_bytes()
    assert b"script" not in kept
    assert b"Exif" not in kept
    with Image.open(io.BytesIO(kept)) as shown:
        assert shown.size == (40, 60)
        assert not shown.getexif()


def test_a_small_file_that_claims_to_be_a_huge_picture_is_refused(
    app: Flask, enrolment: Enrolment, exercise: Exercise
) -> None:
    claims = bytearray(picture("PNG"))
    claims[16:24] = (60_000).to_bytes(4, "big") * 2

    with pytest.raises(InvalidInput, match="Không mở được ảnh"):
        actions.attach(make.draft(exercise, enrolment), bytes(claims), name="to.png", by=learner_of(enrolment), at=NOW)


def test_no_more_files_than_asked_for_also_at_once(app: Flask, enrolment: Enrolment, exercise: Exercise) -> None:
    draft_id, user_id = make.draft(exercise, enrolment).id, learner_of(enrolment).id

    def attach() -> int:
        draft = db.session.get_one(Submission, draft_id)
        return actions.attach(draft, PDF, name="x.pdf", by=db.session.get_one(User, user_id), at=NOW).id

    met = at_once(app, 5, attach)

    assert sum(isinstance(one, int) for one in met) == 2
    assert sum(isinstance(one, InvalidInput) for one in met) == 3


# --- marking


def judge(submission: Submission, trainer: User, **changes: object) -> Marking:
    asked = {"remarks": {}, "remark": "Rất rõ.", "decision": Decision.ACCEPT, "given": GOOD, **changes}
    given = asked.pop("given")
    return actions.mark_work(submission, given, by=trainer, at=NOW, **asked)  # type: ignore[arg-type]


def test_the_whole_way_of_a_work(sign_in: SignIn, trainer: User, enrolment: Enrolment, exercise: Exercise) -> None:
    learner, marker = sign_in(learner_of(enrolment)), sign_in(trainer)
    url = work_url(enrolment, exercise)
    learner.post(url, data={"text-product": "Chè Shan bản một", "base": "0", "do": "submit"})

    queue = marker.get("/marking").text
    assert enrolment.person.full_name in queue
    first = only(SubmissionState.SUBMITTED)
    desk = marker.get(f"/submissions/{first.id}/marking").text
    assert "Chè Shan bản một" in desk
    assert "Mức 5" in desk
    data = {**SCORES, "remark": "Nói rõ vùng trồng.", "remark-1": "Trồng ở đâu?", "decision": "return"}
    assert marker.post(f"/submissions/{first.id}/marking", data=data).status_code == 303
    assert "Không có bài nào chờ" in marker.get("/marking").text

    page = learner.get(url).text
    assert "Nói rõ vùng trồng." in page
    assert "Trồng ở đâu?" in page
    assert "mô phỏng: 4 sao" in page
    assert "Được trả lại để sửa" in learner.get(f"/learning/{enrolment.id}").text
    for _tap in range(2):
        assert learner.post(f"/submissions/{first.id}/revise").status_code == 303
    second = only(SubmissionState.DRAFT)
    assert (second.number, second.texts["product"]) == (2, "Chè Shan bản một")
    learner.post(url, data={"text-product": "Chè Shan bản hai", "base": "1", "do": "submit"})

    desk = marker.get(f"/submissions/{second.id}/marking").text
    assert "Chè Shan bản hai" in desk
    assert "Chè Shan bản một" in desk
    assert "Lần trước: 5 điểm" in desk
    assert "Trồng ở đâu?" in desk
    marker.post(f"/submissions/{second.id}/marking", data={**SCORES, "remark": "Tốt.", "decision": "accept"})

    assert "đã được chấp nhận" in learner.get(url).text
    assert db.session.scalars(select(ItemDone.item_id)).all() == [exercise.item_id]
    assert first.texts["product"] == "Chè Shan bản một"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"given": {"A1": 5}}, "chưa cho điểm"),
        ({"given": {"A1": 3, "A2": 2}}, "không có trong phiếu chấm"),
        ({"given": {**GOOD, "Z": 1}}, "không có trong phiếu chấm"),
        ({"given": {"A1": 2, "A2": 2}}, "chưa thể chấp nhận"),
        ({"given": {"A1": 0, "A2": 5}}, "chưa thể chấp nhận"),
        ({"decision": Decision.RETURN, "remark": " "}, "viết nhận xét"),
    ],
)
def test_a_judgement_that_the_rubric_does_not_allow_is_refused(
    app: Flask, trainer: User, enrolment: Enrolment, exercise: Exercise, changes: dict[str, object], said: str
) -> None:
    submission = make.submission(exercise, enrolment)

    with pytest.raises(InvalidInput, match=said):
        judge(submission, trainer, **changes)

    assert submission.state is SubmissionState.SUBMITTED
    assert db.session.scalar(select(func.count(Marking.id))) == 0


def test_a_refused_judgement_comes_back_with_everything_entered(
    sign_in: SignIn, trainer: User, enrolment: Enrolment, exercise: Exercise
) -> None:
    submission = make.submission(exercise, enrolment)
    client = sign_in(trainer)
    url = f"/submissions/{submission.id}/marking"

    for data in (
        {"score-1": "A1:2", "remark-2": "Kể thêm", "decision": "accept"},
        {"score-1": "A1:2", "remark-2": "Kể thêm"},
    ):
        refused = client.post(url, data=data)
        assert refused.status_code == 422
        assert "Kể thêm" in refused.text
        assert 'value="A1:2" checked' in refused.text


def test_marks_add_up_and_are_written_down(app: Flask, trainer: User, enrolment: Enrolment, exercise: Exercise) -> None:
    marking = judge(make.submission(exercise, enrolment), trainer)

    assert marking.earned_points == sum(mark.points for mark in marking.marks) == 7
    assert marking.possible_points == 10
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "assessments.mark_work")).one()
    assert (entry.actor_id, entry.details["decision"], entry.details["earned"]) == (trainer.id, "accept", 7)


def test_what_is_marked_is_not_marked_again(
    sign_in: SignIn, trainer: User, enrolment: Enrolment, exercise: Exercise
) -> None:
    other = make.trainer()
    enrolment.training_class.trainers.append(other)
    submission = make.submission(exercise, enrolment)
    judge(submission, trainer)

    with pytest.raises(DomainError, match="đã được chấm"):
        judge(submission, trainer, decision=Decision.RETURN)
    url = f"/submissions/{submission.id}/marking"
    again = {**SCORES, "decision": "return", "remark": "Đổi ý"}
    assert sign_in(trainer).post(url, data=again).status_code == 303
    assert sign_in(other).post(url, data=again).status_code == 403
    assert db.session.scalars(select(Marking.decision)).one() is Decision.ACCEPT


def test_two_trainers_at_once_mark_once(app: Flask, trainer: User, enrolment: Enrolment, exercise: Exercise) -> None:
    submission_id, trainer_id = make.submission(exercise, enrolment).id, trainer.id

    def mark() -> int:
        return judge(db.session.get_one(Submission, submission_id), db.session.get_one(User, trainer_id)).id

    met = at_once(app, 6, mark)

    assert sum(isinstance(one, int) for one in met) == 1
    assert sum(isinstance(one, DomainError) for one in met) == 5
    assert db.session.scalar(select(func.count(ItemDone.id))) == 1


def test_nobody_marks_their_own_work(sign_in: SignIn, trainer: User, enrolment: Enrolment, exercise: Exercise) -> None:
    own = make.enrolment(enrolment.training_class, holder=make.person(account=trainer))
    submission = make.submission(exercise, own)

    with pytest.raises(DomainError):
        judge(submission, trainer)
    client = sign_in(trainer)
    assert client.get(f"/submissions/{submission.id}/marking").status_code == 403
    assert own.person.full_name not in client.get("/marking").text.split("<main")[1]


def test_only_a_work_that_came_back_is_revised(
    sign_in: SignIn, trainer: User, enrolment: Enrolment, exercise: Exercise
) -> None:
    submission = make.submission(exercise, enrolment)
    url = f"/submissions/{submission.id}/revise"

    assert sign_in(learner_of(enrolment)).post(url).status_code == 409
    judge(submission, trainer, decision=Decision.RETURN)
    for stranger in (trainer, learner_of(make.enrolment(enrolment.training_class))):
        assert sign_in(stranger).post(url).status_code == 403
    assert sign_in(learner_of(enrolment)).post(url).status_code == 303


def test_files_go_along_when_a_work_is_revised(
    app: Flask, trainer: User, enrolment: Enrolment, exercise: Exercise
) -> None:
    user = learner_of(enrolment)
    draft = make.draft(exercise, enrolment)
    actions.attach(draft, PDF, name="nhan.pdf", by=user, at=NOW)
    actions.submit_work(draft, by=user, at=NOW)
    judge(draft, trainer, decision=Decision.RETURN)

    revised = actions.revise(draft, by=user, at=NOW)
    actions.detach(revised.attachments[0], by=user, at=NOW)

    assert [one.file.name for one in draft.attachments] == ["nhan.pdf"]
    with pytest.raises(DomainError):
        actions.detach(draft.attachments[0], by=user, at=NOW)


# --- who may


@pytest.mark.parametrize("what", ["submission", "marking", "attachment"])
def test_a_work_is_for_its_writer_and_the_trainers_of_the_class(
    sign_in: SignIn, client: Client, trainer: User, enrolment: Enrolment, exercise: Exercise, what: str
) -> None:
    draft = make.draft(exercise, enrolment)
    attachment = actions.attach(draft, PDF, name="nhan.pdf", by=learner_of(enrolment), at=NOW)
    db.session.flush()
    url = {
        "submission": f"/submissions/{draft.id}",
        "marking": f"/submissions/{draft.id}/marking",
        "attachment": f"/attachments/{attachment.id}",
    }[what]
    assert sign_in(trainer).get(url).status_code == 403
    actions.submit_work(draft, by=learner_of(enrolment), at=NOW)

    assert sign_in(trainer).get(url).status_code == 200
    assert sign_in(learner_of(enrolment)).get(url).status_code == (403 if what == "marking" else 200)
    strangers = [
        learner_of(make.enrolment(enrolment.training_class)),
        make.trainer("Giảng viên lớp khác"),
        make.coordinator(make.province("Lâm Đồng")),
        make.coordinator(make.country()),
    ]
    for stranger in strangers:
        assert sign_in(stranger).get(url).status_code == 403
    assert client.get(url).status_code == 302


def test_nobody_else_marks_or_writes(sign_in: SignIn, trainer: User, enrolment: Enrolment, exercise: Exercise) -> None:
    submission = make.submission(exercise, enrolment)
    marking = f"/submissions/{submission.id}/marking"
    data = {**SCORES, "decision": "accept"}

    for stranger in (make.trainer(), learner_of(enrolment), make.coordinator(make.country())):
        assert sign_in(stranger).post(marking, data=data).status_code == 403
    for stranger in (trainer, learner_of(make.enrolment(enrolment.training_class))):
        assert sign_in(stranger).get(work_url(enrolment, exercise)).status_code == 403
        assert sign_in(stranger).post(work_url(enrolment, exercise), data={"do": "save"}).status_code == 403
    assert submission.state is SubmissionState.SUBMITTED
    assert sign_in(trainer).post(marking, data=data).status_code == 303


def test_an_attachment_of_somebody_else_is_not_removed(
    sign_in: SignIn, enrolment: Enrolment, exercise: Exercise
) -> None:
    attachment = actions.attach(make.draft(exercise, enrolment), PDF, name="nhan.pdf", by=learner_of(enrolment), at=NOW)
    other = make.enrolment(enrolment.training_class)

    sign_in(learner_of(other)).post(
        work_url(other, exercise), data={"text-product": "Chè", "base": "0", "do": f"detach-{attachment.id}"}
    )

    assert db.session.scalars(select(Attachment.id)).all() == [attachment.id]


def test_policies_and_their_twins_agree(app: Flask, trainer: User, enrolment: Enrolment, exercise: Exercise) -> None:
    own = make.enrolment(enrolment.training_class, holder=make.person(account=trainer))
    elsewhere = make.enrolment(make.training_class(enrolment.training_class.version, trainers=[make.trainer()]))
    works = [
        make.submission(exercise, enrolment),
        make.draft(exercise, make.enrolment(enrolment.training_class)),
        make.submission(exercise, own),
        make.submission(exercise, elsewhere),
    ]

    for user in (trainer, learner_of(enrolment), make.trainer(), *elsewhere.training_class.trainers):
        for can, visible in (
            (policies.can_see_submission, policies.visible_submissions),
            (policies.can_mark, policies.markable_submissions),
        ):
            listed = set(db.session.scalars(select(Submission.id).where(visible(user))))
            assert listed == {one.id for one in works if can(user, one)}
        followed = set(db.session.scalars(select(Enrolment.id).where(policies.followed_enrolments(user))))
        assert followed == {one.enrolment_id for one in works if policies.can_follow(user, one.enrolment)}


def test_what_a_learner_writes_is_shown_to_staff_as_text(
    sign_in: SignIn, trainer: User, enrolment: Enrolment, exercise: Exercise
) -> None:
    submission = make.submission(exercise, enrolment, product="<script>alert(1)</script>")

    for url in (f"/submissions/{submission.id}", f"/submissions/{submission.id}/marking"):
        page = sign_in(trainer).get(url).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("who", ["learner", "coordinator"])
def test_the_queue_is_for_trainers(sign_in: SignIn, enrolment: Enrolment, who: str) -> None:
    user = learner_of(enrolment) if who == "learner" else make.coordinator(make.country())

    assert sign_in(user).get("/marking").status_code == 403


def test_the_queue_asks_no_more_for_more_works(
    sign_in: SignIn, trainer: User, enrolment: Enrolment, exercise: Exercise
) -> None:
    make.submission(exercise, enrolment)
    client = sign_in(trainer)
    client.get("/marking")
    with count_queries() as with_one:
        client.get("/marking")

    for _more in range(4):
        make.submission(exercise, make.enrolment(enrolment.training_class))
    with count_queries() as with_five:
        assert client.get("/marking").status_code == 200

    assert len(with_five) == len(with_one), with_five
