"""S21, 1.3: what is closed and over its time fades, announced before; what counts stays, to the last figure."""

from datetime import datetime, timedelta
from random import Random

from bot.domain.case import Case, CaseKind, CaseStatus, Desk
from bot.domain.figures import By, Figures
from bot.domain.keeping import USUAL_MONTHS, WARNED_FOR, months_before
from bot.domain.outcome import Outcome
from bot.domain.people import Address, Channel, Role
from bot.domain.thread import Author, CaseEvent, EventKind, NewMessage
from bot.ports import UnitOfWork
from bot.services.fade import fade_due, warn_of_fading
from storage import Database
from tests.storage.cast import BA_DINH, NOW, TAY_HO, file_case, hire, officer, photo

DAY = timedelta(days=1)
LONG_AGO = months_before(NOW, max(USUAL_MONTHS.values())) - DAY
WORDS = "Lời kể dài của người dân"


async def a_closed_case(uow: UnitOfWork, closed_at: datetime, *, number: int = 0, **more: object) -> Case:
    case = await file_case(
        uow,
        address=Address(Channel.TELEGRAM, str(70_000 + number)),
        text=f"{WORDS} {number}",
        **more,  # type: ignore[arg-type]
    )
    await uow.cases.add_message(
        NewMessage(case_id=case.id, author=Author.RESIDENT, text=f"{WORDS} {number}", at=closed_at - DAY, files=(photo(),))
    )
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.CLOSED, at=closed_at))
    case = (await uow.erasure.cases_of(case.resident_id))[-1]
    return await uow.cases.change(case, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=closed_at)


async def fades(database: Database, now: datetime) -> tuple[int, int]:
    """How many faded, and how many were announced, at that moment; in portions of two."""
    faded = announced = 0
    while True:
        async with database.begin() as uow:
            some = await fade_due(uow, now=now, most=2)
            more = await warn_of_fading(uow, now=now, most=2)
            await uow.commit()
        faded, announced = faded + some, announced + more
        if not some and not more:
            return faded, announced


async def texts(database: Database) -> dict[int, str]:
    async with database.reading() as uow:
        return {case.id: case.text for case in await uow.cases.export(most=200)}


async def counted(database: Database, until: datetime = NOW) -> list[object]:
    """Every figure of the city up to that day, by every group, and who closed."""
    seen = officer(None, Role.INSPECTOR)
    span = {"start": NOW - 9999 * DAY, "end": until + DAY}
    async with database.reading() as uow:
        found: list[object] = [await uow.figures.by(seen, by, **span, now=until + DAY) for by in By]
        return [*found, await uow.figures.total(seen, **span, now=until + DAY), await uow.figures.closers(seen, **span)]


async def test_staff_see_it_coming_for_thirty_days(database: Database) -> None:
    """The first look announces, whatever is overdue; nothing goes a day before the thirty are over, all of it after."""
    async with database.begin() as uow:
        for number in range(5):
            case = await a_closed_case(uow, LONG_AGO, number=number)
        await uow.commit()
    assert await fades(database, NOW) == (0, 5)
    assert await fades(database, NOW + WARNED_FOR - DAY) == (0, 0)
    async with database.reading() as uow:
        timeline = await uow.cases.timeline(case.id)
        assert EventKind.FADING in [event.kind for event in timeline]
    assert await fades(database, NOW + WARNED_FOR) == (5, 0)
    assert await fades(database, NOW + WARNED_FOR) == (0, 0)
    assert not any(WORDS in text for text in (await texts(database)).values())


async def test_nothing_open_unread_or_about_officials_goes_with_the_others(database: Database) -> None:
    """Four of the same age: one is open, one was written to after its closing, one is about an official, one goes."""
    two_years = months_before(NOW, USUAL_MONTHS[CaseKind.VIOLATION]) - DAY
    async with database.begin() as uow:
        goes = await a_closed_case(uow, two_years, number=1)
        unread = await a_closed_case(uow, two_years, number=2)
        late = NewMessage(case_id=unread.id, author=Author.RESIDENT, text=WORDS, at=NOW - DAY)
        await uow.cases.add_message(late)
        official = await a_closed_case(uow, two_years, number=3, desk=Desk.RESTRICTED, is_sensitive=True)
        opened = await file_case(uow, text=WORDS)
        await uow.commit()
    assert await fades(database, NOW) == (0, 1)
    assert await fades(database, NOW + WARNED_FOR) == (1, 0)
    left = await texts(database)
    assert WORDS not in left[goes.id]
    assert all(WORDS in left[one.id] for one in (unread, official, opened))


async def test_who_is_opened_again_is_announced_again(database: Database) -> None:
    async with database.begin() as uow:
        case = await a_closed_case(uow, LONG_AGO)
        await uow.commit()
    assert await fades(database, NOW) == (0, 1)
    async with database.begin() as uow:
        [case] = await uow.erasure.cases_of(case.resident_id)
        case = await uow.cases.change(case, status=CaseStatus.OPEN, outcome=None, closed_at=None)
        await uow.cases.change(case, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=NOW + DAY)
        await uow.commit()
    later = NOW + timedelta(days=365 * 3)
    assert await fades(database, later) == (0, 1)
    assert await fades(database, later + WARNED_FOR) == (1, 0)


async def test_the_city_decides_how_long(database: Database) -> None:
    async with database.begin() as uow:
        await a_closed_case(uow, months_before(NOW, 7))
        await uow.fading.decide(CaseKind.VIOLATION, 6, NOW)
        await uow.commit()
    assert await fades(database, NOW) == (0, 1)
    async with database.begin() as uow:
        await uow.fading.decide(CaseKind.VIOLATION, None, NOW)
        await uow.commit()
    assert await fades(database, NOW + WARNED_FOR) == (0, 0)


async def test_every_figure_is_what_it_was(database: Database) -> None:
    """Cases of any kind, place and outcome: what the city counts before they fade, it counts after."""
    chance = Random(7)
    async with database.begin() as uow:
        minh = await hire(uow, "minh", None, Role.CITY_COORDINATOR)
        for number in range(24):
            closed_at = LONG_AGO - chance.randrange(40) * DAY
            case = await a_closed_case(
                uow,
                closed_at,
                number=number,
                kind=chance.choice(list(CaseKind)),
                ward=chance.choice([TAY_HO, BA_DINH]),
                category=chance.choice(["lighting", "vio_noise"]),
            )
            if chance.random() < 0.5:
                answer = NewMessage(case_id=case.id, author=Author.STAFF, text="x", at=closed_at - DAY, staff_id=minh.id)
                await uow.cases.add_message(answer)
        await uow.commit()
    before = await counted(database)
    totals = [one for one in before if isinstance(one, Figures)]
    assert [one.accepted for one in totals] == [24]
    assert [one.closed for one in totals] == [24]
    await fades(database, NOW)
    assert await fades(database, NOW + WARNED_FOR) == (24, 0)
    assert not any(WORDS in text for text in (await texts(database)).values())
    assert await counted(database) == before
