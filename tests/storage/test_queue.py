"""The queue: in order, in pages that neither repeat nor skip while residents go on writing, and filtered."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.case import Case, CaseCode, CaseKind, CaseStatus, Desk
from bot.domain.people import Channel, Role, StaffId
from bot.domain.queueing import QueueCounts, QueueFilter, QueueKey, QueuePage, Sort
from bot.domain.reply import DeliveryResult, DeliveryState
from bot.domain.thread import Author, NewMessage
from bot.errors import StaleVersion
from bot.ports import UnitOfWork
from storage import Database
from storage.queue_lines import EXCERPT
from tests.storage.cast import (
    BA_DINH,
    HOA,
    LAN,
    LATER,
    LEASE,
    NOW,
    TAY_HO,
    a_case,
    file_case,
    hire,
    officer,
    photo,
    says,
)

DAY = timedelta(days=1)
CITY, INSPECTOR = officer(None, Role.CITY_COORDINATOR), officer(None, Role.INSPECTOR)


def codes(page: QueuePage) -> list[CaseCode]:
    return [line.code for line in page.lines]


async def test_the_nearest_deadline_comes_first_and_closed_cases_leave(database: Database) -> None:
    late, soon, same = [await a_case(database, due_at=NOW + timedelta(days=days)) for days in (9, 2, 9)]
    async with database.begin() as uow:
        found = await uow.cases.queue(officer())
        assert codes(found) == [soon.code, late.code, same.code]
        assert (found.before, found.after) == (None, None)
        await uow.cases.change(soon, status=CaseStatus.CLOSED, closed_at=LATER)
        assert await uow.cases.count(officer()) == 2
        [closed] = (await uow.cases.queue(officer(), QueueFilter(status=CaseStatus.CLOSED))).lines
        assert (closed.code, closed.closed_at, closed.status) == (soon.code, LATER, CaseStatus.CLOSED)


async def test_newest_and_oldest_go_by_acceptance(database: Database) -> None:
    filed = [await a_case(database, due_at=NOW + days * DAY) for days in (9, 2, 5)]
    async with database.reading() as uow:
        for sort, expected in ((Sort.OLDEST, filed), (Sort.NEWEST, filed[::-1])):
            assert codes(await uow.cases.queue(officer(), sort=sort)) == [case.code for case in expected]


async def test_a_line_tells_what_is_needed_to_choose(database: Database) -> None:
    async with database.begin() as uow:
        minh = await hire(uow)
        case = await file_case(uow, text="Rác\n\n  thải " + "chất đống " * 40)
        await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.RESIDENT, text="", at=NOW, files=(photo(),)))
        bare = await file_case(uow, text="Ngắn", due_at=NOW + timedelta(days=30))
        for author in (Author.RESIDENT, Author.STAFF, Author.NOTE):
            await uow.cases.add_message(NewMessage(case_id=bare.id, author=author, text="x", at=NOW))
        case = await uow.cases.own(await fresh(uow, case), minh.id, LATER)
        line, other = (await uow.cases.queue(officer())).lines
    assert (line.ward_code, line.channel, line.kind, line.category) == (
        TAY_HO,
        Channel.TELEGRAM,
        "violation_public",
        "lighting",
    )
    assert line.excerpt.startswith("Rác thải chất đống")
    assert len(line.excerpt) <= EXCERPT
    assert line.excerpt.endswith("…")
    assert (line.id, line.version, line.created_at, line.due_at) == (case.id, case.version, case.created_at, case.due_at)
    assert (line.owner_id, line.owner_name) == (minh.id, "Trần Minh")
    assert (line.has_files, line.is_unanswered) == (True, True)
    assert (other.has_files, other.is_unanswered) == (False, False)
    assert (other.code, other.excerpt, other.undelivered, other.owner_name) == (bare.code, "Ngắn", 0, "")


async def test_a_line_tells_whether_its_resident_wrote_again(database: Database) -> None:
    """What it was filed with is no news; what came later is, until somebody answers."""
    async with database.begin() as uow:
        case = await file_case(uow)
        news = []
        for author, minutes in (
            (Author.RESIDENT, 0),
            (Author.RESIDENT, 1),
            (Author.NOTE, 2),
            (Author.STAFF, 3),
            (Author.RESIDENT, 4),
        ):
            at = NOW + timedelta(minutes=minutes)
            await uow.cases.add_message(NewMessage(case_id=case.id, author=author, text="x", at=at))
            [line] = (await uow.cases.queue(officer())).lines
            news.append((line.has_more, line.is_unanswered))
    assert news == [(False, True), (True, True), (True, True), (False, False), (True, True)]


async def fresh(uow: UnitOfWork, case: Case) -> Case:
    found = await uow.cases.by_code(case.code)
    assert found is not None
    return found


@pytest.mark.parametrize("sort", Sort)
async def test_pages_stay_whole_while_residents_go_on_writing(database: Database, sort: Sort) -> None:
    """Minh pages through; cases arrive before, at and behind the place he has reached: none is seen twice or missed."""
    old = [await a_case(database, due_at=NOW + timedelta(days=number // 4)) for number in range(20)]
    seen: list[CaseCode] = []
    after: QueueKey | None = None
    for page in range(30):
        async with database.reading() as uow:
            found = await uow.cases.queue(officer(), sort=sort, after=after, most=3)
        assert 1 <= len(found.lines) <= 3
        assert (found.before is None) == (page == 0)
        seen += codes(found)
        after = found.after
        if after is None:
            break
        assert QueueKey.read(str(after)) == after
        if page < 8:
            for days in (-1, page // 2, 90):
                await a_case(database, due_at=NOW + timedelta(days=days))
    assert after is None, "the queue did not come to an end"
    assert len(seen) == len(set(seen))
    known = {case.code for case in old}
    assert [code for code in seen if code in known] == [case.code for case in (old[::-1] if sort is Sort.NEWEST else old)]


@pytest.mark.parametrize("sort", Sort)
async def test_going_back_shows_what_was_there(database: Database, sort: Sort) -> None:
    for number in range(8):
        await a_case(database, due_at=NOW + number // 3 * DAY)
    async with database.reading() as uow:
        pages = [await uow.cases.queue(officer(), sort=sort, most=3)]
        while pages[-1].after is not None:
            pages.append(await uow.cases.queue(officer(), sort=sort, after=pages[-1].after, most=3))
        assert [len(page.lines) for page in pages] == [3, 3, 2]
        middle = await uow.cases.queue(officer(), sort=sort, before=pages[2].before, most=3)
        assert middle == pages[1]
        first = await uow.cases.queue(officer(), sort=sort, before=middle.before, most=3)
        assert codes(first) == codes(pages[0])
        assert first.before is None
        assert first.after == pages[0].after
        assert await uow.cases.queue(officer(), sort=sort, before=pages[0].after, most=1) == await uow.cases.queue(
            officer(), sort=sort, after=_key(pages[0], 0, sort), most=1
        )


def _key(page: QueuePage, place: int, sort: Sort) -> QueueKey:
    line = page.lines[place]
    return QueueKey(case_id=line.id, due_at=line.due_at if sort is Sort.DUE else None)


async def test_a_page_that_is_just_full_is_the_last(database: Database) -> None:
    for _ in range(2):
        await a_case(database)
    async with database.reading() as uow:
        found = await uow.cases.queue(officer(), most=2)
    assert (len(found.lines), found.after) == (2, None)


async def test_each_filter_gives_exactly_what_it_says(database: Database) -> None:
    """One case of each sort, one filter after the other; the count agrees with the lines every time."""
    async with database.begin() as uow:
        minh, thu = await hire(uow), await hire(uow, "thu", BA_DINH)
        plain = await file_case(uow)
        question = await file_case(uow, kind=CaseKind.QUESTION, category="procedure")
        restricted = await file_case(uow, desk=Desk.RESTRICTED)
        elsewhere = await file_case(uow, ward=BA_DINH)
        urgent = await file_case(uow, is_emergency=True)
        late = await file_case(uow, due_at=NOW - DAY)
        owned = await uow.cases.own(await file_case(uow), minh.id, None)
        zalo = await file_case(uow, address=replace(HOA, channel=Channel.ZALO))
        closed = await closed_case(uow)
        disputed = await uow.cases.reopen(await closed_case(uow), due_at=NOW + 7 * DAY, is_disputed=True)
        unreached = await file_case(uow)
        await fail_delivery(uow, unreached)
        await uow.commit()
    open_cases = {plain, question, restricted, elsewhere, urgent, late, owned, zalo, disputed, unreached}
    expected: dict[QueueFilter, set[Case]] = {
        QueueFilter(): open_cases,
        QueueFilter(status=None): open_cases,
        QueueFilter(status=CaseStatus.CLOSED): {closed},
        QueueFilter(kind=CaseKind.QUESTION): {question},
        QueueFilter(category="procedure"): {question},
        QueueFilter(category="procedure", kind=CaseKind.VIOLATION): set(),
        QueueFilter(desk=Desk.RESTRICTED): {restricted},
        QueueFilter(ward_code=BA_DINH): {elsewhere},
        QueueFilter(is_emergency=True): {urgent},
        QueueFilter(due_before=NOW): {late},
        QueueFilter(due_from=NOW): open_cases - {late},
        QueueFilter(owner_id=minh.id): {owned},
        QueueFilter(owner_id=thu.id): set(),
        QueueFilter(is_unowned=True): open_cases - {owned},
        QueueFilter(channel=Channel.ZALO): {zalo},
        QueueFilter(is_disputed=True): {disputed},
        QueueFilter(is_undelivered=True): {unreached},
        QueueFilter(ward_code=TAY_HO, desk=Desk.GENERAL, is_unowned=True, kind=CaseKind.QUESTION): {question},
    }
    async with database.reading() as uow:
        for wanted, cases in expected.items():
            for sort in Sort:
                found = codes(await uow.cases.queue(INSPECTOR, wanted, sort=sort))
                assert sorted(found) == sorted(case.code for case in cases), wanted
            assert await uow.cases.count(INSPECTOR, wanted) == len(cases), wanted


async def closed_case(uow: UnitOfWork) -> Case:
    return await uow.cases.change(await file_case(uow), status=CaseStatus.CLOSED, closed_at=NOW)


async def fail_delivery(uow: UnitOfWork, case: Case) -> None:
    """An answer that never arrives. What we only tell of a case (that it was moved) has nobody to be told otherwise."""
    answer = await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.STAFF, text="x", at=NOW))
    [reply_id] = await uow.outbox.add([says("x", LAN, case, message_id=answer)], NOW)
    await uow.outbox.claim(owner="w", channels=[Channel.TELEGRAM], now=NOW, lease=LEASE, most=5)
    await uow.outbox.record([DeliveryResult(reply_id=reply_id, state=DeliveryState.FAILED, at=NOW, error="blocked")])


async def test_whoever_may_see_a_neighbours_case_sees_that_its_answer_did_not_arrive(database: Database) -> None:
    """The ward, the inspector, and the city where the matter waits at its desk; nobody else."""
    async with database.begin() as uow:
        neighbours = {}
        for ward, desk in ((TAY_HO, Desk.GENERAL), (BA_DINH, Desk.RESTRICTED), (BA_DINH, Desk.DISPUTED)):
            main = await file_case(uow, ward=ward, desk=desk)
            neighbours[desk] = await file_case(uow, address=HOA, ward=ward, desk=desk, main_case_id=main.id)
            await uow.cases.count_joined(main.id, 1)
            await fail_delivery(uow, neighbours[desk])
        wanted = QueueFilter(status=None, is_undelivered=True)
        for viewer, desks in (
            (officer(), [Desk.GENERAL]),
            (CITY, [Desk.DISPUTED]),
            (INSPECTOR, [Desk.GENERAL, Desk.RESTRICTED, Desk.DISPUTED]),
        ):
            for sort in Sort:
                found = codes(await uow.cases.queue(viewer, wanted, sort=sort))
                assert sorted(found) == sorted(neighbours[desk].code for desk in desks), (viewer.role, sort)
            assert await uow.cases.count(viewer, wanted) == len(desks)


async def test_a_case_that_joined_another_waits_in_no_queue(database: Database) -> None:
    async with database.begin() as uow:
        main = await file_case(uow)
        await file_case(uow, address=HOA, main_case_id=main.id)
        await uow.cases.count_joined(main.id, 1)
        [line] = (await uow.cases.queue(officer())).lines
        assert (line.code, line.joined_count) == (main.code, 1)
        assert await uow.cases.count(officer()) == 1


async def test_the_counts_are_of_ones_own_queue(database: Database) -> None:
    """Each number is that of the filter it leads to; a city coordinator's are other than an officer's."""
    async with database.begin() as uow:
        minh = await hire(uow)
        await file_case(uow, due_at=NOW - DAY)
        await file_case(uow, due_at=NOW + timedelta(hours=2), is_emergency=True)
        await uow.cases.own(await file_case(uow, due_at=NOW + 3 * DAY), minh.id, None)
        await fail_delivery(uow, await file_case(uow, due_at=NOW + 3 * DAY))
        await file_case(uow, desk=Desk.RESTRICTED, due_at=NOW - DAY)
        await file_case(uow, ward=None, desk=Desk.UNPLACED, due_at=NOW + 3 * DAY)
        mine = officer()
        assert mine.staff_id == minh.id
        for viewer, expected in (
            (mine, QueueCounts(open=4, mine=1, unowned=3, late=1, today=1, emergency=1, undelivered=1)),
            (CITY, QueueCounts(open=1, unowned=1)),
            (officer(None, Role.INSPECTOR), QueueCounts(open=6, mine=1, unowned=5, late=2, today=1, emergency=1)),
            (officer(None, Role.OPERATOR), QueueCounts()),
        ):
            assert await uow.cases.counts(viewer, now=NOW, today_ends=NOW + DAY) == expected


async def test_a_count_is_honest_about_where_it_stops(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a cap of two: two are two, three and four are "more than two"."""
    monkeypatch.setattr("storage.queue.COUNT_CAP", 2)
    for expected in (1, 2, 3, 3):
        await a_case(database)
        async with database.reading() as uow:
            assert await uow.cases.count(officer()) == expected


