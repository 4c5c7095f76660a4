"""What a resident writes after filing: it joins the case, unless the resident says that it is a matter of its own."""

import hashlib
from dataclasses import replace
from datetime import timedelta

from bot.domain.case import Case, CaseStatus
from bot.domain.draft import DraftPart
from bot.domain.incoming import Incoming, IncomingKind
from bot.domain.repeating import may_tell_again
from bot.domain.reply import Choice
from bot.domain.thread import Author, EventKind, ThreadMessage
from bot.services.add_to_case import Edited, add_to_case, edit_in_case
from bot.services.masking import own_words
from bot.services.move_answers import chat_name
from bot.services.repeat_in_case import repeat_in_case
from handlers.dialogue import choices
from handlers.dialogue.after.receipts import say_filed, their_case
from handlers.dialogue.asking import ask_next, new_button, shown_day
from handlers.dialogue.report.filing import receive as receive_into_draft
from handlers.dialogue.report.filing import say_troubles, start_with
from handlers.dialogue.turn import Turn

BURST = timedelta(seconds=30)


async def receive(turn: Turn) -> None:
    """Add this message to the conversation's case."""
    incoming = turn.incoming
    case = await _case(turn)
    if case is None:
        turn.conversation = replace(turn.conversation, case_code=None)
        receive_into_draft(turn)
        return
    is_album_part = bool(incoming.group_id) and incoming.group_id == turn.conversation.last_group_id
    turn.conversation = replace(turn.conversation, last_group_id=incoming.group_id)
    part = part_of(incoming)
    if part is not None and case.address != incoming.address:
        part = of_another_chat(turn, part)
    if part is None:
        turn.say("chat_contact_not_needed", choices=[[new_button(turn)]])
        return
    if not (part.files or incoming.point) and await _said_again(turn, case, part):
        return
    is_of_a_burst = not incoming.text.strip() and await _added_just_now(turn, case)
    is_closed = case.status is CaseStatus.CLOSED
    case = await add_to_case(turn.uow, case=case, part=part, now=turn.now, city=turn.city)
    turn.case_id = case.id
    say_troubles(turn)
    if is_album_part and not part.text:
        return
    if is_of_a_burst and not is_closed:
        return
    _acknowledge(turn, case, is_opened_again=is_closed)
    if case.id in turn.by_bond:
        turn.say("linking_answer_goes", chat=chat_name(case.address.channel, turn.language))


async def _case(turn: Turn) -> Case | None:
    """The conversation's case, while it may be written to from here."""
    case = await their_case(turn, turn.conversation.case_code or "")
    is_here = case is not None and (case.address == turn.incoming.address or case.id in turn.by_bond)
    return case if is_here else None


def _acknowledge(turn: Turn, case: Case, *, is_opened_again: bool) -> None:
    """Say that it joined the case. Twenty forwarded messages are acknowledged together, under the last of them."""
    label = turn.word("chat_button_own_matter")
    own_matter = [[Choice(label, choices.new_from(turn.incoming.source_id))]]
    if is_opened_again:
        turn.say("chat_added_reopened", code=case.code, choices=own_matter)
    elif turn.incoming.is_forwarded:
        with turn.question(f"added:{case.code}"):
            turn.say("chat_added", code=case.code, due=shown_day(turn, case.due_at), choices=own_matter)
    else:
        turn.say("chat_added", code=case.code, due=shown_day(turn, case.due_at), choices=own_matter)


async def _said_again(turn: Turn, case: Case, part: DraftPart) -> bool:
    """Were these words the last ones too? They are counted, and acknowledged while somebody may wait for it."""
    said = await repeat_in_case(turn.uow, case=case, text=part.text, now=turn.now, sealer=turn.city.sealer)
    if said is None:
        return False
    turn.case_id = case.id
    if may_tell_again(said.repeats, turn.now - said.at):
        turn.say("card_said_again", code=case.code)
    return True


async def _added_just_now(turn: Turn, case: Case) -> bool:
    """Did something join this case a moment ago? Photo upon photo is acknowledged once; words always are."""
    added = [event.at for event in await turn.uow.cases.timeline(case.id) if event.kind is EventKind.ADDED]
    return bool(added) and turn.now - max(added) < BURST


def part_of(incoming: Incoming) -> DraftPart | None:
    """The message as a line of the thread; None when it holds nothing that staff could read."""
    text = incoming.text.strip()
    if incoming.point is not None:
        place = f"📍 {incoming.point.lat:.6f}, {incoming.point.lon:.6f}"
        text = f"{text}\n{place}" if text else place
    if not text and not incoming.files:
        return None
    return DraftPart(source_id=incoming.source_id, text=text, files=incoming.files, group_id=incoming.group_id)


