"""An export tells of each case what reading it whole would tell, and opens nothing else."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import product
from typing import Any

import pytest
from sqlalchemy.dialects import postgresql, sqlite

from bot.domain.case import Case
from bot.domain.closing import Closing, ClosingReport, Ground, NewClosing
from bot.domain.incoming import FileKind, FileTrouble, StoredFile
from bot.domain.outcome import Outcome
from bot.domain.people import StaffMember
from bot.domain.reply import DeliveryState
from bot.domain.sheet_rows import ExportedCase, ExportedFile, ExportedMessage, LastClosing
from bot.domain.thread import Author, NewMessage
from bot.vault import KeyedVault, SecretMasterKey
from storage import Database
from storage.tables import outbox
from storage.types import ToldMoment, UtcDateTime
from tests.conftest import Place
from tests.storage.cast import LATER, NOW, every_case, file_case, hire, photo, says

STATES = list(DeliveryState)
PARTS = [0, 1, 500_000, 999_999]  # of a second, in millionths


def iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


async def a_busy_week(database: Database) -> None:
    """A case with everything in its thread: files, one of them gone, an edit, a note, answers in one or two replies."""
    async with database.begin() as uow:
        case, minh = await file_case(uow, source_id="busy", text="Đống rác"), await hire(uow, "busy")
        await file_case(uow, source_id="quiet")
        gone = StoredFile("", FileKind.VIDEO, "clip.mp4", "video/mp4", 30_000_000, "", FileTrouble.TOO_LARGE)
        words = NewMessage(case_id=case.id, author=Author.RESIDENT, text="Ngõ 21", at=NOW, files=(photo("a"), gone))
        await uow.cases.edit_message(await uow.cases.add_message(words), "Ngõ 12", LATER)
        note = NewMessage(case_id=case.id, author=Author.NOTE, text="xem", at=LATER, staff_id=minh.id)
        await uow.cases.add_message(note)
        pairs = list(product(STATES, [None, *STATES]))
        for number, _ in enumerate(pairs):
            at = NOW + timedelta(hours=number, microseconds=PARTS[number % len(PARTS)])
            answer = NewMessage(case_id=case.id, author=Author.STAFF, text=f"đáp {number}", at=at, staff_id=minh.id)
            message = await uow.cases.add_message(answer)
            replies = [says(f"đáp {number}", case=case, message_id=message) for state in pairs[number] if state]
            await uow.outbox.add(replies, at)
        await uow.commit()
    async with database._transaction() as connection:
        sent = (await connection.execute(outbox.select().order_by(outbox.c.id))).all()
        for row, state in zip(sent, [state for pair in pairs for state in pair if state], strict=True):
            await connection.execute(outbox.update().where(outbox.c.id == row.id).values(state=state.value))
        await connection.commit()


async def test_a_row_says_what_the_whole_case_says(database: Database) -> None:
    await a_busy_week(database)
    async with database.reading() as uow:
        exported, whole = await uow.cases.export(), await every_case(uow)
    assert len(exported) == 2
    assert len({line.delivery for line in exported[0].messages}) == 4
    for told, (case, thread) in zip(exported, whole, strict=True):
        lines = [
            ExportedMessage(
                *(line.author.value, line.text, iso(line.at) or "", iso(line.edited_at)),
                files=[ExportedFile(one.file.key, one.file.media_type, one.file.trouble) for one in line.attachments],
                delivery=line.delivery and line.delivery.value,
            )
            for line in thread
        ]
        assert [line._replace(files=list(line.files)) for line in told.messages] == lines
        assert told._replace(messages=()) == ExportedCase(
            *(case.id, case.code, case.kind.value, case.category, case.ward_code, case.desk.value),
            *(case.address.channel.value, case.source_id, case.status.value, case.outcome and case.outcome.value),
            *(case.text, iso(case.created_at) or "", iso(case.due_at) or "", iso(case.closed_at)),
            disputes=case.disputes,
            messages=(),
        )


def a_closing(case: Case, minh: StaffMember, outcome: Outcome, at: datetime, **waived: Any) -> NewClosing:
    report = ClosingReport(
        outcome=outcome,
        text="Lời của cán bộ",
        what="Thay bóng đèn",
        unit="Tổ điện",
        done_on=date(2026, 11, 20),
        planned_for=None,
        handed_to="Công an",
        is_handed_over=outcome is Outcome.REFUSED,
        ground=Ground.REPEATED if outcome is Outcome.REFUSED else None,
        basis="Điều 9",
    )
    return NewClosing(case_id=case.id, at=at, closer_id=minh.id, report=report, message_id=None, minutes_open=5, **waived)


def last_of(every: Sequence[Closing]) -> LastClosing:
    last = every[-1]
    said = last.report
    return LastClosing(
        *(len(every), last.is_gated, said.outcome, said.what, said.unit, said.done_on, said.planned_for, said.handed_to),
        *(said.is_handed_over, said.ground and said.ground.value, said.basis, last.has_evidence),
        is_overridden=last.overridden_by is not None,
    )


async def closings_of_three(database: Database) -> list[Case]:
    """Closed twice, closed once with a reason, never closed."""
    async with database.begin() as uow:
        minh = await hire(uow)
        twice, once, never = [await file_case(uow, source_id=str(number)) for number in range(3)]
        await uow.closings.add(a_closing(twice, minh, Outcome.DONE, NOW))
        await uow.closings.add(a_closing(once, minh, Outcome.DONE, NOW, override_reason="vội", overridden_by=minh.id))
        await uow.closings.add(a_closing(twice, minh, Outcome.REFUSED, LATER))
        await uow.commit()
    return [twice, once, never]


async def test_a_last_closing_says_what_the_whole_one_says(database: Database) -> None:
    ids = [case.id for case in await closings_of_three(database)]
    async with database.reading() as uow:
        every, found = await uow.closings.of_cases(ids), await uow.closings.last_of(ids)
        assert await uow.closings.last_of([]) == {}
    assert {ids.index(case_id): told.times for case_id, told in found.items()} == {0: 2, 1: 1}
    assert found == {case_id: last_of(closings) for case_id, closings in every.items()}
    assert [found[ids[0]].outcome, found[ids[1]].is_overridden] == [Outcome.REFUSED, True]


async def test_what_is_not_told_is_not_opened(database_place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither names of files nor what staff said to themselves about a closing."""
    database = Database(database_place.url, data_dir=database_place.data_dir, master=SecretMasterKey("k" * 43))
    await database.open()
    await a_busy_week(database)
    ids = [case.id for case in await closings_of_three(database)]
    opened: list[str] = []
    really = KeyedVault.open

    def noted(vault: KeyedVault, sealed: str) -> str:
        opened.append(really(vault, sealed))
        return opened[-1]

    monkeypatch.setattr(KeyedVault, "open", noted)
    async with database.reading() as uow:
        cases = await uow.cases.export()
        closings = await uow.closings.last_of(ids)
    told = {case.text for case in cases} | {line.text for case in cases for line in case.messages}
    told |= {words for one in closings.values() for words in (one.what, one.unit, one.handed_to, one.basis)}
    assert set(opened) == told
    assert {"Đống rác", "Ngõ 12", "Thay bóng đèn"} < told
    await database.close()


@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize("hours", [0, 7, -5])
def test_a_moment_is_told_as_python_tells_it(parts: int, hours: int) -> None:
    """Whatever zone and length an older program wrote it in."""
    moment = datetime(2026, 2, 3, 4, 5, 6, parts, tzinfo=timezone(timedelta(hours=hours)))
    told = ToldMoment().result_processor(sqlite.dialect(), None)
    for written in (moment.isoformat(" ", "microseconds"), moment.isoformat(" "), moment.astimezone(UTC).isoformat(" ")):
        assert told(written) == iso(moment)
    kept = UtcDateTime().bind_processor(sqlite.dialect())(moment)
    assert told(kept) == iso(moment)
    assert told(None) is None
    assert ToldMoment().result_processor(postgresql.dialect(), None)(moment) == iso(moment)  # type: ignore[no-untyped-call]
