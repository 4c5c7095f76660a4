"""The counter in the browser: from the first word to the paper, on a phone, by keyboard, and without a line of script."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.axe import complaints
from tests.browser.conftest import DESK, PHONE, Town
from tests.browser.people import Officer

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WORDS = "Rác chất đống trước cổng chợ ở ngõ 12 đường Thụy Khuê.\nBa hôm rồi không ai dọn."


async def looks_right(officer: Officer) -> None:
    await officer.sees_it_whole()
    if officer.has_script:
        assert await complaints(officer.page) == []


async def receipt_of(officer: Officer) -> tuple[str, str]:
    """Code and secret, as they stand on the paper."""
    told = await officer.reads("receipt")
    code, secret = re.search(r"Mã hồ sơ: ([0-9A-Z-]+)", told), re.search(r"Mã bí mật: (\d{4} \d{4} \d{4})", told)
    assert code
    assert secret
    return code[1], secret[1]


@pytest.mark.parametrize("has_script", [False, True])
async def test_somebody_tells_and_goes_home_with_a_paper(town: Town, photo: Path, has_script: bool) -> None:
    """Minh writes it down on a phone, corrects it, reads it back and files it; Lan reads the answer at home and says no."""
    minh = await town.officer(size=PHONE, has_script=has_script)
    await minh.arrives("minh", await town.account("minh"))
    minh.watch.expected |= {400}
    await minh.opens("/staff/counter")
    await looks_right(minh)
    await minh.page.locator("#text").fill(WORDS)
    await minh.page.locator("#files").set_input_files([str(photo)])
    await minh.page.locator("#name").fill("Bà Lan")
    await minh.page.locator("#phone").fill("0912 345 678")
    await minh.page.locator("button[name=step]").last.click()
    await expect(minh.part("trouble-agreed")).to_be_visible()
    await expect(minh.part("consent-text")).to_contain_text("Bạn có đồng ý không?")
    await expect(minh.page.locator("#text")).to_have_value(WORDS)
    await looks_right(minh)
    await minh.page.locator("#agreed").check()
    await expect(minh.part("proposal").locator("[name=topic]:checked")).to_have_value(re.compile("vio_(litter|hygiene)"))
    await minh.part("counter-next").click()
    await expect(minh.part("read-back")).to_contain_text("Ba hôm rồi không ai dọn.")
    await expect(minh.part("read-back")).to_contain_text("0912 345 678")
    await expect(minh.part("read-back")).to_contain_text("1 ảnh")
    await looks_right(minh)
    await minh.part("counter-back").click()
    await expect(minh.page.locator("#text")).to_have_value(WORDS)
    await expect(minh.part("files-kept").locator("li")).to_have_count(1)
    await minh.part("counter-next").click()
    await minh.part("counter-file").dblclick()
    code, secret = await receipt_of(minh)
    await looks_right(minh)
    await minh.page.emulate_media(media="print")
    await expect(minh.part("receipt")).to_be_visible()
    await expect(minh.page.locator("header.bar")).to_be_hidden()
    await expect(minh.part("next-person")).to_be_hidden()
    await minh.page.emulate_media(media="screen")
    await minh.opens("/staff/")
    await expect(minh.part("case-row")).to_have_count(1)
    await minh.opens_case(code)
    await minh.sees_photo()
    await minh.closes("done", "Đã dọn xong, cảm ơn bà.")
    await expect(minh.part("untold")).to_be_visible()
    await looks_right(minh)

    hoa = await town.officer(size=PHONE, has_script=has_script)
    await hoa.arrives("hoa", await town.account("hoa"))

    lan = await town.resident(has_script=has_script)
    await lan.comes_in()
    await lan.says(code)
    await lan.hears("bí mật")
    await lan.says(secret)
    await lan.hears("Đã dọn xong, cảm ơn bà.")
    await lan.presses("Chưa xong")
    await lan.hears("chưa")
    await lan.says("Rác vẫn còn nguyên.")
    await lan.hears("mở lại")
    # Minh closed it: somebody else has it now.
    await hoa.opens("/staff/")
    await hoa.opens_case(code)
    await expect(hoa.part("thread-line").filter(has_text="Rác vẫn còn nguyên.")).to_be_visible()
    await hoa.part("told-form").locator("[value=phone]").click()
    await expect(hoa.part("untold")).to_have_count(0)


async def test_by_keyboard_alone(town: Town) -> None:
    """Every choice and both buttons are reached by Tab, and seen to be."""
    minh = await town.officer(size=DESK)
    await minh.arrives("minh", await town.account("minh"))
    await minh.opens("/staff/counter")
    await minh.tabs_to(minh.page.locator("#text"))
    await minh.page.keyboard.type("Xe máy đỗ kín vỉa hè phố Thụy Khuê")
    await minh.tabs_to(minh.page.locator("button[name=step]").last)
    await minh.goes_on()
    await minh.tabs_to(minh.part("counter-next"))
    await minh.goes_on()
    await minh.tabs_to(minh.part("counter-file"))
    await minh.goes_on()
    await receipt_of(minh)
