"""The settings, the figures, the audit and the matrix in a browser: nothing for axe to mend; a walk without JavaScript."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot import app
from bot.demo import STAFF
from bot.domain.people import Role
from tests.browser.chromium import Watch
from tests.browser.conftest import PHONE
from tests.browser.people import Officer
from tests.browser.pictures import running_demo
from tests.browser.test_accessibility import Rounds, at_the_demo

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

SETTINGS = "/staff/settings"
CITY = next(at for at, (_, _, role, _) in enumerate(STAFF) if role is Role.CITY_COORDINATOR)


@pytest_asyncio.fixture(loop_scope="session")
async def demo(tmp_path: Path) -> AsyncIterator[app.Started]:
    async with running_demo(tmp_path / "data") as started:
        yield started


async def test_the_pages_of_people_settings_and_figures(chromium: Browser, demo: app.Started) -> None:
    """Each page as the coordinator has it, and a form that was refused."""
    rounds, ngoc = Rounds(), await at_the_demo(chromium, demo, CITY)
    ngoc.watch.expected |= {400}
    for path in ("wards", "wards/00091", "people", "absences", "notices", "templates", "holidays", "deadlines"):
        await ngoc.opens(f"{SETTINGS}/{path}")
        await rounds.looks(ngoc, path)
    await ngoc.opens(SETTINGS)
    await rounds.looks(ngoc, "settings")
    await ngoc.opens(f"{SETTINGS}?lang=en")
    await rounds.looks(ngoc, "settings in English")
    await ngoc.opens("/staff/rights?lang=vi")
    await rounds.looks(ngoc, "rights")
    await ngoc.opens(f"{SETTINGS}/wards/00091")
    form = ngoc.part("ward-form")
    await form.locator("[name=phone]").fill("gọi tôi")
    await form.locator("button").click()
    await expect(ngoc.part("trouble-phone")).to_be_visible()
    await rounds.looks(ngoc, "ward, refused")
    await ngoc.opens("/staff/dashboard")
    await rounds.looks(ngoc, "figures of the city")
    await ngoc.page.context.close()
    minh = await at_the_demo(chromium, demo)
    await minh.opens("/staff/dashboard?by=category")
    await expect(minh.part("chart").first).to_be_visible()
    await rounds.looks(minh, "figures of a ward")
    await minh.page.context.close()
    assert rounds.found == []


async def test_a_leader_is_made_and_reads_the_audit_without_javascript(chromium: Browser, demo: app.Started) -> None:
    """The coordinator makes the account on a phone; the leader signs in with what was shown once, and sees what was done."""
    rounds = Rounds()
    context = await chromium.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, locale="vi-VN", java_script_enabled=False
    )
    ngoc = Officer(await context.new_page(), demo.url, Watch(context), has_script=False)
    [password] = [password for name, password, _ in demo.accounts if name == STAFF[CITY][0]]
    await ngoc.signs_in(STAFF[CITY][0], password, is_first_time=False)
    await ngoc.opens(f"{SETTINGS}/people")
    form = ngoc.part("person-form")
    await form.locator("[name=full_name]").fill("Nguyễn Thị Hiền")
    await form.locator("[name=username]").fill("hien")
    await form.locator("[name=role]").select_option("ward_leader")
    await form.locator("[name=ward]").select_option("00091")
    await form.locator("button").click()
    given = await ngoc.reads("given-password")
    await ngoc.sees_it_whole()
    await ngoc.page.context.close()
    hien = await at_the_demo(chromium, demo)  # a browser with script, for axe
    await hien.page.context.clear_cookies()
    await hien.signs_in("hien", given, is_first_time=True)
    await hien.opens("/staff/audit")
    await expect(hien.part("audit")).to_contain_text("Nguyễn Thị Hiền")
    await rounds.looks(hien, "audit")
    await hien.page.context.close()
    assert rounds.found == []
