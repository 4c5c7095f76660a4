"""Filing a case and adding to it, on the real database."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.case import CaseCode, CaseKind, Desk
from bot.domain.clocks.setting import new_round
from bot.domain.draft import Conversation, Draft, DraftPart
from bot.domain.people import Address, Channel
from bot.domain.thread import EventKind
from bot.domain.ward import WardCode
from bot.domain.working_time import WorkingCalendar, due_after, with_changes
from bot.errors import EmptyText
from bot.ports import Storage, UnitOfWork
from bot.services.add_to_case import Edited, add_to_case, edit_in_case
from bot.services.file_case import file_case
from bot.services.working_calendar import load_calendar
from storage import Database
from tests.dialogue.driver import MONDAY, ZONE, hanoi, stored

LAN = Address(Channel.WEBCHAT, "lan")
CITY = hanoi()


def draft(*words: str, **values: object) -> Draft:
    parts = tuple(DraftPart(source_id=f"m{at}", text=text) for at, text in enumerate(words, 1))
    given: dict[str, object] = {"serial": "ABC234", "started_at": MONDAY, "parts": parts, "kind": CaseKind.VIOLATION}
    return Draft(**(given | values))  # type: ignore[arg-type]  # a test names the fields it needs


async def test_everything_is_filed_in_one_unit_of_work(database: Database) -> None:
    """Case, thread, event and audit together, or nothing."""
    found = draft("rác", "nhiều", ward_codes=(WardCode("00103"),), category="vio_litter", trace=("why",))
    async with database.begin() as uow:
        lost = await file_case(uow, conversation=Conversation(address=LAN), draft=found, city=CITY, now=MONDAY)
    async with database.reading() as uow:
        assert await uow.cases.by_code(lost.code) is None
    async with database.begin() as uow:
        case = await file_case(uow, conversation=Conversation(address=LAN), draft=found, city=CITY, now=MONDAY)
        await uow.commit()
    async with database.reading() as uow:
        assert await uow.cases.by_source(LAN, "m1") is not None
        assert [message.text for message in await uow.cases.thread(case.id)] == ["rác", "nhiều"]
        [event] = await uow.cases.timeline(case.id)
        given = new_round(MONDAY, 10, CITY.calendar.current(), is_urgent=False)
        assert given.due_at == case.due_at
        assert (event.kind, event.details) == (
            EventKind.FILED,
            {"kind": "violation_public", "desk": "general", "ward": "00103", **given.details()},
        )
        assert await uow.audit.verify() is None


async def test_filing_twice_finds_the_first(database: Database) -> None:
    for _ in range(3):
        async with database.begin() as uow:
            conversation = await uow.conversations.put(await uow.conversations.get(LAN), MONDAY)
            case = await file_case(uow, conversation=conversation, draft=draft("rác"), city=CITY, now=MONDAY)
            await uow.commit()
    async with database.reading() as uow:
        assert conversation.resident_id is not None
        assert [one.code for one in await uow.cases.of_resident(conversation.resident_id)] == [case.code]
        assert len(await uow.cases.thread(case.id)) == 1


@pytest.mark.parametrize("words", [(), ("",), ("  \n",)])
async def test_a_draft_without_words_is_not_filed(sqlite_database: Database, words: tuple[str, ...]) -> None:
    async with sqlite_database.begin() as uow:
        with pytest.raises(EmptyText):
            await file_case(uow, conversation=Conversation(address=LAN), draft=draft(*words), city=CITY, now=MONDAY)


@pytest.mark.parametrize(
    ("kind", "ward", "desk"),
    [
        (CaseKind.VIOLATION, "00103", Desk.GENERAL),
        (CaseKind.VIOLATION, None, Desk.UNPLACED),
        (CaseKind.CONDUCT, "00103", Desk.RESTRICTED),
        (CaseKind.CONDUCT, None, Desk.LEADERS),
    ],
)
async def test_the_desk_follows_kind_and_ward(
    sqlite_database: Database, kind: CaseKind, ward: str | None, desk: Desk
) -> None:
    found = draft("rác", kind=kind, ward_codes=(WardCode(ward),) if ward else ())
    async with sqlite_database.begin() as uow:
        case = await file_case(uow, conversation=Conversation(address=LAN), draft=found, city=CITY, now=MONDAY)
    assert case.desk is desk


async def test_a_change_of_the_table_moves_the_deadline_at_once(sqlite_database: Database) -> None:
    """No restart: the table is asked in the transaction that files."""

    async def due(uow: UnitOfWork) -> datetime:
        case = await file_case(uow, conversation=Conversation(address=LAN), draft=draft("rác"), city=CITY, now=MONDAY)
        return case.due_at

    async with sqlite_database.begin() as uow:
        before = await due(uow)
    async with sqlite_database.begin() as uow:
        await uow.calendar.put(date(2026, 11, 17), is_worked=False, note="")
        after = await due(uow)
    assert (before, after) == (datetime(2026, 12, 1, 10, tzinfo=UTC), datetime(2026, 12, 2, 10, tzinfo=UTC))


async def _filed(storage: Storage) -> tuple[CaseCode, int]:
    """A filed case: its code and the version it has now."""
    async with storage.begin() as uow:
        case = await file_case(uow, conversation=Conversation(address=LAN), draft=draft("rác"), city=CITY, now=MONDAY)
        await uow.commit()
    async with storage.reading() as uow:
        known = await uow.cases.by_code(case.code)
        assert known is not None
        return known.code, known.version


async def test_the_same_words_are_added_once_and_raise_the_version(database: Database) -> None:
    """A form that staff opened before is stale then: they see the new words before they close."""
    _, version = await _filed(database)
    part = DraftPart(source_id="m9", text="thêm", files=(stored(),))
    for _ in range(2):
        async with database.begin() as uow:
            case = await uow.cases.by_source(LAN, "m1")
            assert case is not None
            await add_to_case(uow, case=case, part=part, now=MONDAY, city=CITY)
            await uow.commit()
    async with database.reading() as uow:
        known = await uow.cases.by_source(LAN, "m1")
        assert known is not None
        thread = await uow.cases.thread(known.id)
        assert [message.text for message in thread] == ["rác", "thêm"]
        assert len(thread[1].attachments) == 1
        assert known.version == version + 1


async def test_an_edit_of_a_message_elsewhere_changes_nothing(database: Database) -> None:
    await _filed(database)
    async with database.begin() as uow:
        case = await uow.cases.by_source(LAN, "m1")
        assert case is not None
        for source_id, text, expected in (
            ("m77", "x", Edited.UNKNOWN),
            ("m1", "rác to", Edited.CHANGED),
            ("m1", "rác to", Edited.SAME),
        ):
            found = await edit_in_case(uow, case=case, source_id=source_id, text=text, now=MONDAY, city=CITY)
            assert found is expected
        await uow.commit()
    async with database.reading() as uow:
        assert [message.text for message in await uow.cases.thread(case.id)] == ["rác to"]


def test_the_table_wins_over_the_library() -> None:
    """The swap of 2 and 10 January 2026, which the library misses."""
    plain = load_calendar({}, ZONE, [2025, 2026])
    swapped = load_calendar({date(2026, 1, 2): False, date(2026, 1, 10): True}, ZONE, [2025, 2026])
    assert (plain.is_working(date(2026, 1, 2)), plain.is_working(date(2026, 1, 10))) == (True, False)
    assert (swapped.is_working(date(2026, 1, 2)), swapped.is_working(date(2026, 1, 10))) == (False, True)
    new_year = datetime(2025, 12, 31, 3, tzinfo=UTC)
    assert due_after(new_year, 1, plain).astimezone(ZONE).date() == date(2026, 1, 2)
    assert due_after(new_year, 1, swapped).astimezone(ZONE).date() == date(2026, 1, 5)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 2, 17), date(2026, 4, 30), date(2026, 9, 2), date(2027, 1, 1)])
def test_public_holidays_are_no_working_days(day: date) -> None:
    assert not CITY.calendar.current().is_working(day)


def test_a_change_can_be_taken_back() -> None:
    day = date(2026, 11, 21)  # a Saturday
    calendar = WorkingCalendar(frozenset({date(2026, 11, 18)}), frozenset({day}), ZONE)
    changed = with_changes(calendar, {day: False, date(2026, 11, 18): True})
    assert not changed.is_working(day)
    assert changed.is_working(date(2026, 11, 18))
