"""A note that names a colleague, "@hoa", finds them: in their list, and by a notice that says nothing but where to look."""

import re
from collections.abc import Sequence
from datetime import datetime

from bot.domain.case import Case
from bot.domain.people import StaffMember
from bot.domain.rights import Right
from bot.domain.thread import EventKind
from bot.errors import BotError
from bot.ports import UnitOfWork
from bot.services.staff_change import viewer_of

MOST = 10  # people that one note names
_NAMED = re.compile(r"(?<![\w@.])@([\w](?:[\w.-]{0,58}\w)?)")


class NobodyOfThatName(BotError):
    """The note names somebody who is not there, or who may not see this case. Which of the two it is, is not told."""

    wording_key = "desk_case_mention_unknown"


def names_in(text: str) -> tuple[str, ...]:
    """The usernames that the text names, each once, as written: "@hoa, @minh." → ("hoa", "minh")."""
    return tuple(dict.fromkeys(found[1] for found in _NAMED.finditer(text)))


async def people_named(uow: UnitOfWork, case: Case, text: str, now: datetime) -> list[StaffMember]:
    """Who the note names.

    Raises:
        NobodyOfThatName: One of them may not see this case, or there are too many.
    """
    names = names_in(text)
    if len(names) > MOST:
        raise NobodyOfThatName(names=", ".join(f"@{name}" for name in names[MOST:]))
    found = [(name, await _reader(uow, case, name, now)) for name in names]
    missing = [f"@{name}" for name, member in found if member is None]
    if missing:
        raise NobodyOfThatName(names=", ".join(missing))
    return list({member.id: member for _, member in found if member is not None}.values())


async def tell_named(
    uow: UnitOfWork, case: Case, message_id: int, people: Sequence[StaffMember], now: datetime, *, by: StaffMember
) -> None:
    """Put it into their lists, and let them know of it: `bot.services.tell_staff`. No word of the note leaves the desk."""
    for member in people:
        await uow.mentions.add(case.id, message_id, member.id, now)
        await uow.notices.note(case.id, EventKind.NOTED, now, by=by.id, about=member.id)


async def _reader(uow: UnitOfWork, case: Case, username: str, now: datetime) -> StaffMember | None:
    known = await uow.staff.by_username(username)
    if known is None or known[0].is_disabled:
        return None
    viewer = (await viewer_of(uow, known[0], now)).wanting(Right.READ_CASE)
    return known[0] if await uow.cases.visible(viewer, case.code) is not None else None
