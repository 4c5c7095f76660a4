"""What an operator does about updates that could not be handled and replies that could not be delivered.

They are tried again, or discarded: with a reason, and in the trail. An operator never meets a resident's words here, nor
learns of which case something is. Staff's own words that did not arrive are not here: their case shows them to its officers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.people import StaffMember
from bot.domain.rights import Right
from bot.ports import UnitOfWork, Viewer
from bot.services.setting import BadFields, NotAllowed, one_line, trouble_with_line

MOST_AT_ONCE = 1000
LONGEST_REASON = 200  # characters
NAMED = 20  # numbers that the trail names; beyond, how many


class Which(StrEnum):
    UPDATES = "updates"
    REPLIES = "replies"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What it is done to. `everything`: up to a thousand of them, whatever was ticked."""

    which: Which
    ids: Sequence[int]
    everything: bool = False


async def try_again(uow: UnitOfWork, chosen: Chosen, *, staff: StaffMember, viewer: Viewer, now: datetime) -> int:
    """Let them be handled, or sent, once more; returns how many.

    Raises:
        NotAllowed: They do not operate the system.
        BadFields: Nothing was chosen.
    """
    ids = await _ids(uow, chosen, viewer)
    done = await (uow.inbox.replay(ids) if chosen.which is Which.UPDATES else uow.outbox.replay(ids, now))
    await _record(uow, "trouble_tried_again", chosen, ids, done, staff=staff, now=now)
    return done


async def discard(uow: UnitOfWork, chosen: Chosen, reason: str, *, staff: StaffMember, viewer: Viewer, now: datetime) -> int:
    """Be done with them for good; returns how many. Raises as `try_again`, and BadFields: there is no reason."""
    reason = one_line(reason)
    ids = await _ids(uow, chosen, viewer)
    if wrong := trouble_with_line(reason, LONGEST_REASON, is_needed=True):
        raise BadFields(reason=wrong)
    done = await (uow.inbox.discard(ids, now) if chosen.which is Which.UPDATES else uow.outbox.discard(ids, now))
    await _record(uow, "trouble_discarded", chosen, ids, done, staff=staff, now=now, reason=reason)
    return done


async def _ids(uow: UnitOfWork, chosen: Chosen, viewer: Viewer) -> list[int]:
    if not viewer.may(Right.OPERATE):
        raise NotAllowed()
    if not chosen.everything:
        ids = sorted(set(chosen.ids))[:MOST_AT_ONCE]
    elif chosen.which is Which.UPDATES:
        ids = [one.id for one in await uow.inbox.failed(most=MOST_AT_ONCE)]
    else:
        ids = [one.id for one in await uow.outbox.dead(most=MOST_AT_ONCE)]
    if not ids:
        raise BadFields(everything="trouble_nothing_chosen")
    return ids


async def _record(
    uow: UnitOfWork,
    action: str,
    chosen: Chosen,
    ids: Sequence[int],
    done: int,
    *,
    staff: StaffMember,
    now: datetime,
    reason: str = "",
) -> None:
    details = {"which": chosen.which.value, "how_many": done, "numbers": ", ".join(map(str, ids[:NAMED]))}
    if reason:
        details["discard_reason"] = reason
    await uow.audit.record(action=action, now=now, staff_id=staff.id, details=details)
