"""Nothing that happened is lost on the way to a neighbour: a process killed while it tells, and one that forgot to look."""

import asyncio
import signal
from datetime import UTC, datetime

import pytest
from aiohttp import web

from bot.cli import DONE
from bot.domain.case import Case
from bot.domain.thread import CaseEvent, EventKind
from handlers.neighbours import keeper
from storage import tellable_events
from tests.conftest import Place
from tests.neighbours.conftest import FILED, Street
from tests.neighbours.receiver import receiving
from tests.ops.homthu import Homthu
from tests.statements import statements_of
from tests.storage.cast import file_case


async def files(place: Place, count: int) -> list[Case]:
    database = place.database()
    await database.open()
    async with database.begin() as uow:
        cases = [await file_case(uow) for _ in range(count)]
        for case in cases:
            await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.FILED, at=datetime.now(UTC), details=FILED))
        await uow.commit()
    await database.close()
    return cases


@pytest.mark.slow
async def test_a_process_killed_while_it_tells_loses_nothing(sqlite_place: Place) -> None:
    """The first event is in the neighbour's hands when the program is killed; the next start tells all three."""
    never, begun = asyncio.Event(), asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        begun.set()
        await never.wait()
        return web.Response(status=503)  # nobody hears it any more

    homthu = Homthu.at(sqlite_place, HOMTHU_OWN_NETWORKS="127.0.0.0/8")
    async with receiving(hang) as portal:
        made = await asyncio.to_thread(homthu.does, "webhook", "add", "Cổng", portal.address, "--events", "filed")
        assert made.returncode == DONE, made.stderr
        portal.secrets = [made.stdout.split()[2]]
        await files(sqlite_place, 2)
        with homthu.running("run") as killed:
            await asyncio.wait_for(begun.wait(), 60)
            killed.process.send_signal(signal.SIGKILL)
            killed.process.wait()
        never.set()
        portal.behave = None
        portal.taken.clear()
        with homthu.running("run") as second:
            await portal.has(3, within=60)
            await asyncio.to_thread(second.stops_on, signal.SIGTERM)
        assert [event["type"] for event in portal.taken] == ["ping", "case.filed", "case.filed"]
        assert portal.tries[0]["id"] == portal.taken[0]["id"], "told again under the same id"
        assert portal.foreign == 0
        shown = await asyncio.to_thread(homthu.does, "webhook", "list")
        assert "3 taken" in shown.stdout
        assert portal.secrets[0] not in shown.stdout


async def test_a_case_costs_no_statement_more(street: Street) -> None:
    """Filing asks the database the same with three neighbours as with none."""
    counts = []
    for _ in range(2):  # the resident is new this one time, and so is a connection
        await street.files()
    async with receiving() as portal:
        for _ in range(2):
            with statements_of(street.database, writes=True) as heard:
                await street.files()
            counts.append(len(heard))
            for _ in range(3):
                await street.subscribed(portal)
    assert 0 < counts[1] <= counts[0]


async def test_a_walk_that_forgets_what_it_passed_is_found_out(lane: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted mistake: the walk goes on without keeping what it found. The neighbour then misses the case."""

    async def forgetful(link, now, most):  # type: ignore[no-untyped-def]  # as the one it stands for
        monkeypatch.setattr(tellable_events, "_to_tell", lambda *_: [])
        try:
            return await tellable_events.collect(link, now, most)
        finally:
            monkeypatch.undo()

    async with receiving() as portal:
        await lane.subscribed(portal)
        await lane.files()
        monkeypatch.setattr("storage.neighbours.collect", forgetful)
        await lane.looks(2)
        assert [event["type"] for event in portal.taken] == ["ping"]
        await lane.files()
        await lane.looks(2)
        assert [event["type"] for event in portal.taken] == ["ping", "case.filed"]
    assert keeper.MOST_WALKED > 0
