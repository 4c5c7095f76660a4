"""Anonymous by choice: staff see a name made of the case's code, the talk goes on in this chat, no identity can be added.

The card has a button for it; this is the word and the command. A filed case stays as it was filed.
"""

from dataclasses import replace

from handlers.dialogue.asking import ask_next
from handlers.dialogue.turn import Turn


def toggle(turn: Turn) -> None:
    """Turn it on or off for the open draft; without one, say how it works."""
    draft = turn.draft
    if draft is None:
        turn.say("person_anonymous_how")
        return
    draft = replace(draft, is_anonymous=not draft.is_anonymous)
    turn.update(draft, turn.conversation.asked)
    turn.say("person_anonymous_on" if draft.is_anonymous else "person_anonymous_off")
    ask_next(turn)
