"""Zalo as a channel: says replies in words, numbered lines and pictures by link; fetches what events name by address.

Updates come in elsewhere: `zalo_intake`, `zalo_reading`. There is no key by which Zalo would know a message that it got
twice, so that one whose outcome is unknown may be doubled and is never lost.
"""

import asyncio
from collections import OrderedDict
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from bot.domain.incoming import FileKind, Incoming, RemoteFile, StoredFile
from bot.domain.people import Address, Channel
from bot.domain.reply import Reply
from bot.domain.splitting import units
from bot.errors import ChannelError, NeverDeliverable, StorageBusy, TryLater
from bot.ports import KeptUpdate
from handlers.channels.parts_sent import PartsSent, Step
from handlers.channels.telegram_calls import CallRefused
from handlers.channels.wire import CutOff
from handlers.channels.zalo_calls import TOO_MANY, TokenRefused, ZaloCalls
from handlers.channels.zalo_fetching import ZaloFetching
from handlers.channels.zalo_intake import PROBE_EVERY
from handlers.channels.zalo_links import PhotoLinks
from handlers.channels.zalo_reading import read_update
from handlers.channels.zalo_typing import Typing
from handlers.channels.zalo_words import LONGEST_CAPTION, elsewhere, messages, words_of

log = structlog.get_logger()

PHOTO_WITHIN = 24.0  # seconds; Zalo fetches it meanwhile
LONGEST_BACKOFF = 60.0  # seconds; the first is one, then doubled
MOST_FORBIDDEN = 4  # tries of one reply that are refused with 403, which the documentation calls a server's error
REMEMBERED = 5000  # chats and when they were last spoken to; replies that were forbidden

FORBIDDEN, NOT_IN_TIME = 403, 408


