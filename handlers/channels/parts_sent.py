"""A reply that a channel says in several messages goes on where it broke off, as long as this process lives."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from bot.domain.people import Address
from bot.domain.reply import Reply
from bot.errors import NeverDeliverable, TryLater

REMEMBERED = 1000  # replies that were cut short between two messages

Step = Callable[[], Awaitable[str]]  # one message; returns its id


class PartsSent:
    """Which messages of which replies are out."""

    def __init__(self) -> None:
        self._sent: OrderedDict[tuple[Address, Reply], list[str]] = OrderedDict()

    async def send(self, address: Address, reply: Reply, steps: Sequence[Step]) -> str:
        """Take every step that is still to be taken; returns the id of the last message.

        Raises:
            NeverDeliverable: There is no step, or one raises it: nothing is remembered then.
            TryLater: A step raises it; the next call goes on there.
        """
        if not steps:
            raise NeverDeliverable(description="the reply is empty")
        key = (address, reply)
        sent = self._sent.pop(key, []) if self._sent else []
        for step in steps[len(sent) :]:
            try:
                sent.append(await step())
            except (TryLater, asyncio.CancelledError):
                if sent:
                    self._remember(key, sent)
                raise
        return sent[-1]

    def _remember(self, key: tuple[Address, Reply], sent: list[str]) -> None:
        self._sent[key] = sent
        while len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)
