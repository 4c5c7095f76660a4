"""The page on which a staff member links a chat, ends that, and says what to be told of."""

import re
from collections.abc import AsyncIterator

import pytest

from admin.settings.notices import CODES
from bot.bell import Bell
from bot.domain.notices import Choices
from bot.domain.people import Address, Channel, Role, StaffMember
from bot.services.link_chat import link_chat
from bot.web import keys
from storage import Database
from tests.admin.desk import Browser, StaffDesk, open_desk
from tests.admin.test_settings import told
from tests.services.told import HANOI

PAGE = "/staff/settings/notices"
TOKEN = "123456:a-token-of-the-tests"
CHAT = Address(Channel.TELEGRAM, "9001")


@pytest.fixture
async def desk(database: Database, bell: Bell) -> AsyncIterator[StaffDesk]:
    """A desk of a city that has Telegram."""
    async with open_desk(database, bell, telegram_token=TOKEN) as opened:
        yield opened


async def code_of(browser: Browser) -> str:
    await browser.opens(PAGE)
    assert (await browser.submits("notices-link-form")).status == 200
    found = re.search(r'data-testid="notices-code">/link ([0-9A-Z-]{9})<', browser.text)
    assert found
    return found[1]


async def links(desk: StaffDesk, code: str, address: Address = CHAT) -> bool:
    async with desk.database.begin() as uow:
        receipts = desk.server.app[keys.RECEIPTS]
        chat = await link_chat(uow, receipts, address=address, typed=code, now=desk.clock.now(), zone=HANOI)
        await uow.commit()
    return chat is not None


async def choices_of(desk: StaffDesk, member: StaffMember) -> Choices | None:
    async with desk.database.reading() as uow:
        return await uow.notices.choices(member.id)


async def test_a_chat_is_linked_and_unlinked(desk: StaffDesk) -> None:
    """The code is shown once, kept nowhere as it is, and good once; each step is in the trail, without it."""
    minh = await desk.signed_in("minh")
    code = await code_of(minh)
    assert minh.shows("settings_notices_no_chat")
    member = await desk.member("minh")
    async with desk.database.reading() as uow:
        [waiting] = await uow.staff_chats.of(member.id)
    assert code.replace("-", "") not in waiting.code_hash.upper()
    await minh.opens(PAGE)
    assert code not in minh.text
    assert await links(desk, code)
    assert not await links(desk, code, Address(Channel.TELEGRAM, "9002"))
    await minh.opens(PAGE)
    assert minh.text.count('data-testid="notices-chat"') == 1
    assert "9001" not in minh.text
    done = await minh.submits("notices-unlink-form")
    assert (done.status, done.headers["Location"]) == (303, f"{PAGE}?done=saved")
    await minh.opens(PAGE)
    assert minh.shows("settings_notices_no_chat")
    for action in ("chat_link_begun", "chat_linked", "chat_unlinked"):
        assert await told(desk, action) == [{"subject": "minh", "channel": "telegram"}]


async def test_the_page_leads_to_the_bot_by_its_name(desk: StaffDesk) -> None:
    minh = await desk.signed_in("minh")
    await code_of(minh)
    assert "t.me" not in minh.text
    desk.server.app[keys.WAYS_IN].telegram_name = "homthu_bot"
    code = await code_of(minh)
    assert f'href="https://t.me/homthu_bot?start=link_{code.replace("-", "")}"' in minh.text


async def test_everybody_says_what_to_be_told_of(desk: StaffDesk) -> None:
    """Everything at first. What is not ticked is not wanted; anything strange in the form is as good as not ticked."""
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    assert await links(desk, await code_of(minh))
    await minh.opens(PAGE)
    assert len(re.findall(r'id="notices-form-[^>]* checked', minh.text)) == 6
    assert (await minh.submits("notices-form", assigned="yes", emergency="yes", digest="\0", arrived="on")).status == 303
    member = await desk.member("minh")
    chosen = Choices(assigned=True, emergency=True, mentioned=False, resident=False, arrived=False, digest=False)
    assert await choices_of(desk, member) == chosen
    await minh.opens(f"{PAGE}?done=saved")
    assert minh.shows("settings_saved")
    assert len(re.findall(r'id="notices-form-[^>]* checked', minh.text)) == 2
    [entry] = await told(desk, "notices_chosen")
    assert (entry["subject"], entry["after"]["emergency"], entry["after"]["digest"]) == ("minh", True, False)
    await hoa.opens(PAGE)
    assert len(re.findall(r'id="notices-form-[^>]* checked', hoa.text)) == 6
    assert await choices_of(desk, await desk.member("hoa")) is None


async def test_nobody_ends_what_is_anothers_or_gone(sqlite_database: Database, bell: Bell) -> None:
    async with open_desk(sqlite_database, bell, telegram_token=TOKEN) as desk:
        minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
        assert await links(desk, await code_of(minh))
        await minh.opens(PAGE)
        action, hidden = minh.form("notices-unlink-form")
        await hoa.opens(PAGE)
        theirs = hoa.form("notices-form")[1]
        assert (await hoa.posts(action, theirs)).status == 409
        assert hoa.shows("settings_gone")
        assert (await hoa.posts(f"{PAGE}/x/unlink", theirs)).status == 404
        assert (await minh.posts(action, hidden)).status == 303
        assert (await minh.posts(action, hidden)).status == 409
        assert await told(desk, "chat_unlinked") == [{"subject": "minh", "channel": "telegram"}]


async def test_nobody_asks_for_codes_without_end(sqlite_database: Database, bell: Bell) -> None:
    """Five in a quarter of an hour; the last one stays good, and a colleague is not held up."""
    async with open_desk(sqlite_database, bell, telegram_token=TOKEN) as desk:
        minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
        codes = [await code_of(minh) for _ in range(CODES)]
        refused = await minh.submits("notices-link-form")
        assert refused.status == 429
        assert int(refused.headers["Retry-After"]) > 0
        assert minh.shows("settings_notices_too_often")
        assert await code_of(hoa)
        assert not await links(desk, codes[0])
        assert await links(desk, codes[-1])


async def test_without_telegram_the_page_says_so(sqlite_desk: StaffDesk) -> None:
    minh = await sqlite_desk.signed_in("minh")
    await minh.opens(PAGE)
    assert minh.shows("settings_notices_no_telegram")
    assert "notices-link-form" not in minh.text
    fields = minh.form("notices-form")[1]
    assert (await minh.posts(f"{PAGE}/link", fields)).status == 409
    assert minh.shows("settings_notices_no_telegram")
    assert await told(sqlite_desk, "chat_link_begun") == []


async def test_the_front_of_the_settings_leads_there(sqlite_desk: StaffDesk) -> None:
    for role in Role:
        someone = await sqlite_desk.signed_in(role.value, role)
        await someone.opens("/staff/settings")
        assert PAGE in someone.text


async def test_an_operator_links_a_chat_and_has_nothing_to_choose(desk: StaffDesk) -> None:
    """They meet no case and are told of none; what stopped by itself they hear of."""
    an = await desk.signed_in("an", Role.OPERATOR)
    assert await links(desk, await code_of(an))
    await an.opens(PAGE)
    assert an.text.count('data-testid="notices-chat"') == 1
    assert an.shows("settings_notices_what_operator")
    assert "notices-form" not in an.text
