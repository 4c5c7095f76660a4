"""How long a resident waits, as the case's page says it: the bar and the words beside it."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest

from bot.domain.case import Case, CaseStatus
from bot.domain.clocks.setting import new_round
from bot.domain.outcome import Outcome
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.working_time import FARTHEST, WorkingCalendar, due_after, working_days_between
from tests.admin.desk import HOAN_KIEM, Browser, StaffDesk

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def clocks(browser: Browser) -> dict[str, str]:
    found = re.findall(r'data-testid="clock-(\w+)">\s*<p[^>]*><span>[^<]*</span> <b>([^<]*)</b>', browser.text)
    return {name: unescape(words) for name, words in found}


def notes(browser: Browser) -> list[str]:
    return [unescape(words) for words in re.findall(r'data-testid="clock-note">([^<]*)<', browser.text)]


async def seen(desk: StaffDesk, browser: Browser, case: Case) -> dict[str, str]:
    await comes_to(browser, case)
    return clocks(browser)


async def comes_to(browser: Browser, case: Case, username: str = "minh") -> None:
    """Whose session ended meanwhile signs in first."""
    if (await browser.opens(f"/staff/cases/{case.code}")).status == 303:
        await browser.signs_in(username)
        assert (await browser.opens(f"/staff/cases/{case.code}")).status == 200


def test_working_days_are_counted_as_deadlines_are() -> None:
    """Whatever the start, a deadline of n working days lies n working days away, over a holiday and a Saturday of work."""
    calendar = WorkingCalendar(frozenset({date(2026, 9, 2)}), frozenset({date(2026, 9, 5)}), HANOI)
    for hours in range(0, 24 * 9, 7):
        start = datetime(2026, 8, 29, tzinfo=UTC) + timedelta(hours=hours)
        for days in range(1, 12):
            assert working_days_between(start, due_after(start, days, calendar), calendar) == days
    now = datetime(2026, 9, 1, 3, tzinfo=UTC)
    assert working_days_between(now, now, calendar) == 0
    assert working_days_between(now, now - timedelta(days=9), calendar) == 0
    assert working_days_between(now, datetime(9999, 1, 1, tzinfo=UTC), calendar) == FARTHEST


async def test_the_clock_counts_down_and_then_up(sqlite_desk: StaffDesk) -> None:
    """Filed on Wednesday 18 November, due a week later at the same hour; Tuesday between is the day of Vietnam's culture."""
    desk = sqlite_desk
    case, minh = await desk.case(due_in=timedelta(days=7)), await desk.signed_in("minh")
    assert await seen(desk, minh, case) == {"answer": "Còn 4 ngày làm việc", "close": "Còn 4 ngày làm việc"}
    assert "clock--late" not in minh.text
    desk.clock.passes(days=7, hours=-2)
    assert (await seen(desk, minh, case))["close"] == "Hạn trong hôm nay"
    desk.clock.passes(hours=4)
    assert (await seen(desk, minh, case))["close"] == "Vừa quá hạn, chưa đủ một ngày làm việc"
    desk.clock.passes(days=2)
    assert await seen(desk, minh, case) == {"answer": "Quá hạn 2 ngày làm việc", "close": "Quá hạn 2 ngày làm việc"}
    assert 'data-testid="head-clock">Quá hạn 2 ngày làm việc<' in minh.text, "a phone shows it before the thread"
    assert minh.text.count("clock--late") == 2


async def test_an_answer_stops_the_first_clock_and_the_closing_the_second(sqlite_desk: StaffDesk) -> None:
    desk = sqlite_desk
    case, minh = await desk.case(due_in=timedelta(days=2)), await desk.signed_in("minh")
    desk.clock.passes(days=1)
    await comes_to(minh, case)
    await minh.submits("reply-form", text="Mai tổ điện đến.")
    assert await seen(desk, minh, case) == {"answer": "Đã trả lời sau 1 ngày làm việc", "close": "Còn 1 ngày làm việc"}
    desk.clock.passes(days=2)
    await comes_to(minh, case)
    await minh.closes("done", "Đã thay bóng.")
    assert (await seen(desk, minh, case))["close"] == "Đã đóng sau 2 ngày làm việc, vừa quá hạn, chưa đủ một ngày làm việc"


