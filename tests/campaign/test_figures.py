"""The campaign's figures, however the engine counts them, are those of a plain reading of what was entered."""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.campaign import BoardFigures, CampaignFigures
from bot.domain.case import CaseKind, Desk
from bot.domain.ledger import (
    CodeOf,
    Condition,
    Consent,
    EntryKind,
    EssayState,
    Look,
    NewBoard,
    NewEntry,
    NewPraise,
    Source,
)
from bot.domain.people import Role, StaffId
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork, Viewer
from storage import Database
from tests.storage.cast import BA_DINH, NOW, TAY_HO, file_case, hire, officer

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST, LAST = date(2026, 1, 1), date(2026, 6, 30)
WARDS = (TAY_HO, BA_DINH)


@dataclass
class Told:
    """What the test entered, as plain rows."""

    boards: list[dict[str, Any]] = field(default_factory=list)  # what one row says
    entries: list[tuple[NewEntry, list[str], bool]] = field(default_factory=list)
    groups: dict[WardCode, list[int]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    praises: list[dict[str, Any]] = field(default_factory=list)


def some_day(luck: random.Random) -> date:
    """Mostly in the term or at its edges."""
    edge = luck.choice([FIRST, LAST, FIRST - timedelta(days=1), LAST + timedelta(days=1)])
    return luck.choice([edge, date(2025, 9, 1) + timedelta(days=luck.randrange(400))])


async def enter(uow: UnitOfWork, minh: StaffId, luck: random.Random) -> Told:
    told = Told()
    for _ in range(25):
        await put_up(uow, minh, luck, told)
    for ward in WARDS:
        await uow.ledger.add_groups(ward, [f"Tổ {number}" for number in range(1, 8)])
        groups = await uow.ledger.groups(ward, first=FIRST, last=LAST)
        told.groups[ward] = [group.id for group in groups]
    for _ in range(60):
        ward, kind = luck.choice(WARDS), luck.choice(list(EntryKind))
        reached = tuple(luck.sample(told.groups[ward], luck.randrange(4))) if kind is EntryKind.SEMINAR else ()
        found = luck.randrange(9) if kind is EntryKind.INSPECTION else 0
        new = NewEntry(
            ward_code=ward,
            kind=kind,
            day=some_day(luck),
            code=CodeOf.BOTH,
            number=luck.choice([3, 16_890, 16_890_000_000]),
            found=found,
            reminded=luck.randrange(found + 1),
            groups=reached,
        )
        doubts = luck.choice([[], [], ["doubt_future"], ["doubt_future", "doubt_unusual"]])
        number = await uow.ledger.add(new, doubts=doubts, staff_id=minh, now=NOW)
        is_struck = luck.random() < 0.2
        if is_struck:
            assert await uow.ledger.strike(number, NOW)
        told.entries.append((new, doubts, is_struck))
    for ward in WARDS:
        lost = told.groups[ward][2]
        assert await uow.ledger.drop_group(ward, lost)
        told.gone.add(lost)
    for _ in range(30):
        await praise(uow, minh, luck, told)
    return told


async def put_up(uow: UnitOfWork, minh: StaffId, luck: random.Random, told: Told) -> None:
    ward, posted = luck.choice(WARDS), some_day(luck)
    new = NewBoard(ward_code=ward, code=CodeOf.PUBLIC, place="Cổng chợ", point=None, posted_on=posted, due_on=posted)
    number = await uow.boards.add(new, staff_id=minh, now=NOW)
    lines = [(posted, 0, Look.POSTED, Condition.GOOD, posted)]
    for nth in range(1, luck.randrange(4)):
        board = await uow.boards.get(officer(ward), number)
        assert board is not None
        day, look = some_day(luck), luck.choice([Look.LOOKED, Look.REPAIRED])
        condition, due = luck.choice(list(Condition)), day + timedelta(days=luck.choice([1, 60, 400]))
        await uow.boards.look(
            board, day=day, look=look, condition=condition, due_on=due, note="", photo=None, staff_id=minh, now=NOW
        )
        lines.append((day, nth, look, condition, due))
    removed = some_day(luck) if luck.random() < 0.3 else None
    if removed:
        board = await uow.boards.get(officer(ward), number)
        assert board is not None
        await uow.boards.change(replace(board, removed_on=removed))
    told.boards.append({"ward": ward, "posted": posted, "removed": removed, "lines": lines})


async def praise(uow: UnitOfWork, minh: StaffId, luck: random.Random, told: Told) -> None:
    ward, day = luck.choice(WARDS), some_day(luck)
    new = NewPraise(
        ward_code=ward,
        name=luck.choice(["Bà Lê Thị Hoa", "Tổ xe ôm"]),
        is_group=luck.random() < 0.4,
        deed="Trả lại ví",
        source=Source.STAFF,
        day=day,
        is_essay=luck.random() < 0.7,
    )
    number = await uow.praises.add(new)
    assert number is not None
    found = await uow.praises.get(officer(ward), number)
    assert found is not None
    state = luck.choice(list(EssayState))
    now = replace(
        found[0],
        state=state,
        consent=luck.choice(list(Consent)),
        shortlisted_on=some_day(luck) if luck.random() < 0.5 else None,
        decided_on=some_day(luck) if state in (EssayState.COMMENDED, EssayState.DECLINED) else None,
    )
    await uow.praises.put(now, decider=minh)
    told.praises.append({"ward": ward, "it": now})


def recount(told: Told, wards: tuple[WardCode, ...], reported: int) -> CampaignFigures:
    """A second way of counting: one row after the other, in Python."""
    own = [(new, doubts) for new, doubts, is_struck in told.entries if not is_struck and new.ward_code in wards]
    own = [(new, doubts) for new, doubts in own if FIRST <= new.day <= LAST]

    def of(kind: EntryKind) -> list[NewEntry]:
        return [new for new, _ in own if new.kind is kind]

    there = {group for ward in wards for group in told.groups[ward]} - told.gone
    praised = [row["it"] for row in told.praises if row["ward"] in wards]
    decided = [
        one for one in praised if one.state is EssayState.COMMENDED and one.decided_on and FIRST <= one.decided_on <= LAST
    ]
    essays = [one for one in praised if one.new.is_essay]
    return CampaignFigures(
        boards=recount_boards([row for row in told.boards if row["ward"] in wards], reported),
        inspections=len(of(EntryKind.INSPECTION)),
        violations_found=sum(new.found for new in of(EntryKind.INSPECTION)),
        reminded=sum(new.reminded for new in of(EntryKind.INSPECTION)),
        panels=sum(new.number for new in of(EntryKind.PANELS)),
        seminars=len(of(EntryKind.SEMINAR)),
        seminar_people=sum(new.number for new in of(EntryKind.SEMINAR)),
        groups_reached=len({group for new in of(EntryKind.SEMINAR) for group in new.groups} & there),
        groups=len(there),
        leaflets=sum(new.number for new in of(EntryKind.LEAFLETS)),
        radio_slots=sum(new.number for new in of(EntryKind.RADIO)),
        unit_meetings=len(of(EntryKind.MEETING)),
        essays=sum(FIRST <= one.new.day <= LAST for one in essays),
        essays_shortlisted=sum(one.shortlisted_on is not None and FIRST <= one.shortlisted_on <= LAST for one in essays),
        commended_people=sum(not one.new.is_group for one in decided),
        commended_groups=sum(one.new.is_group for one in decided),
        doubtful=tuple(sorted(doubt for _, doubts in own for doubt in doubts)),
    )


def recount_boards(rows: list[dict[str, Any]], reported: int) -> BoardFigures:
    found = dict.fromkeys(("standing", "good", "worn", "torn", "missing", "posted", "checked", "repaired", "overdue"), 0)
    for row in rows:
        within = [line for line in row["lines"] if FIRST <= line[0] <= LAST]
        found["posted"] += FIRST <= row["posted"] <= LAST
        found["checked"] += any(line[2] is not Look.POSTED for line in within)
        found["repaired"] += any(line[2] is Look.REPAIRED for line in within)
        if row["posted"] > LAST or (row["removed"] and row["removed"] <= LAST):
            continue
        last = max(line for line in row["lines"] if line[0] <= LAST)
        found["standing"] += 1
        found[last[3].value] += 1
        found["overdue"] += last[4] <= LAST
    return BoardFigures(**found, reported=reported)


async def test_the_figures_are_those_of_a_plain_recount(database: Database) -> None:
    """One ward, the other, both; by a ward's officer, the city's, an operator."""
    luck = random.Random(3)
    async with database.begin() as uow:
        minh = (await hire(uow)).id
        told = await enter(uow, minh, luck)
        city = Viewer(staff_id=StaffId(9), role=Role.INSPECTOR, ward_code=None)
        seen = {TAY_HO: officer(TAY_HO), BA_DINH: officer(BA_DINH)}
        for wards, viewer, asked in [
            ((TAY_HO,), seen[TAY_HO], None),
            ((TAY_HO,), seen[TAY_HO], TAY_HO),
            ((BA_DINH,), city, BA_DINH),
            (WARDS, city, None),
        ]:
            counted = await uow.campaign.figures(viewer, asked, FIRST, LAST, zone=ZONE)
            named = counted.commended
            expected = recount(told, wards, 0)
            assert {**vars_of(counted), "commended": ()} == vars_of(expected), (wards, asked)
            may = [
                (row["it"].new.name, row["ward"])
                for row in told.praises
                if row["it"].may_be_named
                and row["ward"] in wards
                and row["it"].state is EssayState.COMMENDED
                and FIRST <= row["it"].decided_on <= LAST
            ]
            assert sorted((one.name, one.ward_code) for one in named) == sorted(may)
            assert counted.groups_reached <= counted.groups
        assert expected.doubtful, "the luck of this test doubts something"
        nobody = Viewer(staff_id=StaffId(8), role=Role.OPERATOR, ward_code=None)
        for viewer, asked in [(nobody, None), (nobody, TAY_HO), (officer(TAY_HO), BA_DINH)]:
            assert await uow.campaign.figures(viewer, asked, FIRST, LAST, zone=ZONE) == CampaignFigures()


def vars_of(figures: CampaignFigures) -> dict[str, object]:
    return {name: getattr(figures, name) for name in CampaignFigures.__slots__}


async def test_reports_about_boards_are_counted_once_and_only_for_those_who_may_see_them(database: Database) -> None:
    """By their kind or because staff say so; at the term's edges in the city's time."""
    start = datetime(2025, 12, 31, 17, tzinfo=UTC)  # midnight in Hanoi
    day = date(2026, 1, 1)
    async with database.begin() as uow:
        minh = (await hire(uow)).id
        board = NewBoard(ward_code=TAY_HO, code=CodeOf.PUBLIC, place="x", point=None, posted_on=day, due_on=day)
        number = await uow.boards.add(board, staff_id=minh, now=NOW)
        panel = await file_case(uow, kind=CaseKind.PANEL)
        other = await file_case(uow, kind=CaseKind.SUGGESTION)
        await file_case(uow, kind=CaseKind.SUGGESTION)
        hidden = await file_case(uow, kind=CaseKind.PANEL, desk=Desk.RESTRICTED)
        for case in (panel, other):
            await uow.boards.is_about(case.id, number, NOW)
            assert await uow.boards.came_from(case.id, number, NOW)
        assert await uow.boards.came_from(hidden.id, number, NOW)
        assert not await uow.boards.came_from(hidden.id, number + 1, NOW), "there is no such board"
        today = panel.created_at.astimezone(ZONE).date()
        for first, last, expected in [
            (today, today, 2),
            (today + timedelta(days=1), today + timedelta(days=9), 0),
            (today - timedelta(days=9), today - timedelta(days=1), 0),
        ]:
            counted = await uow.campaign.figures(officer(), None, first, last, zone=ZONE)
            assert counted.boards.reported == expected, (first, last)
        leader = Viewer(staff_id=StaffId(7), role=Role.WARD_LEADER, ward_code=TAY_HO)
        assert (await uow.campaign.figures(leader, None, today, today, zone=ZONE)).boards.reported == 3
        [seen], [more] = await uow.boards.of(officer()), await uow.boards.of(leader)
        assert (seen.reports, more.reports) == (2, 3), "through its own code"
        assert {code for code, _, _ in await uow.boards.cases_of(officer(), number)} == {panel.code, other.code}
        assert start < panel.created_at


async def test_only_the_ward_and_the_city_read_a_board(database: Database) -> None:
    async with database.begin() as uow:
        minh = (await hire(uow)).id
        day = NOW.date()
        new = NewBoard(ward_code=TAY_HO, code=CodeOf.BOTH, place="Cổng chợ", point=None, posted_on=day, due_on=day)
        number = await uow.boards.add(new, staff_id=minh, now=NOW)
        city = Viewer(staff_id=StaffId(9), role=Role.CITY_COORDINATOR, ward_code=None)
        assert [board.id for board in await uow.boards.of(city)] == [number]
        assert await uow.boards.get(officer(BA_DINH), number) is None
        assert await uow.boards.of(city, BA_DINH) == []
        assert await uow.boards.get(Viewer(staff_id=minh, role=Role.OPERATOR, ward_code=None), number) is None
