""" "Me too": before filing, a neighbour's open case of the same matter is shown; joining it takes one tap.

Of the other's case nothing is shown but what it is about, where, when it was reported, its state, and its picture as staff
see it: never a word of theirs, and of an anonymous resident no picture. What is alike is `bot.services.alike`.
"""

import hashlib

from bot.domain.case import Case
from bot.domain.draft import Draft, Question
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.reply import Choice
from bot.media_types import SHOWN_TYPE
from bot.services.alike import alike_cases, metres_between
from bot.services.join_case import join_case
from bot.services.place_keys import shown_place
from bot.wording import has
from handlers.dialogue.after.receipts import say_filed
from handlers.dialogue.after.telling import standing_for
from handlers.dialogue.asking import ask_next, kind_name, shorten, shown_day
from handlers.dialogue.choices import Act, Pressed, about_draft
from handlers.dialogue.report.drafting import next_question
from handlers.dialogue.report.filing import filed
from handlers.dialogue.turn import Turn


async def offer(turn: Turn) -> None:
    """Below the card that this turn showed: the case that seems to be the same matter, if there is one."""
    draft = turn.draft
    if draft is None or not turn.showed_card or _was_asked(turn, draft):
        return
    found = await _alike(turn, draft)
    if found:
        await _say_offer(turn, draft, found[0])


async def press(turn: Turn, pressed: Pressed) -> None:
    """Join the case that the button was under. A second tap is answered with the code of the first."""
    draft = turn.draft
    if draft is None or pressed.serial != draft.serial:
        await _press_stale(turn, pressed)
        return
    found = [case for case in await _alike(turn, draft) if _tag(case) == pressed.value]
    await _join(turn, draft, found[0] if found else None)


async def join_in_words(turn: Turn) -> bool:
    """ "Tôi cũng gặp", written instead of pressed; False where no neighbour's case is there to be joined."""
    draft = turn.draft
    found = await _alike(turn, draft) if draft is not None else []
    if draft is None or not found:
        return False
    await _join(turn, draft, found[0])
    return True


async def _join(turn: Turn, draft: Draft, main: Case | None) -> None:
    if next_question(draft) is not Question.CONFIRM:
        ask_next(turn)
        return
    case = None
    if main is not None:
        case = await join_case(
            turn.uow, conversation=turn.conversation, draft=draft, main_id=main.id, city=turn.city, now=turn.now
        )
    if case is None:
        turn.say("after_me_too_gone")
        turn.new_message()
        ask_next(turn)
        return
    filed(turn, case)


async def _press_stale(turn: Turn, pressed: Pressed) -> None:
    resident_id = turn.conversation.resident_id
    case = await turn.uow.cases.by_serial(resident_id, pressed.serial) if resident_id is not None else None
    if case is not None:
        say_filed(turn, case)
        return
    turn.say("chat_button_stale")
    ask_next(turn)


def _was_asked(turn: Turn, draft: Draft) -> bool:
    """The card was only shown again: nothing changed that makes it another matter."""
    before = turn.before.draft
    return (
        before is not None
        and turn.before.asked is Question.CONFIRM
        and (before.text, before.point, before.ward_codes, before.category)
        == (draft.text, draft.point, draft.ward_codes, draft.category)
    )


async def _alike(turn: Turn, draft: Draft) -> list[Case]:
    return await alike_cases(turn.uow, draft, turn.city, turn.now, but_of=turn.conversation.resident_id)


async def _say_offer(turn: Turn, draft: Draft, case: Case) -> None:
    turn.new_message()
    with turn.question(f"metoo:{draft.serial}"):
        turn.say(
            "after_me_too",
            category=_category(turn, case),
            where=_where(turn, draft, case),
            day=shown_day(turn, case.created_at),
            state=standing_for(turn, case, await turn.uow.cases.newest_answer(case.id)).state,
            choices=[
                [Choice(turn.word("after_button_me_too"), about_draft(Act.JOIN, draft.serial, _tag(case)))],
                [Choice(turn.word("after_button_other_matter"), about_draft(Act.SEND, draft.serial))],
            ],
        )
        shown_key = "" if case.is_anonymous else await turn.uow.cases.first_photo(case.id)
        if shown_key:  # the copy that staff see; the original stays sealed, and its name is the other's
            turn.show(StoredFile(shown_key, FileKind.PHOTO, None, SHOWN_TYPE, 0, shown_key))


def _category(turn: Turn, case: Case) -> str:
    about = f"about_{case.category}"
    name = turn.word(about) if has(turn.language, about) else kind_name(turn, case.kind)
    return name[:1].upper() + name[1:]


def _where(turn: Turn, draft: Draft, case: Case) -> str:
    """The place in this resident's own words; how far away it is where they only shared a position."""
    if place := shown_place(draft.text, turn.city.places):
        return turn.word("after_me_too_where", place=shorten(place))
    away = metres_between(draft.point, case.point)
    return "" if away is None else turn.word("after_me_too_near", metres=max(10, round(away / 10) * 10))


def _tag(case: Case) -> str:
    """Which case a button means, without telling its code to somebody else."""
    return hashlib.sha256(case.code.encode()).hexdigest()[:10]
