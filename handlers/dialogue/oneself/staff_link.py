"""A staff member links this chat: "/link CODE", or the link that the desk shows, and "/unlink" ends it.

The chat stays a resident's chat like any other; what is told in it is queued by `bot.services.tell_staff`. A code that is
wrong, used, too old or of a closed account is answered alike, and wrong ones are counted with the secrets of receipts.
"""

from datetime import tzinfo

from bot.domain.incoming import IncomingKind
from bot.services.link_chat import CHANNELS, link_chat, unlink_address
from handlers.dialogue.asking import ask_next
from handlers.dialogue.oneself import tying
from handlers.dialogue.turn import Turn
from handlers.dialogue.wrong_tries import are_too_many, count_one

LINK, UNLINK = "link", "unlink"
START = "link_"  # t.me/<bot>?start=link_7K3M9QX2 arrives as "/start link_7K3M9QX2"


async def hear(turn: Turn) -> bool:
    """Whether this message was about linking, and has been answered."""
    incoming = turn.incoming
    if incoming.kind is not IncomingKind.COMMAND:
        return False
    command, argument = incoming.command.casefold(), incoming.argument.strip()
    if command == "start" and argument.startswith(tying.START):
        await tying.hear_code(turn, argument.removeprefix(tying.START))
        return True
    if command == "start" and argument.startswith(START):
        await _link(turn, argument.removeprefix(START))
    elif command == LINK:
        await _link(turn, argument)
    elif command == UNLINK:
        was_linked = await unlink_address(turn.uow, address=incoming.address, now=turn.now)
        if not was_linked and await turn.uow.bonds.of(incoming.address):
            await tying.end(turn)
            return True
        turn.say("notice_unlinked" if was_linked else "notice_not_linked")
    else:
        return False
    ask_next(turn)
    return True


async def _link(turn: Turn, typed: str) -> None:
    address = turn.incoming.address
    if not typed:
        turn.say("notice_link_how")
        return
    if await are_too_many(turn):
        turn.say("notice_link_too_often")
        return
    receipts = turn.city.receipts
    linked = address.channel in CHANNELS and await link_chat(
        turn.uow, receipts, address=address, typed=typed, now=turn.now, zone=_zone(turn)
    )
    if linked:
        turn.say("notice_linked")
    elif not await tying.hear_bare(turn, typed):  # a resident's own, for another chat of theirs
        await count_one(turn)
        turn.say("notice_link_wrong")


def _zone(turn: Turn) -> tzinfo:
    return turn.city.calendar.current().timezone
