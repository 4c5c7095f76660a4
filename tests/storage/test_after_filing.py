"""Ratings, wrong secrets, cases of one matter: on both engines, and found through an index."""

from datetime import timedelta

import pytest

from bot.domain.case import Case, CaseStatus
from bot.domain.outcome import Outcome
from bot.domain.thread import Author, NewMessage
from bot.errors import StaleVersion
from bot.ports import Rating
from storage import Database, joined_cases, ratings, shown_cases
from tests.storage.cast import HOA, LAN, NOW, TAY_HO, a_case, file_case, photo, resident, says
from tests.storage.test_plans import plan

HOUR = timedelta(hours=1)


async def test_there_is_one_rating_for_each_closing(database: Database) -> None:
    case = await a_case(database)
    async with database.begin() as uow:
        assert await uow.ratings.put(Rating(case_id=case.id, closed_at=NOW, is_resolved=True, stars=None, at=NOW))
        assert not await uow.ratings.put(Rating(case_id=case.id, closed_at=NOW, is_resolved=True, stars=4, at=NOW))
        later = NOW + HOUR
        assert await uow.ratings.put(Rating(case_id=case.id, closed_at=later, is_resolved=False, stars=None, at=later))
        await uow.commit()
    async with database.reading() as uow:
        first, second = await uow.ratings.get(case.id, NOW), await uow.ratings.get(case.id, NOW + HOUR)
        assert await uow.ratings.get(case.id, NOW - HOUR) is None
    assert first is not None
    assert second is not None
    assert (first.stars, first.is_resolved, second.is_resolved) == (4, True, False)


async def test_wrong_secrets_are_counted_within_their_hour(database: Database) -> None:
    """By address; the first after the hour begins a new one."""
    async with database.begin() as uow:
        for minutes in (0, 10, 20):
            await uow.tries.add(LAN, now=NOW + timedelta(minutes=minutes), window=HOUR)
        await uow.commit()
    async with database.begin() as uow:
        assert await uow.tries.since(LAN, now=NOW + timedelta(minutes=30), window=HOUR) == 3
        assert await uow.tries.since(HOA, now=NOW, window=HOUR) == 0
        assert await uow.tries.since(LAN, now=NOW + HOUR, window=HOUR) == 0
        await uow.tries.add(LAN, now=NOW + 2 * HOUR, window=HOUR)
        assert await uow.tries.since(LAN, now=NOW + 2 * HOUR, window=HOUR) == 1
        await uow.commit()


async def close(database: Database, case: Case) -> Case:
    async with database.begin() as uow:
        closed = await uow.cases.change(case, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=NOW)
        await uow.commit()
    return closed


async def test_a_case_is_opened_again_with_a_new_deadline(database: Database) -> None:
    """It leaves what it had joined, and a form that is older than that is stale."""
    closed = await close(database, await a_case(database))
    due_at = NOW + timedelta(days=20)
    async with database.begin() as uow:
        opened = await uow.cases.reopen(closed, due_at=due_at, is_disputed=True)
        with pytest.raises(StaleVersion):
            await uow.cases.reopen(closed, due_at=due_at, is_disputed=True)
        await uow.commit()
    assert (opened.status, opened.outcome, opened.closed_at) == (CaseStatus.OPEN, None, None)
    assert (opened.due_at, opened.disputes, opened.version) == (due_at, 1, closed.version + 1)


async def test_only_open_general_cases_of_the_ward_and_category_are_alike(database: Database) -> None:
    """Newest first; not the closed one, not the old one, not the other ward's."""
    first, second = await a_case(database), await a_case(database, address=HOA)
    await close(database, await a_case(database))
    async with database.reading() as uow:
        found = await uow.cases.alike(ward_code=TAY_HO, category="lighting", since=NOW)
        assert {case.code for case in found} == {first.code, second.code}
        assert await uow.cases.alike(ward_code=TAY_HO, category="litter", since=NOW) == []
        assert await uow.cases.alike(ward_code=TAY_HO, category="lighting", since=NOW + HOUR) == []
        assert len(await uow.cases.alike(ward_code=TAY_HO, category="lighting", since=NOW, most=1)) == 1
        assert (await uow.cases.by_id(first.id)) == first
        assert await uow.cases.joined(first.id) == []


async def test_neighbours_are_counted_and_the_version_rises(database: Database) -> None:
    case = await a_case(database)
    async with database.begin() as uow:
        one = await uow.cases.count_joined(case.id, 1)
        same = await uow.cases.count_joined(case.id, 0)
        none = await uow.cases.count_joined(case.id, -1)
        await uow.commit()
    assert [(found.joined_count, found.version) for found in (one, same, none) if found] == [(1, 2), (1, 3), (0, 4)]


async def test_a_resident_is_shown_the_newest_answer_and_the_first_photo(database: Database) -> None:
    case = await a_case(database)
    async with database.begin() as uow:
        assert await uow.cases.newest_answer(case.id) is None
        assert await uow.cases.first_photo(case.id) == ""
        kept = (photo("a"), photo("b"))
        await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.RESIDENT, text="x", at=NOW, files=kept))
        for author, words in ((Author.STAFF, "một"), (Author.STAFF, "hai"), (Author.NOTE, "ghi chú")):
            await uow.cases.add_message(NewMessage(case_id=case.id, author=author, text=words, at=NOW))
        answer = await uow.cases.newest_answer(case.id)
        assert answer is not None
        assert (answer.text, answer.is_undelivered) == ("hai", False)
        assert await uow.cases.first_photo(case.id) == "f" * 64
        await uow.commit()


async def test_cases_are_paged_without_gaps(database: Database) -> None:
    async with database.begin() as uow:
        filed = [(await file_case(uow)).code for _ in range(7)]
        who = (await resident(uow)).resident_id
        assert who is not None
        await uow.outbox.add([says("x")], NOW)
        page = await uow.cases.of_resident(who, most=3)
        seen = list(page)
        while page:
            page = await uow.cases.of_resident(who, most=3, before=page[-1].id)
            seen += page
        await uow.commit()
    assert [case.code for case in seen] == filed[::-1]


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (joined_cases._alike, "ix_cases_alike"),
        (joined_cases._joined, "ix_cases_joined"),
        (shown_cases._newest, "ix_messages_case"),
        (shown_cases._failed, "ix_outbox_message"),
        (shown_cases._first_photo, "ix_messages_case"),
        (ratings._get, "sqlite_autoindex_ratings_1"),
        (ratings._tries, "sqlite_autoindex_secret_tries_1"),
    ],
)
async def test_each_is_found_by_its_index(sqlite_database: Database, statement: object, index: str) -> None:
    told = "\n".join(await plan(sqlite_database, statement))  # type: ignore[arg-type]  # each is a statement
    assert index in told
    assert "SCAN" not in told
