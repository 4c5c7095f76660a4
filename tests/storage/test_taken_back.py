"""What undoes an act of a moment ago: held replies are dropped while nobody has them, cases stand as they stood."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import Desk
from bot.domain.people import Channel
from bot.domain.reply import NewReply
from bot.domain.thread import Author, NewMessage
from bot.errors import StaleVersion
from storage import Database
from tests.storage.cast import BA_DINH, HOA, LAN, LEASE, NOW, a_case, file_case, hire, says

HOLD = timedelta(seconds=30)


def held(what: NewReply, about: str) -> NewReply:
    return replace(what, about=about, hold=HOLD)


async def waiting(database: Database) -> list[str]:
    """What would be sent once every hold is over."""
    async with database.begin() as uow:
        later = NOW + timedelta(hours=1)
        taken = await uow.outbox.claim(owner="look", channels=list(Channel), now=later, lease=LEASE, most=20)
    return [queued.reply.text for queued in taken]


async def test_a_held_reply_is_dropped_and_nothing_else(database: Database) -> None:
    """Neither the same resident's other replies, nor somebody else's about the same."""
    async with database.begin() as uow:
        await uow.outbox.add([held(says("Đã chuyển."), "held:A:3"), held(says("Khác", HOA), "held:A:3")], NOW)
        await uow.commit()
    async with database.begin() as uow:
        assert await uow.outbox.take_back(LAN, "held:A:3", NOW)
        assert not await uow.outbox.take_back(LAN, "held:A:3", NOW)
        assert not await uow.outbox.take_back(LAN, "", NOW)
        await uow.commit()
    assert await waiting(database) == ["Khác"]


async def test_what_is_on_its_way_cannot_be_taken_back(database: Database) -> None:
    async with database.begin() as uow:
        await uow.outbox.add([held(says("Trả lời"), "held:A:3")], NOW)
        await uow.commit()
    late = NOW + HOLD
    async with database.begin() as uow:
        [_] = await uow.outbox.claim(owner="sender", channels=list(Channel), now=late, lease=LEASE, most=5)
        await uow.commit()
    async with database.begin() as uow:
        assert not await uow.outbox.take_back(LAN, "held:A:3", late)


async def test_a_case_stands_as_it_stood(database: Database) -> None:
    """Ward, desk, owner and hops come back; the version rises, so that no older form changes it."""
    async with database.begin() as uow:
        minh = await hire(uow)
        case = await uow.cases.own(await file_case(uow), minh.id, NOW)
        moved = await uow.cases.change(case, ward_code=BA_DINH, desk=Desk.GENERAL, is_hop=True)
        back = await uow.cases.put_back(moved, case)
        await uow.commit()
    assert (back.ward_code, back.desk, back.owner_id, back.owner_until, back.hops) == (
        case.ward_code,
        case.desk,
        case.owner_id,
        case.owner_until,
        case.hops,
    )
    assert back.version == moved.version + 1
    async with database.begin() as uow:
        with pytest.raises(StaleVersion):
            await uow.cases.put_back(moved, case)


async def test_an_unsent_answer_stays_as_a_note(database: Database) -> None:
    case = await a_case(database)
    async with database.begin() as uow:
        message = await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.STAFF, text="Sẽ đến.", at=NOW))
        await uow.cases.keep_as_note(case, message)
        await uow.commit()
    async with database.reading() as uow:
        [kept] = await uow.cases.thread(case.id)
        now_it_is = await uow.cases.by_code(case.code)
    assert (kept.author, kept.text) == (Author.NOTE, "Sẽ đến.")
    assert now_it_is is not None
    assert now_it_is.version == case.version + 2
