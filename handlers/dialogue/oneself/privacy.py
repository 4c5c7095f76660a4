"""My data: what we keep about a resident, a copy of it, and its end. Whatever the bot can do is done at once (L-42).

What a correction is about has to be read by staff: it becomes a case with the law's own deadline (L-43). How the copy is
made is `data_copy`; what forgetting erases, `bot.services.erase`.
"""

from dataclasses import replace

from bot.domain.case import Case, CaseKind, CaseStatus
from bot.domain.draft import Awaited, Awaits, Draft, DraftPart
from bot.domain.reply import Choice
from bot.routing.folding import folded
from bot.services.erase import erasable, forget_resident, is_kept_by_law, may_be_closed_by_resident
from bot.services.file_case import file_case
from handlers.dialogue.after.receipts import say_filed
from handlers.dialogue.asking import ask_next
from handlers.dialogue.choices import Act, is_for_good
from handlers.dialogue.labels import contact_button, shown_day
from handlers.dialogue.oneself.contact import go_on, identity, stop_button
from handlers.dialogue.oneself.data_copy import copy_pages, opening_lines
from handlers.dialogue.oneself.people import ward_of
from handlers.dialogue.report.drafting import serial_of
from handlers.dialogue.spoken import spoken
from handlers.dialogue.turn import Turn

DATA_REQUEST = "oth_data_request"  # the category of `categories.json`, with its deadline of two working days
MOST_TOLD = 3  # consents, and openings, the newest ones: the copy is for those who want all
_YES = frozenset(
    {"dong y xoa", "xoa", "xoa di", "xoa het", "yes delete", "delete", "delete it", "yes delete it", "yes forget me"}
)


async def show(turn: Turn) -> None:
    """What there is, in plain words, and what can be done about it."""
    resident_id = turn.conversation.resident_id
    cases = list(await erasable(turn.uow, resident_id)) if resident_id is not None else []
    known = await identity(turn)
    still_open = sum(case.status is CaseStatus.OPEN for case in cases)
    turn.say("person_data", cases=len(cases), open=still_open)
    turn.say("person_data_contact" if known else "person_data_no_contact")
    if lines := [*await _consent_lines(turn), *(await opening_lines(turn))[-MOST_TOLD:]]:
        turn.say("person_data_lines", lines="\n".join(lines))
    turn.say(
        "person_data_rights",
        choices=[
            [_button(turn, "person_button_copy", "copy:1"), _button(turn, "person_button_fix", "fix")],
            [stop_button(turn) if known else contact_button(turn)],
            [Choice(turn.word("linking_button"), f"{Act.BOND}:show")],
            [_button(turn, "person_button_forget", "forget")],
        ],
    )
    go_on(turn)


# A message that asks about one's data is answered with the same.
offer = show


async def press(turn: Turn, value: str) -> None:
    """A button of this topic: "copy:PAGE", "fix", "forget", "sure:SERIAL", "all:SERIAL", "keep"."""
    asked, _, rest = value.partition(":")
    if asked == "copy":
        await _say_copy(turn, int(rest) if rest.isascii() and rest.isdigit() and len(rest) < 5 else 1)
    elif asked == "fix":
        turn.conversation = replace(turn.conversation, awaits=Awaits(Awaited.CORRECTION))
        turn.say("person_fix_ask")
    elif asked == "forget":
        await ask_to_forget(turn)
    elif asked in ("sure", "all"):
        await _forget(turn, rest, closes_open=asked == "all")
    elif asked == "keep":
        turn.say("person_forget_kept")
        ask_next(turn)
    else:
        await show(turn)


async def _consent_lines(turn: Turn) -> list[str]:
    resident_id = turn.conversation.resident_id
    consents = await turn.uow.identities.consents(resident_id) if resident_id is not None else []
    return [
        turn.word(
            "person_data_consent",
            day=shown_day(turn, consent.at),
            version=consent.text_version,
            state=turn.word("person_consent_ended", day=shown_day(turn, consent.withdrawn_at))
            if consent.withdrawn_at
            else turn.word("person_consent_in_force"),
        )
        for consent in consents[-MOST_TOLD:]
    ]


