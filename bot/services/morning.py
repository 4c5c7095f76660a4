"""The morning's digest: how many cases somebody can act on, each number with a link to them. Silence where all are none.

Numbers are those of the desk's own queue, capped like them, over what the reader may take at that moment, for themselves or
for whom they stand in for. When it is due is `bot.domain.notices`; days off are the city's calendar.
"""

from datetime import datetime, tzinfo

from bot.domain.notices import is_morning, next_morning
from bot.domain.people import StaffId, StaffMember
from bot.domain.queueing import COUNT_CAP, QueueFilter
from bot.domain.rights import Right
from bot.domain.working_time import WorkingCalendar, day_ends, with_changes
from bot.ports import CalendarSource, UnitOfWork, Viewer
from bot.services.tell_staff import QUEUE, link_to, reader_of, say_to
from bot.wording import say

# What is told, most urgent first: the wording, and the queue that its number is of. Its address is `admin.queueing`'s.
_LINES = (
    ("notice_digest_late", "due=late"),
    ("notice_digest_today", "due=today"),
    ("notice_digest_disputed", "disputed=1"),
    ("notice_digest_new", "owner=none"),
)


async def send_digests(
    uow: UnitOfWork, *, now: datetime, zone: tzinfo, calendar: CalendarSource, public_url: str, most: int
) -> int:
    """Send those that are due, and set when the next ones are; returns how many people were looked at."""
    due = await uow.notices.digests_due(now, most=most)
    if not due:
        return 0
    is_worked = _is_worked(with_changes(calendar.current(), await uow.calendar.changes()), now)
    for staff_id in due:
        await uow.notices.digest_next(staff_id, next_morning(now, zone))
        if is_worked and is_morning(now, zone):
            await _send(uow, staff_id, now=now, zone=zone, public_url=public_url)
    return len(due)


async def _send(uow: UnitOfWork, staff_id: StaffId, *, now: datetime, zone: tzinfo, public_url: str) -> None:
    reader = await reader_of(uow, staff_id, now)
    if reader is None:
        return
    member, viewer = reader
    if text := await digest_text(uow, member, viewer, now=now, zone=zone, public_url=public_url):
        await say_to(uow, member, text, now)


async def digest_text(
    uow: UnitOfWork, member: StaffMember, viewer: Viewer, *, now: datetime, zone: tzinfo, public_url: str
) -> str:
    """The whole message; empty where there is nothing to act on."""
    viewer = viewer.wanting(Right.TAKE)
    counts = await uow.cases.counts(viewer, now=now, today_ends=day_ends(now, zone))
    disputed = await uow.cases.count(viewer, QueueFilter(is_disputed=True))
    numbers = (counts.late, counts.today, disputed, counts.unowned)
    lines = [
        _line(member, key, number, link_to(public_url, f"{QUEUE}?{query}"))
        for (key, query), number in zip(_LINES, numbers, strict=True)
        if number
    ]
    return "\n".join([say(member.language, "notice_digest"), *lines]) if lines else ""


def _line(member: StaffMember, key: str, number: int, link: str) -> str:
    shown = f"{COUNT_CAP}+" if number > COUNT_CAP else number
    return "\n".join(filter(None, (say(member.language, key, n=shown), link)))


def _is_worked(calendar: WorkingCalendar, now: datetime) -> bool:
    return calendar.is_working(now.astimezone(calendar.timezone).date())
