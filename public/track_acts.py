"""What the holder of a receipt does on its page: write to the ward, say that a closing is not so, rate it.

By the same services as in a chat. What is written carries a name made with the page, so that a button pressed twice, a
network that tried again and a page loaded anew count once; what is about a closing names it.
"""

import re
from enum import StrEnum

from bot.domain.case import Case, CaseStatus
from bot.domain.closing import STARS, closing_of, may_be_disputed
from bot.domain.draft import DraftPart
from bot.errors import StaleVersion
from bot.ports import Clock, Storage, UnitOfWork
from bot.services.add_to_case import add_to_case
from bot.services.city import City
from bot.services.dispute_case import dispute_case
from bot.services.joined import lock_main
from bot.services.rate_case import rate_case
from bot.web.forms import Form

LONGEST = 4000  # characters, as in a chat's message
MOST_RACES = 5  # times it is begun anew because staff changed the case meanwhile
_ONCE = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)


class Act(StrEnum):
    """The buttons."""

    WRITE = "write"
    DISPUTE = "dispute"
    RATE = "rate"


async def act(storage: Storage, city: City, clock: Clock, case: Case, form: Form) -> str:
    """Do what the form asks for.

    Returns:
        A wording key: `track_done_…` when it is done (or was, by an earlier try), `track_not_…` when it was not.
    """
    for _ in range(MOST_RACES):
        try:
            async with storage.begin() as uow:
                # Held before it is asked what was written already: of several tries at once each sees the one before. A
                # case that others joined is held first, as everywhere.
                await lock_main(uow, case)
                fresh = await uow.cases.by_id(case.id, for_update=True)
                if fresh is None or fresh.erased_at is not None:
                    return "track_not_changed"
                done = await _do(uow, city, clock, fresh, form)
                await uow.commit()
                return done
        except StaleVersion:
            continue
    return "track_not_changed"


async def _do(uow: UnitOfWork, city: City, clock: Clock, case: Case, form: Form) -> str:
    once, text, now = form.text("once"), form.text("text"), clock.now()
    if not _ONCE.fullmatch(once):
        return "track_not_changed"
    if len(text) > LONGEST:
        return "track_not_so_long"
    part = DraftPart(source_id=f"track:{once}", text=text) if text else None
    wanted = form.text("act")
    if part is not None and await uow.cases.message_by_source(case.id, part.source_id) is not None:
        return "track_done_dispute" if wanted == Act.DISPUTE else "track_done_write"
    if wanted == Act.WRITE:
        if part is None:
            return "track_not_empty"
        await add_to_case(uow, case=case, part=part, now=now, city=city)
        return "track_done_write"
    if case.status is CaseStatus.OPEN or form.text("closing") != closing_of(case):
        return "track_not_changed"
    if wanted == Act.DISPUTE:
        if not may_be_disputed(case, now):
            return "track_not_late"
        await dispute_case(uow, case=case, part=part, city=city, now=now)
        return "track_done_dispute"
    stars = form.number("stars")
    await rate_case(uow, case=case, is_resolved=True, stars=stars if stars in STARS else None, now=now)
    return "track_done_rate"
