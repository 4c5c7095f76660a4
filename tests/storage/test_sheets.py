"""Papers that take long and texts for loudspeakers, as both engines keep them."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.bulletin import Bulletin
from bot.domain.long_work import BEATS_WITHIN, LongWork, NewWork, WorkKind, WorkState
from bot.domain.people import StaffId
from storage import Database
from tests.storage.cast import NOW, TAY_HO, hire

TEXT = Bulletin(ward_code=TAY_HO, first=date(2026, 1, 1), last=date(2026, 6, 30), text="Kính thưa bà con")


def asked_by(staff_id: StaffId) -> NewWork:
    return NewWork(staff_id=staff_id, kind=WorkKind.EXPORT, asked={"ward": TAY_HO}, file_name="x.csv", media_type="text/csv")


async def begun(database: Database, new: NewWork, *, later: timedelta = timedelta()) -> LongWork | None:
    async with database.begin() as uow:
        work = await uow.long_works.begin(new, NOW + later)
        await uow.commit()
    return work


async def test_one_person_has_one_paper_made_at_a_time(database: Database) -> None:
    """Another person's is another's; once it ended, whichever way, the next may begin."""
    async with database.begin() as uow:
        minh, hoa = await hire(uow), await hire(uow, "hoa")
        await uow.commit()
    first = await begun(database, asked_by(minh.id))
    assert first is not None
    assert first.state is WorkState.RUNNING
    assert dict(first.asked) == {"ward": TAY_HO}
    assert await begun(database, asked_by(minh.id)) is None
    assert await begun(database, asked_by(hoa.id)) is not None
    async with database.begin() as uow:
        assert await uow.long_works.running(NOW) == 2
        assert await uow.long_works.end(first.id, WorkState.STOPPED, NOW)
        assert not await uow.long_works.end(first.id, WorkState.DONE, NOW)
        assert not await uow.long_works.beat(replace(first, done=1), NOW), "whoever makes it hears that it is to stop"
        await uow.commit()
    assert await begun(database, asked_by(minh.id)) is not None


async def test_what_its_maker_did_not_live_to_end_stands_in_nobodys_way(database: Database) -> None:
    """A restart: it has failed, though no row says so, and a new one takes its place."""
    async with database.begin() as uow:
        minh = await hire(uow)
        await uow.commit()
    dead = await begun(database, asked_by(minh.id))
    later = BEATS_WITHIN + timedelta(seconds=1)
    assert dead is not None
    assert dead.state_at(NOW + later) is WorkState.FAILED
    assert await begun(database, asked_by(minh.id), later=later) is not None
    async with database.begin() as uow:
        [gone] = await uow.long_works.forget(NOW + later * 2 - timedelta(minutes=3), most=9)
        await uow.commit()
    assert gone.id == dead.id, "the rows of old ones go, the present one stays"


async def test_how_far_it_is_and_its_pieces_are_kept(database: Database) -> None:
    async with database.begin() as uow:
        minh = await hire(uow)
        await uow.commit()
    work = await begun(database, asked_by(minh.id))
    assert work is not None
    further = replace(
        work, done=7, total=9, size=5_000_000_000, keys=("a" * 64, "b" * 64), beat_at=NOW + timedelta(seconds=1)
    )
    async with database.begin() as uow:
        assert await uow.long_works.beat(further, further.beat_at)
        await uow.commit()
    async with database.reading() as uow:
        assert await uow.long_works.newest(minh.id) == further == await uow.long_works.get(work.id)


async def test_two_who_change_a_bulletin_do_not_overwrite_each_other(database: Database) -> None:
    async with database.begin() as uow:
        minh = await hire(uow)
        assert await uow.bulletins.get(TAY_HO, TEXT.first, TEXT.last) is None
        assert await uow.bulletins.put(TEXT, minh.id, NOW)
        assert not await uow.bulletins.put(replace(TEXT, text="x"), minh.id, NOW), "somebody else was first"
        assert await uow.bulletins.put(replace(TEXT, text="mới", version=1), minh.id, NOW)
        assert not await uow.bulletins.put(replace(TEXT, text="cũ", version=1), minh.id, NOW)
        await uow.commit()
    async with database.begin() as uow:
        kept = await uow.bulletins.get(TAY_HO, TEXT.first, TEXT.last)
        assert kept == replace(TEXT, text="mới", version=2)
        assert await uow.bulletins.get(TAY_HO, TEXT.first, date(2026, 7, 1)) is None
        assert not await uow.bulletins.drop(TEXT)
        assert await uow.bulletins.drop(kept)
        await uow.commit()