async def test_an_owner_who_does_nothing_gives_the_case_back(database: Database) -> None:
    async with database.begin() as uow:
        minh = await hire(uow)
        slow = await uow.cases.own(await file_case(uow), minh.id, NOW + DAY)
        busy = await uow.cases.own(await file_case(uow), minh.id, NOW + 2 * DAY)
        assert await uow.cases.give_back_overdue(NOW + DAY - timedelta(seconds=1)) == []
        assert await uow.cases.give_back_overdue(NOW + DAY) == [slow]
        back = await fresh(uow, slow)
        assert (back.owner_id, back.owner_until, back.version) == (None, None, slow.version + 1)
        assert await fresh(uow, busy) == busy
        assert await uow.cases.give_back_overdue(NOW + DAY) == []
        with pytest.raises(StaleVersion):
            await uow.cases.own(slow, minh.id, NOW)


async def test_nobody_owns_a_case_that_went_elsewhere_and_nobody_waits_for_a_closed_one(database: Database) -> None:
    async with database.begin() as uow:
        minh = await hire(uow)
        moved = await uow.cases.own(await file_case(uow), minh.id, LATER)
        moved = await uow.cases.change(moved, ward_code=BA_DINH, is_hop=True)
        assert (moved.owner_id, moved.owner_until, moved.hops) == (None, None, 1)
        closed = await uow.cases.own(await file_case(uow), minh.id, LATER)
        closed = await uow.cases.change(closed, status=CaseStatus.CLOSED, closed_at=NOW)
        assert (closed.owner_id, closed.owner_until, closed.hops) == (minh.id, None, 0)


