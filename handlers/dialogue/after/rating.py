"""After a closing: is it so? "Resolved" may be followed by stars, "not resolved" opens the case again with what is not true.

No reply that tells of a rating belongs to the case: its failing would show on the case's page that somebody rated (L-37).

A button names the closing it was under. One of an earlier closing, or of a case that is open, changes nothing: the resident
is told how the case stands now and may say what they think of that.
"""

from dataclasses import replace
from datetime import datetime

from bot.domain.case import CITY_DESKS, Case, CaseStatus
from bot.domain.closing import STARS, closing_of, may_be_disputed
from bot.domain.draft import Awaited, Awaits
from bot.domain.reply import Choice
from bot.services.dispute_case import dispute_case
from bot.services.rate_case import closing_choices, rate_case
from handlers.dialogue.after.follow_up import of_another_chat, part_of
from handlers.dialogue.after.receipts import handle_of, their_case
from handlers.dialogue.asking import ask_next, new_button, shown_day
from handlers.dialogue.choices import Act
from handlers.dialogue.report.filing import say_troubles
from handlers.dialogue.turn import Turn


async def resolved(turn: Turn, value: str) -> None:
    """It is done: thanks, and stars for who likes."""
    case = await _closed_then(turn, value)
    if case is not None:
        await rate_case(turn.uow, case=case, is_resolved=True, now=turn.now)
        about = f"{handle_of(turn, case)}:{closing_of(case)}"
        turn.case_id = None
        stars = [Choice(f"{number}⭐", f"{Act.STARS}:{about}:{number}") for number in STARS]
        turn.say("after_rate_thanks", choices=[stars])
    ask_next(turn)


async def star(turn: Turn, value: str) -> None:
    """So many stars; a second thought replaces the first."""
    about, _, number = value.rpartition(":")
    case = await _closed_then(turn, about)
    if case is not None:
        if number not in {str(stars) for stars in STARS}:
            turn.say("chat_button_stale")
        else:
            await rate_case(turn.uow, case=case, is_resolved=True, stars=int(number), now=turn.now)
            turn.case_id = None
            turn.say("after_rate_stars", n=int(number))
    ask_next(turn)


async def not_resolved(turn: Turn, value: str) -> None:
    """Ask what is not true; the next words or the next photo open the case again, or a button does without any."""
    case = await _closed_then(turn, value)
    if case is not None and not may_be_disputed(case, turn.now):
        turn.say("after_dispute_late", code=case.code, choices=[[new_button(turn)]])
    elif case is not None:
        handle = handle_of(turn, case)
        turn.case_id = None  # nothing is disputed yet
        turn.conversation = replace(turn.conversation, awaits=Awaits(Awaited.DISPUTE, handle))
        reopen = Choice(turn.word("after_button_reopen"), f"{Act.REOPEN}:{handle}:{closing_of(case)}")
        turn.say("after_dispute_ask", code=case.code, choices=[[reopen]])
    ask_next(turn)


async def reopen(turn: Turn, value: str) -> None:
    """Open it again without a word about why."""
    case = await _closed_then(turn, value)
    if case is not None and not may_be_disputed(case, turn.now):
        turn.say("after_dispute_late", code=case.code, choices=[[new_button(turn)]])
    elif case is not None:
        _say_open(turn, await dispute_case(turn.uow, case=case, part=None, city=turn.city, now=turn.now))
    ask_next(turn)


async def hear_dispute(turn: Turn, about: str) -> bool:
    """What is not true, in words or as a photo. False where there is nothing to dispute any more: heard as any words."""
    case, part = await their_case(turn, about), part_of(turn.incoming)
    if case is None or part is None or not may_be_disputed(case, turn.now):
        return False
    is_own = case.resident_id == turn.conversation.resident_id
    if not is_own:
        part = of_another_chat(turn, part)
    case = await dispute_case(turn.uow, case=case, part=part, city=turn.city, now=turn.now)
    if is_own:
        last_group = turn.incoming.group_id  # an album's later photos join the first without a word
        turn.conversation = replace(turn.conversation, case_code=case.code, last_group_id=last_group)
    say_troubles(turn)
    _say_open(turn, case)
    ask_next(turn)
    return True


async def of_this_case(turn: Turn, *, is_resolved: bool) -> bool:
    """ "Đã xong", "chưa xong" in words, about the conversation's case; False unless it was closed lately."""
    case = await their_case(turn, turn.conversation.case_code or "")
    if turn.draft is not None or case is None or not may_be_disputed(case, turn.now):
        return False
    await (resolved if is_resolved else not_resolved)(turn, f"{case.code}:{closing_of(case)}")
    return True


def _say_open(turn: Turn, case: Case) -> None:
    turn.case_id = case.id
    key = "after_dispute_other" if case.owner_id is not None else "after_dispute_done"
    if case.owner_id is None and case.desk in CITY_DESKS:
        key = "after_dispute_city"
    turn.say(key, code=case.code, due=shown_day(turn, case.due_at), choices=[[new_button(turn)]])


async def _closed_then(turn: Turn, value: str) -> Case | None:
    """The case, if it is still in the closing that the button was under; otherwise how it stands now has been said."""
    code, _, closing = value.partition(":")
    case = await their_case(turn, code)
    if case is None:
        turn.say("chat_button_stale")
        return None
    turn.case_id = case.id
    if case.status is CaseStatus.OPEN or case.closed_at is None:
        turn.say("after_rate_open", code=case.code)
        return None
    if closing != closing_of(case):
        _say_closed_again(turn, case, case.closed_at)
        return None
    return case


def _say_closed_again(turn: Turn, case: Case, closed_at: datetime) -> None:
    turn.say(
        "after_rate_again",
        code=case.code,
        day=shown_day(turn, closed_at),
        outcome=turn.word(f"outcome_{case.outcome.value}") if case.outcome else "",
        choices=closing_choices(turn.language, case, handle_of(turn, case)),
    )
