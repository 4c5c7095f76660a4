"""Open what is sealed of a resident: somebody asks with a reason, somebody else decides, and the resident is told.

Sealed are the personal data in the words of a case, and how the resident may be reached. Nobody decides about their own
asking; whoever may not know of the case neither asks nor decides; an anonymous case has nothing to open.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.case import Case, CaseCode
from bot.domain.people import StaffMember
from bot.domain.reply import NewReply, Reply
from bot.domain.rights import Right, may_approve
from bot.domain.staffing import IdentityOpening
from bot.domain.thread import Author, CaseEvent, EventKind
from bot.errors import BotError, CaseNotFound, EmptyText, NotOurSeal
from bot.ports import Sealer, UnitOfWork
from bot.services.masking import own_words
from bot.services.staff_change import residents_language, viewer_of
from bot.wording import say

OPEN_FOR = timedelta(hours=24)  # after the decision; later it has to be asked for again
LONGEST_REASON = 500  # characters; the resident reads it


class NothingToOpen(BotError):
    """The case is anonymous: there is no identity behind it that could be opened."""

    wording_key = "desk_case_identity_anonymous"


class NotTheirsToDecide(BotError):
    """It was decided before, is one's own asking, or needs a right that one has not."""

    wording_key = "desk_case_identity_not_yours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What was sealed, for the eyes of whoever asked. `contact` is empty where the resident left none."""

    words: tuple[str, ...]
    contact: str


async def ask_identity(
    uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, reason: str, now: datetime
) -> IdentityOpening:
    """Ask for it.

    Raises:
        EmptyText: The reason is missing.
        NothingToOpen: See there.
        CaseNotFound: There is none, or they may not know of it, or may not ask.
    """
    case = await _case(uow, staff, code, Right.OPEN_IDENTITY, now)
    if case.is_anonymous:
        raise NothingToOpen(code=code)
    words = " ".join(reason.split())[:LONGEST_REASON]
    if not words:
        raise EmptyText(code=code)
    opening = await uow.openings.ask(case.id, asked_by=staff.id, reason=words, now=now)
    await _record(uow, case, staff, "asked", now)
    return opening


async def decide_identity(
    uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, opening_id: int, is_granted: bool, now: datetime
) -> None:
    """Grant or refuse what somebody else asked for.

    Raises:
        NotTheirsToDecide: See there.
        CaseNotFound: There is none, or they may not know of it, or may not decide.
    """
    case = await _case(uow, staff, code, Right.APPROVE_IDENTITY, now)
    opening = await uow.openings.get(opening_id)
    viewer = await viewer_of(uow, staff, now)
    if opening is None or opening.case_id != case.id:
        raise NotTheirsToDecide(code=code)
    roles = [place.role for place in viewer.standings()]
    if not any(may_approve(role, decides=staff.id, asked_by=opening.asked_by) for role in roles):
        raise NotTheirsToDecide(code=code)
    if not await uow.openings.decide(opening_id, decided_by=staff.id, is_granted=is_granted, now=now):
        raise NotTheirsToDecide(code=code)
    await _record(uow, case, staff, "granted" if is_granted else "refused", now)


async def open_identity(
    uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, opening_id: int, sealer: Sealer, now: datetime
) -> Opened:
    """What was sealed, once somebody else has granted it. The resident is told of the first look and why.

    Raises:
        NotTheirsToDecide: It was not granted to them, or too long ago.
        CaseNotFound: There is none, or they may no longer know of it.
    """
    case = await _case(uow, staff, code, Right.OPEN_IDENTITY, now)
    opening = await uow.openings.get(opening_id)
    if opening is None or opening.case_id != case.id or not is_open_to(opening, staff, now):
        raise NotTheirsToDecide(code=code)
    await uow.openings.open(opening_id, asked_by=staff.id, now=now)
    await _record(uow, case, staff, "opened", now)
    if opening.opened_at is None:
        language = await residents_language(uow, case)
        reply = Reply(text=say(language, "answer_identity", code=case.code, reason=opening.reason), language=language)
        await uow.outbox.add([NewReply(address=case.address, reply=reply, case_id=case.id)], now)
    thread = await uow.cases.thread(case.id)
    masked = [message for message in thread if message.author is Author.RESIDENT and message.is_masked]
    return Opened(
        words=tuple([await own_words(uow, message, sealer) for message in masked]), contact=await _contact(uow, case, sealer)
    )


def is_open_to(opening: IdentityOpening, staff: StaffMember, now: datetime) -> bool:
    """Whether this person may look at it now."""
    if opening.asked_by != staff.id or not opening.is_granted or opening.decided_at is None:
        return False
    return now - opening.decided_at <= OPEN_FOR


async def _contact(uow: UnitOfWork, case: Case, sealer: Sealer) -> str:
    identity = await uow.identities.get(case.resident_id)
    if identity is None:
        return ""
    try:
        return sealer.open(identity.sealed)
    except NotOurSeal:  # sealed with a key we no longer have
        return ""


async def _case(uow: UnitOfWork, staff: StaffMember, code: CaseCode, right: Right, now: datetime) -> Case:
    viewer = (await viewer_of(uow, staff, now)).wanting(right)
    case = await uow.cases.visible(viewer, code)
    if case is None:
        raise CaseNotFound(code=code)
    return case


async def _record(uow: UnitOfWork, case: Case, staff: StaffMember, what: str, now: datetime) -> None:
    details = {"what": what}
    event = CaseEvent(case_id=case.id, kind=EventKind.IDENTITY, at=now, staff_id=staff.id, details=details)
    await uow.cases.record(event)
    await uow.audit.record(action=f"identity_{what}", now=now, staff_id=staff.id, subject=case.code)