async def test_the_clock_goes_on_after_a_move(sqlite_desk: StaffDesk) -> None:
    """Another ward gets the case with what is left of its time, and is told so."""
    desk = sqlite_desk
    case, minh = await desk.case(due_in=timedelta(days=7)), await desk.signed_in("minh")
    hoa = await desk.signed_in("hoa", ward=HOAN_KIEM)
    desk.clock.passes(days=2)
    await comes_to(minh, case)
    await minh.submits("move-form", ward=HOAN_KIEM, why="wrong_ward")
    await comes_to(hoa, case, "hoa")
    assert (await seen(desk, hoa, case))["close"] == "Còn 2 ngày làm việc"
    assert notes(hoa) == ["Đã chuyển nơi giải quyết 1 lần: hạn không đổi."]
    assert (await desk.now_is(case.code)).due_at == case.due_at


async def test_what_moved_the_deadline_is_said(sqlite_desk: StaffDesk) -> None:
    """After a dispute the case is due anew; after more words it is not. Both are told."""
    desk = sqlite_desk
    case, minh = await desk.case(), await desk.signed_in("minh")
    async with desk.database.begin() as uow:
        closed = await uow.cases.change(
            await uow.cases.by_code(case.code) or case,
            status=CaseStatus.CLOSED,
            outcome=Outcome.DONE,
            closed_at=desk.clock.now(),
        )
        await uow.cases.reopen(closed, due_at=desk.clock.now() + timedelta(days=12), is_disputed=True)
        at = desk.clock.now()
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ADDED, at=at, details={"reopened": "yes"}))
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ADDED, at=at))
        await uow.commit()
    assert (await seen(desk, minh, case))["close"] == "Còn 7 ngày làm việc"
    assert notes(minh) == [
        "Người dân đã 1 lần báo chưa đúng: hạn được tính lại từ lần cuối.",
        "Mở lại 1 lần vì người dân viết thêm: thời gian đã đóng không tính vào hạn.",
    ]


@pytest.mark.parametrize("due_in", [timedelta(days=-40), timedelta(0), timedelta(days=3000)])
async def test_no_deadline_draws_outside_its_bar(sqlite_desk: StaffDesk, due_in: timedelta) -> None:
    """A clock that was set back, a deadline before the beginning, one in eight years: the page is still a page."""
    case, minh = await sqlite_desk.case(due_in=due_in), await sqlite_desk.signed_in("minh")
    for days in (0, -1, 30):
        sqlite_desk.clock.passes(days=days)
        words = await seen(sqlite_desk, minh, case)
        assert all(words.values())
        drawn = re.findall(r'class="clock__\w+" d="M([\d.]+) [\d.]+(?:H([\d.]+))?', minh.text)
        assert len(drawn) >= 6
        assert all(0 <= float(number) <= 320 for pair in drawn for number in pair if number)


async def test_a_deadline_on_a_day_that_became_a_day_off_is_not_todays(sqlite_desk: StaffDesk) -> None:
    """Due on Tuesday 24 November, the day of Vietnam's culture; seen on the Monday before."""
    case, minh = await sqlite_desk.case(due_in=timedelta(days=6)), await sqlite_desk.signed_in("minh")
    sqlite_desk.clock.passes(days=5)
    assert (await seen(sqlite_desk, minh, case))["close"] == "Chưa đầy một ngày làm việc nữa"


async def test_what_was_done_at_once_was_done_on_the_same_day(sqlite_desk: StaffDesk) -> None:
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    await minh.closes("done", "Đã thay bóng.")
    assert await seen(sqlite_desk, minh, case) == {"answer": "Đã trả lời trong ngày", "close": "Đã đóng trong ngày"}


