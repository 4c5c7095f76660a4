"""Tell the city's inspectors, in the chats they linked, that somebody looks at very much or takes data away.

At once and by day and night: whoever does it may be at it still. Who and how much, never a word or a code of a case; the
rest is in the trail, which they read at the desk.
"""

from datetime import datetime, tzinfo

from bot.domain.people import Role, StaffMember
from bot.ports import UnitOfWork
from bot.services.tell_staff import say_to
from bot.wording import say

DAY_BEGINS, DAY_ENDS = 6, 22  # hours of the city's clock


def is_night(now: datetime, zone: tzinfo) -> bool:
    """Whether nobody has to export anything then."""
    return not DAY_BEGINS <= now.astimezone(zone).hour < DAY_ENDS


async def tell_of_many_opened(uow: UnitOfWork, looker: StaffMember, *, more_than: int, now: datetime) -> int:
    """One account opened more cases within the hour than anybody reads; how many inspectors were told.

    The one it is about is not among them.
    """
    told = 0
    for inspector in await _inspectors(uow):
        if inspector.id != looker.id:
            words = say(inspector.language, "notice_many_opened", name=looker.full_name, n=more_than)
            told += await say_to(uow, inspector, words, now)
    return told


async def tell_of_export(uow: UnitOfWork, *, at_night: bool, now: datetime) -> int:
    """Somebody exports cases on the command line; how many inspectors were told."""
    key = "notice_exported_at_night" if at_night else "notice_exported"
    return sum([await say_to(uow, one, say(one.language, key), now) for one in await _inspectors(uow)])


async def tell_of_export_at_desk(uow: UnitOfWork, staff: StaffMember, *, at_night: bool, now: datetime) -> int:
    """A member takes cases away from the desk; how many other inspectors were told."""
    key = "notice_exported_at_desk_at_night" if at_night else "notice_exported_at_desk"
    others = [one for one in await _inspectors(uow) if one.id != staff.id]
    return sum([await say_to(uow, one, say(one.language, key, name=staff.full_name), now) for one in others])


async def _inspectors(uow: UnitOfWork) -> list[StaffMember]:
    return [one for one in await uow.staff.everyone() if one.role is Role.INSPECTOR and not one.is_disabled]
