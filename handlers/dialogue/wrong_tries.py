"""Wrong codes and secrets of one address, counted together: nobody tries them one after the other."""

from datetime import timedelta

from handlers.dialogue.turn import Turn

MOST_WRONG = 5
WINDOW = timedelta(hours=1)


async def are_too_many(turn: Turn) -> bool:
    """Nothing more is looked up for this address until the window that began with its first one is over."""
    return await turn.uow.tries.since(turn.incoming.address, now=turn.now, window=WINDOW) >= MOST_WRONG


async def count_one(turn: Turn) -> None:
    await turn.uow.tries.add(turn.incoming.address, now=turn.now, window=WINDOW)
