"""What a closing goes through, on a small phone, by keyboard, without script: every form reached, filled and sent.

At each page nothing is wider than the phone, nothing to be pressed is lower than a thumb needs, and axe finds nothing.
What is said and kept is told by `tests.stories`; here people only see it and act.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.domain.people import Role
from tests.browser.axe import Look, complaints
from tests.browser.conftest import PHONE, Town
from tests.browser.people import Officer
from tests.stories.cast import Officer as Clerk
from tests.stories.things import eventually, files_a_case

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LOOK: tuple[Look, ...] = (("dark", PHONE),)
THUMB = 44  # px
LOW = """most => [...document.querySelectorAll('main :is(button, input, select, summary, textarea)')]
  .filter(part => part.type !== 'hidden' && part.checkVisibility())
  .map(part => [part, (/radio|checkbox/.test(part.type) && part.closest('label') || part).getBoundingClientRect().height])
  .filter(([, high]) => high < most).map(([part, high]) => `${part.outerHTML.slice(0, 90)}: ${high}`)"""
OUTCOMES = {"done": 3, "planned": 1, "not_ours": 2, "refused": 2, "duplicate": 1, "no_action": 0}  # fields of their own
ABOUT_STAFF = "Cán bộ trật tự phường Phú Thượng đòi tiền bồi dưỡng mới cho xe vào"


async def at(town: Town, clerk: Clerk) -> Officer:
    """The same person with a phone in hand."""
    officer = await town.officer(size=PHONE)
    officer.watch.expected |= {400, 409}
    officer.watch.may_be_cut_off = True
    await officer.page.route("**/assets/**/*.js", lambda route: route.abort())  # ours only: axe needs a script of its own
    await officer.goes_on_as(clerk)
    return officer


async def is_well(officer: Officer, what: str) -> None:
    await officer.sees_it_whole()
    assert await officer.page.evaluate(LOW, THUMB) == [], what
    assert await complaints(officer.page, LOOK) == [], what


async def unfolds(officer: Officer, form: str) -> None:
    await officer.tabs_to(officer.page.locator("details").filter(has=officer.part(form)).locator("summary"))
    await officer.page.keyboard.press("Enter")
    await expect(officer.part(form)).to_be_visible()


async def test_a_closing_is_written_looked_at_and_sent(town: Town, photo: Path) -> None:
    """Each outcome shows what it owes and nothing else; a promise; the preview; her own photo shown beside itself."""
    clerk, lan = await town.city.staff("minh"), town.city.telegram()
    await lan.sends_photo(photo.read_bytes(), "Đèn đường hỏng ở ngõ 12, phường Phú Thượng")
    await lan.presses("Gửi")
    code = re.findall(r"Mã hồ sơ: ([0-9A-Z-]+)", await lan.hears("Mã hồ sơ"))[0]
    minh = await at(town, clerk)
    keys, form = minh.page.keyboard, minh.part("close-form")
    await minh.opens(f"/staff/cases/{code}")
    await unfolds(minh, "postpone-form")
    await minh.tabs_to(minh.page.locator("#postpone-new_day"))
    await minh.page.locator("#postpone-new_day").fill((datetime.now(UTC) + timedelta(days=40)).date().isoformat())
    await minh.page.locator("#postpone-text").focus()
    await keys.insert_text("Chờ vật tư về.")
    await is_well(minh, "not yet")
    await minh.tabs_to(minh.part("postpone-form").locator("button"))
    await minh.goes_on()
    await expect(minh.part("done")).to_be_visible()

    await unfolds(minh, "close-form")
    await minh.tabs_to(form.locator("[name=outcome]").first)
    await keys.press("Space")
    for outcome, owed in OUTCOMES.items():
        await expect(form.locator(f"[value={outcome}]")).to_be_checked()
        await expect(form.locator(".owed :is(input, select):visible")).to_have_count(owed)
        if outcome in ("done", "refused"):
            await is_well(minh, outcome)
        await keys.press("ArrowDown")  # from the last around to the first
    await minh.tabs_to(minh.part("preview-close"))
    await minh.goes_on()
    await expect(form.locator("[aria-invalid=true]")).to_have_count(5)
    await is_well(minh, "what is missing")
    for name, words in (("what", "Thay bóng đèn"), ("unit", "Tổ điện")):
        await form.locator(f"[name={name}]").fill(words)
    await form.locator("[name=done_on]").fill(datetime.now(UTC).date().isoformat())
    await form.locator("[name=text]").fill("Đã thay bóng đèn.")
    await form.locator("[name=files]").set_input_files(str(photo))
    await minh.tabs_to(minh.part("preview-close"))
    await minh.goes_on()
    said = await minh.part("preview").inner_text()
    assert "\n" in said.split("Đã làm: Thay bóng đèn")[1], "the facts stand on lines of their own"
    await is_well(minh, "beforehand")
    if not await minh.part("close-evidence").count():
        await form.locator("button.button").first.press("Enter")
    await expect(minh.part("close-evidence").get_by_test_id("evidence-then")).to_be_visible()
    await is_well(minh, "side by side")
    await minh.tabs_to(form.locator("[name=reuse_reason]"))
    await keys.insert_text("Chụp lại đúng chỗ cũ")
    await minh.goes_on()
    await expect(minh.part("done")).to_be_visible()
    await lan.hears("Đã thay bóng đèn.")


async def test_the_second_person_the_city_and_who_was_not_reached(town: Town) -> None:
    """A proposal as its author and as its second sees it; a second dispute at the city; a task, and a wish, on a phone."""
    city = town.city
    chi = await city.staff("chi", role=Role.RESTRICTED_OFFICER)
    chief, hoang = await city.staff("truong", role=Role.WARD_LEADER), await city.staff("hoang")
    binh = await city.staff("binh", ward=None, role=Role.CITY_COORDINATOR)
    lan, hoa = city.telegram(), city.telegram()
    about = await files_a_case(hoa, ABOUT_STAFF)
    await chi.closes(about, "no_action", "Đã nhắc nhở, đã xin lỗi.")
    author, second = await at(town, chi), await at(town, chief)
    await author.opens(f"/staff/cases/{about}")
    await expect(author.part("who-confirms")).to_contain_text("Cán bộ truong")
    await is_well(author, "a proposal, its author")
    await second.opens(f"/staff/cases/{about}")
    await second.tabs_to(second.part("second-above").locator("a"))
    await second.page.keyboard.press("Enter")
    await is_well(second, "a proposal, its second")
    await second.tabs_to(second.part("confirm"))
    await second.goes_on()
    await hoa.hears("Đã nhắc nhở, đã xin lỗi.")

    code = await files_a_case(lan)
    for closer in (hoang, chief):
        await closer.closes(code, "no_action", f"{closer.username}: không có gì.")
        await lan.hears(f"{closer.username}: không có gì.")
        await lan.presses("Chưa xong")
        await lan.hears("điều gì chưa đúng")
        await lan.says("Vẫn tối.")
        await lan.hears("mở lại")
    lan.chat.blocks()
    await binh.answers(code, "Sở sẽ đến sáng mai.")

    async def is_undelivered() -> bool:
        return 'data-testid="reach"' in await binh.opens_case(code)

    await eventually(is_undelivered)
    reader = await at(town, binh)
    await reader.opens(f"/staff/cases/{code}")
    await expect(reader.part("dispute-city")).to_be_visible()
    await reader.tabs_to(reader.part("reach-above").locator("a"))
    await reader.page.keyboard.press("Enter")
    await is_well(reader, "whoever was not reached, at the city")
    await reader.tabs_to(reader.part("reach-form").locator("[name=way]").first)
    await reader.page.keyboard.press("Space")
    await reader.tabs_to(reader.part("reach-form").locator("button"))
    await reader.goes_on()
    await expect(reader.part("reach")).to_have_count(0)
