"""A ward's loudspeaker text at the desk: from what anybody may know of, changed by staff, kept, never overwritten unseen."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.domain.case import Case, CaseKind, CaseStatus
from bot.domain.closing import ClosingReport, NewClosing
from bot.domain.outcome import Outcome
from bot.domain.people import Role
from bot.papers.spoken_vietnamese import syllables
from storage.tables import cases, closings
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, StaffDesk

BULLETIN = "/staff/reports/bulletin"


async def closed(desk: StaffDesk, case: Case, what: str, *, outcome: Outcome = Outcome.DONE, proved: bool = True) -> None:
    """As the close form leaves it."""
    now = desk.clock.now()
    async with desk.database.begin() as uow:
        member = await desk.member("minh")
        report = ClosingReport(outcome=outcome, text="Đã trả lời.", what=what, unit="Tổ công tác")
        await uow.closings.add(
            NewClosing(case_id=case.id, at=now, closer_id=member.id, report=report, message_id=None, minutes_open=5)
        )
        found = await uow.cases.by_code(case.code)
        assert found is not None
        await uow.cases.change(found, status=CaseStatus.CLOSED, outcome=outcome, closed_at=now)
        await uow.commit()
    async with desk.database._transaction() as connection:
        await connection.execute(update(closings).where(closings.c.case_id == case.id).values(has_evidence=proved))
        await connection.commit()


async def test_it_tells_what_anybody_may_know_of_and_nothing_else(desk: StaffDesk) -> None:
    """Eleven cases of the ward that may be told of; one that may not in each of the ways there are, and one elsewhere."""
    leader = await desk.signed_in("minh", Role.WARD_LEADER)
    for number in range(8):
        await desk.case(f"việc {number}")
    await closed(desk, await desk.case("đèn"), "Đã thay 3 bóng đèn.")
    await closed(desk, await desk.case("rác"), "Đã dọn rác trước nhà 15.")
    await closed(desk, await desk.case("cống"), "Đã thông cống.", proved=False)
    await closed(desk, await desk.case("cán bộ", kind=CaseKind.CONDUCT), "Đã xin lỗi dân.")
    await closed(desk, await desk.case("khen", kind=CaseKind.COMMENDATION), "Đã biểu dương.")
    await closed(desk, await desk.case("nơi khác", ward=HOAN_KIEM), "Đã quét đường.")
    disputed = await desk.case("ồn")
    await closed(desk, disputed, "Đã tắt loa.")
    async with desk.database._transaction() as connection:
        await connection.execute(update(cases).where(cases.c.id == disputed.id).values(disputes=1))
        await connection.commit()
    await leader.opens(BULLETIN)
    text = leader.text
    assert "đã gửi mười hai phản ánh và góp ý" in text
    assert "Đã làm xong bốn việc." in text
    assert "Còn tám việc đang được xử lý." in text
    assert "Đã thay ba bóng đèn." in text
    assert "Việc thứ hai." in text, "a matter whose words may not be told is told as its sort"
    for hidden in ("nhà mười lăm", "thông cống", "xin lỗi dân", "biểu dương", "quét đường", "tắt loa"):
        assert hidden not in text
    assert f"{syllables(text.partition('<textarea')[2].partition('>')[2].partition('</textarea>')[0])} tiếng" in text


async def test_two_who_change_it_do_not_overwrite_each_other(desk: StaffDesk) -> None:
    """What is kept is shown instead of the figures, is printed, lies sealed, and can be dropped again."""
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    await minh.opens(BULLETIN)
    await hoa.opens(BULLETIN)
    answer = await minh.submits("bulletin-form", text="Kính thưa bà con, <b>lời của Minh</b>.", act="keep")
    assert answer.status == 303
    kept_at = answer.headers["Location"]
    late = await hoa.submits("bulletin-form", text="Lời của Hoa.", act="keep")
    assert late.status == 409
    assert "Lời của Hoa." in hoa.text
    assert hoa.shows("bulletin_changed_meanwhile")
    await hoa.opens(kept_at)
    assert "&lt;b&gt;lời của Minh&lt;/b&gt;" in hoa.text
    assert hoa.shows("bulletin_kept")
    await hoa.opens(kept_at.replace(BULLETIN, f"{BULLETIN}/print"))
    assert "lời của Minh" in hoa.text
    await hoa.opens(kept_at)
    assert (await hoa.submits("bulletin-form", text="", act="anew")).status == 303
    await minh.opens(kept_at)
    assert "lời của Minh" not in minh.text
    assert minh.shows("bulletin_draft")


@pytest.mark.parametrize(("text", "key"), [("  ", "text_is_empty"), ("a" * 8001, "bulletin_too_long")])
async def test_what_cannot_be_kept_is_given_back(sqlite_desk: StaffDesk, text: str, key: str) -> None:
    minh = await sqlite_desk.signed_in("minh")
    await minh.opens(BULLETIN)
    assert (await minh.submits("bulletin-form", text=text, act="keep")).status == 400
    assert minh.shows(key)
    assert text.strip() in minh.text


async def test_a_ward_writes_its_own_and_whoever_reads_everything_writes_none(sqlite_desk: StaffDesk) -> None:
    """Another ward's is not shown; the city's coordinator, who sees no ward's desk, is told so and shown no figures."""
    desk = sqlite_desk
    minh, inspector = await desk.signed_in("minh"), await desk.signed_in("inspector", Role.INSPECTOR)
    city = await desk.signed_in("city", Role.CITY_COORDINATOR)
    await minh.opens(f"{BULLETIN}?ward={HOAN_KIEM}")
    assert minh.shows("bulletin_choose")
    assert (await minh.opens(f"{BULLETIN}/print?ward={HOAN_KIEM}")).status == 404
    await city.opens(f"{BULLETIN}?ward={PHU_THUONG}")
    assert city.shows("bulletin_choose")
    await inspector.opens(f"{BULLETIN}?ward={PHU_THUONG}")
    assert "phường Phú Thượng" in inspector.text
    assert 'data-testid="bulletin-form"' not in inspector.text
    await minh.opens(BULLETIN)
    action, hidden = minh.form("bulletin-form")
    foreign = await minh.posts(action, hidden | {"ward": HOAN_KIEM, "text": "x", "act": "keep"})
    assert foreign.status == 403
    token = inspector.form("logout-form")[1]
    answer = await inspector.posts(action, hidden | token | {"text": "x", "act": "keep"})
    assert answer.status == 403


async def test_strange_days_are_no_trouble(sqlite_desk: StaffDesk) -> None:
    """In the future, turned round, no days at all: a sensible text, or the usual days."""
    minh = await sqlite_desk.signed_in("minh")
    later = sqlite_desk.clock.now().date() + timedelta(days=400)
    for query in (
        f"first={later}&last={later}",
        "first=2026-05-02&last=2026-05-01",
        "first=x&last=9999-12-31",
        "first=0001-01-01",
    ):
        assert (await minh.opens(f"{BULLETIN}?{query}")).status == 200, query
        assert "Kính thưa bà con" in minh.text
