"""A messenger that hands over no words of some people: children, people with a disability. They reach the ward otherwise.

To ask them to write it again would be asking for what they cannot do: they are told of other ways, once in some hours.
"""

from dataclasses import replace
from datetime import timedelta

from bot.domain.capabilities import CAPABILITIES
from handlers.dialogue.asking import ward_name
from handlers.dialogue.oneself.people import office_lines, ward_of
from handlers.dialogue.turn import Turn

TOLD_EVERY = timedelta(hours=6)


def is_withheld(turn: Turn) -> bool:
    """What cannot be read may be what the messenger does not hand over."""
    return CAPABILITIES[turn.incoming.address.channel].withholds_words


async def tell_other_ways(turn: Turn) -> None:
    """The ward's telephone and counter, and our own page; silence for who was told lately."""
    told = turn.conversation.withheld_told_at
    if told is not None and timedelta() <= turn.now - told < TOLD_EVERY:
        return
    turn.conversation = replace(turn.conversation, withheld_told_at=turn.now)
    ways = [turn.word("chat_withheld")]
    ward = await ward_of(turn)
    if ward is None:
        ways.append(turn.word("chat_withheld_counter"))
    else:
        office = "\n".join(await office_lines(turn, ward))
        ways.append(turn.word("chat_withheld_office", ward=ward_name(turn, ward), office=office))
    if turn.city.public_url:
        ways.append(turn.word("chat_withheld_web", link=f"{turn.city.public_url}/chat"))
    ways.append(turn.word("chat_withheld_helper"))
    turn.say_text("\n".join(ways))
    turn.say("chat_withheld_danger")
