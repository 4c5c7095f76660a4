"""A link to a file is good until it was used or its time is over, whichever process is asked."""

from datetime import UTC, datetime, timedelta

from storage import Database

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(minutes=2)
LATE = UNTIL + timedelta(seconds=1)


async def test_a_link_is_good_for_one_look(database: Database) -> None:
    """To ask what it leads to leaves it; to use it up works once; after its time it never was; the next one sweeps."""
    async with database.begin() as uow:
        await uow.file_links.add("a" * 64, "f" * 64, until=UNTIL, now=NOW)
        await uow.file_links.add("b" * 64, "e" * 64, until=UNTIL, now=NOW)
        await uow.commit()
    async with database.reading() as uow:
        for _ in range(2):
            assert await uow.file_links.key_of("a" * 64, NOW) == "f" * 64
        assert await uow.file_links.key_of("c" * 64, NOW) is None
        assert await uow.file_links.key_of("a" * 64, LATE) is None
    async with database.begin() as uow:
        assert await uow.file_links.use_up("a" * 64, NOW)
        assert not await uow.file_links.use_up("a" * 64, NOW)
        assert await uow.file_links.key_of("a" * 64, NOW) is None
        assert not await uow.file_links.use_up("b" * 64, LATE)
        await uow.file_links.add("d" * 64, "f" * 64, until=LATE + timedelta(minutes=2), now=LATE)
        await uow.commit()
    async with database.reading() as uow:
        assert await uow.file_links.key_of("b" * 64, NOW) is None, "swept, although its time seemed to come again"
