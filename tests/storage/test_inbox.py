"""The inbox keeps every update once and hands it to one worker at a time, in order for each address."""

from datetime import UTC, datetime, timedelta

from bot.domain.people import Channel
from bot.ports import RawUpdate
from storage import Database

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def update(number: int, who: str, unreadable: str = "") -> RawUpdate:
    return RawUpdate(
        channel=Channel.TELEGRAM,
        external_id=str(number),
        address_id=who,
        body=f'{{"update_id": {number}}}',
        unreadable=unreadable,
    )


async def test_an_update_that_comes_twice_is_kept_once(database: Database) -> None:
    """Telegram repeats what it believes unanswered; the resident must not be answered twice."""
    async with database.begin() as uow:
        assert await uow.inbox.keep([update(1, "lan"), update(2, "lan"), update(1, "lan")], NOW) == 2
        await uow.commit()
    async with database.begin() as uow:
        assert await uow.inbox.keep([update(2, "lan"), update(3, "lan")], NOW) == 1
        await uow.commit()
    async with database.reading() as uow:
        assert (await uow.inbox.backlog()).waiting == 3
