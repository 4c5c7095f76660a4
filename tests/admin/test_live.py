"""The desk's stream of news: who hears what, after a cut too, and when it ends."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse

from admin.live import events
from admin.live.hub import MOST_PENDING, Watcher, may_concern
from admin.live.places import GIVEN_UP_AFTER, Places
from bot.domain.case import Case, CaseId, CaseKind, Desk
from bot.domain.people import Role, StaffId
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import EventKind
from bot.ports import CaseNews, Viewer
from bot.web import keys
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, Browser, StaffDesk
from tests.statements import statements_of

PATIENCE = 60.0  # seconds; PostgreSQL is looked at every other one
MOMENT = datetime(2026, 11, 22, 8, tzinfo=UTC)


@dataclass
class Live:
    """A page's stream as a browser reads it."""

    response: ClientResponse
    place: str = ""

    async def hears(self) -> dict[str, Any]:
        """The next event: its data, and its name under "event"."""
        async with asyncio.timeout(PATIENCE):
            while True:
                block = await self._block()
                self.place = block.get("id", self.place)
                if "event" in block:
                    return {"event": block["event"], **json.loads(block["data"])}

    async def ends(self) -> None:
        async with asyncio.timeout(PATIENCE):
            assert "event" not in (rest := await self.response.content.read()).decode(), rest

    async def _block(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while line := (await self.response.content.readline()).decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            found[name] = value
        if self.response.content.at_eof() and not found:
            raise EOFError("the stream is over")
        return found


@asynccontextmanager
async def watching(browser: Browser, *, after: str = "", resume: str = "") -> AsyncIterator[Live]:
    headers = {"Last-Event-ID": resume} if resume else {}
    response = await browser.client.get(f"/staff/events?after={after}", headers=headers)
    assert (response.status, response.content_type) == (200, "text/event-stream")
    live = Live(response)
    assert "retry" in await live._block()
    if not after and not resume:
        live.place = (await live._block())["id"]
    try:
        yield live
    finally:
        response.close()


async def filed(desk: StaffDesk, case: Case) -> dict[str, Any]:
    """What a page hears of a case that was just filed."""
    return {"event": "case", "code": case.code, "sort": "case", "mine": False}


async def test_a_new_case_and_new_words_announce_themselves(desk: StaffDesk) -> None:
    """Minh's open page hears of the case, then of what its resident adds; of each once, in order."""
    minh = await desk.signed_in("minh")
    async with watching(minh) as live:
        case = await desk.case()
        assert await live.hears() == await filed(desk, case)
        await desk.resident_adds(case, "Hôm nay vẫn tối.")
        assert await live.hears() == {"event": "case", "code": case.code, "sort": "message", "mine": False}


async def test_what_one_did_oneself_says_so(desk: StaffDesk) -> None:
    """Minh's own note does not ring in Minh's page; in Hoa's it is a change."""
    case = await desk.case()
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    async with watching(minh) as at_minh, watching(hoa) as at_hoa:
        await minh.opens(f"/staff/cases/{case.code}")
        assert (await minh.submits("note-form", text="Đã gọi tổ điện.")).status == 303
        assert await at_minh.hears() == {"event": "case", "code": case.code, "sort": "change", "mine": True}
        assert await at_hoa.hears() == {"event": "case", "code": case.code, "sort": "change", "mine": False}


async def test_nobody_hears_of_what_they_may_not_see(desk: StaffDesk) -> None:
    """Other ward, restricted desk, barred from it: the first thing each page hears is the case it may show."""
    minh, nam = await desk.signed_in("minh"), await desk.signed_in("nam", ward=HOAN_KIEM)
    named, city = await desk.signed_in("named", Role.RESTRICTED_OFFICER), await desk.signed_in("city", Role.CITY_COORDINATOR)
    async with watching(minh) as at_minh, watching(nam) as at_nam, watching(named) as at_named, watching(city) as at_city:
        about_official = await desk.case(kind=CaseKind.CONDUCT)
        barred = await desk.case("Anh Minh nói trống không.")
        async with desk.database.begin() as uow:
            found = await uow.staff.by_username("minh")
            assert found
            await uow.exclusions.add([Exclusion(case_id=barred.id, staff_id=found[0].id, why=Why.ACCUSED)])
            await uow.commit()
        await desk.resident_adds(barred, "Lại thêm lần nữa.")
        theirs, unplaced = await desk.case(ward=HOAN_KIEM), await desk.case(ward=None)
        mine = await desk.case()
        heard_by_minh = [await at_minh.hears()]
        while heard_by_minh[-1]["code"] != mine.code:
            heard_by_minh.append(await at_minh.hears())
        assert {line["code"] for line in heard_by_minh} <= {barred.code, mine.code}
        assert "message" not in {line["sort"] for line in heard_by_minh}
        assert (await at_nam.hears())["code"] == theirs.code
        assert (await at_named.hears())["code"] == about_official.code
        assert (await at_city.hears())["code"] == unplaced.code


async def test_an_event_holds_a_code_and_nothing_of_the_case(desk: StaffDesk) -> None:
    minh = await desk.signed_in("minh")
    async with watching(minh) as live:
        await desk.case("Nhà bà Xuân đốt rác khói mù mịt, số 0912345678")
        assert set(await live.hears()) == {"event", "code", "sort", "mine"}


async def test_after_a_cut_the_page_catches_up_in_order(desk: StaffDesk) -> None:
    """What happened while the line was dead comes first, each once, then what happens now."""
    minh = await desk.signed_in("minh")
    async with watching(minh) as live:
        known = await desk.case("Trước khi mất mạng.")
        assert (await live.hears())["code"] == known.code
        place = live.place
    desk.clock.passes(minutes=1)  # late commits of a moment ago are told again; these are not
    missed = [await desk.case("Khi mất mạng."), await desk.case("Vẫn mất mạng.")]
    await desk.case("Của phường khác.", ward=HOAN_KIEM)
    async with watching(minh, resume=place) as live:
        now = [await desk.case("Có mạng lại.")]
        assert [(await live.hears())["code"] for _ in range(3)] == [case.code for case in missed + now]


async def test_a_page_misses_nothing_between_being_made_and_listening(sqlite_desk: StaffDesk) -> None:
    """The page says up to where it knows; what comes before its stream is open is not lost."""
    minh = await sqlite_desk.signed_in("minh")
    await minh.opens("/staff/")
    [place] = re.findall(r'data-after="([^"]+)"', minh.text)
    case = await sqlite_desk.case()
    async with watching(minh, after=place) as live:
        assert (await live.hears())["code"] == case.code


async def test_whoever_was_away_too_long_is_told_to_load_anew(
    sqlite_desk: StaffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond a bound nothing is counted up one by one."""
    monkeypatch.setattr(events, "CATCH_UP", 3)
    minh = await sqlite_desk.signed_in("minh")
    for _ in range(4):
        await sqlite_desk.case()
    async with watching(minh, resume=sqlite_desk.server.app[keys.SEALER].seal("0")) as live:
        assert await live.hears() == {"event": "reset"}
        case = await sqlite_desk.case()
        assert (await live.hears())["code"] == case.code


@pytest.mark.parametrize("place", ["-1", "x", "9" * 30, "٣", "1.5", "\x00"])
async def test_a_place_that_is_none_starts_now(sqlite_desk: StaffDesk, place: str) -> None:
    await sqlite_desk.case()
    minh = await sqlite_desk.signed_in("minh")
    response = await minh.client.get("/staff/events", params={"after": place})
    live = Live(response)
    case = await sqlite_desk.case("Mới.")
    assert (await live.hears())["code"] == case.code
    response.close()


async def test_a_stream_does_not_outlive_its_session(sqlite_desk: StaffDesk) -> None:
    """Minh signs out elsewhere: the next news ends the stream instead of reaching it, and a new one is not opened."""
    minh = await sqlite_desk.signed_in("minh")
    async with watching(minh) as live:
        cookie = minh.session_cookie()
        await minh.opens("/staff/")
        await minh.submits("logout-form")
        await sqlite_desk.case()
        await live.ends()
    other = await sqlite_desk.browser()
    response = await other.client.get("/staff/events", headers={"Cookie": f"homthu_session={cookie}"})
    assert response.status == 204


async def test_a_stream_does_not_outlive_an_account(sqlite_desk: StaffDesk) -> None:
    member = await sqlite_desk.staff("minh")
    minh = await sqlite_desk.browser()
    await minh.signs_in("minh")
    async with watching(minh) as live:
        async with sqlite_desk.database.begin() as uow:
            await uow.staff.set_disabled(member.id, True)
            await uow.commit()
        await sqlite_desk.case()
        await live.ends()


async def test_a_page_left_open_does_not_keep_its_session_alive(
    sqlite_desk: StaffDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """News come, signs of life go; half an hour after the last real use the session is over."""
    monkeypatch.setattr(events, "HEARTBEAT", 0.05)
    minh = await sqlite_desk.signed_in("minh")
    seen = await sqlite_desk.session_seen_at(minh)
    async with watching(minh) as live:
        sqlite_desk.clock.passes(minutes=20)
        await sqlite_desk.case()
        await live.hears()
        assert set(await live._block()) == {"id"}, "a sign of life, and nothing else"
        await sqlite_desk.settle()
        assert await sqlite_desk.session_seen_at(minh) == seen
        sqlite_desk.clock.passes(minutes=11)
        await live.ends()


async def test_whoever_sees_no_case_gets_no_stream(sqlite_desk: StaffDesk) -> None:
    browser = await sqlite_desk.signed_in("op", Role.OPERATOR)
    assert (await browser.client.get("/staff/events")).status == 204
    stranger = await sqlite_desk.browser()
    assert (await stranger.client.get("/staff/events")).status == 204


async def test_a_session_has_so_many_streams_and_no_more(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    opened = [await minh.client.get("/staff/events") for _ in range(events.STREAMS_OF_SESSION)]
    refused = await minh.client.get("/staff/events")
    assert ([response.status for response in opened], refused.status) == ([200] * len(opened), 429)
    assert refused.headers["Retry-After"]
    for response in (*opened, refused):
        response.close()
    async with asyncio.timeout(PATIENCE):
        while (again := await minh.client.get("/staff/events")).status != 200:
            again.close()
            await sqlite_desk.case()  # a closed page gives its place back with the next thing sent to it
    again.close()


async def test_streams_end_when_the_process_does(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    async with watching(minh) as live:
        sqlite_desk.server.app[keys.STOP].set()
        await live.ends()
    assert (await minh.client.get("/staff/events")).status == 204


async def test_one_look_serves_all_pages(sqlite_desk: StaffDesk) -> None:
    """Ten pages are open; a new case is read once for all of them, and other wards' pages ask nothing at all."""
    people = [
        await sqlite_desk.signed_in(f"m{number}", ward=PHU_THUONG if number < 2 else HOAN_KIEM) for number in range(10)
    ]
    pages = [watching(person) for person in people]
    lives = [await page.__aenter__() for page in pages]
    with statements_of(sqlite_desk.database) as asked:
        case = await sqlite_desk.case()
        assert [(await live.hears())["code"] for live in lives[:2]] == [case.code] * 2
    assert len([statement for statement in asked if "FROM case_events" in statement]) == 1
    assert len([statement for statement in asked if "cases.code" in statement]) == 2
    for page in pages:
        await page.__aexit__(None, None, None)


def news(place: int, ward: str = PHU_THUONG, desk: Desk = Desk.GENERAL) -> CaseNews:
    return CaseNews(
        id=place,
        case_id=CaseId(1),
        kind=EventKind.ADDED,
        at=MOMENT + timedelta(seconds=place),
        staff_id=None,
        ward_code=PHU_THUONG if ward == PHU_THUONG else HOAN_KIEM,
        desk=desk,
    )


def test_a_fact_that_was_committed_late_is_told() -> None:
    """Place 2 appears after place 3; and nothing is told twice."""
    places = Places(0)
    assert [fact.id for fact in places.take([news(1), news(3)], 0)] == [1, 3]
    assert (places.floor, [fact.id for fact in places.take([news(3)], 1)]) == (1, [])
    assert [fact.id for fact in places.take([news(2), news(3)], 2)] == [2]
    assert (places.floor, [fact.id for fact in places.take([], 3)]) == (3, [])


def test_a_place_that_stays_empty_is_given_up() -> None:
    """What was rolled back never comes; it is waited for only so long, each gap by itself."""
    places = Places(0)
    places.take([news(2)], 0)
    places.take([news(2), news(5)], GIVEN_UP_AFTER - 1)
    assert places.floor == 0
    places.take([news(2), news(5)], GIVEN_UP_AFTER)
    assert places.floor == 2
    places.take([news(5)], GIVEN_UP_AFTER + 1)
    assert [fact.id for fact in places.take([news(3), news(5)], GIVEN_UP_AFTER + 2)] == [3]
    assert places.floor == 3


def test_a_page_that_does_not_read_holds_only_so_much() -> None:
    watcher = Watcher(Viewer(staff_id=StaffId(1), role=Role.INSPECTOR, ward_code=None))
    for place in range(MOST_PENDING + 2):
        watcher.offer(news(place))
    assert (watcher.is_behind, watcher.pending) == (True, [])


def test_a_page_of_another_ward_is_spared_the_question() -> None:
    officer = Viewer(staff_id=StaffId(1), role=Role.WARD_OFFICER, ward_code=PHU_THUONG)
    city = Viewer(staff_id=StaffId(2), role=Role.CITY_COORDINATOR, ward_code=None)
    deputy = Viewer(staff_id=StaffId(3), role=Role.WARD_OFFICER, ward_code=HOAN_KIEM, deputises=officer.standings())
    assert [may_concern(viewer, news(1)) for viewer in (officer, city, deputy)] == [True, True, True]
    assert [may_concern(viewer, news(1, HOAN_KIEM)) for viewer in (officer, city)] == [False, True]


async def test_what_may_be_known_already_says_that_it_is_late(desk: StaffDesk) -> None:
    """Where others write too, a moment before the cut is told again, marked; on SQLite nothing is told twice."""
    minh = await desk.signed_in("minh")
    async with watching(minh) as live:
        known = await desk.case("A")
        await live.hears()
        place = live.place
    new = await desk.case("B")
    async with watching(minh, resume=place) as live:
        heard = [await live.hears()]
        if not desk.database.is_sqlite:
            assert heard == [{"event": "case", "code": known.code, "sort": "case", "mine": False, "late": True}]
            heard = [await live.hears()]
        assert heard == [await filed(desk, new)]
