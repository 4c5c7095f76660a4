"""The transaction between two handfuls of replies: what came of the last is written down, and the next are claimed.

It may be one of its own or somebody else's (`handlers.at_once`). Sending, and what is known of it, is `handlers.delivery`'s.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.people import Channel
from bot.domain.reply import DeliveryResult, QueuedReply
from bot.ports import UnitOfWork

if TYPE_CHECKING:
    from handlers.delivery import Delivery

MOST_ROUNDS = 8  # replies to one address, of a channel without a network, that one transaction sends

Done = tuple[QueuedReply, DeliveryResult]


@dataclass(slots=True)
class Exchange:
    """What came of some replies is written down, and the next are claimed: in one transaction, whosever it is.

    Those that need no network are sent in it as well. A page finds them with the commit that answered, and neither a second
    commit nor a second look is needed.
    """

    _delivery: "Delivery"
    done: list[Done]
    _channels: list[Channel]
    most: int
    claimed: list[QueuedReply] = field(default_factory=list)  # to be sent once it is committed
    sent: list[Done] = field(default_factory=list)  # in it
    may_be_more: bool = False

    async def write(self, uow: UnitOfWork) -> None:
        if self.done:
            await uow.outbox.record(await self._delivery.results_in(uow, self.done))
        for _ in range(MOST_ROUNDS if self._channels else 0):
            if not await self._claim(uow):
                return
        self.may_be_more = bool(self._channels)

    async def _claim(self, uow: UnitOfWork) -> bool:
        """True when something was sent, so that the same addresses may have more that waited behind it."""
        most = self.most - len(self.claimed)
        found = await self._delivery.claim_in(uow, self._channels, most)
        here = [queued for queued in found if self._delivery.needs_no_network(queued)]
        self.claimed += [queued for queued in found if not self._delivery.needs_no_network(queued)]
        self.may_be_more = len(found) >= most
        if here:
            done = await self._delivery.send_here(here)
            self.sent += done
            await uow.outbox.record(await self._delivery.results_in(uow, done))
        # Where all that was queued in this very transaction is claimed, and nothing else, nothing can wait behind it.
        return bool(here) and self.most > len(self.claimed) and uow.outbox.queued() != {queued.id for queued in found}

    def go(self) -> None:
        """It is committed."""
        self._delivery.begin_sending(self.claimed)
        if not self.may_be_more:
            self._delivery.has_claimed_all(self._channels)
        self._delivery.has_sent_here(self.sent, may_be_more=self.may_be_more)

    def undo(self) -> None:
        """It is not committed, or nobody knows."""
        self._delivery.take_back_done(self.done, sends_apart=bool(self.sent))
