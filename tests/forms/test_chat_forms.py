"""Every form of the web chat takes whatever is sent; what was written to us comes back when it is not taken."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog.testing

from bot.bell import Bell
from bot.domain.case import new_code
from bot.domain.reply import Choice, Reply
from storage import Database
from tests.forms.hostile import Post, as_no_form, at_once, without_right
from tests.forms.judging import complaints
from tests.forms.served import Button, Knob, ServedForm, knobs
from tests.forms.walker import Walker
from tests.handlers.webchat.town import Town, open_town

FORMS = {"chat-form", "chat-forget", "chips", "keep-form"}
OF_ONE = 20  # posts of one browser, which may send thirty a minute


@pytest.fixture
async def town(sqlite_database: Database, bell: Bell, tmp_path: Path) -> AsyncIterator[Town]:
    async with open_town(sqlite_database, bell, tmp_path) as opened:
        yield opened


def everything(form: ServedForm, button: Button) -> Iterator[Post]:
    for posts in (at_once, without_right, as_no_form):
        yield from posts(form, button)


async def somebody(town: Town, language: str) -> Walker:
    """A browser that has written, was answered with chips, and was given a receipt that may be kept."""
    browser = await town.visitor()
    await browser.says("Ngõ tối")
    receipt = Reply(text="Đã gửi.", choices=((Choice("Giữ", f"rc:{new_code()}"),),))
    await town.staff_write("", receipt)
    walker = Walker(browser.session, str(town.root), language)
    for _ in range(50):
        await walker.opens("/chat")
        if walker.page.form("keep-form"):
            return walker
        await asyncio.sleep(0.05)  # it comes with the next delivery
    raise AssertionError("the receipt did not come")


async def tried(town: Town, knob: Knob, language: str) -> tuple[int, list[str]]:
    """Everything sent to that form, by one visitor after the other; how much it was, and what was wrong with the answers."""
    found: list[str] = []
    place, walker, here = 0, await somebody(town, language), None
    while True:
        if place % OF_ONE == 0:
            walker = await somebody(town, language)
        here = walker.finds(knob) or here
        assert here
        posts = list(everything(*here))
        if place >= len(posts):
            return place, found
        status = await walker.sends(here[1].action, posts[place])
        found += complaints(knob, here[0], posts[place], status, walker.page, language)
        place += 1


async def test_whatever_is_sent_to_the_chat_is_answered(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    found: list[str] = []
    sent = 0
    with structlog.testing.capture_logs() as logged, caplog.at_level(logging.WARNING):
        there = [knob for knob, _, _ in knobs((await somebody(town, "vi")).page)]
        assert {knob.test_id for knob in there} == FORMS
        for number, knob in enumerate(there):
            posted, wrong = await tried(town, knob, ("vi", "en")[number % 2])
            sent, found = sent + posted, found + wrong
    assert not found, "\n".join(found)
    assert [line for line in logged if line["log_level"] in ("error", "critical")] == []
    assert [record.getMessage() for record in caplog.records if record.name != "asyncio"] == []
    assert sent > 60
