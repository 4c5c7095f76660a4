"""Tell the operators, in the chats they linked, what stopped by itself and waits for one of them.

At once, and once: whoever calls this has just changed what is told, in the same unit of work. The log, `/health/ready`, the
figures and `homthu check` go on saying it until somebody has acted.
"""

from datetime import datetime

from bot.domain.people import StaffMember
from bot.domain.rights import Right, may
from bot.ports import UnitOfWork
from bot.services.tell_staff import say_to
from bot.wording import say


async def tell_of_disabled_neighbour(uow: UnitOfWork, name: str, *, now: datetime) -> int:
    """A program took nothing for days and is told nothing more; how many operators were told."""
    return sum(
        [
            await say_to(uow, one, say(one.language, "notice_neighbour_disabled", name=name), now)
            for one in await _operators(uow)
        ]
    )


async def _operators(uow: UnitOfWork) -> list[StaffMember]:
    return [one for one in await uow.staff.everyone() if may(one.role, Right.OPERATE) and not one.is_disabled]
