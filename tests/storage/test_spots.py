"""Where a case is lies sealed; what lies open finds neighbours and leads to nobody's door. Each on both engines."""

import pytest
from sqlalchemy import delete, text, update

from bot.domain.case import Case, Desk
from bot.domain.correction import Correction
from bot.domain.people import Role
from bot.domain.ward import Point
from bot.ports import UnitOfWork
from bot.vault import SecretMasterKey
from storage import Database
from storage.tables import cases, routing_corrections, sealed_tables
from tests.conftest import Place
from tests.security.dumps import dump, where
from tests.storage.cast import NOW, TAY_HO, file_case, officer

DOOR = Point(21.070123456, 105.820654321, 12.0)
DIGITS = ["070123", "820654"]
NEXT_DOOR = Point(21.071123, 105.821654)  # 152 m away
KEY = "the key of the tests, forty letters long"


def sealed(place: Place) -> Database:
    return Database(place.url, data_dir=place.data_dir, master=SecretMasterKey(KEY))


async def at(uow: UnitOfWork, point: Point, desk: Desk = Desk.GENERAL) -> Case:
    case = await file_case(uow, point=point, desk=desk)
    await uow.corrections.add(Correction(case_id=case.id, text="Ổ gà", point=point, guess=(), truth=TAY_HO, at=NOW))
    return case


async def test_s3_a_dump_tells_nobody_whose_door_it_is(database_place: Place) -> None:
    database = sealed(database_place)
    await database.open()
    async with database.begin() as uow:
        case = await at(uow, DOOR)
        await uow.commit()
    during = await dump(database_place)
    async with database.reading() as uow:
        found = await uow.cases.by_code(case.code)
        [taught] = await uow.corrections.page()
    await database.close()
    assert found is not None
    assert found.point == taught.point == DOOR
    assert where(DIGITS, during) == where(DIGITS, await dump(database_place)) == []


@pytest.mark.parametrize("desk", [Desk.RESTRICTED, Desk.LEADERS])
async def test_of_a_case_about_an_official_nothing_lies_open_wherever_it_was_before(database: Database, desk: Desk) -> None:
    async with database.begin() as uow:
        there, moved = await at(uow, DOOR, desk), await at(uow, DOOR)
        moved = await uow.cases.change(moved, desk=desk)
        assert there.point == moved.point == DOOR
        await uow.commit()
    async with database._transaction() as connection:
        rows = (await connection.execute(text("SELECT lat, lon, accuracy FROM cases"))).all()
    assert set(rows) == {(None, None, None)}


async def test_neighbours_are_found_by_where_they_are_exactly(database: Database) -> None:
    """Though what is looked up is some hundred metres coarse: neither is one missed, nor is one found that is too far."""
    async with database.begin() as uow:
        here, near = await at(uow, DOOR), await at(uow, NEXT_DOOR)
        viewer = officer(role=Role.WARD_OFFICER)
        assert [one.code for one in await uow.ties.near(viewer, here, metres=160)] == [near.code]
        assert await uow.ties.near(viewer, here, metres=145) == []


async def test_points_of_before_are_sealed_at_the_next_start(database_place: Place) -> None:
    database = sealed(database_place)
    await database.open()
    async with database.begin() as uow:
        case = await at(uow, DOOR)
        await uow.commit()
    async with database._transaction() as connection:  # as it lay before
        open_point = {"spot": None, "lat": DOOR.lat, "lon": DOOR.lon}
        await connection.execute(update(cases).values(**open_point, accuracy=DOOR.accuracy))
        await connection.execute(update(routing_corrections).values(**open_point))
        await connection.execute(delete(sealed_tables).where(sealed_tables.c.name.like("%spot")))
        await connection.commit()
    await database.close()
    assert where(DIGITS, await dump(database_place))

    database = sealed(database_place)
    await database.open()
    async with database.reading() as uow:
        found = await uow.cases.by_code(case.code)
        [taught] = await uow.corrections.page()
    await database.close()
    assert found is not None
    assert found.point == DOOR
    assert taught.point is not None
    assert (taught.point.lat, taught.point.lon) == (DOOR.lat, DOOR.lon)
    tables = {name: content for name, content in (await dump(database_place)).items() if name.startswith("table")}
    assert tables
    assert where(DIGITS, tables) == []
