"""What one process commits, the others hear moments later, without anybody's address on the way."""

import asyncio
from contextlib import ExitStack

import pytest
from sqlalchemy import text

from bot.bell import Bell
from bot.domain.people import Address, Channel
from bot.domain.thread import CaseEvent, EventKind
from storage import Database, wire
from storage.wire import Wire
from tests.conftest import Place
from tests.storage.cast import LAN, LAN_ON_THE_WEB, NOW, a_case, keep, says, update

WITHIN = 20.0  # seconds; on a busy machine
QUIET = 0.3  # seconds in which nothing may be heard
HOA_ON_THE_WEB = Address(Channel.WEBCHAT, "cd" * 32)


class Listening:
    """A second process: who listens there, and whether they heard anything."""

    def __init__(self, stack: ExitStack) -> None:
        self.bell = Bell()
        self.mail = asyncio.Event()
        stack.enter_context(self.bell.listen_mail(self.mail))
        self.desk = stack.enter_context(self.bell.listen_desk())
        self.lan = stack.enter_context(self.bell.listen(LAN_ON_THE_WEB))
        self.hoa = stack.enter_context(self.bell.listen(HOA_ON_THE_WEB))
        self.telegram = stack.enter_context(self.bell.listen(LAN))

    async def hears(self, *events: asyncio.Event) -> None:
        """All of these, and none of the others."""
        async with asyncio.timeout(WITHIN):
            for event in events:
                await event.wait()
        await asyncio.sleep(QUIET)
        others = {self.mail, self.desk, self.lan, self.hoa, self.telegram} - set(events)
        assert not any(event.is_set() for event in others)
        for event in events:
            event.clear()


async def test_the_other_process_hears_of_mail_of_cases_and_of_its_chats(postgres_place: Place, bell: Bell) -> None:
    """Each bell alone, also after the server ended the session that listens."""
    with ExitStack() as stack:
        there = Listening(stack)
        one, other = postgres_place.database(bell), postgres_place.database(there.bell)
        await one.open()
        await other.open()
        case = await a_case(one)
        await _happens(one, lambda uow: uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.NOTED, at=NOW)))
        await there.hears(there.desk)
        await keep(one, update(1, "lan"))
        await there.hears(there.mail)
        await _happens(one, lambda uow: uow.outbox.add([says("x", LAN_ON_THE_WEB), says("y", LAN)], NOW))
        await there.hears(there.lan)
        await _end_session(one, other.owner)
        await other.free_claims_of_the_dead()  # each process does, every other second
        await keep(one, update(2, "lan"))
        await there.hears(there.mail)
        await one.close()
        await other.close()


async def _happens(database: Database, what: object) -> None:
    async with database.begin() as uow:
        await what(uow)  # type: ignore[operator]  # a lambda with one argument
        await uow.commit()


async def _end_session(database: Database, number: str) -> None:
    async with database._transaction() as connection:  # no noun of ours ends a session
        ended = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid::text = :number"
        await connection.execute(text(ended), {"number": number})
        await connection.commit()


async def test_what_is_rolled_back_rings_nowhere(postgres_place: Place, bell: Bell) -> None:
    with ExitStack() as stack:
        there = Listening(stack)
        one, other = postgres_place.database(bell), postgres_place.database(there.bell)
        await one.open()
        await other.open()
        async with one.begin() as uow:
            await uow.inbox.keep([update(1, "lan")], NOW)
        await there.hears()
        await one.close()
        await other.close()


async def test_a_burst_is_one_message_without_an_address_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand chats at once are no longer named: every open page looks."""
    sent: list[str] = []

    async def send(news: str) -> None:
        sent.append(news)

    far = Bell()
    here, there = Wire(Bell(), send), Wire(far, send)
    for number in range(5):
        here.tell([LAN_ON_THE_WEB, LAN], desk=number == 0, mail=number == 1)
    await asyncio.sleep(3 * wire.GATHER)
    assert len(sent) == 1
    assert LAN_ON_THE_WEB.external_id[:6] not in sent[0]
    with far.listen(LAN_ON_THE_WEB) as lan, far.listen(HOA_ON_THE_WEB) as hoa:
        there.hear(sent[0])
        assert (lan.is_set(), hoa.is_set()) == (True, False)
        here.tell([Address(Channel.WEBCHAT, str(number)) for number in range(1000)], desk=False, mail=False)
        await asyncio.sleep(3 * wire.GATHER)
        assert sent[1:] == ["all"]
        there.hear(sent[1])
        assert hoa.is_set()
