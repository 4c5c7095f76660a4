"""How a question is put to a resident: its words and its buttons. What it is about is `drafting.next_question`."""

from datetime import datetime

from bot.domain.case import Case, CaseKind, Desk, choose_desk
from bot.domain.draft import Draft, Question
from bot.domain.incoming import FileKind
from bot.domain.people import Language
from bot.domain.reply import Choice
from bot.domain.ward import WardCode
from bot.routing.wards import Wards
from handlers.dialogue import choices
from handlers.dialogue.choices import Act, about_draft
from handlers.dialogue.drafting import next_question, offered_wards
from handlers.dialogue.turn import Turn

SHOWN_TEXT = 300  # characters of the resident's words that the card repeats

# What a resident may choose; "other" is for what understanding found, not for choosing.
KINDS = (
    CaseKind.VIOLATION,
    CaseKind.SUGGESTION,
    CaseKind.CONDUCT,
    CaseKind.COMMENDATION,
    CaseKind.PANEL,
    CaseKind.QUESTION,
)

# The law wants these signed and handed in (L-03, L-04): the resident must know that a chat is neither.
FORMAL = frozenset({"off_formal_complaint", "off_formal_denunciation"})


def ask_next(turn: Turn) -> None:
    """Put the question that the open draft now needs, and remember that it was put."""
    draft = turn.draft
    if draft is None:
        return
    question = next_question(draft)
    turn.update(draft, question)
    with turn.question(f"draft:{draft.serial}"):
        if question is Question.MATTER:
            _ask_matter(turn, draft)
        elif question is Question.WARD:
            ask_ward(turn, draft)
        else:
            _show_card(turn, draft)


def _ask_matter(turn: Turn, draft: Draft) -> None:
    cancel = [[_button(turn, "chat_button_cancel", Act.CANCEL, draft)]]
    if draft.files:
        turn.say("chat_ask_matter_for_files", choices=cancel)
    elif draft.ward_code:
        turn.say("chat_ask_matter_for_ward", choices=cancel, ward=ward_name(turn, draft.ward_code))
    else:
        turn.say("chat_ask_matter", choices=cancel)


def ask_ward(turn: Turn, draft: Draft) -> None:
    """Offer the wards it may be; a shared position, a typed name or "I don't know" answer it too."""
    offered = [
        [Choice(_ward_label(turn, code), choices.choose_ward(draft.serial, code))]
        for code in offered_wards(draft, turn.city, turn.conversation.last_ward)
    ]
    rows = [
        *offered,
        [_button(turn, "chat_button_no_ward", Act.NO_WARD, draft)],
        [_button(turn, "chat_button_cancel", Act.CANCEL, draft)],
    ]
    if offered:
        turn.say("chat_ask_ward_of", choices=rows, asks_location=True)
    else:
        turn.say("chat_ask_ward", choices=rows, asks_location=True)


def _ward_label(turn: Turn, code: WardCode) -> str:
    """The ward on its button; the one of the last case says so, for a resident who would not take it for a guess."""
    name = _capital(ward_name(turn, code))
    return turn.word("chat_ward_last_time", ward=name) if code == turn.conversation.last_ward else name


def ask_kind(turn: Turn, draft: Draft) -> None:
    """Offer every kind."""
    rows = [[Choice(kind_name(turn, kind), choices.choose_kind(draft.serial, kind))] for kind in KINDS]
    turn.say("chat_ask_kind", choices=[*rows, [_button(turn, "chat_button_back", Act.BACK, draft)]])


def _show_card(turn: Turn, draft: Draft) -> None:
    """What was understood, to be confirmed."""
    turn.say(
        "chat_card",
        kind=kind_name(turn, draft.kind or CaseKind.SUGGESTION, is_emergency=draft.is_emergency),
        ward=ward_name(turn, draft.ward_code) if draft.ward_code else turn.word("chat_ward_not_known"),
        text=shorten(draft.text),
    )
    attached = _attached(turn, draft)
    if attached:
        turn.say("chat_card_files", files=attached)
    if draft.is_about_official:
        turn.say("chat_card_restricted" if _desk_of(draft) is Desk.RESTRICTED else "chat_card_leaders")
    if draft.category in FORMAL:
        turn.say("chat_card_formal")
    turn.say(
        "chat_card_confirm",
        choices=[
            [_button(turn, "chat_button_send", Act.SEND, draft)],
            [
                _button(turn, "chat_button_other_ward", Act.OTHER_WARD, draft),
                _button(turn, "chat_button_other_kind", Act.OTHER_KIND, draft),
            ],
            [_button(turn, "chat_button_cancel", Act.CANCEL, draft)],
        ],
    )


def _desk_of(draft: Draft) -> Desk:
    kind = draft.kind or CaseKind.SUGGESTION
    return choose_desk(kind, draft.ward_code, is_sensitive=draft.is_sensitive, accused=draft.accused)


def _attached(turn: Turn, draft: Draft) -> str:
    kept = [file for file in draft.files if file.trouble is None]
    photos = sum(file.kind is FileKind.PHOTO for file in kept)
    others = len(kept) - photos
    counted = [turn.word("chat_photos", n=photos)] if photos else []
    counted += [turn.word("chat_files", n=others)] if others else []
    if draft.point is not None:
        counted.append(turn.word("chat_place"))
    return ", ".join(counted)


def say_receipt(turn: Turn, case: Case) -> None:
    """The code and the deadline; the code's line has a fixed shape that others read."""
    turn.case_id = case.id
    turn.say("chat_received", code=case.code, due=shown_day(turn, case.due_at), choices=[[new_button(turn)]])


def new_button(turn: Turn) -> Choice:
    return Choice(turn.word("chat_button_new"), Act.NEW.value)


def kind_name(turn: Turn, kind: CaseKind, *, is_emergency: bool = False) -> str:
    return turn.word("chat_kind_emergency" if is_emergency and kind is CaseKind.OTHER else f"chat_kind_{kind.value}")


def ward_name(turn: Turn, code: WardCode) -> str:
    """The ward as it stands in a sentence of the resident's language; the bare code for a ward we no longer know."""
    return _ward_name(turn.city.wards, code, turn.language)


def _ward_name(wards: Wards, code: WardCode, language: Language) -> str:
    if code not in wards:
        return code
    return wards[code].name_en if language is Language.EN else wards[code].full_name


def shown_day(turn: Turn, moment: datetime) -> str:
    """The city's date at that moment, dd/mm/yyyy."""
    return f"{turn.city.day_of(moment):%d/%m/%Y}"


def shorten(text: str) -> str:
    """The words on one line, cut at a word's end."""
    line = " ".join(text[: SHOWN_TEXT * 8].split())
    if len(line) <= SHOWN_TEXT:
        return line
    cut = line[:SHOWN_TEXT]
    return f"{cut.rpartition(' ')[0] or cut} …"


def _button(turn: Turn, key: str, act: Act, draft: Draft) -> Choice:
    return Choice(turn.word(key), about_draft(act, draft.serial))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
