"""The counter as a channel: somebody stood there or called, and no message reaches them.

Sending is nothing: the words stand in the case, where staff read them out, and whoever has the receipt finds them with its
code and secret. That they were told is noted on the case by staff (`bot.services.tell_resident`), never assumed here.
"""

from bot.domain.incoming import Incoming, RemoteFile
from bot.domain.people import Address, Channel
from bot.domain.reply import Reply
from bot.errors import FileNotFetched
from bot.ports import KeptUpdate


class Counter:
    """`bot.ports.ChannelPort` for the counter, and for whatever else nothing can be sent to."""

    def __init__(self, channel: Channel = Channel.COUNTER) -> None:
        self.channel = channel

    def read(self, update: KeptUpdate) -> Incoming:
        """Nothing comes in this way: staff file by a form."""
        return Incoming.unsupported(Address(self.channel, update.address_id), update.external_id, update.received_at)

    async def fetch(self, file: RemoteFile) -> bytes:
        """There is never one to fetch.

        Raises:
            FileNotFetched: Always.
        """
        raise FileNotFetched(kind=file.kind.value)

    async def send(self, address: Address, reply: Reply) -> str:
        """Out of the outbox; see above for how it is told."""
        del address, reply
        return ""
