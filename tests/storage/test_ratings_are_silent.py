"""Nothing that is stored beside a rating tells that somebody rated (L-37): what no table holds, no page can ever show."""

from sqlalchemy import select

from bot.domain.case import CaseStatus
from bot.domain.outcome import Outcome
from bot.services.rate_case import rate_case
from storage import Database
from storage.tables import metadata
from storage.unit_of_work import SqlUnitOfWork
from tests.storage.cast import LATER, NOW, a_case


async def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for the ratings."""
    async with database.reading() as uow:
        assert isinstance(uow, SqlUnitOfWork)
        return {
            table.name: sorted((tuple(row) for row in await uow._link.rows(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name != "ratings"
        }


async def test_a_rating_leaves_no_trace_in_any_other_table(database: Database) -> None:
    """No event, no news, no audit, no notice, no version; and it is itself kept."""
    case = await a_case(database)
    async with database.begin() as uow:
        closed = await uow.cases.change(case, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=NOW)
        await uow.commit()
    before = await everything(database)
    assert len(before) > 30
    assert before["cases"]
    for is_resolved, stars in ((True, None), (True, 1), (False, None)):
        async with database.begin() as uow:
            assert await rate_case(uow, case=closed, is_resolved=is_resolved, stars=stars, now=LATER)
            await uow.commit()
        async with database.reading() as uow:
            assert await uow.ratings.get(case.id, NOW)
        assert await everything(database) == before
