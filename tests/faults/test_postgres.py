"""PostgreSQL goes away under load, for a moment or for long, or a line to it is cut: the program goes on when it is back."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import Place
from tests.faults.postgres import ends_sessions, road_to, server_of
from tests.faults.scene import scene

AWAY = 4.0  # seconds
CUTS = 12


@pytest.mark.parametrize("how", ["fast", "immediate"])
async def test_a_server_that_was_away_is_found_again(postgres_place: Place, tmp_path: Path, how: str) -> None:
    """Ended in order or as a lost machine would be; the second time it stays away for some seconds."""
    server = await server_of(postgres_place.url)
    async with scene(postgres_place, tmp_path) as it:
        await it.starts()
        try:
            async with it.reporting():
                for seconds in (0.0, AWAY):
                    await it.hears_more(4)
                    await asyncio.to_thread(server.stops, how)
                    await asyncio.sleep(seconds)
                    assert not seconds or await asyncio.to_thread(it.readiness) == ["database"]
                    await asyncio.to_thread(server.starts)
                await it.hears_more(8)
            await it.keeps_its_promises()
        finally:
            if not server.is_there():
                await asyncio.to_thread(server.starts)


async def test_sessions_that_are_ended_are_begun_anew(postgres_place: Place, tmp_path: Path) -> None:
    """Somebody ends half of the program's sessions, again and again, in the middle of whatever they do."""
    ended = 0
    async with scene(postgres_place, tmp_path) as it:
        await it.starts()
        async with it.reporting():
            for _ in range(CUTS):
                ended += await ends_sessions(postgres_place.url, 0.5)
                await asyncio.sleep(0.2)
            await it.hears_more(8)
        await it.keeps_its_promises()
    assert ended > 0


async def test_a_line_that_is_cut_in_the_middle_of_a_commit_loses_and_doubles_nothing(
    postgres_place: Place, tmp_path: Path
) -> None:
    """Before the COMMIT arrived, or after it and before its answer did: nobody can tell which it was."""
    async with (
        road_to(postgres_place.url, seed=2026) as (road, url),
        scene(replace(postgres_place, url=url), tmp_path) as it,
    ):
        await it.starts()
        async with it.reporting():
            await it.hears_more()
            road.is_dangerous = True
            await it.until(lambda: road.cut_before + road.cut_after >= CUTS)
            road.is_dangerous = False
            await it.hears_more(8)
        await it.keeps_its_promises()
    assert road.cut_after > 0
    assert road.cut_before > 0