class ZaloChannel:
    """`bot.ports.ChannelPort` for Zalo.

    Args:
        links: Makes addresses of pictures; None where nobody can reach ours: then words say where they are.
        spacing: Seconds between two messages of one reply, as Zalo's pace has them between two replies.
    """

    channel = Channel.ZALO

    def __init__(
        self,
        calls: ZaloCalls,
        fetching: ZaloFetching,
        links: PhotoLinks | None,
        *,
        spacing: float = 1.0,
    ) -> None:
        self._calls = calls
        self._fetching = fetching
        self._links = links
        self._spacing = spacing
        self.typing = Typing(self._show_typing)  # to be told of who wrote
        self._sent = PartsSent()
        self._free_at: OrderedDict[str, float] = OrderedDict()  # chats, by the loop's clock
        self._forbidden: OrderedDict[tuple[Address, Reply], int] = OrderedDict()
        self._refusals = 0  # for being too fast, one after the other

    def read(self, update: KeptUpdate) -> Incoming:
        """See `zalo_reading.read_update`."""
        return read_update(update)

    async def fetch(self, file: RemoteFile) -> bytes:
        """See `ZaloFetching.fetch`; `remote_id` is an address."""
        return await self._fetching.fetch(file.remote_id)

    async def send(self, address: Address, reply: Reply) -> str:
        """Say it, in as many messages as it takes; returns Zalo's id of the last.

        Raises:
            TryLater: Also while the token is refused: nothing is asked of Zalo then, and nothing is lost.
            NeverDeliverable: Zalo refuses this reply; it never says that a chat is lost.
        """
        self.typing.answered(address.external_id)
        if self._calls.is_refused:
            raise TryLater(after=timedelta(seconds=PROBE_EVERY), acted=False, reason="the token is refused")
        if not (reply.text.strip() or reply.files or reply.choices):
            return ""  # a bare acknowledgement of a button; there are none
        try:
            sent = await self._sent.send(address, reply, self._steps(address.external_id, reply))
        except TryLater as later:
            if later.values.get("code") == FORBIDDEN:
                self._count_forbidden((address, reply), later)
            raise
        if self._forbidden:
            self._forbidden.pop((address, reply), None)
        return sent

    async def close(self) -> None:
        await self.typing.close()
        await self._fetching.close()

    async def _show_typing(self, chat: str) -> None:
        if not self._calls.is_refused:
            await self._calls.call("sendChatAction", {"chat_id": chat, "action": "typing"})

    def _steps(self, chat: str, reply: Reply) -> list[Step]:
        """Everything the reply takes, in order: the words, then the pictures; one picture may carry the words itself."""
        pictures = [file for file in reply.files if file.kind is FileKind.PHOTO and file.shown_key]
        others = tuple(file for file in reply.files if file not in pictures)
        unsent = elsewhere(others, 0 if self._links else len(pictures), reply.language)
        text = "\n\n".join(part for part in (words_of(reply), unsent) if part)
        if self._links is None or not pictures:
            return [partial(self._say, chat, message) for message in messages(text)]
        instead = elsewhere((), 1, reply.language)
        if len(pictures) == 1 and units(text) > 0 and units(f"{text}\n\n{instead}") <= LONGEST_CAPTION:
            return [partial(self._show, chat, pictures[0], text, f"{text}\n\n{instead}")]
        words: list[Step] = [partial(self._say, chat, message) for message in messages(text)]
        return words + [partial(self._show, chat, file, "", instead) for file in pictures]

    async def _say(self, chat: str, text: str) -> str:
        return await self._call(chat, "sendMessage", {"chat_id": chat, "text": text})

    async def _show(self, chat: str, file: StoredFile, caption: str, instead: str) -> str:
        """The picture, or, where Zalo does not take it, where it is."""
        if self._links is None:
            return await self._say(chat, instead)
        try:
            address = await self._links.make(file.shown_key)
        except StorageBusy:
            raise TryLater(acted=False, reason="no link could be kept") from None
        given = {"chat_id": chat, "photo": address} | ({"caption": caption} if caption else {})
        try:
            return await self._call(chat, "sendPhoto", given, PHOTO_WITHIN)
        except NeverDeliverable as never:
            log.warning("zalo_picture_refused", code=never.values.get("code"))
            return await self._say(chat, instead)

    async def _call(self, chat: str, method: str, given: dict[str, Any], within: float | None = None) -> str:
        """The id of the message. Raises TryLater or NeverDeliverable."""
        await self._wait_for_chat(chat)
        try:
            result = await (self._calls.call(method, given, timeout=within) if within else self._calls.call(method, given))
        except CutOff:
            raise TryLater(reason="the answer broke off") from None
        except ChannelError as error:
            raise self._meaning(error) from None
        self._refusals = 0
        if not isinstance(result, dict) or not isinstance(result.get("message_id"), str | int):
            raise TryLater(reason="the answer is no message")
        return str(result["message_id"])

    async def _wait_for_chat(self, chat: str) -> None:
        now = asyncio.get_running_loop().time()
        free_at = self._free_at.pop(chat, 0.0)
        self._free_at[chat] = max(now, free_at) + self._spacing
        while len(self._free_at) > REMEMBERED:
            self._free_at.popitem(last=False)
        if free_at > now:
            await asyncio.sleep(free_at - now)

    def _meaning(self, error: ChannelError) -> ChannelError:
        """What a refusal means for the reply."""
        if isinstance(error, TryLater):
            if error.values.get("code") != TOO_MANY:
                return error
            wait = min(2.0**self._refusals, LONGEST_BACKOFF)  # how long is not said
            self._refusals = min(self._refusals + 1, 10)
            return TryLater(after=timedelta(seconds=wait), acted=False, code=TOO_MANY)
        if isinstance(error, TokenRefused):
            return TryLater(after=timedelta(seconds=PROBE_EVERY), acted=False, reason="the token is refused")
        if isinstance(error, CallRefused) and error.code in (FORBIDDEN, NOT_IN_TIME):
            return TryLater(code=error.code, description=error.description)
        return NeverDeliverable(**error.values)

    def _count_forbidden(self, key: tuple[Address, Reply], later: TryLater) -> None:
        """Raises NeverDeliverable: It was refused so often that it is put aside, where operators can send it again."""
        count = self._forbidden.pop(key, 0) + 1
        if count >= MOST_FORBIDDEN:
            raise NeverDeliverable(**later.values) from None
        self._forbidden[key] = count
        while len(self._forbidden) > REMEMBERED:
            self._forbidden.popitem(last=False)
