"""The names of things as a resident reads them, and buttons about a draft: used by every topic."""

from datetime import datetime

from bot.domain import city_day
from bot.domain.case import CaseKind
from bot.domain.draft import Draft
from bot.domain.people import Language
from bot.domain.reply import Choice
from bot.domain.ward import WardCode
from bot.routing.wards import Wards
from handlers.dialogue.choices import Act, about_draft
from handlers.dialogue.turn import Turn

SHOWN_TEXT = 200  # characters of the resident's words that a card repeats


def button(turn: Turn, key: str, act: Act, draft: Draft) -> Choice:
    """A button about this draft."""
    return Choice(turn.word(key), about_draft(act, draft.serial))


def new_button(turn: Turn) -> Choice:
    return Choice(turn.word("chat_button_new"), Act.NEW.value)


def contact_button(turn: Turn, code: str = "") -> Choice:
    """How to leave a contact, quietly below something else; the consent comes first."""
    return Choice(turn.word("person_button_contact"), f"{Act.CONTACT}:ask:{code}")


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
    return city_day.shown_day(moment, turn.city.zone)


def shorten(text: str) -> str:
    """The words on one line, cut at a word's end."""
    line = " ".join(text[: SHOWN_TEXT * 8].split())
    if len(line) <= SHOWN_TEXT:
        return line
    cut = line[:SHOWN_TEXT]
    return f"{cut.rpartition(' ')[0] or cut} …"