async def _say_copy(turn: Turn, number: int) -> None:
    pages = await copy_pages(turn)
    number = min(max(number, 1), len(pages))
    rows = [[_button(turn, "person_button_copy_more", f"copy:{number + 1}")]] if number < len(pages) else []
    turn.say("person_copy", page=number, pages=len(pages), text=pages[number - 1], choices=rows)
    go_on(turn)


async def hear_correction(turn: Turn, _about: str) -> bool:
    """What is wrong, in the resident's words: a case for the ward, or for the city where none is known."""
    text = turn.incoming.text.strip()
    if spoken(text) is not None:  # a command in a word
        return False
    ward = await ward_of(turn)
    part = DraftPart(source_id=turn.incoming.source_id, text=turn.word("person_fix_words", text=text))
    request = Draft(
        serial=serial_of(turn.incoming.address, turn.incoming.source_id),
        started_at=turn.now,
        parts=(part,),
        kind=CaseKind.OTHER,
        kind_chosen=True,
        category=DATA_REQUEST,
        ward_codes=(ward,) if ward else (),
        ward_unknown=ward is None,
    )
    case = await file_case(turn.uow, conversation=turn.conversation, draft=request, city=turn.city, now=turn.now)
    turn.say("person_fix_received")
    say_filed(turn, case)
    ask_next(turn)
    return True


async def ask_to_forget(turn: Turn) -> None:
    """What would go and what must stay, and a tap of its own. Whatever else comes next leaves everything as it is."""
    resident_id = turn.conversation.resident_id
    if resident_id is None:
        turn.say("person_forget_nothing")
        ask_next(turn)
        return
    cases = list(await erasable(turn.uow, resident_id))
    turn.say("person_forget")
    _say_what_stays(turn, cases)
    serial = serial_of(turn.incoming.address, f"forget {turn.now.isoformat()}")
    turn.conversation = replace(turn.conversation, awaits=Awaits(Awaited.FORGET, serial))
    rows = [[_button(turn, "person_button_forget_sure", f"sure:{serial}")]]
    if any(may_be_closed_by_resident(case) for case in cases):
        rows.append([_button(turn, "person_button_forget_all", f"all:{serial}")])
    turn.say("person_forget_sure", choices=[*rows, [_button(turn, "person_button_keep", "keep")]])


def _say_what_stays(turn: Turn, cases: list[Case]) -> None:
    still_open = [case.code for case in cases if case.status is CaseStatus.OPEN]
    by_law = [case.code for case in cases if is_kept_by_law(case)]
    if still_open:
        turn.say("person_forget_open", codes=", ".join(still_open[:10]))
    if by_law:
        turn.say("person_forget_law", codes=", ".join(by_law[:10]))


async def hear_forget(turn: Turn, serial: str) -> bool:
    """The confirming tap in words; anything else is no answer and changes nothing."""
    if folded(turn.incoming.text[:40]) not in _YES:
        return False
    await _forget(turn, serial, closes_open=False)
    return True


async def _forget(turn: Turn, serial: str, *, closes_open: bool) -> None:
    """Only the tap on the question that was put last: an old one, or one pressed twice, does nothing."""
    if not serial or turn.before.awaits != Awaits(Awaited.FORGET, serial) or turn.conversation.resident_id is None:
        turn.say("chat_button_stale")
        ask_next(turn)
        return
    done = await forget_resident(turn.uow, turn.conversation, closes_open=closes_open, now=turn.now)
    turn.say("person_forgotten" if not done.waiting else "person_forgotten_partly", n=done.waiting)
    turn.is_forgotten = done.conversation is None
    turn.conversation = done.conversation or turn.conversation


def _button(turn: Turn, key: str, value: str) -> Choice:
    data = f"{Act.DATA}:{value}"
    return Choice(turn.word(key), data, in_words=is_for_good(data))
