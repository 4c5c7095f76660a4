"""What everybody reads of cases: pages and feeds of what was agreed to, and not a byte of anything else."""

import re
from html import unescape
from pathlib import Path
from time import struct_time
from typing import Any

import feedparser  # type: ignore[import-untyped]  # it has no types
import pytest
from sqlalchemy import update

from bot.bell import Bell
from bot.domain.case import CaseKind, Desk
from bot.domain.publishing import Ending
from bot.domain.ward import Point
from bot.services.note_case import note_case
from storage import Database, published
from storage.tables import cases
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, Browser, StaffDesk, open_desk
from tests.databases import fresh_sqlite
from tests.public.publishing import publish

PAGE, FEED, CITY = f"/wards/{PHU_THUONG}/published", f"/wards/{PHU_THUONG}/feed.atom", "/feed.atom"
SPOT = Point(21.085, 105.815)
SLUG = "0123456789ab"
OPEN = (f"/wards/{PHU_THUONG}", PAGE, f"{PAGE}/{SLUG}", FEED, CITY)
CANARIES = ("Bùi Thị Bưởi", "0987 318 842", "số nhà 4717", "Cán bộ bảo là nói quá", "resident-1")
SAID = "Tôi là Bùi Thị Bưởi, số nhà 4717, gọi 0987 318 842."


async def ends(desk: StaffDesk, slug: str) -> None:
    async with desk.database.begin() as uow:
        found = await uow.publications.by_slug(slug)
        assert found
        assert await uow.publications.end(found.id, Ending.WITHDRAWN, now=desk.clock.now())
        await uow.commit()


async def read_feed(browser: Browser, path: str, **headers: str) -> tuple[int, Any]:
    answer = await browser.opens(path, headers=headers)
    return answer.status, feedparser.parse(
        await answer.read(), response_headers={"content-type": answer.headers["Content-Type"]}
    )


async def test_the_ward_and_the_city_can_be_followed(desk: StaffDesk) -> None:
    """A reader of feeds finds everything it needs; words stay words whatever is in them."""
    _, slug = await publish(desk, "<script>alert(1)</script> & đèn", 'Tối "lắm" & <b>nguy</b>', "Đã\nsửa", days_ago=2)
    await publish(desk, "Mới nhất")
    await publish(desk, "Phường khác", ward=HOAN_KIEM)
    browser = await desk.browser()
    status, ward = await read_feed(browser, FEED)
    assert (status, ward.get("bozo_exception"), ward.version) == (200, None, "atom10")
    assert ward.entries[0].title == "Mới nhất"
    old = ward.entries[1]
    assert (old.title_detail.type, old.content[0].type) == ("text/plain", "text/plain")
    assert old.title == "<script>alert(1)</script> & đèn"
    assert 'Tối "lắm" & <b>nguy</b>' in old.content[0].value
    assert old.link.endswith(f"{PAGE}/{slug}")
    assert old.author
    assert isinstance(old.updated_parsed, struct_time)
    assert {link.rel for link in ward.feed.links} == {"self", "alternate"}
    assert len({entry.id for entry in ward.entries} | {ward.feed.id}) == 3
    assert ward.feed.updated == ward.entries[0].updated
    _, again = await read_feed(browser, FEED)
    assert [entry.id for entry in again.entries] == [entry.id for entry in ward.entries]
    _, city = await read_feed(browser, CITY)
    assert {entry.title for entry in city.entries} >= {"Mới nhất", "Phường khác"}


async def test_a_reader_that_has_it_is_told_so_until_something_is_gone(sqlite_desk: StaffDesk) -> None:
    """304 by the mark and by the moment; after a withdrawal both are told anew, and nothing of it is left behind."""
    await publish(sqlite_desk, "Còn lại", days_ago=1)
    _, slug = await publish(sqlite_desk, "Sắp gỡ", days_ago=3)
    browser = await sqlite_desk.browser()
    first = await browser.opens(FEED)
    mark, moment = first.headers["ETag"], first.headers["Last-Modified"]
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    for asked in ({"If-None-Match": mark}, {"If-Modified-Since": moment}):
        again = await browser.opens(FEED, headers=asked)
        assert (again.status, await again.read()) == (304, b"")
    assert (await browser.opens(FEED, headers={"If-None-Match": '"x"', "If-Modified-Since": moment})).status == 200
    await ends(sqlite_desk, slug)
    for asked in ({"If-None-Match": mark}, {"If-Modified-Since": moment}):
        status, feed = await read_feed(browser, FEED, **asked)
        assert (status, [entry.title for entry in feed.entries]) == (200, ["Còn lại"])
    assert slug not in (await (await browser.opens(FEED)).text())


async def test_a_feed_of_nothing_is_a_feed_and_none_is_endless(sqlite_desk: StaffDesk) -> None:
    browser = await sqlite_desk.browser()
    status, feed = await read_feed(browser, FEED)
    assert (status, feed.get("bozo_exception"), feed.entries) == (200, None, [])
    assert (await browser.opens("/wards/99999/feed.atom")).status == 404
    for number in range(52):
        await publish(sqlite_desk, f"Việc {number}", days_ago=number)
    _, feed = await read_feed(browser, FEED)
    assert [entry.title for entry in feed.entries] == [f"Việc {number}" for number in range(50)]
    seen, path = [], PAGE
    while path:
        await browser.opens(path)
        seen += re.findall(r'published/\w{12}">(Việc \d+)<', browser.text)
        older = re.search(r'href="([^"]+)" rel="next"', browser.text)
        path = unescape(older[1]) if older else ""
    assert seen == [f"Việc {number}" for number in range(52)]