@pytest.mark.parametrize(
    "text", ["", "x", "d1", "d1_", "d_1", "n", "n-1", "d1_2_3", "n" + "9" * 18, "d" + "9" * 18 + "_1", "ｄ1_2"]
)
def test_a_place_that_is_none_is_the_first_page(text: str) -> None:
    assert QueueKey.read(text) is None


@pytest.mark.parametrize("key", [QueueKey(case_id=7, due_at=NOW), QueueKey(case_id=7), QueueKey(case_id=7, is_folded=True)])
def test_a_place_survives_being_a_link(key: QueueKey) -> None:
    assert QueueKey.read(str(key)) == key


async def test_a_place_as_large_as_a_link_can_say_is_only_empty(database: Database) -> None:
    await a_case(database)
    async with database.reading() as uow:
        for text, sort in (("d" + "9" * 17 + "_" + "9" * 17, Sort.DUE), ("n" + "9" * 17, Sort.OLDEST)):
            assert (await uow.cases.queue(officer(), sort=sort, after=QueueKey.read(text))).lines == ()


async def test_an_owner_that_is_nobody_finds_nothing(database: Database) -> None:
    await a_case(database)
    async with database.reading() as uow:
        assert (await uow.cases.queue(officer(), QueueFilter(owner_id=StaffId(10**15)))).lines == ()