async def filed(desk: StaffDesk, *, is_emergency: bool = False) -> Case:
    """A case as the chat files it, with every clock."""
    case = await desk.case(due_in=timedelta(days=14), is_emergency=is_emergency)
    setting = new_round(desk.clock.now(), 10, WorkingCalendar(frozenset(), frozenset(), HANOI), is_urgent=is_emergency)
    async with desk.database.begin() as uow:
        details = setting.details()
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.FILED, at=desk.clock.now(), details=details))
        await uow.commit()
    return await desk.now_is(case.code)


async def test_each_clock_runs_by_itself(sqlite_desk: StaffDesk) -> None:
    """Filed on Wednesday at ten; three hours later Minh takes it."""
    case, minh = await filed(sqlite_desk), await sqlite_desk.signed_in("minh")
    before = await seen(sqlite_desk, minh, case)
    assert before["accept"] == "Còn 8 giờ làm việc"
    assert list(before) == ["accept", "answer", "close"]
    sqlite_desk.clock.passes(hours=4)
    await comes_to(minh, case)
    await minh.submits("take-form")
    after = await seen(sqlite_desk, minh, case)
    assert after["accept"] == "Đã nhận sau 3 giờ làm việc"
    assert list(after) == ["answer", "close", "accept"], "what presses stands first, what is done last"


async def test_of_late_clocks_the_gravest_stands_first_and_the_queue_tells_the_same(sqlite_desk: StaffDesk) -> None:
    """Three weeks untouched, over weekends and a holiday: one way of telling it, and never a hundred hours."""
    desk = sqlite_desk
    case, minh = await filed(desk), await desk.signed_in("minh")
    desk.clock.passes(days=23)
    late = await seen(desk, minh, case)
    assert list(late) == ["close", "answer", "accept"]
    assert late["accept"] == "Quá hạn 15 ngày làm việc"
    head = re.search(r'data-testid="head-clock">([^<]*)<', minh.text)
    assert head
    assert head[1] == late["close"]
    await minh.opens("/staff/")
    assert f">{late['close']}</span>" in minh.text


async def test_a_clock_that_stands_is_no_wider_or_later_for_it(sqlite_desk: StaffDesk) -> None:
    """Asked in time, the case is not late a month later: neither on its page nor in the queue."""
    desk = sqlite_desk
    case, minh = await filed(desk), await desk.signed_in("minh")
    before = (await seen(desk, minh, case))["close"]
    await minh.submits("reply-form", text="Ngõ nào ạ?", asks="yes")
    desk.clock.passes(days=40)
    await comes_to(minh, case)
    assert f'class="badge" data-testid="head-clock">{before}<' in minh.text
    await minh.opens("/staff/")
    assert "badge--late" not in minh.text.split('data-testid="case-row"')[1].split("</li>")[0]


async def test_an_emergency_has_four_hours(sqlite_desk: StaffDesk) -> None:
    case, minh = await filed(sqlite_desk, is_emergency=True), await sqlite_desk.signed_in("minh")
    assert await seen(sqlite_desk, minh, case) == {"answer": "Còn 4 giờ làm việc", "close": "Còn 9 ngày làm việc"}
    assert minh.shows("desk_page_clock_urgent")
    sqlite_desk.clock.passes(hours=7)
    assert (await seen(sqlite_desk, minh, case))["answer"] == "Quá hạn 2 giờ làm việc"


