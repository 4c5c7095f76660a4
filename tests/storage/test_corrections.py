"""What staff corrected is kept once a case, and handed out only where the truth is known and the desk is an open one."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.case import Case, Desk
from bot.domain.correction import Correction
from bot.domain.ward import Point
from storage import Database
from tests.storage.cast import BA_DINH, NOW, TAY_HO, a_case

DESKS = ((Desk.GENERAL, TAY_HO), (Desk.UNPLACED, None), (Desk.RESTRICTED, TAY_HO), (Desk.LEADERS, None))


def about(case: Case, **values: object) -> Correction:
    found = Correction(case_id=case.id, text=case.text, point=Point(21.05, 105.82), guess=(TAY_HO,), truth=BA_DINH, at=NOW)
    return replace(found, **values)  # type: ignore[arg-type]  # a test names the fields it needs


async def keep(database: Database, *corrections: Correction) -> None:
    async with database.begin() as uow:
        for correction in corrections:
            await uow.corrections.add(correction)
        await uow.commit()


async def kept(database: Database, *, after_id: int = 0, most: int = 500) -> list[Correction]:
    async with database.reading() as uow:
        return await uow.corrections.page(after_id=after_id, most=most)


async def test_a_correction_comes_back_as_it_was_kept(database: Database) -> None:
    first = about(await a_case(database))
    hostile = about(
        await a_case(database), text="=1+1\u202e <b>;\n'\"--", point=None, guess=(), at=NOW + timedelta(microseconds=1)
    )
    several = about(await a_case(database), point=Point(21.0, -105.0), guess=(TAY_HO, BA_DINH))
    await keep(database, several, first, hostile)
    assert await kept(database) == [first, hostile, several]


async def test_what_no_database_can_hold_is_replaced(database: Database) -> None:
    await keep(database, about(await a_case(database), text="a\ud800b\0c"))
    assert [correction.text for correction in await kept(database)] == ["a\ufffdb\ufffdc"]


async def test_a_second_move_changes_the_truth_and_nothing_else(database: Database) -> None:
    first = about(await a_case(database))
    later = NOW + timedelta(days=1)
    await keep(database, first, replace(first, truth=TAY_HO, at=later, text="other", guess=(BA_DINH,), point=None))
    assert await kept(database) == [replace(first, truth=TAY_HO, at=later)]


async def test_a_case_back_at_the_city_has_no_truth_to_hand_out(database: Database) -> None:
    """An empty truth would read as "no ward at all" in the set that routing is measured on."""
    first = about(await a_case(database))
    await keep(database, first, replace(first, truth=None))
    assert await kept(database) == []
    await keep(database, replace(first, truth=TAY_HO))
    assert await kept(database) == [replace(first, truth=TAY_HO)]


async def test_a_case_that_became_restricted_is_handed_out_no_longer(database: Database) -> None:
    cases = [await a_case(database, desk=desk, ward=ward) for desk, ward in DESKS]
    await keep(database, *(about(case) for case in cases))
    assert [correction.case_id for correction in await kept(database)] == [cases[0].id, cases[1].id]
    async with database.begin() as uow:
        await uow.cases.change(cases[0], desk=Desk.RESTRICTED)
        await uow.commit()
    assert [correction.case_id for correction in await kept(database)] == [cases[1].id]


async def test_they_are_read_a_page_at_a_time(database: Database) -> None:
    corrections = [about(await a_case(database)) for _ in range(5)]
    await keep(database, *corrections)
    read: list[Correction] = []
    pages = 0
    while page := await kept(database, after_id=read[-1].case_id if read else 0, most=2):
        read, pages = read + page, pages + 1
    assert (read, pages) == (corrections, 3)


async def test_without_a_commit_nothing_is_kept(database: Database) -> None:
    case = await a_case(database)
    async with database.begin() as uow:
        await uow.corrections.add(about(case))
    assert await kept(database) == []
