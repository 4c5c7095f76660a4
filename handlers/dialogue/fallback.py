"""What no other topic hears: stickers, things we cannot read, unknown commands and buttons. Never silence."""

from handlers.dialogue.asking import ask_next
from handlers.dialogue.turn import Turn


def hear_sticker(turn: Turn) -> None:
    """Friendly, and how to go on."""
    turn.say("chat_sticker")
    ask_next(turn)


def hear_unsupported(turn: Turn) -> None:
    """Say what we can read; an open draft stays as it is."""
    turn.say("chat_unsupported")
    ask_next(turn)


def hear_unknown_command(turn: Turn) -> None:
    turn.say("chat_unknown_command")
    ask_next(turn)


def hear_unknown_choice(turn: Turn) -> None:
    turn.say("chat_button_stale")
    ask_next(turn)
