"""S21: a key that was destroyed is gone from the database's own files too: the file, its log, its free pages."""

import re
import shutil
from pathlib import Path
from random import Random

from sqlalchemy import insert, select, text

from bot.domain.people import ResidentId
from bot.domain.privacy import Purpose
from bot.vault import SecretMasterKey
from handlers.timekeeping import ErasedBytes
from storage import Database
from storage.engine import FILE_NAME
from storage.own_keys import OF_CASES, OF_RESIDENTS
from storage.tables import case_keys, resident_keys, residents
from tests.conftest import Place
from tests.storage.cast import NOW, file_case

KEY = "the key of the tests, forty letters long"
MANY, PIECE = 500, 16  # residents; letters of a wrapped key, of whose 84 the key itself fills 42
LETTERS = re.compile(rb"[\w=-]{%d,}" % PIECE)


async def opened(place: Place) -> Database:
    database = Database(place.url, data_dir=place.data_dir, master=SecretMasterKey(KEY))
    await database.open()
    return database


async def live_and_leave(database: Database, chance: Random) -> tuple[list[str], list[str]]:
    """Residents get keys in any order, half of them go again in between, and so does a case; their keys, and the others'."""
    everybody = range(1000, 1000 + MANY)
    async with database.begin() as uow:
        link = uow._link  # type: ignore[attr-defined]  # the unit of work of the tables
        await link.run(insert(residents), [{"id": number, "created_at": NOW} for number in everybody])
        gone, kept = [await file_case(uow) for _ in range(2)]
        for case in (gone, kept):
            await OF_CASES.seal(link, case.id, "0912 345 678")
        await uow.commit()
    numbers, left = chance.sample(everybody, MANY), list[int]()
    wrapped = dict[int, str]()
    while numbers:
        async with database.begin() as uow:
            link = uow._link  # type: ignore[attr-defined]  # as above
            here, numbers = numbers[:50], numbers[50:]
            for number in here:
                await OF_RESIDENTS.seal(link, number, "0912 345 678")
            for row in await link.rows(select(resident_keys).where(resident_keys.c.resident_id.in_(here))):
                wrapped[row.resident_id] = row.wrapped
            for number in chance.sample(sorted(wrapped.keys() - set(left)), 25):
                await uow.identities.withdraw(ResidentId(number), Purpose.CONTACT, NOW)
                left.append(number)
            await uow.commit()
    async with database.begin() as uow:
        link = uow._link  # type: ignore[attr-defined]  # as above
        of_case = {row.case_id: row.wrapped for row in await link.rows(select(case_keys))}
        await uow.erasure.erase(gone, tombstone="–", now=NOW)
        await uow.commit()
    destroyed = [wrapped[number] for number in left] + [of_case[gone.id]]
    return destroyed, [key for number, key in wrapped.items() if number not in left] + [of_case[kept.id]]


def found(keys: list[str], content: bytes) -> int:
    """How many of them stand there, whole or a piece of them."""
    letters = b"\n".join(LETTERS.findall(content))  # all the places where a piece can stand, a small part of a file
    return sum(
        any(key[at : at + PIECE].encode() in letters for at in range(2, len(key) - PIECE, PIECE // 2)) for key in keys
    )


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob(f"{FILE_NAME}*")))


async def test_s21_a_destroyed_key_is_in_no_byte_of_the_file_or_its_log(sqlite_place: Place) -> None:
    """S21: Before, the log tells hundreds of them; after the timekeeper's look, not a piece of one. The others are whole.

    While somebody reads from the log it stays; it is done at the next look.
    """
    database = await opened(sqlite_place)
    destroyed, kept = await live_and_leave(database, Random(1))
    assert len(destroyed) > 200
    assert found(destroyed, bytes_of(sqlite_place.data_dir)) > 100, "but those that came and went at once"
    async with database.reading() as uow:
        await uow.inbox.backlog()
        assert not await database.wipe()
        assert found(destroyed, bytes_of(sqlite_place.data_dir)) > 0
    assert await ErasedBytes(database).do(NOW) == 0
    content = bytes_of(sqlite_place.data_dir)
    assert found(destroyed, content) == 0
    assert found(kept, content) == len(kept) > 200
    assert (sqlite_place.data_dir / f"{FILE_NAME}-wal").stat().st_size == 0
    assert not await database.wipe(), "nothing was erased since"
    await database.close()


async def test_s21_who_was_killed_before_wiping_does_it_at_the_next_start(sqlite_place: Place, tmp_path: Path) -> None:
    """S21: The files as they lie when the power goes; the next process finds them, and empties them at its first look."""
    database = await opened(sqlite_place)
    destroyed, kept = await live_and_leave(database, Random(3))
    left = tmp_path / "left"
    shutil.copytree(sqlite_place.data_dir, left)
    await database.close()
    assert found(destroyed, bytes_of(left)) > 100
    again = await opened(Place("sqlite", "", left))
    await ErasedBytes(again).do(NOW)
    assert found(destroyed, bytes_of(left)) == 0
    assert found(kept, bytes_of(left)) == len(kept)
    await again.close()


async def test_s21_postgresql_writes_the_tables_of_keys_anew(postgres_place: Place) -> None:
    """S21: A dead row is no row any more, but it lies in the file until the file is another one."""
    database = await opened(postgres_place)
    destroyed, kept = await live_and_leave(database, Random(4))
    assert found(destroyed, await heaps(database)) > 100
    before = await paths(database)
    await ErasedBytes(database).do(NOW)
    content = await heaps(database)
    assert found(destroyed, content) == 0
    assert found(kept, content) == len(kept) > 200
    async with database._transaction() as connection:
        for path in before:
            asked = text("SELECT coalesce((pg_stat_file(:path, true)).size, 0)")
            assert (await connection.execute(asked, {"path": path})).scalar() == 0, "the old file holds nothing"
    assert not await database.wipe(), "nothing was erased since"
    await database.close()


async def paths(database: Database) -> list[str]:
    async with database._transaction() as connection:
        asked = text("SELECT pg_relation_filepath('case_keys'), pg_relation_filepath('resident_keys')")
        return list((await connection.execute(asked)).one())


async def heaps(database: Database) -> bytes:
    """The tables of keys as they lie in the server's folder."""
    read = b""
    async with database._transaction() as connection:
        await connection.commit()
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("CHECKPOINT"))
    for path in await paths(database):
        async with database._transaction() as connection:
            read += (await connection.execute(text("SELECT pg_read_binary_file(:path)"), {"path": path})).scalar() or b""
    return read
