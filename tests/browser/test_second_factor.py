"""A leader sets up the code beside the password, and signs in with it: on a phone, without script, by keyboard."""

from datetime import UTC, datetime

import pytest
from playwright.async_api import expect

from bot.domain.people import Role
from bot.domain.signing_in import STEP
from tests.browser.conftest import PHONE, Town
from tests.browser.people import NEW_PASSWORD
from tests.browser.test_accessibility import Rounds
from tests.codes import code_at

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_leader_on_a_phone_without_script(town: Town) -> None:
    """S12: From the one-time password to the desk; then again with a code of the app; then with one from paper."""
    hien = await town.officer(size=PHONE, has_script=False)
    hien.watch.expected.add(401)
    await hien.signs_in("hien", await town.account("hien", role=Role.WARD_LEADER))
    await expect(hien.part("places")).to_be_visible()
    await hien.signs_out()
    await hien.signs_in_once("hien", NEW_PASSWORD)
    box = hien.part("code-form").locator("#code")
    await expect(box).to_be_focused()
    assert await box.get_attribute("autocomplete") == "one-time-code"
    assert await box.get_attribute("inputmode") == "numeric"
    await hien.sees_it_whole()
    await hien.gives_code("code-form", "code", "000 000")
    await expect(hien.part("trouble")).to_be_visible()
    await hien.gives_code("code-form", "code", code_at(datetime.now(UTC) + STEP, secret=hien.secret))
    await expect(hien.part("places")).to_be_visible()
    await hien.opens("/staff/sessions")
    await expect(hien.part("session")).to_have_count(1)
    await hien.part("everywhere-form").locator("button").click()
    await hien.signs_in_once("hien", NEW_PASSWORD)
    await hien.gives_code("code-form", "code", hien.recovery[0])
    await expect(hien.part("used-recovery")).to_be_visible()
    await expect(hien.part("codes-left")).to_contain_text("9")


async def test_the_pages_of_the_second_factor_are_for_everybody(town: Town) -> None:
    """S12: Light and dark, small and large, by name and role for those who do not see: from the first code to the last."""
    rounds, hoa = Rounds(), await town.officer()
    hoa.watch.expected.add(401)
    hoa.looks = rounds.looks
    await hoa.signs_in("hoa", await town.account("hoa", role=Role.WARD_LEADER))
    await hoa.opens("/staff/authenticator")
    await rounds.looks(hoa, "authenticator")
    await hoa.opens("/staff/sessions")
    await rounds.looks(hoa, "sessions")
    await hoa.signs_out()
    await hoa.signs_in_once("hoa", NEW_PASSWORD)
    await expect(hoa.part("code-form")).to_be_visible()
    await rounds.looks(hoa, "code step")
    await hoa.gives_code("code-form", "code", "000 000")
    await expect(hoa.part("trouble")).to_be_visible()
    await rounds.looks(hoa, "wrong code")
    assert rounds.found == []
    assert "recovery codes" in rounds.seen
