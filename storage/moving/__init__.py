"""Moves everything from SQLite to an empty PostgreSQL, and proves that it is the same.

`values` says how one column's value goes over, `source` reads the rows in the order of their keys, `target` takes them.
The target is marked before the first row and until the last one is verified: a start refuses what is marked, and a second
move begins anew there. All rows come in one transaction, so a move that is killed leaves the mark and nothing else.

Which tables there are is asked of the metadata, and which columns too: what is added there is moved without a word here.
What is sealed goes over as it lies; the secret key does not change. Files are no rows: they stay where they are.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.moving.source import Source
from storage.moving.target import Target, prepare
from storage.moving.values import Plan, digest_of
from storage.tables import metadata
from storage.vaults import vault_of

TOLD_EVERY = 50_000  # rows

Tell = Callable[[str], None]
Transaction = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


@dataclass(frozen=True, slots=True)
class MovedTable:
    """What lies in both databases: so many rows, whose canonical lines in the order of their keys hash to `sha256`."""

    name: str
    rows: int
    sha256: str


async def move(source_of: Transaction, file: Path, target_of: Transaction, tell: Tell) -> list[MovedTable]:
    """Move every table; `file` is the opened source's.

    Returns:
        Every table, in the order in which they were moved. The target is committed then, and no longer marked.

    Raises:
        NotMoved: The target holds something, or somebody uses it; a value fits into no column there; or what arrived is
            not what was sent. The target has no row then.
        StorageBusy: The target is out of reach.
    """
    async with source_of() as connection:  # also keeps others from writing
        vault = vault_of(connection.dialect)
        await prepare(target_of)
        with Source(file) as source:
            async with target_of() as to:
                target = Target(to, vault)
                await target.begin()
                plans = [await target.plan(table) for table in metadata.sorted_tables]
                for plan in plans:
                    await _copy(source, target, plan, tell)
                await target.finish(plans)
                moved = [await _compare(source, target, plan) for plan in plans]
                tell_replaced(plans, tell)
                await target.commit()
    return moved


async def _copy(source: Source, target: Target, plan: Plan, tell: Tell) -> None:
    done, total = 0, source.count(plan.table)
    tell(f"{plan.table.name}: {total} rows")
    async for rows in source.portions(plan):
        await target.put(plan, rows)
        before, done = done, done + len(rows)
        if done // TOLD_EVERY > before // TOLD_EVERY:
            tell(f"{plan.table.name}: {done} of {total}")


async def _compare(source: Source, target: Target, plan: Plan) -> MovedTable:
    """Both are read again, from the beginning: what was sent proves nothing about what lies there."""
    here = await digest_of(source.portions(plan, counts=False))
    there = await digest_of(target.portions(plan))
    if here != there:
        raise target.differs(plan.table, here, there)
    return MovedTable(plan.table.name, *there)


def tell_replaced(plans: list[Plan], tell: Tell) -> None:
    """Where characters were replaced that PostgreSQL takes in no text."""
    for plan in plans:
        for column, count in sorted(plan.replaced.items()):
            tell(f"{plan.table.name}.{column}: {count} texts had characters that no text may have; each became U+FFFD")
