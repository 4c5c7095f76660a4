"""What somebody without a chat wishes for their own data: to be reached no more, or to be forgotten (L-42).

Whoever wrote from a chat does this there, alone. At the counter and on the phone staff do it for them, once they have seen
that it is their case: the receipt, or a call back to the number that was left. What then goes and what stays is no other
than for everybody: `bot.services.consent`, `bot.services.erase`.
"""

from datetime import datetime

from bot.domain.capabilities import CAPABILITIES
from bot.domain.case import Case, CaseCode
from bot.domain.people import StaffMember
from bot.domain.privacy import Purpose
from bot.domain.rights import Right
from bot.errors import BotError
from bot.ports import UnitOfWork
from bot.services.consent import withdraw_contact
from bot.services.erase import Forgotten, forget_resident
from bot.services.staff_change import case_to_change


class OwnChat(BotError):
    """The resident has a chat, where they do this themselves."""

    wording_key = "wish_own_chat"


class NothingToDo(BotError):
    """There is no contact, or nobody to forget any more."""

    wording_key = "wish_nothing"


async def has_contact(uow: UnitOfWork, case: Case) -> bool:
    """Whether a consent to be reached is in force; never what was left."""
    consents = await uow.identities.consents(case.resident_id)
    return any(consent.is_in_force and consent.purpose is Purpose.CONTACT for consent in consents)


async def withdraw_for_someone(uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, now: datetime) -> None:
    """End the consent to be reached and erase what was left; the case goes on.

    Raises:
        OwnChat: The case came from a chat.
        NothingToDo: There was no consent in force.
        CaseNotFound, StaleVersion: See `case_to_change`; a role without the right finds no case.
    """
    case = await _case(uow, staff, code, version, now)
    if not await withdraw_contact(uow, case.resident_id, now=now):
        raise NothingToDo(code=code)
    await uow.audit.record(action="wish_contact_ended", now=now, staff_id=staff.id, subject=case.code)


async def forget_for_someone(
    uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, closes_open: bool, now: datetime
) -> Forgotten:
    """Forget whoever told this case; an open one is answered first, unless they want no answer any more.

    Args:
        closes_open: They want no more answers; see `forget_resident`.

    Raises:
        OwnChat: The case came from a chat.
        NothingToDo: They were forgotten before.
        CaseNotFound, StaleVersion: See `case_to_change`; a role without the right finds no case.
    """
    case = await _case(uow, staff, code, version, now)
    conversation = await uow.conversations.get(case.address)
    if case.erased_at is not None or conversation.resident_id is None:
        raise NothingToDo(code=code)
    # Before it: what is recorded afterwards would speak of a case that nobody has any more.
    await uow.audit.record(action="wish_forget", now=now, staff_id=staff.id, subject=case.code)
    return await forget_resident(uow, conversation, closes_open=closes_open, now=now)


async def _case(uow: UnitOfWork, staff: StaffMember, code: CaseCode, version: int, now: datetime) -> Case:
    case = await case_to_change(uow, staff, code, version, right=Right.RECORD_WISH, now=now, must_be_open=False)
    if CAPABILITIES[case.address.channel].reaches_resident:
        raise OwnChat(code=code)
    return case
