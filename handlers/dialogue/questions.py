"""What residents ask about their own matter, answered at once: who reads it, how it stands, whom to call.

None of it takes the question away: what is no command stays a matter that goes to the ward, if the resident wants that.
"""

from handlers.dialogue.asking import ask_next, ward_name
from handlers.dialogue.oneself.people import office_lines
from handlers.dialogue.turn import Turn

STATUS, CONTACT = "q_status", "q_contact"
_LONGEST = 200  # characters; a longer text has a matter in it


def who_reads(turn: Turn) -> None:
    """Who reads a matter and what they see of whoever wrote it."""
    turn.say("ask_who_reads")
    if messenger := turn.can.name:
        turn.say("card_messenger_sees", messenger=messenger)
    ask_next(turn)


def hint_at_status(turn: Turn) -> None:
    """Somebody without a case here asks how a case stands: its code is all that is needed."""
    text = turn.incoming.text
    if turn.draft is None and text.strip() and len(text) <= _LONGEST and turn.city.understand(text).category == STATUS:
        turn.say("ask_status_hint")


async def tell_office(turn: Turn) -> None:
    """Whom to call, as soon as the ward of such a question is known; in a message before the card."""
    draft, before = turn.draft, turn.before.draft
    if draft is None or not turn.showed_card or draft.category != CONTACT or draft.ward_code is None:
        return
    if before is not None and (before.ward_code, before.category) == (draft.ward_code, CONTACT):
        return
    lines = "\n".join(await office_lines(turn, draft.ward_code))
    turn.say_first(turn.word("person_office", ward=ward_name(turn, draft.ward_code), office=lines))
