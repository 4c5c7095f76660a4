"""Forget a resident who asks for it: at once what nobody needs, and the rest as soon as it is answered (L-42).

What goes: how they can be reached, the draft, what was said in the chat, the words and files of closed cases. What stays:
that there was a case of this kind in this ward on these days and how it ended. A report about an official is kept by law
(L-05), with dots for what is personal and without its resident.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.domain.case import Accused, Case, CaseStatus, Desk
from bot.domain.closing import ClosingReport, NewClosing, minutes_open
from bot.domain.draft import Conversation, Draft
from bot.domain.outcome import Outcome
from bot.domain.people import Language, ResidentId
from bot.domain.privacy import ERASE_AFTER, Purpose
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import UnitOfWork
from bot.services.link_chat import unlink_address
from bot.services.tie_chats import cut_all
from bot.wording import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What became of a resident's cases, and where we stand with the address now: None when it is gone altogether."""

    erased: int
    kept_by_law: int
    waiting: int  # open ones, erased once they are answered and closed
    conversation: Conversation | None


def is_kept_by_law(case: Case) -> bool:
    """A report about an official: whoever received it must be able to show what they did about it."""
    return case.is_sensitive or case.accused is not Accused.NOBODY or case.desk in (Desk.RESTRICTED, Desk.LEADERS)


def may_be_closed_by_resident(case: Case) -> bool:
    """Not what the law wants looked at, and not what others have joined: they wait for its answer too."""
    return case.status is CaseStatus.OPEN and not is_kept_by_law(case) and not case.joined_count


async def forget_resident(uow: UnitOfWork, conversation: Conversation, *, closes_open: bool, now: datetime) -> Forgotten:
    """Erase what can go now and mark the rest. Doing it again finds what has become possible since.

    Args:
        conversation: Of an address that was met before.
        closes_open: The resident wants no more answers: open cases are closed first, where that is theirs to decide.

    Raises:
        LookupError: The address was never met.
        StaleVersion: Staff changed one of the cases in the same moment.
    """
    resident_id = conversation.resident_id
    if resident_id is None:
        raise LookupError("there is nobody to forget")
    await cut_all(uow, address=conversation.address, now=now)  # before its cases: their answers come home to be erased
    await uow.identities.withdraw(resident_id, Purpose.CONTACT, now)
    erased = kept_by_law = waiting = 0
    for case in await uow.erasure.cases_of(resident_id):
        if case.erased_at is not None:
            continue
        if closes_open and may_be_closed_by_resident(case):
            case = await _close(uow, case, now)
        if case.status is CaseStatus.OPEN:
            waiting += 1
            await uow.erasure.ask(case.id, now)
        else:
            erased += 1
            kept_by_law += is_kept_by_law(case)
            await _erase(uow, case, now)
    if conversation.draft is not None:
        await doom_files(uow, conversation.draft, now)
    await unlink_address(uow, address=conversation.address, now=now)  # whoever also works here is told of work no more
    left = await _leave_address(uow, conversation, now)
    details = {"erased": erased, "kept_by_law": kept_by_law, "waiting": waiting}
    await uow.audit.record(action="resident_forgotten", now=now, details=details)
    return Forgotten(erased=erased, kept_by_law=kept_by_law, waiting=waiting, conversation=left)


async def erase_due(uow: UnitOfWork, *, now: datetime, most: int = 20) -> int:
    """Erase the cases that waited for their answer and have been closed for a while; returns how many."""
    due = await uow.erasure.due(closed_before=now - ERASE_AFTER, most=most)
    for case in due:
        await _erase(uow, case, now)
        await uow.audit.record(action="case_erased", now=now, subject=case.code)
        # With the last of them the address has nothing left to be known for.
        if await uow.erasure.forget(case.address, now):
            await uow.erasure.blank_mail(case.address)
            await uow.erasure.drop_replies(case.address)
    return len(due)


async def erase_once_more(uow: UnitOfWork, case: Case, *, has_faded: bool, now: datetime) -> None:
    """Erase what had been erased when an older backup brought it back; what it says of an open case is over as well."""
    if case.status is CaseStatus.OPEN:
        case = await _close(uow, case, now)
    tombstone = say(Language.VI, "person_tombstone_faded" if has_faded else "person_tombstone")
    keeps_words = not has_faded and is_kept_by_law(case)
    found = await uow.erasure.erase(case, tombstone=tombstone, now=now, keeps_words=keeps_words)
    await uow.retention.doom(sorted(found.file_keys), now)
    if has_faded:
        await uow.fading.done(case.id, now)
    if case.address.external_id and await uow.erasure.forget(case.address, now):
        await uow.erasure.blank_mail(case.address)
        await uow.erasure.drop_replies(case.address)


async def doom_files(uow: UnitOfWork, draft: Draft, due_at: datetime) -> None:
    """Have a dropped draft's files removed from the store, unless something else needs them by then."""
    await uow.retention.doom([key for file in draft.files for key in (file.key, file.shown_key) if key], due_at)


async def erasable(uow: UnitOfWork, resident_id: ResidentId) -> Collection[Case]:
    """The resident's cases that still hold anything, for telling what would happen to them."""
    return [case for case in await uow.erasure.cases_of(resident_id) if case.erased_at is None]


async def _close(uow: UnitOfWork, case: Case, now: datetime) -> Case:
    open_for = minutes_open(case, await uow.cases.timeline(case.id), now)
    closed = await uow.cases.change(case, status=CaseStatus.CLOSED, outcome=Outcome.NO_ACTION, closed_at=now)
    report = ClosingReport(outcome=Outcome.NO_ACTION, text="")
    kept = await uow.closings.add(
        NewClosing(case_id=case.id, at=now, closer_id=None, report=report, message_id=None, minutes_open=open_for)
    )
    details = {"outcome": Outcome.NO_ACTION.value, "by": "resident"}
    event = {**details, "closing": str(kept)}
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.CLOSED, at=now, details=event))
    await uow.audit.record(action="case_closed", now=now, subject=case.code, details=details)
    return closed


async def _erase(uow: UnitOfWork, case: Case, now: datetime) -> None:
    # Staff read it, and staff read Vietnamese.
    tombstone = say(Language.VI, "person_tombstone")
    found = await uow.erasure.erase(case, tombstone=tombstone, now=now, keeps_words=is_kept_by_law(case))
    await uow.retention.doom(sorted(found.file_keys), now)


async def _leave_address(uow: UnitOfWork, conversation: Conversation, now: datetime) -> Conversation | None:
    """The conversation begins anew; where nothing needs the address any more, it is gone as well."""
    fresh = Conversation(
        address=conversation.address,
        resident_id=conversation.resident_id,
        language=conversation.language,
        is_blocked=conversation.is_blocked,
    )
    fresh = await uow.conversations.put(fresh, now)
    await uow.erasure.blank_mail(conversation.address)
    await uow.erasure.drop_replies(conversation.address)
    return None if await uow.erasure.forget(conversation.address, now) else fresh
