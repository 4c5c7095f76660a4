"""A flood at a door, and how a browser with script answers its question."""

from itertools import count

from bot.web.siege import Gate, is_answer


def besiege(gate: Gate) -> None:
    """So many knock that everybody is asked."""
    for _ in range(1000):
        if gate.siege.note():
            return
    raise AssertionError("a thousand in a minute are no flood here")


def answer_to(proof: str) -> str:
    """Found as `prove.js` finds it."""
    return next(str(number) for number in count() if is_answer(proof, str(number)))
