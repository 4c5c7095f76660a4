"""Ask residents once more whether a closing is still true, one tap each: "no" opens the case again like any dispute.

When, is `bot.domain.later`. Whoever has said so meanwhile, cannot be reached, was forgotten or paused is left in peace.
"""

from datetime import datetime, tzinfo

from bot.domain.capabilities import CAPABILITIES
from bot.domain.case import Case
from bot.domain.closing import closing_of, may_be_disputed
from bot.domain.later import QUESTIONS, by_day, question_at, was_judged
from bot.domain.people import Language
from bot.domain.reply import Choice, NewReply, Reply
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import UnitOfWork
from bot.wording import say


async def ask_later(uow: UnitOfWork, *, now: datetime, most: int, zone: tzinfo) -> int:
    """Ask what is due; returns how many closings were looked at. At night nothing is asked."""
    if by_day(now, zone) > now:
        return 0
    due = await uow.closings.asking(now=now, most=most)
    for closing_id, case_id, number, closed_at in due:
        case, next_at = await uow.cases.by_id(case_id), question_at(closed_at, number + 1, zone)
        await uow.closings.asked(closing_id, next_at)
        is_overtaken = next_at is not None and next_at <= now  # nothing ran for weeks: one question is enough
        if case is not None and case.closed_at == closed_at and number < len(QUESTIONS) and not is_overtaken:
            await _ask(uow, case, number, now)
    return len(due)


async def _ask(uow: UnitOfWork, case: Case, number: int, now: datetime) -> None:
    if case.closed_at is None or not may_be_disputed(case, now):
        return
    conversation = await uow.conversations.get(case.address)
    is_paused = conversation.paused_until is not None and conversation.paused_until > now
    has_no_chat = not CAPABILITIES[case.address.channel].reaches_resident or case.reach_since is not None
    if has_no_chat or conversation.is_blocked or is_paused:
        return
    # Whether they were asked or had rated before, the timeline says the same, and no question that fails to arrive is told
    # of there: staff do not learn from it that somebody rated (L-37).
    details = {"after": QUESTIONS[number][0]}
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.QUESTIONED, at=now, details=details))
    rating = await uow.ratings.get(case.id, case.closed_at)
    if not was_judged(case.closed_at, number, rating.at if rating else None):
        await uow.outbox.add([NewReply(address=case.address, reply=question(conversation.language, case))], now)


def question(language: Language, case: Case) -> Reply:
    """One tap: still so, or not so, which opens it again."""
    about = f"{case.code}:{closing_of(case)}"
    row = (
        Choice(say(language, "later_yes"), f"ok:{about}"),
        Choice(say(language, "later_no"), f"ro:{about}"),
    )
    return Reply(text=say(language, "later_ask", code=case.code), choices=(row,), language=language)
