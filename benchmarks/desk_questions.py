"""What `benchmarks.desk` asks the storage: what the desk's pages ask it, each time in a unit of work of its own."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from benchmarks.desk_city import COMMON_WORD, EVERY_WORD, NOW, RARE_WORD
from benchmarks.desk_timing import Ask, Question, Stopwatch
from bot.domain.case import CaseCode, CaseKind, CaseStatus, Desk
from bot.domain.figures import By
from bot.domain.people import Channel, Role, StaffId, StaffMember
from bot.domain.queueing import QueueFilter, QueueKey, Sort
from bot.domain.rights import Right
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork, Viewer
from storage import Database

PAGE = 50  # lines, as the desk's
WORDS = (COMMON_WORD, "rac th", EVERY_WORD, "bao phuong", RARE_WORD, "than lan", "ổ gà thụy khuê", "xyzzy")
Read = Callable[[UnitOfWork], Awaitable[object]]


async def questions(database: Database, members: dict[str, StaffMember], ward: WardCode) -> list[Question]:
    """Everything that is asked in the name of these people: what each is called in the table, and who it is."""
    found: list[Question] = []
    for name, staff in members.items():
        viewer = Viewer.of(staff)
        deep = await key_of_page(database, viewer, 1000)
        closed = QueueFilter(status=CaseStatus.CLOSED)
        reads: dict[str, list[Read]] = {
            "first page": [queue(viewer)],
            "page 1,000 or last": [queue(viewer, after=deep)],
            "the page before it": [queue(viewer, before=deep)],
            "closed, newest": [queue(viewer, closed, sort=Sort.NEWEST)],
            "filtered": [queue(viewer, one, sort=sort) for one, sort in _filters(staff, ward)],
            "filtered, closed, few pass": [queue(viewer, one) for one in _hard_filters()],
            "counts": [counts(viewer)],
        }
        found += [_question(database, "queue", f"{name}: {what}", asked) for what, asked in reads.items()]
        for words in WORDS:
            asked = [queue(viewer, QueueFilter(words=words, status=status)) for status in (None, CaseStatus.OPEN)]
            found.append(_question(database, "search", f"{name}: {words!r}", asked))
        codes = await codes_of(database, viewer)
        found.append(_question(database, "case", f"{name}: case page", [case_page(staff, code) for code in codes]))
        if staff.role in (Role.WARD_LEADER, Role.INSPECTOR):
            for aim, days in (("month", 30), ("year", 366)):
                found += [
                    _question(database, aim, f"{name}: {days} days by {by.value}", [figures(viewer, by, days)]) for by in By
                ]
    return found


def _question(database: Database, aim: str, name: str, reads: list[Read]) -> Question:
    def timed(read: Read) -> Ask:
        async def ask(watch: Stopwatch) -> None:
            with watch.running():
                async with database.reading() as uow:
                    await read(uow)

        return ask

    return Question(aim, name, [timed(read) for read in reads])


def queue(
    viewer: Viewer,
    wanted: QueueFilter | None = None,
    *,
    sort: Sort = Sort.DUE,
    after: QueueKey | None = None,
    before: QueueKey | None = None,
) -> Read:
    async def read(uow: UnitOfWork) -> object:
        return await uow.cases.queue(viewer, wanted, sort=sort, after=after, before=before, most=PAGE)

    return read


def counts(viewer: Viewer) -> Read:
    async def read(uow: UnitOfWork) -> object:
        return await uow.cases.counts(viewer, now=NOW, today_ends=NOW + timedelta(hours=14))

    return read


def figures(viewer: Viewer, by: By, days: int) -> Read:
    """The dashboard's, up to the midnight to come in the city."""

    async def read(uow: UnitOfWork) -> object:
        end = NOW + timedelta(hours=14)
        wanted = viewer.wanting(Right.DASHBOARD)
        return await uow.figures.by(wanted, by, start=end - timedelta(days=days), end=end, now=NOW)

    return read


def case_page(staff: StaffMember, code: CaseCode) -> Read:
    """What a case's page asks, one statement after the other."""

    async def read(uow: UnitOfWork) -> object:
        viewer = Viewer.of(staff, await uow.absences.standings_of(staff, NOW))
        case = await uow.cases.visible(viewer, code)
        assert case is not None
        await uow.cases.thread(case.id)
        await uow.cases.timeline(case.id)
        await uow.ties.near(viewer, case, metres=100.0)
        await uow.drafts.get(staff.id, case.id)
        await uow.presences.others(case.id, but=staff.id, now=NOW)
        await uow.openings.of_case(case.id)
        await uow.exclusions.of_case(case.id)
        return await uow.templates.of(case.ward_code)

    return read


async def key_of_page(database: Database, viewer: Viewer, number: int) -> QueueKey | None:
    """Where that page begins; a shorter queue's last."""
    key: QueueKey | None = None
    async with database.reading() as uow:
        for _ in range(number // 50):
            page = await uow.cases.queue(viewer, after=key, most=50 * PAGE)
            if page.after is None:
                break
            key = page.after
    return key


async def codes_of(database: Database, viewer: Viewer) -> list[CaseCode]:
    """Some open and some closed cases."""
    async with database.reading() as uow:
        page = await uow.cases.queue(viewer, most=20)
        closed = await uow.cases.queue(viewer, QueueFilter(status=CaseStatus.CLOSED), most=20)
    return [line.code for line in page.lines + closed.lines]


def _filters(staff: StaffMember, ward: WardCode) -> list[tuple[QueueFilter, Sort]]:
    return [
        (QueueFilter(kind=CaseKind.QUESTION), Sort.DUE),
        (QueueFilter(category="vio_other_place"), Sort.DUE),
        (QueueFilter(category="pan_obscured", channel=Channel.ZALO), Sort.NEWEST),
        (QueueFilter(due_before=NOW), Sort.DUE),
        (QueueFilter(due_before=NOW), Sort.NEWEST),
        (QueueFilter(due_from=NOW, due_before=NOW + timedelta(hours=14), is_unowned=True), Sort.DUE),
        (QueueFilter(owner_id=staff.id), Sort.DUE),
        (QueueFilter(is_unowned=True, channel=Channel.WEBCHAT), Sort.OLDEST),
        (QueueFilter(is_emergency=True), Sort.DUE),
        (QueueFilter(is_emergency=True), Sort.NEWEST),
        (QueueFilter(is_undelivered=True), Sort.DUE),
        (QueueFilter(desk=Desk.RESTRICTED), Sort.DUE),
        (QueueFilter(ward_code=ward, kind=CaseKind.COMMENDATION), Sort.DUE),
        (QueueFilter(status=CaseStatus.CLOSED, category="com_official"), Sort.DUE),
        (QueueFilter(status=CaseStatus.CLOSED, kind=CaseKind.SUGGESTION), Sort.NEWEST),
    ]


def _hard_filters() -> list[QueueFilter]:
    """What hardly any or no case passes, among all the closed ones."""
    closed = CaseStatus.CLOSED
    return [
        QueueFilter(status=closed, kind=CaseKind.CONDUCT, desk=Desk.GENERAL),
        QueueFilter(status=closed, is_undelivered=True, is_emergency=True),
        QueueFilter(status=closed, category="vio_noise", kind=CaseKind.QUESTION),
        QueueFilter(status=closed, owner_id=StaffId(10**9)),
    ]
