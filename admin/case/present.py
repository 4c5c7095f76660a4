"""Who else has a case open, as its page says when it is shown."""

import asyncio

from admin.case.parts import OtherLine
from admin.guard import TOUCHES, Visit
from bot.domain.case import CaseId
from bot.domain.rights import Right
from bot.domain.staffing import Presence
from bot.errors import StorageBusy
from bot.web import keys


def note_presence(visit: Visit, case_id: CaseId) -> None:
    """Beside the page: no view waits for a writer. Who only reads (an inspector) is not announced."""
    if not visit.viewer.may(Right.NOTE):
        return
    app = visit.request.app
    task = asyncio.create_task(_say(visit, case_id))
    app[TOUCHES].add(task)
    task.add_done_callback(app[TOUCHES].discard)


async def _say(visit: Visit, case_id: CaseId) -> None:
    try:
        async with visit.request.app[keys.STORAGE].begin() as uow:
            await uow.presences.say(case_id, visit.staff.id, visit.now, is_writing=False)
            await uow.commit()
    except StorageBusy:
        return  # the next page or the script says it again


def other_line(presence: Presence) -> OtherLine:
    return OtherLine(name=presence.full_name, is_writing=presence.is_writing)
