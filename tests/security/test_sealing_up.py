"""What was kept before there were keys is sealed at the next start, and everything is found as it was."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.case import Case, CaseCode
from bot.domain.closing import ClosingReport, NewClosing
from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.outcome import Outcome
from bot.domain.people import Language
from bot.domain.privacy import NewConsent, Purpose
from bot.domain.proposal import NewProposal, ProposalKind
from bot.domain.queueing import QueueFilter
from bot.domain.staffing import DraftForm, StaffDraft
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
from bot.errors import NotOurSeal, SettingsError
from bot.ports import RawUpdate, UnitOfWork
from bot.sealing import SecretKeySealer
from bot.vault import SecretMasterKey
from storage import Database, sealing_up
from tests.conftest import Place
from tests.security.dumps import dump, where
from tests.storage.cast import LAN, LAN_ON_THE_WEB, NOW, a_case, claim, file_case, hire, officer, photo, resident

KEY = "the key of the tests, forty letters long"
NEEDLES = [LAN.external_id * 2, LAN_ON_THE_WEB.external_id, "Thụy Khuê", "thuy", "hố ga", "a" * 64, "0912 345 678", "bí mật"]
OF_HER = "Chị Bưởi Tía ở ngõ Sương Mù"
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
        await staff_write_of_her(uow, case)
        await uow.retention.doom(["a" * 64, "c" * 64], NOW)
        await uow.commit()
    await database.close()
    return case.code, message_id


async def staff_write_of_her(uow: UnitOfWork, case: Case) -> None:
    """In every place in which they may."""
    minh = await hire(uow)
    report = ClosingReport(outcome=Outcome.DONE, text=OF_HER, what=OF_HER, unit=OF_HER, basis=OF_HER, handed_to=OF_HER)
    await uow.closings.add(
        NewClosing(case_id=case.id, at=NOW, closer_id=minh.id, report=report, message_id=None, minutes_open=1)
    )
    proposal = NewProposal(case_id=case.id, kind=ProposalKind.CLOSE, by=minh.id, at=NOW, version=1, report=report)
    await uow.proposals.add(replace(proposal, override_reason=OF_HER, words=OF_HER))
    await uow.openings.ask(case.id, asked_by=minh.id, reason=OF_HER, now=NOW)
    details = {"words": OF_HER}
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.MOVED, at=NOW, staff_id=minh.id, details=details))
    draft = StaffDraft(staff_id=minh.id, case_id=case.id, form=DraftForm.CLOSE, text=OF_HER, updated_at=NOW)
    await uow.drafts.put(replace(draft, fields={"what": OF_HER}))
    await uow.views.put(minh.id, OF_HER, f"words={OF_HER}")


async def test_s21_what_staff_wrote_of_her_is_sealed_and_is_as_it_was(database_place: Place) -> None:
    """S21: Closings, proposals, reasons, moves, drafts, saved views: all of them are read as before."""
    code, _ = await live_a_day(database_place)
    assert len({one.partition(":")[0] for one in where([OF_HER], await dump(database_place))}) >= 6
    database = sealed(database_place)
    await database.open()
    async with database.begin() as uow:
        case = await uow.cases.by_code(CaseCode(code))
        found = await uow.staff.by_username("minh")
        assert case is not None
        assert found is not None
        minh = found[0]
        closing = (await uow.closings.of_cases([case.id]))[case.id][-1]
        assert {closing.report.what, closing.report.unit, closing.report.basis, closing.report.handed_to} == {OF_HER}
        proposal = await uow.proposals.waiting(case.id)
        assert proposal is not None
        assert proposal.report is not None
        assert (proposal.report.text, proposal.override_reason, proposal.words) == (OF_HER,) * 3
        assert [opening.reason for opening in await uow.openings.of_case(case.id)] == [OF_HER]
        assert [event.details for event in await uow.cases.timeline(case.id)] == [{"words": OF_HER}]
        draft = (await uow.drafts.get(minh.id, case.id))[DraftForm.CLOSE]
        assert (draft.text, draft.fields) == (OF_HER, {"what": OF_HER})
        assert (await uow.views.put(minh.id, OF_HER, "again")).id == 1, "the same name is the same view"
        assert [(view.name, view.query) for view in await uow.views.of(minh.id)] == [(OF_HER, "again")]
        await uow.commit()
    await database.close()
    assert where([OF_HER], await dump(database_place)) == []


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
