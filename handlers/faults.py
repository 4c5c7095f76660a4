"""Says what went wrong without repeating what a resident wrote: for logs, for operators, for the reason kept on a row.

A message of an unknown exception may hold anything (a text, a phone number, a token in an address), so it is never quoted.
"""

import traceback

from bot.errors import BotError

OURS = frozenset({"bot", "handlers", "storage"})
LONGEST = 300  # characters


def described(error: BaseException) -> str:
    """The error's class and the line of ours that it came from: "ValueError in handlers.dialogue.report.filing:42"."""
    place = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in OURS or not place:
            place = f" in {module}:{line}"
    what = f": {error.args[0]}" if isinstance(error, BotError) else ""  # the class's own docstring, never a value
    return f"{type(error).__name__}{what}{place}"[:LONGEST]


def told(error: BotError | ValueError) -> str:
    """What a channel answered, on one line; the channel has already taken its token out."""
    return "".join(letter if letter.isprintable() else " " for letter in str(error))[:LONGEST]
