"""How a question is put to a resident: its words and its buttons. What it is about is `drafting.next_question`."""

from bot.domain.case import CaseKind
from bot.domain.draft import Draft, Question
from bot.domain.reply import Choice
from bot.domain.ward import WardCode
from handlers.dialogue import choices
from handlers.dialogue.choices import Act
from handlers.dialogue.labels import SHOWN_TEXT, button, kind_name, new_button, shorten, shown_day, ward_name
from handlers.dialogue.report.card import show_card
from handlers.dialogue.report.drafting import next_question, offered_wards
from handlers.dialogue.turn import Turn

__all__ = [
    "KINDS",
    "SHOWN_TEXT",
    "ask_kind",
    "ask_next",
    "ask_ward",
    "kind_name",
    "new_button",
    "shorten",
    "shown_day",
    "ward_name",
]

# What a resident may choose; "other" is for what understanding found, not for choosing.
KINDS = (
    CaseKind.VIOLATION,
    CaseKind.SUGGESTION,
    CaseKind.CONDUCT,
    CaseKind.COMMENDATION,
    CaseKind.PANEL,
    CaseKind.QUESTION,
)


# Asked where words name no matter; the resident may still send them as they are.
_UNCLEAR = {"oth_unclear": "kind_ask_unclear", "oth_abuse": "kind_ask_abuse", "oth_spam": "kind_ask_spam"}


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
            turn.showed_card = True
            show_card(turn, draft)


def _ask_matter(turn: Turn, draft: Draft) -> None:
    cancel = [[button(turn, "chat_button_cancel", Act.CANCEL, draft)]]
    known = turn.before.draft
    is_told = known is not None and draft.ward_code is not None and known.ward_code != draft.ward_code
    if is_told and draft.ward_code:
        turn.say("chat_ask_matter_for_ward", choices=cancel, ward=ward_name(turn, draft.ward_code))
    elif draft.is_unclear and draft.category in _UNCLEAR:
        as_it_is = [[button(turn, "card_button_as_it_is", Act.SEND, draft)], *cancel]
        turn.say_text(turn.word(_UNCLEAR[draft.category]), choices=as_it_is)
    elif draft.files:
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
        [button(turn, "chat_button_no_ward", Act.NO_WARD, draft)],
        [button(turn, "chat_button_cancel", Act.CANCEL, draft)],
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
    turn.update(draft, Question.KIND)
    rows = [[Choice(kind_name(turn, kind), choices.choose_kind(draft.serial, kind))] for kind in KINDS]
    turn.say("chat_ask_kind", choices=[*rows, [button(turn, "chat_button_back", Act.BACK, draft)]])


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
