"""What a resident should know before a report about an official goes off: who reads it, who does not, what the messenger
itself can see, and where it is more private.
"""

import re

from bot.domain.case import Accused, CaseKind, Desk, choose_desk
from bot.domain.draft import Draft
from bot.domain.formal import FORMAL
from bot.domain.reply import Choice
from handlers.dialogue.choices import Act, about_draft
from handlers.dialogue.labels import ward_name
from handlers.dialogue.turn import Turn

_OTHER_MATTERS = frozenset({CaseKind.VIOLATION, CaseKind.PANEL, CaseKind.SUGGESTION})
_SURE = 0.5  # confidence
_STOP = re.compile(r"[.!?;\n]+")
_READ, _MOST_SENTENCES = 2000, 6  # characters and sentences: enough to see it, and soon done


def say_who_reads(turn: Turn, draft: Draft) -> None:
    """Two or three short sentences on a report about an official; more where it sounds like a formal complaint."""
    lines = [_readers(turn, draft)]
    if messenger := turn.can.name:
        lines.append(turn.word("card_messenger_sees", messenger=messenger))
        if turn.city.public_url:
            lines.append(turn.word("card_more_private", link=f"{turn.city.public_url}/chat"))
    lines.append(turn.word("card_formal" if draft.category in FORMAL else "card_be_true"))
    turn.say("card_note", lines="\n".join(lines))
    if _is_mixed(turn, draft.text):
        turn.say("card_one_matter")


def _is_mixed(turn: Turn, text: str) -> bool:
    """Is one sentence about an official and another clearly about something else? It may stay together all the same."""
    sentences = [sentence for sentence in _STOP.split(text[:_READ]) if sentence.strip()][:_MOST_SENTENCES]
    if len(sentences) < 2:
        return False
    found = [turn.city.understand(sentence) for sentence in sentences]
    others = [one for one in found if not one.is_sensitive and one.kind in _OTHER_MATTERS and one.confidence >= _SURE]
    return bool(others) and any(one.is_sensitive for one in found)


def _readers(turn: Turn, draft: Draft) -> str:
    if draft.accused is Accused.LEADER:
        return turn.word("card_readers_not_ward")
    kind = draft.kind or CaseKind.SUGGESTION
    desk = choose_desk(kind, draft.ward_code, is_sensitive=draft.is_sensitive, accused=draft.accused)
    if desk is Desk.RESTRICTED and draft.ward_code:
        return turn.word("card_readers_restricted", ward=ward_name(turn, draft.ward_code))
    return turn.word("card_readers_city")


def leader_button(turn: Turn, draft: Draft) -> Choice:
    """Takes the report past everybody in the ward, or back to those whom its leader named."""
    is_leader = draft.accused is Accused.LEADER
    label = turn.word("card_button_not_leader" if is_leader else "card_button_leader")
    return Choice(label, about_draft(Act.LEADER, draft.serial, "0" if is_leader else "1"))
