"""What happens to cases as one stream: in order, to whom it may concern, announced once it is kept."""

import pytest

from bot.bell import Bell
from bot.domain.case import Desk
from bot.domain.people import Role
from bot.domain.thread import CaseEvent, EventKind
from storage import Database
from storage.news import _after, _newest
from tests.statements import statements_of
from tests.storage.cast import BA_DINH, NOW, a_case, officer
from tests.storage.test_plans import plan


async def record(database: Database, case_id: object, kind: EventKind = EventKind.ADDED) -> None:
    async with database.begin() as uow:
        await uow.cases.record(CaseEvent(case_id=case_id, kind=kind, at=NOW))  # type: ignore[arg-type]  # a case's id
        await uow.commit()


async def test_news_come_in_order_after_the_place_one_knows(database: Database) -> None:
    """Whoever knows a place gets what came after it, oldest first, as much as asked for."""
    lane, drain = await a_case(database), await a_case(database, ward=BA_DINH)
    for case, kind in ((lane, EventKind.FILED), (drain, EventKind.FILED), (lane, EventKind.ADDED)):
        await record(database, case.id, kind)
    async with database.reading() as uow:
        everything = await uow.news.after(0, most=10)
        assert [(news.case_id, news.kind, news.ward_code) for news in everything] == [
            (lane.id, EventKind.FILED, lane.ward_code),
            (drain.id, EventKind.FILED, BA_DINH),
            (lane.id, EventKind.ADDED, lane.ward_code),
        ]
        assert await uow.news.newest() == everything[-1].id
        assert await uow.news.after(everything[0].id, most=1) == [everything[1]]
        assert await uow.news.after(everything[-1].id, most=10) == []


async def test_without_any_case_there_is_no_news(database: Database) -> None:
    async with database.reading() as uow:
        assert (await uow.news.newest(), await uow.news.after(0, most=10)) == (0, [])


async def test_only_what_the_viewer_may_see_has_a_code(database: Database) -> None:
    """An officer learns the codes of the ward's general desk; neither the restricted case's nor the other ward's."""
    mine = await a_case(database)
    about_official = await a_case(database, desk=Desk.RESTRICTED)
    elsewhere = await a_case(database, ward=BA_DINH)
    ids = {mine.id, about_official.id, elsewhere.id}
    async with database.reading() as uow:
        assert await uow.news.visible_codes(officer(), ids) == {mine.id: mine.code}
        named = await uow.news.visible_codes(officer(role=Role.RESTRICTED_OFFICER), ids)
        assert named == {mine.id: mine.code, about_official.id: about_official.code}
        assert await uow.news.visible_codes(officer(None, Role.OPERATOR), ids) == {}
        assert await uow.news.visible_codes(officer(), ()) == {}


async def test_the_desk_hears_of_it_once_it_is_kept(database: Database, bell: Bell) -> None:
    """Not before the commit, not for what was rolled back, not for work that is about no case."""
    case = await a_case(database)
    with bell.listen_desk() as ring:
        async with database.begin() as uow:
            await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ADDED, at=NOW))
            assert not ring.is_set()
        assert not ring.is_set()
        async with database.begin() as uow:
            await uow.audit.record(action="looked", now=NOW)
            await uow.commit()
        assert not ring.is_set()
        await record(database, case.id)
        assert ring.is_set()
    await record(database, case.id)  # nobody listens any more: nothing is left behind
    assert bell._desk == set()


@pytest.mark.parametrize("statement", [_newest, _after])
async def test_news_are_found_by_the_primary_key(sqlite_database: Database, statement: object) -> None:
    """However long the history is, only what is new is read."""
    steps = await plan(sqlite_database, statement)  # type: ignore[arg-type]  # both are statements
    assert any("SEARCH case_events" in step for step in steps), steps
    assert not any(step.startswith("SCAN") or "TEMP B-TREE" in step for step in steps), steps


async def test_visible_codes_are_one_statement(sqlite_database: Database) -> None:
    case = await a_case(sqlite_database)
    with statements_of(sqlite_database) as seen:
        async with sqlite_database.reading() as uow:
            await uow.news.visible_codes(officer(), range(case.id, case.id + 500))  # type: ignore[arg-type]  # ids
    assert len([statement for statement in seen if statement.startswith("SELECT")]) == 1
