"""A web chat's page shows both sides in order, only its own, and goes on where it was cut off."""

from datetime import timedelta

import pytest

from bot.domain.people import Address, Channel
from bot.domain.reply import DeliveryResult, DeliveryState
from bot.errors import NoOpenUnitOfWork
from bot.ports import ChatPlace
from storage import Database
from tests.storage.cast import LAN_ON_THE_WEB, LEASE, NOW, says, update

SOMEBODY_ELSE = Address(Channel.WEBCHAT, "cd" * 32)


async def exchange(database: Database, number: int, address: Address = LAN_ON_THE_WEB) -> None:
    """The resident writes, we answer, the answer is delivered."""
    at = NOW + timedelta(minutes=number)
    async with database.begin() as uow:
        new = update(number, address.external_id, channel=Channel.WEBCHAT)
        await uow.inbox.keep([new], at)
        await uow.outbox.add([says(f"trả lời {number}", address)], at)
        [queued] = await uow.outbox.claim(owner="p", channels=[Channel.WEBCHAT], now=at, lease=LEASE, most=1)
        await uow.outbox.record([DeliveryResult(reply_id=queued.id, state=DeliveryState.SENT, at=at)])
        await uow.commit()


async def test_both_sides_are_told_in_order(database: Database) -> None:
    await exchange(database, 1)
    await exchange(database, 2, SOMEBODY_ELSE)
    await exchange(database, 3)
    async with database.reading() as uow:
        lines = await uow.chat_lines.recent(LAN_ON_THE_WEB)
        newest = await uow.chat_lines.recent(LAN_ON_THE_WEB, most=3)
    assert [(line.is_ours, line.body) for line in lines] == [
        (False, '{"update_id": 1}'),
        (True, '{"text":"trả lời 1"}'),
        (False, '{"update_id": 3}'),
        (True, '{"text":"trả lời 3"}'),
    ]
    assert newest == lines[1:]


async def test_a_page_that_was_cut_off_gets_exactly_what_it_missed(database: Database) -> None:
    """What is still on its way is not shown yet; what failed never is."""
    for number in (1, 2, 3):
        await exchange(database, number)
    async with database.begin() as uow:
        await uow.outbox.add([says("chưa", LAN_ON_THE_WEB)], NOW)
        await uow.commit()
    async with database.reading() as uow:
        first, *missed = await uow.chat_lines.replies_after(LAN_ON_THE_WEB, 0)
        assert [line.body for line in missed] == ['{"text":"trả lời 2"}', '{"text":"trả lời 3"}']
        assert await uow.chat_lines.replies_after(LAN_ON_THE_WEB, first.key) == missed
        assert await uow.chat_lines.replies_after(LAN_ON_THE_WEB, first.key, most=1) == missed[:1]
        assert await uow.chat_lines.replies_after(LAN_ON_THE_WEB, missed[-1].key) == []
        assert await uow.chat_lines.replies_after(SOMEBODY_ELSE, 0) == []


async def test_many_pages_that_look_together_each_get_their_own(database: Database) -> None:
    """As often as one statement needs to be kept in its short form, and for none at all."""
    for number, address in enumerate((LAN_ON_THE_WEB, SOMEBODY_ELSE, LAN_ON_THE_WEB)):
        await exchange(database, number, address)
    nobody = Address(Channel.WEBCHAT, "ef" * 32)
    for _ in range(5):
        async with database.reading() as uow:
            alone = [await uow.chat_lines.replies_after(whose, 0) for whose in (LAN_ON_THE_WEB, SOMEBODY_ELSE, nobody)]
            places = [ChatPlace(address=whose, after=0, most=50) for whose in (LAN_ON_THE_WEB, SOMEBODY_ELSE, nobody)]
            assert await uow.chat_lines.replies_after_each(places) == alone
            assert await uow.chat_lines.replies_after_each(places, since=NOW) == alone
            assert await uow.chat_lines.replies_after_each([]) == []
    assert [len(lines) for lines in alone] == [2, 1, 0]


async def test_nobody_looks_after_the_end(database: Database) -> None:
    await exchange(database, 1)
    places = [ChatPlace(address=whose, after=0, most=50) for whose in (LAN_ON_THE_WEB, SOMEBODY_ELSE)]
    for _ in range(4):
        async with database.reading() as uow:
            assert len(await uow.chat_lines.replies_after_each(places)) == 2
    with pytest.raises(NoOpenUnitOfWork):
        await uow.chat_lines.replies_after_each(places)
