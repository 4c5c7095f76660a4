"""Telegram as a channel: says replies, fetches files, sets the menu.

Words, buttons and what is fetched go by `telegram_calls` and `telegram_words`. Only uploads need aiogram: it is imported, in
a thread, when the first file is sent (`telegram_uploads`), so that nobody waits for it at the start and a bot that sends no
files never pays its memory. Updates come in elsewhere: `telegram_intake`, `telegram_reading`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog

from bot.domain.incoming import LARGEST_FILE, FileKind, Incoming, RemoteFile, StoredFile
from bot.domain.people import Address, Channel, Language
from bot.domain.reply import Reply
from bot.errors import ChannelError, FileNotFetched, FileTooLarge, NeverDeliverable, TryLater
from bot.ports import FileStore, KeptUpdate
from bot.wording import say
from handlers.channels.parts_sent import PartsSent, Step
from handlers.channels.telegram_calls import CallRefused, RawCalls, redact
from handlers.channels.telegram_reading import read_update
from handlers.channels.telegram_text import LONGEST_CAPTION, units
from handlers.channels.telegram_words import Markup, messages, with_keyboard

if TYPE_CHECKING:
    from handlers.channels.telegram_uploads import Uploads

log = structlog.get_logger()

ONE_CALL = 20.0  # seconds
ONE_DOWNLOAD = 120.0  # seconds
ONE_ANSWER = 5.0  # seconds; a button stops turning by itself, the message must not wait for it
LARGEST_PHOTO = 10 * 1024 * 1024  # bytes; a larger one goes as a document, https://core.telegram.org/bots/api#sendphoto

# Each has a wording `telegram_menu_<command>`; the first ones are what most people look for.
MENU = ("new", "cases", "receipt", "find", "code", "person", "mydata", "contact", "where", "cancel", "help", "language")

# Chats that nothing will ever reach again, in Telegram's words; everything else it refuses with 400 is about the message.
_GONE = ("chat not found", "user is deactivated", "user not found", "peer_id_invalid", "bot was blocked")


class TelegramChannel:
    """`bot.ports.ChannelPort` for Telegram.

    Args:
        token: The bot's token.
        files: Where the files of staff replies are.
        api_base: Where the Bot API is, for methods and files.
    """

    channel = Channel.TELEGRAM

    def __init__(self, token: str, files: FileStore, *, api_base: str = "https://api.telegram.org") -> None:
        self._token = token
        self._files = files
        self._base = api_base.rstrip("/")
        self._calls = RawCalls(token, self._base)
        self._downloads: aiohttp.ClientSession | None = None
        self._uploads: Uploads | None = None  # once there was one
        self._sent = PartsSent()

    async def close(self) -> None:
        self._calls.close()
        for opened in (self._downloads, self._uploads):
            if opened is not None:
                await opened.close()

    def read(self, update: KeptUpdate) -> Incoming:
        """See `telegram_reading.read_update`."""
        return read_update(update)

    async def send(self, address: Address, reply: Reply) -> str:
        """Say it, in as many messages as it takes; returns Telegram's id of the last.

        A pressed button is answered at the same time; when that fails, the message goes out all the same.

        Raises:
            TryLater: `after` is Telegram's `retry_after`.
            NeverDeliverable: `blocked` when this chat is lost, not only this message.
        """
        if not reply.answers_choice_id:
            return await self._say(address, reply)
        has_more = bool(reply.text.strip() or reply.files)
        answering = asyncio.ensure_future(self._answer(reply.answers_choice_id, alone=not has_more))
        if not has_more:
            await answering
            return ""
        try:
            return await self._say(address, reply)
        except asyncio.CancelledError:
            answering.cancel()
            raise
        finally:
            await asyncio.wait({answering})

    async def fetch(self, file: RemoteFile) -> bytes:
        """The file's bytes, at most 20 MB: Telegram hands out no more.

        Raises:
            FileTooLarge, FileNotFetched, TryLater: As `bot.ports.ChannelPort` says.
        """
        if file.size is not None and file.size > LARGEST_FILE:
            raise FileTooLarge(size=file.size)
        try:
            found = await self._call("getFile", {"file_id": file.remote_id})
        except NeverDeliverable as refused:
            description = str(refused.values.get("description", ""))
            if "temporarily unavailable" in description and "wrong file_id" not in description:
                raise TryLater(description=description) from None
            raise (FileTooLarge if "too big" in description else FileNotFetched)(description=description) from None
        path = found.get("file_path") if isinstance(found, dict) else None
        if not isinstance(path, str) or path.startswith("/") or ".." in path:
            raise FileNotFetched(description="no path to download from")
        return await self._download(path)

    async def set_menu(self) -> None:
        """The commands beside the text field, in Vietnamese (also for everybody else) and in English.

        Raises:
            TryLater, NeverDeliverable: As with `send`.
        """
        for code, language in ((None, Language.VI), ("vi", Language.VI), ("en", Language.EN)):
            commands = [{"command": name, "description": say(language, f"telegram_menu_{name}")} for name in MENU]
            menu: dict[str, Any] = {"commands": commands, "scope": {"type": "all_private_chats"}}
            await self._call("setMyCommands", menu if code is None else {**menu, "language_code": code})

    async def _say(self, address: Address, reply: Reply) -> str:
        return await self._sent.send(address, reply, await self._steps(address.external_id, reply))

    async def _steps(self, chat: str, reply: Reply) -> list[Step]:
        """Everything the reply takes, in order: the words, then the files; one file may carry the words itself."""
        text, markup = with_keyboard(reply)
        files = [(file, await self._data_of(file)) for file in reply.files]
        caption = text if len(files) == 1 and 0 < units(text) <= LONGEST_CAPTION else None
        words = [] if caption else messages(chat, text, markup)
        steps: list[Step] = [partial(_sent_id, self._call, "sendMessage", message) for message in words]
        for number, (file, data) in enumerate(files, start=1):
            under = markup if not words and number == len(files) else None
            steps.append(partial(_sent_id, self._upload, chat, file, data, caption=caption, markup=under))
        return steps

    async def _data_of(self, file: StoredFile) -> bytes:
        """The copy that may be shown, where there is one: an original keeps where and with what it was taken."""
        try:
            return await self._files.get(file.shown_key or file.key)
        except FileNotFoundError:
            raise NeverDeliverable(description="a file of this reply is no longer in the store") from None
        except Exception as error:
            raise TryLater(acted=False, reason=f"file store: {type(error).__name__}") from None

    async def _upload(self, chat: str, file: StoredFile, data: bytes, *, caption: str | None, markup: Markup | None) -> Any:
        uploads = await asyncio.to_thread(import_module, "handlers.channels.telegram_uploads")
        if self._uploads is None:
            self._uploads = uploads.Uploads(self._token, self._base)
        send = partial(self._uploads.send, chat, file, data, caption=caption, markup=markup)
        try:
            if file.kind is FileKind.PHOTO and len(data) <= LARGEST_PHOTO:
                try:
                    return await send(as_photo=True)
                except CallRefused as refused:
                    meaning = _meaning(refused)
                    if not isinstance(meaning, NeverDeliverable) or meaning.blocked:
                        raise
            return await send(as_photo=False)  # also what is too long and narrow for a photo, or no picture after all
        except CallRefused as refused:
            raise _meaning(refused) from None

    async def _answer(self, choice_id: str, *, alone: bool) -> None:
        try:
            await self._call("answerCallbackQuery", {"callback_query_id": choice_id}, ONE_ANSWER)
        except NeverDeliverable:
            return  # too old, or answered by an earlier try: there is nobody left who waits
        except TryLater as later:
            if alone:
                raise
            log.info("telegram_choice_not_answered", reason=str(later)[:200])

    async def _call(self, method: str, parameters: dict[str, Any], within: float = ONE_CALL) -> Any:
        """The plain JSON result. Raises TryLater or NeverDeliverable, with the token in neither."""
        try:
            return await self._calls.result_of(method, parameters, timeout=within)
        except CallRefused as refused:
            raise _meaning(refused) from None

    async def _download(self, path: str) -> bytes:
        """Raises FileTooLarge past 20 MB, whatever was declared."""
        if self._downloads is None:
            self._downloads = aiohttp.ClientSession()
        data = bytearray()
        timeout = aiohttp.ClientTimeout(total=ONE_DOWNLOAD, sock_read=ONE_CALL)
        url = f"{self._base}/file/bot{self._token}/{path}"
        try:
            async with self._downloads.get(url, timeout=timeout, allow_redirects=False) as response:
                if response.status != 200:
                    failure = TryLater if response.status >= 500 or response.status == 429 else FileNotFetched
                    raise failure(code=response.status)
                async for chunk in response.content.iter_chunked(256 * 1024):
                    data += chunk
                    if len(data) > LARGEST_FILE:
                        raise FileTooLarge(size=len(data))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TryLater(reason=redact(f"{type(error).__name__}: {error}", self._token)) from None
        return bytes(data)


async def _sent_id(call: Callable[..., Awaitable[Any]], *given: Any, **named: Any) -> str:
    """The id of the message that this call sent. Raises TryLater where none came back: something in between answered."""
    result = await call(*given, **named)
    if not isinstance(result, dict) or "message_id" not in result:
        raise TryLater(reason="the answer is no message")
    return str(result["message_id"])


def _meaning(refused: CallRefused) -> ChannelError:
    """What a refusal means for the reply."""
    description = refused.description
    if refused.code == 403:
        return NeverDeliverable(blocked=True, description=description)
    if refused.code == 400 and description:
        return NeverDeliverable(blocked=any(words in description.lower() for words in _GONE), description=description)
    if refused.code == 413:
        return NeverDeliverable(description=description)
    # A wrong token (401, 404) is the operator's to mend, and no fault of the reply.
    return TryLater(acted=refused.code not in (401, 404), code=refused.code, description=description)