async def test_the_clocks_stand_while_minh_waits_for_the_resident(sqlite_desk: StaffDesk) -> None:
    """Asked on Thursday; a week later as much is left, and the queue says whom it waits for. The resident was told so."""
    desk = sqlite_desk
    case, minh = await filed(desk), await desk.signed_in("minh")
    desk.clock.passes(days=1)
    await comes_to(minh, case)
    stood = clocks(minh)["close"]
    await minh.submits("reply-form", text="Ngõ nào ạ?", asks="yes")
    assert any("tạm dừng" in line for line in await desk.hears(case))
    desk.clock.passes(days=7)
    waits = await seen(desk, minh, case)
    assert waits["close"] == f"Đang chờ người dân, đồng hồ dừng ({stood[:1].lower()}{stood[1:]})"
    assert "clock--paused" in minh.text
    assert 'data-testid="head-waits"' in minh.text
    await minh.opens("/staff/")
    assert 'data-testid="row-waits"' in minh.text
    assert 'data-testid="row-warned"' not in minh.text


async def test_the_tick_stays_when_the_words_were_missing(sqlite_desk: StaffDesk) -> None:
    case, minh = await filed(sqlite_desk), await sqlite_desk.signed_in("minh")
    await comes_to(minh, case)
    assert (await minh.submits("reply-form", text="", asks="yes")).status == 400
    assert re.search(r'name="asks"[^>]* checked', minh.text)
    assert (await sqlite_desk.now_is(case.code)).clocks.waits_since is None
    action, hidden = minh.form("reply-form")
    await minh.posts(
        f"{action.removesuffix('/reply')}/preview", hidden | {"text": "Ngõ nào ạ?", "asks": "yes", "as": "reply"}
    )
    assert minh.shows("answer_asks"), "what the resident will read is seen before"


async def test_who_was_warned_is_seen(sqlite_desk: StaffDesk) -> None:
    case, minh = await filed(sqlite_desk), await sqlite_desk.signed_in("minh")
    async with sqlite_desk.database.begin() as uow:
        for step in ("owner", "leader"):
            details = {"clock": "accept", "step": step}
            at = sqlite_desk.clock.now()
            await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ESCALATED, at=at, details=details))
        await uow.commit()
    await comes_to(minh, case)
    assert 'data-testid="warned">Đã nhắc: người giữ hồ sơ, lãnh đạo<' in minh.text
    timeline = minh.text.split('data-testid="timeline"')[1].split("</ol>")[0]
    assert timeline.count('data-testid="warnings"') == 1
    assert "<summary>Nhắc 2 lần vì sắp hết hoặc quá hạn</summary>" in timeline
    assert re.findall(r"Tiếp nhận: ([^<]*?) <", timeline) == ["người giữ hồ sơ", "lãnh đạo"]
    await minh.opens("/staff/")
    assert 'data-testid="row-warned">Đã báo lãnh đạo<' in minh.text


async def test_warnings_are_folded_round_by_round(sqlite_desk: StaffDesk) -> None:
    """Twice before the dispute and once after it: a fold, the dispute, and a plain line; forms still count every event."""
    case, minh = await filed(sqlite_desk), await sqlite_desk.signed_in("minh")
    told = [("escalated", "owner"), ("noted", ""), ("escalated", "leader"), ("disputed", ""), ("escalated", "owner")]
    async with sqlite_desk.database.begin() as uow:
        for minute, (kind, step) in enumerate(told):
            details = {"clock": "accept", "step": step} if step else {}
            at = sqlite_desk.clock.now() + timedelta(minutes=minute)
            await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind(kind), at=at, details=details))
        await uow.commit()
    await comes_to(minh, case)
    timeline = minh.text.split('data-testid="timeline"')[1].split("</ol>")[0]
    lines = re.findall(r"<li[^>]*>(?:<details[^>]*><summary>|<b>)([^<]*)", timeline)
    assert lines[-4:] == ["Ghi chú nội bộ", "Nhắc 2 lần vì sắp hết hoặc quá hạn", lines[-2], "Nhắc vì sắp hết hoặc quá hạn"]
    seen_by_forms = re.search(r'name="seen" value="1\.(\d+)"', minh.text)
    assert seen_by_forms
    assert int(seen_by_forms[1]) == len(lines) + 1
