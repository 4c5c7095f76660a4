"""The case's page in a real browser: pictures one walks through, words that outlive a signing out, and what axe says."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.axe import complaints
from tests.browser.conftest import PHONE, Town
from tests.browser.people import NEW_PASSWORD, Officer, Resident
from tests.files.pictures import phone_photo

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

ANSWER = "Tổ điện sẽ thay bóng trong hôm nay.\n\nTrân trọng."


async def filed(lan: Resident, photos: list[Path]) -> str:
    await lan.comes_in()
    await lan.says("Ngõ 12 phường Phú Thượng tối ba đêm nay", photos=photos)
    await lan.presses("Gửi")
    return await lan.reads_code()


async def at_the_case(town: Town, code: str, *, has_script: bool) -> Officer:
    minh = await town.officer(has_script=has_script, size=PHONE)
    await minh.arrives("minh", await town.account("minh"))
    await minh.opens_case(code)
    return minh


async def test_one_looks_at_the_pictures_without_a_script_and_sends_what_was_not_sent(town: Town, tmp_path: Path) -> None:
    """By links alone, whole in a phone's width; then the session ends under Minh's hands, and nothing of his is lost."""
    photos = [tmp_path / f"{number}.jpg" for number in range(2)]
    for number, path in enumerate(photos):
        path.write_bytes(phone_photo(size=(1200, 900 + 100 * number)))
    code = await filed(await town.resident(has_script=False), photos)
    minh = await at_the_case(town, code, has_script=False)
    await minh.part("gallery-photo").first.click()
    await minh.part("photo-following").click()
    await minh.sees_it_whole()
    await expect(minh.part("photo-following")).to_have_count(0)
    assert await minh.part("photo-full").locator("img").evaluate("image => image.naturalWidth") > 0
    await minh.part("photo-back").click()
    await expect(minh.part("case-code")).to_have_text(code)

    await minh.page.context.clear_cookies(name="homthu_session")
    minh.watch.expected |= {403}
    await minh.writes_answer(ANSWER)
    await minh.signs_in_once("minh", NEW_PASSWORD)
    await minh.sees_it_whole()
    await expect(minh.part("typed")).to_have_value(ANSWER)
    await minh.part("unsent-form").locator("button").click()
    await expect(minh.part("done")).to_be_visible()
    await expect(minh.part("thread-line").last).to_contain_text("Trân trọng.")


async def test_a_draft_outlives_signing_out_at_once_and_arrow_keys_turn_the_pictures(town: Town, tmp_path: Path) -> None:
    """Minh signs out before the page's own rhythm has kept his words: they wait for him all the same."""
    photos = [tmp_path / f"{number}.jpg" for number in range(2)]
    for number, path in enumerate(photos):
        path.write_bytes(phone_photo(size=(900, 600 + 100 * number)))
    code = await filed(await town.resident(), photos)
    minh = await at_the_case(town, code, has_script=True)
    await minh.part("gallery-photo").first.click()
    await expect(minh.part("photo-following")).to_be_visible()
    assert await complaints(minh.page) == []
    first = minh.page.url
    await minh.goes_on("ArrowRight")
    await expect(minh.part("photo-previous")).to_be_visible()
    assert minh.page.url != first
    await minh.goes_on("ArrowLeft")
    await expect(minh.part("photo-following")).to_be_visible()
    assert minh.page.url == first

    await minh.opens_case(code)
    words = minh.part("reply-form").locator("textarea")
    await words.fill(ANSWER)
    await minh.signs_out()
    await minh.signs_in("minh", NEW_PASSWORD, is_first_time=False)
    await minh.opens_case(code)
    await expect(words).to_have_value(ANSWER)

    await minh.page.context.clear_cookies(name="homthu_session")
    minh.watch.expected |= {401, 403}
    await minh.writes_answer(ANSWER)
    await minh.signs_in_once("minh", NEW_PASSWORD)
    await expect(minh.part("typed")).to_have_value(ANSWER)
    assert await complaints(minh.page) == []
