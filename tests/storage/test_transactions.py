"""A unit of work is kept whole or not at all, loses nothing to another, and says by name when it cannot be had."""

import asyncio
import traceback
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from bot.bell import Bell
from bot.domain.case import Case
from bot.domain.people import Address, Channel
from bot.errors import NoOpenUnitOfWork, StorageBusy
from storage import Database
from storage.link import Link
from storage.tables import cases, heartbeat
from tests.conftest import Place
from tests.storage.cast import LAN, NOW, file_case, keep, resident, says
from tests.storage.cast import update as an_update


async def beats(database: Database) -> int:
    assert database._readers is not None
    async with database._readers.connect() as connection:
        return int((await connection.execute(select(heartbeat.c.beats))).scalar_one())


async def test_twenty_updates_at_once_all_survive(database: Database) -> None:
    """Each reads, waits and writes what it read plus one: with SQLAlchemy's defaults on SQLite 19 of 20 were lost."""

    async def add_one() -> None:
        async with database._transaction() as connection:
            seen = (await connection.execute(select(heartbeat.c.beats).with_for_update())).scalar_one()
            await asyncio.sleep(0.002)
            await connection.execute(update(heartbeat).values(beats=seen + 1))
            await connection.commit()

    await asyncio.gather(*(add_one() for _ in range(20)))
    assert await beats(database) == 20


async def test_pings_are_commits(database: Database) -> None:
    for _ in range(3):
        await database.ping()
    assert await beats(database) == 3


async def test_without_commit_nothing_is_kept(database: Database) -> None:
    """Not when the block just ends, not when it raises."""
    async with database.begin() as uow:
        await uow.inbox.keep([an_update(1, "lan")], NOW)
    with pytest.raises(KeyError):
        await _keep_and_fall_over(database)
    async with database.reading() as uow:
        assert (await uow.inbox.backlog()).waiting == 0


async def _keep_and_fall_over(database: Database) -> None:
    async with database.begin() as uow:
        await uow.inbox.keep([an_update(2, "lan")], NOW)
        raise KeyError


async def test_a_unit_of_work_is_over_after_its_commit(database: Database) -> None:
    async with database.begin() as uow:
        await uow.commit()
        with pytest.raises(NoOpenUnitOfWork):
            await uow.commit()
        with pytest.raises(NoOpenUnitOfWork):
            await uow.inbox.backlog()
    async with database.begin() as uow:
        pass
    with pytest.raises(NoOpenUnitOfWork):
        await uow.inbox.backlog()


async def test_reading_sees_one_moment_beside_a_writer(database: Database) -> None:
    """A page is not half old, half new, and does not wait for whoever writes."""
    await keep(database, an_update(1, "lan"))
    async with database.reading() as reader:
        assert (await reader.inbox.backlog()).waiting == 1
        async with database.begin() as writer:
            await writer.inbox.keep([an_update(2, "hoa")], NOW)
            assert (await reader.inbox.backlog()).waiting == 1
            await writer.commit()
        assert (await reader.inbox.backlog()).waiting == 1
    async with database.reading() as reader:
        assert (await reader.inbox.backlog()).waiting == 2


async def test_reading_cannot_write(database: Database) -> None:
    """ "No page view writes" is held by the engine, and the connection is fit for the next reader."""
    with pytest.raises(StorageBusy):
        async with database.reading() as uow:
            await uow.inbox.keep([an_update(1, "lan")], NOW)
    async with database.reading() as uow:
        assert (await uow.inbox.backlog()).waiting == 0


async def test_a_cancelled_unit_of_work_lets_the_next_one_go_on(database: Database) -> None:
    """A stopped request or a time limit, at any moment: no lock stays behind, nothing half is kept."""

    async def write(number: int) -> None:
        async with database.begin() as uow:
            await resident(uow)
            await uow.inbox.keep([an_update(number, "lan")], NOW)
            await asyncio.sleep(0)
            await uow.commit()

    for number in range(40):
        task = asyncio.create_task(write(number))
        for _ in range(number % 8):
            await asyncio.sleep(0)
        if number % 3 == 0:
            await asyncio.sleep(0.0005 * (number % 5))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(60):
        await write(1000)
        await database.ping()
    async with database.reading() as uow:
        assert (await uow.inbox.backlog()).waiting >= 1


async def test_a_cancelled_reader_lets_the_next_ones_go_on(database: Database) -> None:
    """At any moment of its asking; and none of those after it sees what was true when it began."""

    async def read() -> int:
        async with database.reading() as uow:
            for _ in range(3):
                waiting = (await uow.inbox.backlog()).waiting
            return waiting

    for number in range(40):
        tasks = [asyncio.create_task(read()) for _ in range(6)]
        for _ in range(number % 8):
            await asyncio.sleep(0)
        tasks[number % 6].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await keep(database, an_update(1, "lan"))
    async with asyncio.timeout(60):
        assert await asyncio.gather(*(read() for _ in range(12))) == [1] * 12


async def test_many_readers_and_writers_at_once(database: Database) -> None:
    """More than there are connections: they take turns."""

    async def write(number: int) -> None:
        async with database.begin() as uow:
            await uow.inbox.keep([an_update(number, "lan")], NOW)
            await uow.commit()

    async def read() -> int:
        async with database.reading() as uow:
            return (await uow.inbox.backlog()).waiting

    async with asyncio.timeout(60):
        await asyncio.gather(*(write(number) for number in range(60)), *(read() for _ in range(60)))
    assert await read() == 60


async def test_the_calendar_begins_with_the_swap_of_2026(database: Database) -> None:
    """Friday 2 January off, Saturday 10 January worked."""
    async with database.reading() as uow:
        assert await uow.calendar.changes() == {date(2026, 1, 2): False, date(2026, 1, 10): True}


async def test_a_closed_database_says_so_and_can_be_opened_again(database: Database) -> None:
    await keep(database, an_update(1, "lan"))
    await database.close()
    await database.close()
    with pytest.raises(NoOpenUnitOfWork):
        async with database.begin():
            pass
    with pytest.raises(NoOpenUnitOfWork):
        async with database.reading():
            pass
    await database.open()
    async with database.reading() as uow:
        assert (await uow.inbox.backlog()).waiting == 1


async def test_an_error_never_shows_what_a_resident_wrote(database: Database) -> None:
    """Errors end in logs, with their causes: PostgreSQL would quote the whole failing row, or the bad value."""
    async with database.begin() as uow:
        case = await file_case(uow, text="bí mật", address=Address(Channel.TELEGRAM, "0912345678"))
        await uow.commit()
    for wrong in ({"ward_code": None, "text": "bí mật"}, {"due_at": None}, {"version": 10**30}, {"resident_id": 99}):
        with pytest.raises((DBAPIError, OverflowError)) as caught:
            await _spoil(database, case, wrong)
        told = "".join(traceback.format_exception(caught.value))
        assert "UPDATE cases" in told or "too large" in told
        assert "bí mật" not in told
        assert "0912345678" not in told
        assert str(10**30) not in told


async def _spoil(database: Database, case: Case, values: dict[str, Any]) -> None:
    async with database._transaction() as connection:
        await Link(connection).run(update(cases).where(cases.c.id == case.id).values(values))
        await connection.commit()


async def test_without_a_bell_nobody_is_rung(database_place: Place, bell: Bell) -> None:
    """A process that only works off the inbox needs none."""
    silent = database_place.database()
    await silent.open()
    with bell.listen() as anyone:
        async with silent.begin() as uow:
            await uow.outbox.add([says("một", LAN)], NOW)
            await uow.commit()
        assert not anyone.is_set()
    await silent.close()
