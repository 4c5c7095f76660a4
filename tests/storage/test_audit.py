"""The audit trail: nobody changes it by mistake, and whoever does it on purpose is found, at that row."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.domain.people import StaffId
from bot.domain.trail import Damage, TrailBreak
from storage import Database, audit, audit_walk
from storage.tables import audit as table
from tests.conftest import Place
from tests.storage.cast import LATER, NOW
from tests.storage.tampering import tamper


async def record(database: Database, *subjects: str) -> None:
    async with database.begin() as uow:
        for subject in subjects:
            await uow.audit.record(
                action="case_moved", now=NOW, staff_id=StaffId(3), subject=subject, details={"to": "00004", "lý do": ["Hòa"]}
            )
        await uow.commit()


async def verify(database: Database) -> TrailBreak | None:
    async with database.reading() as uow:
        return await uow.audit.verify()


async def test_an_untouched_trail_holds_also_over_pages_and_odd_values(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_walk, "PAGE", 4)
    assert await verify(database) is None
    await record(database, *"abc")
    await record(database, "NUL \0", "surrogate \ud800", "dấu", '"quote"', "\\")
    async with database.begin() as uow:
        await uow.audit.record(action="started", now=LATER)
        await uow.commit()
    assert await verify(database) is None


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "another"},
        {"staff_id": 4},
        {"staff_id": None},
        {"at": LATER},
        {"action": "case_closed"},
        {"details": "{}"},
        {"prev_hash": ""},
        {"hash": "0" * 64},
    ],
)
async def test_a_changed_row_shows(database: Database, change: dict[str, Any]) -> None:
    await record(database, *"abcd")
    await tamper(database, update(table).where(table.c.subject == "b").values(change))
    assert await verify(database) == TrailBreak(Damage.CHANGED, 2, 2)


async def test_a_row_changed_together_with_its_hash_shows(database: Database) -> None:
    await record(database, *"abcd")
    async with database._transaction() as connection:
        row = (await connection.execute(select(table).where(table.c.subject == "b"))).one()
    forged = {**row._asdict(), "subject": "x"}
    forged["hash"] = audit.hash_of(forged)
    await tamper(database, update(table).where(table.c.id == row.id).values(forged))
    assert await verify(database) == TrailBreak(Damage.CHANGED, 2, 2)


async def test_what_is_not_committed_leaves_no_trace(database: Database) -> None:
    async with database.begin() as uow:
        await uow.audit.record(action="case_moved", now=NOW)
    await record(database, "a")
    async with database.reading() as uow:
        assert await uow.audit.verify() is None
    assert database._readers is not None
    async with database._readers.connect() as connection:
        assert len((await connection.execute(select(table))).all()) == 1


async def test_many_writers_make_one_chain(database_place: Place) -> None:
    """Several processes on PostgreSQL, many units of work on SQLite: no two rows follow the same one."""
    databases = [database_place.database() for _ in range(3 if database_place.engine == "postgresql" else 1)]
    for database in databases:
        await database.open()
    await asyncio.gather(*(record(databases[number % len(databases)], "a", "b") for number in range(20)))
    assert await verify(databases[0]) is None
    async with databases[0]._transaction() as connection:
        previous = (await connection.execute(select(table.c.prev_hash))).scalars().all()
    assert len(set(previous)) == len(previous) == 40
    for database in databases:
        await database.close()
