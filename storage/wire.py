"""Rings the bells of the other processes, on PostgreSQL: what one committed, the others hear moments later.

A hint, as every bell is: it goes out after the commit and outside it, because a NOTIFY inside would let all who commit wait
for each other. Many commits of a moment are one message. A web chat is named by a digest: nobody's address is on the wire.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from hashlib import sha256

from bot.bell import Bell
from bot.domain.capabilities import CAPABILITIES
from bot.domain.people import Address

GATHER = 0.02  # seconds in which commits share a message
MAIL_EVERY = 0.3  # seconds between two messages that only say that there is work: each wakes everybody to look for it
MOST_CHATS = 300  # named in one message, which may have 8000 bytes; of more, every open page looks
_DESK, _MAIL, _ALL = "desk", "mail", "all"


class Wire:
    """One process's end of it.

    Args:
        bell: Rung for what others tell.
        send: How they are told.
    """

    def __init__(self, bell: Bell, send: Callable[[str], Awaitable[None]]) -> None:
        self._bell, self._send = bell, send
        self._chats: set[Address] = set()
        self._words: set[str] = set()
        self._sending: asyncio.Task[None] | None = None

    def tell(self, addresses: Iterable[Address], *, desk: bool, mail: bool) -> None:
        """Something was committed.

        Args:
            addresses: Whose replies were queued or delivered; only web chats have pages that somebody else may serve.
            desk: Something happened to a case.
            mail: Updates were kept.
        """
        self._chats.update(address for address in addresses if CAPABILITIES[address.channel].is_own_page)
        self._words.update(word for word, is_said in ((_DESK, desk), (_MAIL, mail)) if is_said)
        if (self._chats or self._words) and (self._sending is None or self._sending.done()):
            self._sending = asyncio.get_running_loop().create_task(self._send_soon())

    def hear(self, news: str) -> None:
        """What another process told."""
        words = set(news.split())
        if _DESK in words:
            self._bell.ring_desk()
        if _MAIL in words:
            self._bell.ring_mail()
        if chats := words - {_DESK, _MAIL}:
            self._bell.ring(a for a in self._bell.followed() if _ALL in chats or _digest(a.external_id) in chats)

    async def end(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)

    async def _send_soon(self) -> None:
        while self._chats or self._words:
            await asyncio.sleep(MAIL_EVERY if not self._chats and self._words == {_MAIL} else GATHER)
            chats, words = self._chats, self._words
            self._chats, self._words = set(), set()
            told = {_ALL} if len(chats) > MOST_CHATS else {_digest(chat.external_id) for chat in chats}
            await self._send(" ".join(sorted(words | told)))


@lru_cache(maxsize=10_000)
def _digest(external_id: str) -> str:
    return sha256(external_id.encode()).hexdigest()[:20]
