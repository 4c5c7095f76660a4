"""The pages for everybody, as a grandmother's phone shows them: one screen, large targets, no script, and soon there."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from playwright.async_api import Browser, expect

from bot.bell import Bell
from bot.domain.office import Office
from bot.web import keys
from storage import Database
from tests.admin.desk import PHU_THUONG, StaffDesk, open_desk
from tests.browser.axe import EVERY_LOOK, WORST_LOOKS
from tests.browser.chromium import Watch
from tests.browser.conftest import PHONE, Town
from tests.browser.people import Person
from tests.browser.test_accessibility import Rounds
from tests.databases import fresh_sqlite
from tests.public.aged import Life, live

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WARD = f"/wards/{PHU_THUONG}"
MOST_BYTES = 150_000  # of a first load, as they go over the line
TARGET = 48  # px, each way but for words in a line
SMALL_TARGETS = """least => [...document.querySelectorAll('a, button, input:not([type=hidden]), summary, textarea')]
    .filter((one) => one.checkVisibility() && !one.closest('.skip'))
    .filter((one) => one.getBoundingClientRect().height < least - 0.5)
    .map((one) => one.outerHTML.slice(0, 80))"""
LOADED = re.compile(r'<(?:link rel="(?:icon|stylesheet|manifest)"|script|img)[^>]*?(?:href|src)="([^"]+)"')


@pytest_asyncio.fixture(loop_scope="session")
async def ward_office(migrated_file: Path, tmp_path: Path) -> AsyncIterator[StaffDesk]:
    """A ward that has said how it is reached, and that has a year behind it; three doors lead to it."""
    bell = Bell()
    database = Database("", data_dir=fresh_sqlite(migrated_file, tmp_path / "ward"), bell=bell)
    await database.open()
    async with open_desk(database, bell) as desk:
        ways = desk.server.app[keys.WAYS_IN]
        ways.telegram_name, ways.zalo_url = "hom_thu_bot", "https://zalo.me/4101"
        await live(desk, [Life(came=2000, answered=20, closed=30, disputed=900 if n < 7 else None) for n in range(22)])
        await live(desk, [Life(came=2000) for _ in range(6)])
        async with database.begin() as uow:
            office = Office(
                ward_code=PHU_THUONG,
                phone="024 3753 1234",
                hours="Thứ Hai đến thứ Sáu, 8:00–12:00 và 13:00–17:00",
                hours_en="Monday to Friday, 8–12 and 13–17",
                address="Số 2 ngõ 90 đường An Dương Vương, phường Phú Thượng, Hà Nội",
            )
            await uow.ward_settings.put(office, desk.clock.now())
            await uow.commit()
        yield desk
    await database.close()


async def somebody(chromium: Browser, desk: StaffDesk, *, has_script: bool = False) -> Person:
    """With a phone. axe is a script."""
    context = await chromium.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, java_script_enabled=has_script, locale="vi-VN"
    )
    return Person(await context.new_page(), str(desk.server.make_url("")).rstrip("/"), Watch(context), has_script=has_script)


async def test_axe_finds_nothing_on_the_wards(chromium: Browser, ward_office: StaffDesk) -> None:
    """The front page with three doors, the list, what was found of a name, what is not there, a ward with its record."""
    rounds, lan = Rounds(), await somebody(chromium, ward_office, has_script=True)
    lan.watch.expected.add(404)
    for what, path, looks in (
        ("front", "/", WORST_LOOKS),
        ("wards", "/wards", WORST_LOOKS),
        ("found", "/wards?q=thanh+xuan+bac", WORST_LOOKS),
        ("nothing found", "/wards?q=qwxz", WORST_LOOKS),
        ("no such ward", "/wards/99999", WORST_LOOKS),
        ("ward", WARD, EVERY_LOOK),
        ("ward in English", f"{WARD}?lang=en", WORST_LOOKS),
        ("track", "/track?lang=vi", WORST_LOOKS),
    ):
        await lan.opens(path)
        await rounds.looks(lan, what, looks)
    assert rounds.found == []
    assert (lan.watch.complaints, lan.watch.foreign) == ([], [])
    await lan.page.context.close()


async def test_all_that_one_can_do_is_on_one_screen(chromium: Browser, ward_office: StaffDesk) -> None:
    """A phone of 360 by 740 shows what this is, three doors, four numbers, the receipt and the ward, in both languages."""
    lan = await somebody(chromium, ward_office)
    for language in ("vi", "en"):
        await lan.opens(f"/?lang={language}")
        for name in ("to-chat", "to-zalo", "to-telegram", "track-short", "ward-search"):
            box = await lan.part(name).bounding_box()
            assert box
            assert box["y"] + box["height"] <= PHONE[1], name
        assert await lan.part("call").count() == 4
        first = await lan.part("to-chat").bounding_box()
        assert first
        assert first["width"] > PHONE[0] * 0.8, "the first door is the widest"
    await lan.page.context.close()


async def test_what_is_pressed_is_large_enough_for_any_thumb(chromium: Browser, ward_office: StaffDesk) -> None:
    lan = await somebody(chromium, ward_office)
    for path in ("/", "/wards", "/wards?q=cong+vi", WARD, "/track"):
        await lan.opens(path)
        assert await lan.page.evaluate(SMALL_TARGETS, TARGET) == [], path
    assert await lan.page.evaluate(SMALL_TARGETS, 60) != [], "it sees what is small"
    await lan.page.context.close()


async def test_by_keyboard_and_without_script(chromium: Browser, ward_office: StaffDesk) -> None:
    """A name without marks is typed, Enter leads to the ward, its record is there in words, the door leads to the chat."""
    lan = await somebody(chromium, ward_office)
    await lan.opens("/")
    field = lan.part("ward-search").locator("[name=q]")
    await lan.tabs_to(field)
    await lan.page.keyboard.insert_text("phuong phu thuong")
    await lan.goes_on()
    await expect(lan.page.locator("h1")).to_have_text("Phường Phú Thượng")
    assert "80% được trả lời trong" in (await lan.reads("kept")).replace("\n", " ")
    assert "khoảng 5 hồ sơ" in await lan.reads("disputed")
    await lan.tabs_to(lan.part("to-chat"))
    assert await lan.part("to-chat").get_attribute("href") == f"/chat?ward={PHU_THUONG}"
    await lan.page.context.close()


async def test_a_first_load_is_light(town: Town) -> None:
    """The page and everything it names, packed as a browser asks for it."""
    weights = {}
    async with ClientSession(auto_decompress=False, headers={"Accept-Encoding": "gzip"}) as session:
        for page in ("/", "/chat", "/wards", WARD, "/track"):
            async with session.get(town.city.url + page) as answer:
                body = await answer.read()
                text = body if answer.headers.get("Content-Encoding") != "gzip" else gzip.decompress(body)
            weight, named = len(body), LOADED.findall(text.decode())
            assert named
            for path in dict.fromkeys(named):
                async with session.get(town.city.url + path) as answer:
                    assert answer.status == 200
                    weight += len(await answer.read())
            weights[page] = weight
    assert max(weights.values()) <= MOST_BYTES, weights
    assert min(weights.values()) > 5_000, "nothing was weighed"
