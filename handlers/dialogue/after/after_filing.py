"""What can be done with a filed case by button: each act and the topic that hears it."""

from collections.abc import Awaitable, Callable

from bot.domain.draft import Awaited
from handlers.dialogue.after import asked, contest, finding, my_cases, publishing, rating, receipts
from handlers.dialogue.choices import Act
from handlers.dialogue.turn import Turn

# The value that the button carried is theirs to read: "7K3M-9QX2", "7K3M-9QX2:67401234".
ACTS: dict[Act, Callable[[Turn, str], Awaitable[None]]] = {
    Act.CASE: my_cases.press,
    Act.CASES: my_cases.older,
    Act.RECEIPT: receipts.press,
    Act.KEPT: receipts.check_digits,
    Act.ADD_HERE: receipts.add_here,
    Act.RESOLVED: rating.resolved,
    Act.NOT_RESOLVED: rating.not_resolved,
    Act.REOPEN: rating.reopen,
    Act.STARS: rating.star,
    Act.NOTHING_MORE: asked.nothing_more,
    Act.CONTEST: contest.enter,
    Act.PUBLISH: publishing.press,
}


async def hear_code(turn: Turn, _: str) -> bool:
    return await finding.hear_code(turn)


# Who hears the answer to a question outside of any draft; False: these words are no answer to it.
ANSWERS: dict[Awaited, Callable[[Turn, str], Awaitable[bool]]] = {
    Awaited.CODE: hear_code,
    Awaited.RECEIPT: finding.hear_secret,
    Awaited.DISPUTE: rating.hear_dispute,
}
# Those that a photo or another file may answer too.
SHOWN_ANSWERS = frozenset({Awaited.DISPUTE})
