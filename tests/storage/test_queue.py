"""The queue: nearest deadline first, in pages that neither repeat nor skip while residents go on writing."""

from datetime import timedelta

from bot.domain.case import CaseCode, CaseStatus
from bot.domain.people import Channel
from bot.domain.thread import Author, NewMessage
from bot.ports import QueueKey
from storage import Database
from storage.queue import EXCERPT
from tests.storage.cast import LATER, NOW, TAY_HO, a_case, file_case, officer, photo


async def test_the_nearest_deadline_comes_first_and_closed_cases_leave(database: Database) -> None:
    late, soon, same = [await a_case(database, due_at=NOW + timedelta(days=days)) for days in (9, 2, 9)]
    async with database.begin() as uow:
        lines, more = await uow.cases.queue(officer(), status=CaseStatus.OPEN)
        assert [line.code for line in lines] == [soon.code, late.code, same.code]
        assert more is None
        await uow.cases.change(soon, status=CaseStatus.CLOSED, closed_at=LATER)
        assert await uow.cases.count(officer(), status=CaseStatus.OPEN) == 2
        [closed], _ = await uow.cases.queue(officer(), status=CaseStatus.CLOSED)
        assert closed.code == soon.code


async def test_a_line_tells_what_is_needed_to_choose(database: Database) -> None:
    async with database.begin() as uow:
        case = await file_case(uow, text="Rác\n\n  thải " + "chất đống " * 40)
        await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.RESIDENT, text="", at=NOW, files=(photo(),)))
        bare = await file_case(uow, text="Ngắn", due_at=NOW + timedelta(days=30))
        [line, other], _ = await uow.cases.queue(officer(), status=CaseStatus.OPEN)
    assert (line.ward_code, line.channel, line.kind) == (TAY_HO, Channel.TELEGRAM, "violation_public")
    assert line.excerpt.startswith("Rác thải chất đống")
    assert len(line.excerpt) <= EXCERPT
    assert line.excerpt.endswith("…")
    assert (line.created_at, line.due_at) == (case.created_at, case.due_at)
    assert line.has_files
    assert not other.has_files
    assert (other.code, other.excerpt, other.undelivered) == (bare.code, "Ngắn", 0)


async def test_pages_stay_whole_while_residents_go_on_writing(database: Database) -> None:
    """Minh pages through; cases arrive before, at and behind the place he has reached: none is seen twice or missed."""
    old = [await a_case(database, due_at=NOW + timedelta(days=number // 4)) for number in range(20)]
    seen: list[CaseCode] = []
    after: QueueKey | None = None
    for page in range(20):
        async with database.reading() as uow:
            lines, after = await uow.cases.queue(officer(), status=CaseStatus.OPEN, after=after, most=3)
        assert 1 <= len(lines) <= 3
        seen += [line.code for line in lines]
        if after is None:
            break
        for days in (-1, page // 2, 90):
            await a_case(database, due_at=NOW + timedelta(days=days))
    assert after is None, "the queue did not come to an end"
    assert len(seen) == len(set(seen))
    known = {case.code for case in old}
    assert [code for code in seen if code in known] == [case.code for case in old]


async def test_a_page_that_is_just_full_is_the_last(database: Database) -> None:
    for _ in range(2):
        await a_case(database)
    async with database.reading() as uow:
        lines, more = await uow.cases.queue(officer(), status=CaseStatus.OPEN, most=2)
    assert (len(lines), more) == (2, None)
