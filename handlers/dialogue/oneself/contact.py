"""How staff may reach a resident beside this chat: after a consent of its own, never as a condition, taken back at any time.

What is sent before the consent is not kept, not even in the raw message. What is sent after it is sealed, and stands in no
other place: not in the draft, not in the case, not in our own reply.
"""

from dataclasses import replace

from bot.domain.case import read_code
from bot.domain.draft import Awaited, Awaits
from bot.domain.privacy import CONSENT_VERSION, Identity, Purpose
from bot.domain.reply import Choice
from bot.services.consent import NotAgreed, agree_to_contact, keep_contact, withdraw_contact
from bot.understanding import find_personal_data
from handlers.dialogue.asking import ask_next
from handlers.dialogue.choices import Act
from handlers.dialogue.report.filing import receive as receive_into_draft
from handlers.dialogue.spoken import bare
from handlers.dialogue.turn import Turn

LONGEST = 120  # characters; a longer text is a matter that happens to name a number
_SHOWN = 3  # of its last digits, so that a wrong number is noticed
_YES = frozenset({"toi dong y", "dong y", "co toi dong y", "i agree", "agree", "yes i agree"})
_NO = frozenset({"khong", "khong dong y", "toi khong dong y", "thoi", "no", "i do not agree", "no thanks"})
_REACHES = frozenset({"phone", "email"})


async def press(turn: Turn, value: str) -> None:
    """A button of this topic: "ask:CODE", "yes:VERSION:CODE", "no", "stop"."""
    asked, _, rest = value.partition(":")
    if asked == "ask":
        await ask_consent(turn, rest)
    elif asked == "yes":
        version, _, code = rest.partition(":")
        await _agree(turn, version, code)
    elif asked == "no":
        turn.say("person_contact_refused")
        ask_next(turn)
    elif asked == "stop":
        await stop(turn)
    else:
        turn.say("chat_button_stale")
        ask_next(turn)


async def ask_consent(turn: Turn, code: str = "") -> None:
    """The text that is agreed to, with the tap of its own. Nothing is chosen beforehand, and silence is no answer."""
    if await _is_anonymous(turn):
        turn.say("person_contact_anonymous")
        ask_next(turn)
        return
    rows = [
        [Choice(turn.word("person_button_agree"), f"{Act.CONTACT}:yes:{CONSENT_VERSION}:{_code(turn, code)}")],
        [Choice(turn.word("person_button_disagree"), f"{Act.CONTACT}:no")],
    ]
    if await identity(turn) is not None:
        turn.say("person_contact_known")
        rows.append([stop_button(turn)])
    turn.say(f"person_consent_{Purpose.CONTACT.value}_{CONSENT_VERSION}", choices=rows)
    turn.conversation = replace(turn.conversation, awaits=Awaits(Awaited.CONSENT, _code(turn, code)))


def stop_button(turn: Turn) -> Choice:
    return Choice(turn.word("person_button_stop_contact"), f"{Act.CONTACT}:stop")


async def _agree(turn: Turn, version: str, code: str) -> None:
    if version != CONSENT_VERSION or await _is_anonymous(turn):  # a button from before the text was changed
        await ask_consent(turn, code)
        return
    if turn.conversation.resident_id is None:
        turn.conversation = await turn.uow.conversations.put(turn.conversation, turn.now)
    resident_id = turn.conversation.resident_id
    if resident_id is None:
        raise LookupError("storage gave this address no resident")
    about = _code(turn, code)
    await agree_to_contact(
        turn.uow,
        resident_id,
        language=turn.language,
        channel=turn.incoming.address.channel,
        now=turn.now,
        case_code=read_code(about),
    )
    turn.conversation = replace(turn.conversation, awaits=Awaits(Awaited.CONTACT, about))
    turn.say("person_contact_ask")


async def hear_consent(turn: Turn, about: str) -> bool:
    """The tap in words; nothing but a clear yes is one."""
    said = bare(turn.incoming.text)
    if said in _YES:
        await _agree(turn, CONSENT_VERSION, about)
    elif said in _NO:
        await press(turn, "no")
    else:
        return False
    return True


async def hear(turn: Turn, about: str) -> bool:
    """Words after the consent. Those without a number or an e-mail are no contact: they are heard as anything else is."""
    text = turn.incoming.text.strip()
    if len(text) > LONGEST or not any(span.type in _REACHES for span in find_personal_data(text)):
        turn.say("person_contact_not_read")
        return False
    await _keep(turn, text, about)
    return True


async def hear_shared(turn: Turn) -> None:
    """A contact out of the phone's own list. Before the consent nothing of it is kept."""
    awaits = turn.conversation.awaits
    if awaits is not None and awaits.what is Awaited.CONTACT:
        turn.conversation = replace(turn.conversation, awaits=None)
        await _keep(turn, turn.incoming.text.strip(), awaits.about)
        return
    await turn.uow.erasure.blank_mail(turn.incoming.address, since=turn.now)
    if turn.draft is None and turn.conversation.case_code is not None:
        turn.say("person_contact_not_kept")
        await ask_consent(turn)
    elif turn.draft is None:
        turn.say("person_contact_later")
        turn.incoming = replace(turn.incoming, text="")
        receive_into_draft(turn)
    else:
        turn.say("person_contact_later")
        ask_next(turn)


async def _keep(turn: Turn, words: str, about: str) -> None:
    resident_id = turn.conversation.resident_id
    try:
        if resident_id is None or await _is_anonymous(turn):
            raise NotAgreed
        await keep_contact(turn.uow, resident_id, words=words, sealer=turn.city.sealer, now=turn.now)
    except NotAgreed:  # it was withdrawn meanwhile
        await ask_consent(turn, about)
        return
    finally:
        await turn.uow.erasure.blank_mail(turn.incoming.address, since=turn.now)
    digits = "".join(letter for letter in words if letter.isdecimal())
    rows = [[Choice(turn.word("person_button_call"), f"{Act.PERSON}:call")]] if await _open_case(turn) else []
    turn.say("person_contact_kept", end=digits[-_SHOWN:] or words[-_SHOWN:], choices=[*rows, [stop_button(turn)]])
    go_on(turn)


def go_on(turn: Turn) -> None:
    """Put the open question again, in a message of its own: what was just said keeps its buttons."""
    if turn.draft is not None:
        turn.new_message()
        ask_next(turn)


async def stop(turn: Turn) -> None:
    """Withdraw: what was kept is erased at once."""
    resident_id = turn.conversation.resident_id
    ended = resident_id is not None and await withdraw_contact(turn.uow, resident_id, now=turn.now)
    turn.say("person_contact_stopped" if ended else "person_contact_none")
    ask_next(turn)


async def identity(turn: Turn) -> Identity | None:
    resident_id = turn.conversation.resident_id
    return await turn.uow.identities.get(resident_id) if resident_id is not None else None


async def _open_case(turn: Turn) -> bool:
    return turn.draft is None and turn.conversation.case_code is not None


async def _is_anonymous(turn: Turn) -> bool:
    """Whether what one is at is anonymous: then nobody may come to know who it is."""
    if turn.draft is not None:
        return turn.draft.is_anonymous
    code = turn.conversation.case_code
    case = await turn.uow.cases.by_code(code) if code else None
    return case is not None and case.is_anonymous


def _code(turn: Turn, code: str) -> str:
    """The case that the consent is given for: the one that the button names, or the conversation's."""
    return read_code(code) or turn.conversation.case_code or ""
