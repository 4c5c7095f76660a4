"""A register's matters against a recount of every reception by hand, for whoever looks and whichever days are chosen."""

import random
from collections import defaultdict
from datetime import timedelta

from sqlalchemy import select

from bot.domain.case import Case, CaseCode, CaseId, Desk
from bot.domain.people import Address, Channel, Role
from bot.domain.staffing import Exclusion, Why
from bot.ports import EVERY_CASE, Chosen, Viewer
from storage import Database
from storage.tables import cases
from tests.storage.cast import BA_DINH, NOW, TAY_HO, file_case, hire

PEOPLE = [Address(Channel.TELEGRAM, str(number)) for number in range(6)]


async def a_city(database: Database, seed: int) -> tuple[list[Viewer], list[Case]]:
    """Cases of few people over twenty days, a third of them joined to another one, some restricted, some barred."""
    dice = random.Random(seed)
    async with database.begin() as uow:
        lead = await hire(uow, "lead", TAY_HO, Role.WARD_LEADER)
        officer = await hire(uow, "officer")
        inspector = await hire(uow, "inspector", None, Role.INSPECTOR)
        made = []
        for _ in range(60):
            desk = dice.choice([Desk.GENERAL, Desk.GENERAL, Desk.RESTRICTED])
            case = await file_case(uow, address=dice.choice(PEOPLE), ward=dice.choice([TAY_HO, BA_DINH]), desk=desk)
            made.append(case)
        await uow.exclusions.add([Exclusion(case_id=one.id, staff_id=lead.id, why=Why.ACCUSED) for one in made[::9]])
        await uow.commit()
    mains = dice.sample(made, 8)
    async with database._transaction() as connection:
        for number, case in enumerate(made):
            main = dice.choice(mains) if case not in mains and dice.random() < 0.4 else None
            values = {"created_at": NOW + timedelta(hours=8 * number), "main_case_id": main.id if main else None}
            await connection.execute(cases.update().where(cases.c.id == case.id).values(values))
        await connection.commit()
    return [Viewer.of(one) for one in (lead, officer, inspector)], made


async def recounted(database: Database, chosen: Chosen) -> dict[CaseCode, tuple[int, CaseCode]]:
    """By matter, from the bare rows: what stands for it, how many people, and what it joined if that is not here."""
    async with database._transaction() as connection:
        rows = (await connection.execute(select(cases))).all()
    codes = {row.id: row.code for row in rows}
    seen = [row for row in rows if await may_see(database, chosen, row.code)]
    seen = [row for row in seen if not chosen.start or row.created_at >= chosen.start]
    seen = [row for row in seen if not chosen.end or row.created_at < chosen.end]
    seen = [row for row in seen if not chosen.ward_code or row.ward_code == chosen.ward_code]
    people, first = defaultdict(set), {}
    for row in sorted(seen, key=lambda row: row.id):
        matter = row.main_case_id or row.id
        people[matter].add(row.resident_id)
        if row.id == matter or matter not in first:
            first[matter] = row.id
    return {
        codes[at]: (len(people[matter]), CaseCode("") if at == matter else codes[matter]) for matter, at in first.items()
    }


async def may_see(database: Database, chosen: Chosen, code: CaseCode) -> bool:
    async with database.reading() as uow:
        return chosen.viewer is None or await uow.cases.visible(chosen.viewer, code) is not None


async def test_every_reception_is_in_one_row_and_every_person_in_its_number(database: Database) -> None:
    viewers, _ = await a_city(database, seed=7)
    days = [(None, None), (NOW + timedelta(days=4), NOW + timedelta(days=12)), (NOW + timedelta(days=90), None)]
    rows = 0
    for viewer in (None, *viewers):
        for start, end in days:
            for ward in (None, TAY_HO):
                chosen = Chosen(viewer=viewer, start=start, end=end, ward_code=ward)
                found: dict[CaseCode, tuple[int, CaseCode]] = {}
                after, order = CaseId(0), []
                async with database.reading() as uow:
                    while (page := await uow.cases.matters(chosen, after_id=after, most=7)).scanned:
                        after = page.last_id
                        order += [one.case.id for one in page.rows]
                        found |= {one.case.code: (one.people, one.main_code) for one in page.rows}
                assert found == await recounted(database, chosen)
                assert order == sorted(order)
                rows += len(order)
    assert rows > 200


async def test_an_export_has_what_the_viewer_sees_in_order_and_nothing_that_comes_meanwhile(database: Database) -> None:
    viewers, made = await a_city(database, seed=8)
    async with database.reading() as uow:
        for viewer in viewers:
            chosen = Chosen(viewer=viewer, ward_code=TAY_HO)
            seen = [one.code for one in made if one.ward_code == TAY_HO and await uow.cases.visible(viewer, one.code)]
            assert [case.code for case in await uow.cases.export(chosen)] == seen
            assert (await uow.cases.extent(chosen))[0] == len(seen)
        number, newest = await uow.cases.extent(EVERY_CASE)
        assert (number, newest) == (60, made[-1].id)
        upto = Chosen(up_to=made[30].id)
        assert [case.id for case in await uow.cases.export(upto)] == [one.id for one in made[:31]]
