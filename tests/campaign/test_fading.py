"""When their time is over, names and photos of the ledger go; what was done and when stays, and every figure with it."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.case import CaseKind
from bot.domain.ledger import CodeOf, Condition, Consent, EssayState, Look, NewBoard, NewPraise, Photo, Source
from bot.domain.people import StaffId
from bot.ports import UnitOfWork
from bot.services.fade_ledger import fade_ledger
from storage import Database
from tests.storage.cast import NOW, TAY_HO, hire, officer

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
A_DAY = timedelta(days=1)
TWO_YEARS = NOW.replace(year=2028)


async def praise(uow: UnitOfWork, minh: StaffId, state: EssayState) -> int:
    day = NOW.date()
    new = NewPraise(ward_code=TAY_HO, name="Bà Hoa", is_group=False, deed="Trả ví", source=Source.STAFF, day=day)
    number = await uow.praises.add(new)
    assert number is not None
    found = await uow.praises.get(officer(), number)
    assert found is not None
    is_decided = state is EssayState.COMMENDED
    now = replace(found[0], state=state, consent=Consent.GIVEN, decided_on=day if is_decided else None, reason="Bà Hoa")
    await uow.praises.put(now, decider=minh if is_decided else None)
    return number


async def fades(uow: UnitOfWork, now: datetime) -> int:
    return await fade_ledger(uow, zone=ZONE, now=now, most=100)


async def test_names_and_photos_go_when_their_time_is_over_and_the_figures_stay(database: Database) -> None:
    day = NOW.date()
    async with database.begin() as uow:
        minh = (await hire(uow)).id
        decided, waiting = await praise(uow, minh, EssayState.COMMENDED), await praise(uow, minh, EssayState.SUBMITTED)
        photo = Photo(key="a" * 64, shown_key="b" * 64)
        new = NewBoard(ward_code=TAY_HO, code=CodeOf.PUBLIC, place="Chợ", point=None, posted_on=day, due_on=day, photo=photo)
        number = await uow.boards.add(new, staff_id=minh, now=NOW)
        before = await uow.campaign.figures(officer(), None, day, day, zone=ZONE)
        assert await fades(uow, TWO_YEARS - A_DAY) == 0
        assert await uow.retention.is_needed("a" * 64)
        assert await uow.retention.is_needed("b" * 64)
        assert await fades(uow, TWO_YEARS + A_DAY) == 2
        assert await fades(uow, TWO_YEARS + A_DAY) == 0
        [gone, stays] = [await uow.praises.get(officer(), one) for one in (decided, waiting)]
        assert gone is not None
        assert (gone[0].new.name, gone[0].new.deed, gone[0].reason, gone[0].may_be_named) == ("", "", "", False)
        assert stays is not None
        assert stays[0].new.name == "Bà Hoa", "nobody has decided about it"
        assert not await uow.retention.is_needed("a" * 64)
        assert set(await uow.retention.doomed(now=TWO_YEARS + A_DAY, most=9)) == {"a" * 64, "b" * 64}
        after = await uow.campaign.figures(officer(), None, day, day, zone=ZONE)
        assert after == replace(before, commended=())
        assert [check.look for check in await uow.boards.history(number)] == [Look.POSTED]


async def test_the_city_decides_how_long_and_a_new_photo_stays(database: Database) -> None:
    day = NOW.date()
    async with database.begin() as uow:
        minh = (await hire(uow)).id
        new = NewBoard(ward_code=TAY_HO, code=CodeOf.PUBLIC, place="Chợ", point=None, posted_on=day, due_on=day)
        number = await uow.boards.add(new, staff_id=minh, now=NOW)
        board = await uow.boards.get(officer(), number)
        assert board is not None
        later = NOW + 150 * A_DAY
        photo = Photo(key="a" * 64, shown_key="b" * 64)
        await uow.boards.look(
            board,
            day=later.date(),
            look=Look.LOOKED,
            condition=Condition.GOOD,
            due_on=later.date(),
            note="",
            photo=photo,
            staff_id=minh,
            now=later,
        )
        await uow.fading.decide(CaseKind.PANEL, 6, NOW)
        assert await fades(uow, later + 180 * A_DAY) == 0
        assert await fades(uow, later + 190 * A_DAY) == 1
