"""A Bot API on a bad day: it refuses, breaks, talks nonsense, is slow, is gone; or somebody else asks it for our updates."""

import asyncio
from pathlib import Path

import aiohttp

from tests.bot_api import Fault
from tests.conftest import Place
from tests.faults.scene import QUICK, scene

HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
# What comes instead of an answer, before the call was carried out.
UNHEARD = (
    Fault(status=429, description="Too Many Requests: retry after 1", retry_after=1),
    Fault(status=500),
    Fault(status=502, garbage=HTML),
    Fault(garbage=HTML),
    Fault(garbage=b'{"ok":true,"result":[{"update_id":700000001,"mess'),
    Fault(garbage=b'{"ok":true,"result":"soon"}'),
    Fault(garbage=b"[7]"),
    Fault(is_empty=True),
    Fault(slow=1.0),
    Fault(hang=0.5),
    Fault(cut=True),
)
# The same after it.
UNANSWERED = (
    Fault(status=500, acts=True),
    Fault(status=504, garbage=HTML, acts=True),
    Fault(is_empty=True, acts=True),
    Fault(hang=0.5, acts=True),
    Fault(cut=True, acts=True),
)


async def test_whatever_it_answers_is_outlived(sqlite_place: Place, tmp_path: Path) -> None:
    """Each of the calls of a conversation fails in each of these ways; afterwards nothing is lost, nor out of order."""
    async with scene(sqlite_place, tmp_path) as it:
        await it.starts()
        async with it.reporting():
            await it.hears_more()
            for number, fault in enumerate([*UNHEARD, *UNANSWERED]):
                it.api.breaks("sendMessage", fault)
                it.api.breaks("answerCallbackQuery", fault)
                if number < len(UNHEARD):
                    it.api.breaks("getUpdates", fault)
                await it.until(lambda: not any(it.api.faults.waiting(name) for name in ("sendMessage", "getUpdates")))
                await it.hears_more()
        evidence = await it.keeps_its_promises()
    assert evidence.repeats > 0, "no answer was lost: the test has lost its point"


async def test_it_comes_back_when_the_bot_api_does(sqlite_place: Place, tmp_path: Path) -> None:
    """Nobody listens there for a while, again and again."""
    async with scene(sqlite_place, tmp_path) as it:
        await it.starts()
        async with it.reporting():
            for _ in range(2):
                await it.hears_more(4)
                await it.api.stop()
                await asyncio.sleep(1.5)
                await it.api.start()
            await it.hears_more()
        await it.keeps_its_promises()


async def test_updates_that_come_twice_and_out_of_order_are_known(sqlite_place: Place, tmp_path: Path) -> None:
    """Behind every new update comes an old one, and every button is tapped twice: no case twice, no answer twice."""
    async with scene(sqlite_place, tmp_path) as it:
        it.api.updates.brings_twice, it.told.taps = True, 2
        await it.starts()
        await it.reports(each=3)
        evidence = await it.keeps_its_promises()
    assert len(it.told.codes) == 3 * len(it.residents)
    assert evidence.repeats == 0


async def test_somebody_else_who_polls_is_named_and_outlived(sqlite_place: Place, tmp_path: Path) -> None:
    """A second poller of the same bot is answered with 409, and so are we: the log says why; alone again, all goes on."""
    async with scene(sqlite_place, tmp_path, residents=3) as it, aiohttp.ClientSession() as rival:
        await it.starts()
        await it.reports(each=1)
        over = asyncio.Event()

        async def polls() -> None:
            while not over.is_set():
                url = f"{it.api.base}/bot{it.api.token}/getUpdates"
                async with rival.post(url, json={"timeout": 1, "limit": 1}) as answer:  # without an offset: confirms nothing
                    await answer.read()
                await asyncio.sleep(0.1)

        polling = asyncio.create_task(polls())
        await it.until(lambda: it.log.count("terminated by other getUpdates") >= 2)
        async with it.reporting():
            await it.hears_more()
            over.set()
            await polling
        await it.keeps_its_promises()


async def test_a_whole_night_of_it(sqlite_place: Place, tmp_path: Path) -> None:
    """Nobody listens when it starts; it starts all the same, and takes what waited when somebody does."""
    async with scene(sqlite_place, tmp_path, residents=3, more=QUICK) as it:
        await it.api.stop()
        await it.starts()
        reporting = asyncio.create_task(it.reports(each=2))
        await it.until(lambda: "telegram_polling_failed" in it.log)
        await it.api.start()
        await reporting
        await it.keeps_its_promises()