def of_another_chat(turn: Turn, part: DraftPart) -> DraftPart:
    """Its message has an id that another chat's may have too, and joins no album of this case."""
    return replace(part, source_id=_named_elsewhere(turn, part.source_id), group_id="")


def _named_elsewhere(turn: Turn, source_id: str) -> str:
    return hashlib.sha256(f"{turn.incoming.address}\n{source_id}".encode(errors="replace")).hexdigest()[:32]


async def thank(turn: Turn) -> None:
    """Thanks are kept for staff to read and open nothing again."""
    case, part = await _case(turn), part_of(turn.incoming)
    if case is not None and part is not None:
        if case.id in turn.by_bond:
            part = of_another_chat(turn, part)
        await add_to_case(turn.uow, case=case, part=part, now=turn.now, city=turn.city, reopens=False)
    turn.say("chat_welcome", choices=[[new_button(turn)]])


async def nod(turn: Turn) -> bool:
    """ "Vâng", "ok" under a closing agrees with it: kept, and no reason to open it again. False under an open case: there it
    may answer what staff asked."""
    case = await _case(turn)
    if case is None or case.status is not CaseStatus.CLOSED:
        return False
    await thank(turn)
    return True


async def edit(turn: Turn) -> bool:
    """Change a message that belongs to a filed case; False when no case of this resident has it."""
    resident_id, incoming = turn.conversation.resident_id, turn.incoming
    if resident_id is None or incoming.point is not None:
        return False
    for case in await turn.uow.cases.of_resident(resident_id):
        edited = await edit_in_case(
            turn.uow,
            case=case,
            source_id=incoming.source_id,
            text=incoming.text.strip(),
            now=turn.now,
            city=turn.city,
            group_id=incoming.group_id,
            files=incoming.files,
        )
        if edited is Edited.UNKNOWN:
            continue
        if edited is Edited.CHANGED:
            _say_edited(turn, case)
        return True
    return await _edit_elsewhere(turn)


async def _edit_elsewhere(turn: Turn) -> bool:
    """The same of what was added from here to a case of another chat."""
    case, incoming = await _case(turn), turn.incoming
    if case is None or case.id not in turn.by_bond:
        return False
    edited = await edit_in_case(
        turn.uow,
        case=case,
        source_id=_named_elsewhere(turn, incoming.source_id),
        text=incoming.text.strip(),
        now=turn.now,
        city=turn.city,
        files=incoming.files,
    )
    if edited is Edited.CHANGED:
        _say_edited(turn, case)
    return edited is not Edited.UNKNOWN


def _say_edited(turn: Turn, case: Case) -> None:
    turn.case_id = case.id
    say_troubles(turn)
    turn.say("chat_edited_reopened" if case.status is CaseStatus.CLOSED else "chat_edited", code=case.code)


async def own_matter(turn: Turn, source_id: str) -> None:
    """Those words are a new matter: start a draft with them. They stay in the old case's thread, which keeps everything."""
    filed = await turn.uow.cases.by_source(turn.incoming.address, source_id)
    if filed is not None:
        say_filed(turn, filed)
        return
    if turn.draft is not None:
        if all(part.source_id != source_id for part in turn.draft.parts):
            turn.say("chat_draft_open")
        ask_next(turn)
        return
    found = await _find_message(turn, source_id)
    if found is None:
        turn.say("chat_button_stale")
        return
    _, message = found
    words = await own_words(turn.uow, message, turn.city.sealer)
    start_with(turn, _again(turn.incoming, source_id, message, words))


async def _find_message(turn: Turn, source_id: str) -> tuple[Case, ThreadMessage] | None:
    resident_id = turn.conversation.resident_id
    if resident_id is None or not source_id:
        return None
    for case in await turn.uow.cases.of_resident(resident_id):
        message_id = await turn.uow.cases.message_by_source(case.id, source_id)
        if message_id is None:
            continue
        for message in await turn.uow.cases.thread(case.id):
            if message.id == message_id and message.author is Author.RESIDENT:
                return case, message
    return None


def _again(pressed: Incoming, source_id: str, message: ThreadMessage, words: str) -> Incoming:
    return Incoming(
        address=pressed.address,
        kind=IncomingKind.TEXT,
        source_id=source_id,
        sent_at=message.at,
        text=words,
        files=tuple(attachment.file for attachment in message.attachments),
    )


def start_anew(turn: Turn) -> None:
    """The next message is a new matter. An unfinished draft is never thrown away for it."""
    if turn.draft is not None:
        turn.say("chat_draft_open")
        ask_next(turn)
        return
    turn.conversation = replace(turn.conversation, case_code=None)
    turn.say("chat_new")
