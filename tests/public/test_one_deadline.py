"""One case has one deadline: the same words of a day in the chat, the queue, the case's page, /track and on the receipt."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape

import pytest

from bot.bell import Bell
from bot.domain.case import CaseCode
from bot.domain.ward import WardCode
from bot.receipts import KeyedReceipts
from bot.web import keys
from handlers.dialogue import make_dialogue
from handlers.timekeeping import ChangedCalendar
from storage import Database
from tests.admin.desk import Browser, StaffDesk, open_desk
from tests.admin.test_counter import files_it
from tests.dialogue.driver import Resident
from tests.dialogue.test_receipts import files

TAY_HO = WardCode("00103")
RECEIPTS = KeyedReceipts("k" * 43)
DAY = r"(\d\d/\d\d/\d{4})"


@pytest.fixture
async def desk(database: Database, bell: Bell, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StaffDesk]:
    """Of a city that lies far from Vietnam: whoever reckons its days elsewhere shows another day."""
    monkeypatch.setenv("HOMTHU_TIMEZONE", "America/New_York")
    async with open_desk(database, bell) as opened:
        yield opened


def resident(desk: StaffDesk, name: str) -> Resident:
    return Resident(desk.database, make_dialogue(desk.server.app[keys.CITY]), name, now=desk.clock.now())


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, unescape(text), re.DOTALL)
    assert match, f"{pattern} in {text}"
    return match[1]


async def tracked(desk: StaffDesk, code: CaseCode, secret: str) -> Browser:
    """The page that the secret opens, as a browser of anybody's shows it."""
    holder = await desk.browser()
    await holder.opens("/track")
    assert (await holder.submits("track-case-form", code=code, secret=secret)).status == 200
    return holder


async def shown_to(desk: StaffDesk, lan: Resident, officer: Browser, code: CaseCode) -> set[str]:
    """The deadline in every place; a chat, the queue, the case's page and /track."""
    lan.now = desk.clock.now()
    await lan.says(code)
    chat = found(rf"(?:trước ngày|[Hh]ạn) {DAY}", "\n".join(reply.text for reply in lan.heard_now))
    await officer.opens("/staff/")
    row = found(rf'data-code="{code}".*?case-row__due.*?>{DAY}</time>', officer.text)
    await officer.opens(f"/staff/cases/{code}")
    page = found(rf"<dt>Hạn trả lời</dt><dd><time[^>]*>{DAY}</time>", officer.text)
    public = found(rf'data-testid="track-due">{DAY}<', (await tracked(desk, code, RECEIPTS.secret(code))).text)
    return {chat, row, page, public}


async def test_the_same_day_everywhere_whatever_happens_to_it(desk: StaffDesk) -> None:
    """Filed, moved by a holiday, standing still, going on, promised anew: five places, one day."""
    lan, officer = resident(desk, "Lan"), await desk.signed_in("minh", ward=TAY_HO)
    code = await files(lan)
    filed = found(rf"Hạn trả lời: {DAY}", "\n".join(lan.hears))
    assert await shown_to(desk, lan, officer, code) == {filed}

    calendar = desk.server.app[keys.CALENDAR]
    due = (await desk.now_is(code)).due_at.astimezone(calendar.current().timezone).date()
    async with desk.database.begin() as uow:
        await uow.calendar.put(due, is_worked=False, note="nghỉ bù")
        await uow.calendar.sweep(due, desk.clock.now())
        await uow.commit()
    assert await ChangedCalendar(desk.database, calendar).do(desk.clock.now()) > 0
    [moved] = await shown_to(desk, lan, officer, code)
    assert moved != filed

    assert (await officer.submits("reply-form", text="Ở ngõ nào ạ?", asks="yes")).status == 303
    desk.clock.passes(days=7)
    await officer.signs_in("minh")
    assert await shown_to(desk, lan, officer, code) == {moved}, "it stands still"
    assert "tạm dừng" in (await tracked(desk, code, RECEIPTS.secret(code))).text
    await lan.says("Ngõ 12 Thụy Khuê")
    [gone_on] = await shown_to(desk, lan, officer, code)
    assert gone_on != moved
    assert gone_on in "\n".join(lan.hears[-4:])

    day = desk.clock.now().date() + timedelta(days=40)
    assert (await officer.submits("postpone-form", new_day=day.isoformat(), text="Chờ vật tư.")).status == 303
    assert await shown_to(desk, lan, officer, code) == {f"{day:%d/%m/%Y}"}


async def test_the_paper_of_the_counter_says_it_too(desk: StaffDesk) -> None:
    """Whoever holds it reads the same day in any chat, with code and secret."""
    officer = await desk.signed_in("minh", ward=TAY_HO)
    code, secret = await files_it(officer, ward=TAY_HO)
    paper = found(rf"<dt>Hạn trả lời</dt><dd><b>{DAY}</b>", officer.text)
    somebody = resident(desk, "Hoa")
    await somebody.says(code)
    await somebody.says(secret)
    assert found(rf"trước ngày {DAY}", "\n".join(somebody.hears)) == paper
    public = found(rf'data-testid="track-due">{DAY}<', (await tracked(desk, CaseCode(code), secret)).text)
    await officer.opens(f"/staff/cases/{code}")
    assert (public, found(rf"<dt>Hạn trả lời</dt><dd><time[^>]*>{DAY}</time>", officer.text)) == (paper, paper)
