"""What was kept before there were keys is sealed at the next start, and everything is found as it was."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.people import Language
from bot.domain.privacy import NewConsent, Purpose
from bot.domain.queueing import QueueFilter
from bot.domain.thread import Author, NewMessage
from bot.errors import NotOurSeal, SettingsError
from bot.ports import RawUpdate
from bot.sealing import SecretKeySealer
from bot.vault import SecretMasterKey
from storage import Database, sealing_up
from tests.conftest import Place
from tests.security.dumps import dump, where
from tests.storage.cast import LAN, LAN_ON_THE_WEB, NOW, a_case, claim, file_case, officer, photo, resident

KEY = "the key of the tests, forty letters long"
NEEDLES = [LAN.external_id * 2, LAN_ON_THE_WEB.external_id, "Thụy Khuê", "thuy", "hố ga", "a" * 64, "0912 345 678", "bí mật"]
HER = LAN.__class__(LAN.channel, LAN.external_id * 2)  # long enough to stand nowhere by chance


class PowerIsGone(Exception):
    """In the middle of it."""


def sealed(place: Place, key: str = KEY) -> Database:
    return Database(place.url, data_dir=place.data_dir, master=SecretMasterKey(key))


async def live_a_day(place: Place) -> tuple[str, int]:
    """Lan wrote, left a number and an open draft, and has a case; nothing of it was sealed then but by the one key."""
    database = place.database()
    await database.open()
    async with database.begin() as uow:
        case = await file_case(uow, address=HER, place_key="ngo thuy khue")
        sealer = SecretKeySealer(KEY)
        message = NewMessage(
            case_id=case.id,
            author=Author.RESIDENT,
            text="Số tôi ••••",
            at=NOW,
            sealed=sealer.seal("Số tôi 0912 345 678"),
            files=(photo(),),
        )
        message_id = await uow.cases.add_message(message)
        consent = NewConsent(
            purpose=Purpose.CONTACT, text_version="1", language=Language.VI, channel=HER.channel, at=NOW, case_code=case.code
        )
        consent_id = await uow.identities.agree(case.resident_id, consent)
        await uow.identities.keep(case.resident_id, sealer.seal("0912 345 678"), consent_id, NOW)
        on_the_web = await resident(uow, LAN_ON_THE_WEB)
        draft = Draft(serial="1", started_at=NOW, parts=(DraftPart(source_id="1", text="bí mật", files=(photo("b"),)),))
        await uow.conversations.put(
            Conversation(address=LAN_ON_THE_WEB, resident_id=on_the_web.resident_id, draft=draft, draft_due_at=NOW), NOW
        )
        await uow.inbox.keep(
            [RawUpdate(channel=HER.channel, external_id="7", address_id=HER.external_id, body="bí mật")], NOW
        )
        await uow.retention.doom(["a" * 64, "c" * 64], NOW)
        await uow.commit()
    await database.close()
    return case.code, message_id


async def test_s21_what_lay_open_is_sealed_at_the_next_start(database_place: Place) -> None:
    """S21: Before, a dump tells it all, after it nothing; Lan's words, number, draft, files and search are as they were."""
    code, message_id = await live_a_day(database_place)
    told = {one.rpartition(": ")[2] for one in where(NEEDLES, await dump(database_place))}
    assert told == set(NEEDLES) - {"0912 345 678"}
    database = sealed(database_place)
    await database.open()
    sealer = SecretKeySealer(KEY)
    async with database.begin() as uow:
        found = await uow.cases.queue(officer(), QueueFilter(words="thuy khuê"), most=5)
        assert [line.code for line in found.lines] == [code]
        assert "Thụy Khuê" in found.lines[0].excerpt
        assert sealer.open(await uow.cases.sealed_words(message_id)) == "Số tôi 0912 345 678"
        met = await uow.conversations.get(HER)
        assert met.resident_id is not None
        identity = await uow.identities.get(met.resident_id)
        assert identity is not None
        assert sealer.open(identity.sealed) == "0912 345 678"
        draft = (await uow.conversations.get(LAN_ON_THE_WEB)).draft
        assert draft is not None
        assert draft.text == "bí mật"
        assert [await uow.retention.is_needed(letter * 64) for letter in "abc"] == [True, True, False]
        assert sorted(await uow.retention.doomed(now=NOW, most=5)) == ["a" * 64, "c" * 64]
        thread = await uow.cases.thread((await uow.erasure.cases_of(met.resident_id))[0].id)
        assert thread[0].attachments[0].file == photo()
        await uow.commit()
    assert await claim(database) == ["7"]
    await a_case(database, address=HER, text="Ngõ 5 Thụy Khuê ngập")
    await database.close()
    assert where(NEEDLES, await dump(database_place)) == []


async def test_killed_in_the_middle_it_goes_on_at_the_next_start(
    database_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After every portion in turn the power goes; whatever was done by then, the next start does the rest."""
    await live_a_day(database_place)
    monkeypatch.setattr(sealing_up, "PORTION", 1)
    database, lives, left = sealed(database_place), 0, 0
    whole = database._transaction

    @asynccontextmanager
    async def dying(*, straight: bool = False) -> AsyncIterator[AsyncConnection]:
        async with whole(straight=straight) as connection:
            yield connection
            nonlocal left
            left -= 1
            if left == 0:
                raise PowerIsGone

    monkeypatch.setattr(database, "_transaction", dying)
    while True:
        left, lives = 8, lives + 1  # the schema, the claims and the keys take some of them
        try:
            await database.open()
        except PowerIsGone:
            continue
        break
    await database.close()
    assert lives > 3
    assert where(NEEDLES, await dump(database_place)) == []


async def test_another_secret_key_opens_nothing_and_says_so(database_place: Place) -> None:
    first = sealed(database_place)
    await first.open()
    await first.close()
    other = sealed(database_place, "another key of the tests, forty letters.")
    with pytest.raises(SettingsError) as refused:
        await other.open()
    assert refused.value.values["line"].startswith("HOMTHU_SECRET_KEY: ")


async def test_s21_who_destroys_a_cases_key_has_destroyed_what_an_old_copy_holds(database_place: Place) -> None:
    """S21: The rows of a backup come back, the key does not: Lan's number stays unread for ever."""
    _, message_id = await live_a_day(database_place)
    database = sealed(database_place)
    await database.open()
    async with database._transaction() as connection:
        kept = (await connection.execute(text("SELECT id, sealed FROM messages WHERE sealed <> ''"))).all()
    async with database.begin() as uow:
        met = await uow.conversations.get(HER)
        assert met.resident_id is not None
        [case] = await uow.erasure.cases_of(met.resident_id)
        assert await uow.cases.sealed_words(message_id)
        await uow.erasure.erase(case, tombstone="x", now=NOW)
        await uow.commit()
    async with database._transaction() as connection:
        for row in kept:
            await connection.execute(text("UPDATE messages SET sealed = :sealed WHERE id = :id"), dict(row._mapping))
        await connection.commit()
    async with database.reading() as uow:
        with pytest.raises(NotOurSeal):
            await uow.cases.sealed_words(message_id)
    await database.close()
