"""Somebody sets the machine's clock: an hour forward, an hour back, a day. Nothing hangs for so long."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar
from yarl import URL

from tests.bot_api import Fault
from tests.conftest import Place
from tests.faults.clock import VARIABLE
from tests.faults.oracle import Excuse
from tests.faults.scene import QUICK, scene
from tests.handlers.webchat.town import Browser

HOUR, DAY = 3600.0, 86_400.0
SOON = 20.0  # seconds for one answer; the shortest jump is an hour


@pytest.mark.parametrize("jumps", [(HOUR, 0.0), (-HOUR, 0.0), (DAY, -DAY)], ids=["an hour on", "an hour back", "a day"])
async def test_a_clock_that_jumps_keeps_nobody_waiting(
    database_place: Place, tmp_path: Path, jumps: tuple[float, ...]
) -> None:
    """Replies that were to be tried again, updates in hand, what a killed process had claimed: all go on."""
    file = tmp_path / "clock"
    file.write_text("0")
    more = {**QUICK, VARIABLE: str(file)}
    async with (
        scene(database_place, tmp_path, plant="tests.faults.clock:follows_a_file", more=more) as it,
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as session,
    ):
        await it.starts()
        chat = Browser(session, URL(it.program.url))
        await chat.opens()
        await chat.says("Xin chào")
        async with it.reporting(patience=SOON):
            for ahead in jumps:
                await it.hears_more(4)
                it.api.breaks("sendMessage", Fault(status=500), times=4)  # four replies wait for their next try
                await it.until(lambda: not it.api.faults.waiting("sendMessage"))
                file.write_text(str(ahead))
                it.excuses.append(Excuse(it.now, it.now))  # to who looks at the clock, a lease of that moment is over
                await it.hears_more(8)
            await it.is_killed()
            file.write_text(str(jumps[0] - HOUR))
            await it.starts()
            await it.hears_more(4)
            chat.root = URL(it.program.url)
            await asyncio.to_thread(it.readiness)
        await it.keeps_its_promises()