async def test_a_page_shows_days_and_a_point_nearby_and_credits_the_map(desk: StaffDesk) -> None:
    case, slug = await publish(desk, point=SPOT, days_ago=1)
    browser = await desk.browser()
    for path in (PAGE, f"{PAGE}/{slug}"):
        answer = await browser.opens(path)
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert answer.headers["X-Robots-Tag"] == "noindex, noarchive"
        assert 'class="map__pin"' in browser.text
        assert "OpenStreetMap" in browser.text
        assert "ODbL" in browser.text
        assert "#map=16/21.085/105.815" in browser.text
        assert browser.text.count("<img") == 1, "the sign in the bar, and no photo"
        assert case.code not in browser.text
        assert f"{desk.clock.now():%H:%M}" not in browser.text
    await browser.opens(f"/wards/{PHU_THUONG}")
    assert "Đèn tắt ba đêm liền." in unescape(browser.text)
    for elsewhere in (f"/wards/{HOAN_KIEM}/published/{slug}", f"{PAGE}/zzzzzzzzzzzz", f"{PAGE}/x", "/wards/1/published"):
        assert (await browser.opens(elsewhere)).status == 404
    await ends(desk, slug)
    assert (await browser.opens(f"{PAGE}/{slug}")).status == 404
    for path in (PAGE, f"/wards/{PHU_THUONG}", FEED):
        assert "Đèn tắt ba đêm liền." not in unescape(await (await browser.opens(path)).text())


async def test_nothing_of_the_case_itself_is_in_any_public_byte(sqlite_desk: StaffDesk) -> None:
    """Her name, phone, home and chat, and what staff noted: planted in the case, and in what is read nowhere."""
    case, _ = await publish(sqlite_desk, slug=SLUG, text="Đèn tắt.", point=SPOT)
    async with sqlite_desk.database._transaction() as connection:
        await connection.execute(update(cases).where(cases.c.id == case.id).values(text=SAID))
        await connection.commit()
    await sqlite_desk.resident_adds(case, SAID)
    async with sqlite_desk.database.begin() as uow:
        staff, now = await sqlite_desk.member("writes"), sqlite_desk.clock.now()
        version = (await sqlite_desk.now_is(case.code)).version
        await note_case(uow, staff=staff, code=case.code, version=version, text="Cán bộ bảo là nói quá", now=now)
        await uow.commit()
    browser = await sqlite_desk.browser()
    for path in OPEN:
        text = unescape(await (await browser.opens(path)).text())
        assert "Đèn tắt." in text
        assert [canary for canary in (*CANARIES, case.code, case.address.external_id) if canary in text] == []


async def seen(desk: StaffDesk) -> list[tuple[int, str]]:
    browser, found = await desk.browser(), []
    for path in OPEN:
        answer = await browser.opens(path)
        found.append((answer.status, await answer.text()))
    return found


HIDDEN: tuple[dict[str, object], ...] = (
    {"kind": CaseKind.CONDUCT.value, "desk": Desk.RESTRICTED.value},
    {"desk": Desk.LEADERS.value},
    {"is_sensitive": True},
    {"is_anonymous": True},
    {"accused_unit": "police"},
    {"disputes": 1},
)


async def add_hidden(desk: StaffDesk) -> None:
    """Texts that were agreed to, of cases that became something else since; and cases of which no text was ever written."""
    for values in HIDDEN:
        case, _ = await publish(desk, "Chim hoàng yến")
        async with desk.database._transaction() as connection:
            await connection.execute(update(cases).where(cases.c.id == case.id).values(values))
            await connection.commit()
    await desk.case("Chim hoàng yến", kind=CaseKind.CONDUCT)


async def test_two_cities_that_differ_in_what_is_hidden_are_one(migrated_file: Path, tmp_path: Path, bell: Bell) -> None:
    """S23: at every address where published texts stand, to the byte."""
    found = []
    for name in ("without", "with"):
        database = Database("", data_dir=fresh_sqlite(migrated_file, tmp_path / name), bell=bell)
        await database.open()
        async with open_desk(database, bell) as desk:
            await publish(desk, slug=SLUG, point=SPOT)
            if name == "with":
                await add_hidden(desk)
            found.append(await seen(desk))
        await database.close()
    assert [status for status, _ in found[0]] == [200] * len(OPEN)
    assert found[0] == found[1]


async def test_a_leak_would_be_seen(sqlite_desk: StaffDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """That it can fail: pages that do not ask the one condition show a canary at every address of a list."""
    await publish(sqlite_desk, slug=SLUG)
    await add_hidden(sqlite_desk)
    honest = await seen(sqlite_desk)
    assert not any("Chim hoàng yến" in unescape(text) for _, text in honest)
    for (of_ward, after), statement in published._PAGES.items():
        asks = published._with_case.select().with_only_columns(*statement.selected_columns)
        monkeypatch.setitem(published._PAGES, (of_ward, after), asks)
    leaky = await seen(sqlite_desk)
    assert [path for path, (_, text) in zip(OPEN, leaky, strict=True) if "Chim hoàng yến" in unescape(text)] == [
        *(OPEN[0], OPEN[1], OPEN[3], OPEN[4])
    ]


async def test_what_is_not_due_yet_is_not_there(sqlite_desk: StaffDesk) -> None:
    _, slug = await publish(sqlite_desk, days_ago=-2)
    browser = await sqlite_desk.browser()
    assert (await browser.opens(f"{PAGE}/{slug}")).status == 404
    sqlite_desk.clock.passes(hours=48)
    assert (await browser.opens(f"{PAGE}/{slug}")).status == 200
