"""A receipt in the browser: an anonymous one is not left behind by accident, and anybody can check that it is genuine."""

import re

import pytest
from playwright.async_api import Dialog, expect

from tests.browser.axe import complaints
from tests.browser.conftest import PHONE, Town
from tests.browser.people import Person, Resident

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

RUBBISH = "Rác chất đống ở ngõ 12 đường Thụy Khuê, phường Phú Thượng"


async def files_anonymously(lan: Resident) -> tuple[str, str, str]:
    """Returns code, secret and signature, as they stand on the receipt."""
    await lan.comes_in()
    await lan.says(RUBBISH)
    await lan.hears("Phú Thượng")
    await lan.presses("ẩn danh")
    await lan.hears("Phú Thượng")
    await lan.presses("Gửi", is_exact=True)
    code = await lan.reads_code()
    told = await lan.hears("Biên nhận")
    secret = re.search(r"Mã bí mật: (\d{4} \d{4} \d{4})", told)
    signature = re.search(r"Chữ ký: ([A-Z2-7 ]{19})", told)
    assert secret
    assert signature
    return code, secret[1], signature[1]


async def looks_right(person: Person) -> None:
    """axe finds nothing; it needs script itself, and both kinds of browser are shown the same page."""
    if person.has_script:
        assert await complaints(person.page) == []


@pytest.mark.parametrize("has_script", [True, False])
async def test_the_last_digits_are_typed_again(town: Town, has_script: bool) -> None:
    """With script and without: wrong ones are asked for again, right ones end it."""
    lan = await town.resident(has_script=has_script)
    _, secret, _ = await files_anonymously(lan)
    await expect(lan.part("keep-form")).to_have_count(1)
    await looks_right(lan)
    await lan.types_digits("0000" if not secret.endswith("0000") else "1111")
    await lan.hears("chưa đúng")
    await expect(lan.part("keep-form")).to_have_count(1)
    await lan.types_digits(secret[-4:])
    await lan.hears("Đúng rồi")
    await expect(lan.part("keep-form")).to_have_count(0)
    await lan.opens("/chat")
    await expect(lan.part("keep-form")).to_have_count(0)


async def test_leaving_before_that_is_warned_about(town: Town) -> None:
    """Once; after the digits were typed nobody is held back."""
    lan = await town.resident()
    _, secret, _ = await files_anonymously(lan)
    asked: list[str] = []

    async def stays(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    lan.page.on("dialog", stays)
    await lan.page.goto(lan.root + "/")
    assert asked == ["beforeunload"]
    await lan.opens("/chat")
    await lan.types_digits(secret[-4:])
    await lan.hears("Đúng rồi")
    await lan.page.goto(lan.root + "/")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("has_script", [True, False])
async def test_a_receipt_is_checked(town: Town, has_script: bool) -> None:
    """On the smallest phone, by keyboard alone, in both languages; axe finds nothing before or after."""
    lan = await town.resident()
    code, _, signature = await files_anonymously(lan)
    holder = await town.resident(size=PHONE, has_script=has_script)
    await holder.opens("/track")
    await looks_right(holder)
    await holder.tabs_to(holder.page.locator("#code"))
    await holder.page.keyboard.type(code)
    await holder.tabs_to(holder.page.locator("#signature"))
    await holder.page.keyboard.type(signature)
    await holder.goes_on()
    await expect(holder.part("track-answer")).to_contain_text("Biên nhận thật")
    await holder.sees_it_whole()
    await looks_right(holder)
    assert "Thụy Khuê" not in await holder.page.content()

    await holder.opens(f"/track?code={code}&signature=AAAABBBBCCCCDDDD&lang=en")
    await expect(holder.part("track-answer")).to_have_count(0)
    await holder.part("track-form").locator("button").click()
    await expect(holder.part("track-answer")).to_contain_text("do not fit together")
    await holder.sees_it_whole()
    await looks_right(holder)
