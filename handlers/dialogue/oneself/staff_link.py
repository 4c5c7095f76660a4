"""A staff member links this chat: "/link CODE", or the link that the desk shows, and "/unlink" ends it.

The chat stays a resident's chat like any other; what is told in it is queued by `bot.services.tell_staff`. A code that is
wrong, used, too old or of a closed account is answered alike, and wrong ones are counted with the secrets of receipts.
"""

from datetime import tzinfo

from bot.domain.incoming import IncomingKind
from bot.services.link_chat import CHANNELS, link_chat, unlink_address
from handlers.dialogue.after.finding import MOST_WRONG, WINDOW
from handlers.dialogue.asking import ask_next
from handlers.dialogue.turn import Turn

LINK, UNLINK = "link", "unlink"
START = "link_"  # t.me/<bot>?start=link_7K3M9QX2 arrives as "/start link_7K3M9QX2"


async def hear(turn: Turn) -> bool:
    """Whether this message was about linking, and has been answered."""
    incoming = turn.incoming
    if incoming.kind is not IncomingKind.COMMAND:
        return False
    command, argument = incoming.command.casefold(), incoming.argument.strip()
    if command == "start" and argument.startswith(START):
        await _link(turn, argument.removeprefix(START))
    elif command == LINK:
        await _link(turn, argument)
    elif command == UNLINK:
        was_linked = await unlink_address(turn.uow, address=incoming.address, now=turn.now)
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
    if await turn.uow.tries.since(address, now=turn.now, window=WINDOW) >= MOST_WRONG:
        turn.say("notice_link_too_often")
        return
    receipts = turn.city.receipts
    linked = address.channel in CHANNELS and await link_chat(
        turn.uow, receipts, address=address, typed=typed, now=turn.now, zone=_zone(turn)
    )
    if not linked:
        await turn.uow.tries.add(address, now=turn.now, window=WINDOW)
        turn.say("notice_link_wrong")
        return
    turn.say("notice_linked")


def _zone(turn: Turn) -> tzinfo:
    return turn.city.calendar.current().timezone
