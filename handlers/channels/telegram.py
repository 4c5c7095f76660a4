"""Telegram as a channel: says replies, fetches files, sets the menu. The only file that imports aiogram.

aiogram gives the methods, the keyboards and the reading of refusals. Its own request is not used: it follows redirects
with the token in the address, sends even one line of text as multipart, and parses answers of which we need one number
(together 100 of 170 µs a message). Updates come in elsewhere: `telegram_intake`, `telegram_reading`.
"""

import asyncio
from collections import OrderedDict
from datetime import timedelta
from typing import Any

import aiohttp
import structlog

from bot.domain.incoming import LARGEST_FILE, FileKind, Incoming, RemoteFile, StoredFile
from bot.domain.people import Address, Channel, Language
from bot.domain.reply import Reply
from bot.errors import ChannelError, FileNotFetched, FileTooLarge, NeverDeliverable, TryLater
from bot.ports import FileStore, KeptUpdate
from bot.wording import say
from handlers.channels.telegram_calls import redact
from handlers.channels.telegram_models import build, unbuilt
from handlers.channels.telegram_reading import read_update
from handlers.channels.telegram_text import LONGEST_CAPTION, parts, units
from handlers.channels.telegram_updates import clean

with unbuilt():
    import aiogram.types
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.exceptions import (
        AiogramError,
        ClientDecodeError,
        TelegramBadRequest,
        TelegramEntityTooLarge,
        TelegramForbiddenError,
        TelegramMigrateToChat,
        TelegramNotFound,
        TelegramRetryAfter,
        TelegramUnauthorizedError,
    )
    from aiogram.methods import (
        AnswerCallbackQuery,
        GetFile,
        SendDocument,
        SendMessage,
        SendPhoto,
        SetMyCommands,
        TelegramMethod,
    )
    from aiogram.types import (
        BotCommand,
        BotCommandScopeAllPrivateChats,
        BufferedInputFile,
        InlineKeyboardButton,
        InlineKeyboardMarkup,
        InputFile,
        KeyboardButton,
        LinkPreviewOptions,
        ReplyKeyboardMarkup,
        ReplyKeyboardRemove,
        ResponseParameters,
    )

_CALLED = (AnswerCallbackQuery, GetFile, SendDocument, SendMessage, SendPhoto, SetMyCommands)
_MADE = (BotCommand, BotCommandScopeAllPrivateChats, LinkPreviewOptions, ReplyKeyboardMarkup, ReplyKeyboardRemove)
_IN_THEM = (InlineKeyboardMarkup, InlineKeyboardButton, KeyboardButton, ResponseParameters)
build((*_IN_THEM, *_MADE, *_CALLED), vars(aiogram.types))
for _method in _CALLED:
    # A refusal is read as one, whatever the method returns; what it returns is read here.
    _method.__returning__ = Any  # type: ignore[assignment]  # declared to differ from method to method

log = structlog.get_logger()

ONE_CALL = 20.0  # seconds
ONE_UPLOAD = 120.0  # seconds
ONE_ANSWER = 5.0  # seconds; a button stops turning by itself, the message must not wait for it
LARGEST_PHOTO = 10 * 1024 * 1024  # bytes; a larger one goes as a document, https://core.telegram.org/bots/api#sendphoto
REMEMBERED = 1000  # replies that were cut short between two messages

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
        self._session = _Session(api=TelegramAPIServer.from_base(api_base))
        self._bot = Bot(token, session=self._session)  # without defaults: a parse mode would eat "<3" and "_"
        # A reply of several messages that broke off goes on where it stopped, as long as this process lives.
        self._sent: OrderedDict[tuple[Address, Reply], list[str]] = OrderedDict()

    async def close(self) -> None:
        await self._session.close()

    def read(self, update: KeptUpdate) -> Incoming:
        """See `telegram_reading.read_update`."""
        return read_update(update)

    async def send(self, address: Address, reply: Reply) -> str:
        """Say it, in as many messages as it takes; returns Telegram's id of the last.

        A pressed button is answered at the same time; when that fails, the message goes out all the same. Choices are an
        inline keyboard under the last part. A wish for the resident's location is a button of its own where there are no
        choices, else one more line: Telegram allows one keyboard a message.

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
            found = await self._call(GetFile(file_id=file.remote_id))
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
            commands = [BotCommand(command=name, description=say(language, f"telegram_menu_{name}")) for name in MENU]
            scope = BotCommandScopeAllPrivateChats()
            await self._call(SetMyCommands(commands=commands, scope=scope, language_code=code))

    async def _say(self, address: Address, reply: Reply) -> str:
        methods = await self._messages(address, reply)
        if not methods:
            raise NeverDeliverable(description="the reply is empty")
        sent = self._sent.pop((address, reply), [])
        for method in methods[len(sent) :]:
            try:
                result = await self._call(method)
            except NeverDeliverable as refused:
                if not isinstance(method, SendPhoto) or refused.blocked:
                    raise
                result = await self._call(_as_document(method))  # too long and narrow, or no picture after all
            except (TryLater, asyncio.CancelledError):
                if sent:
                    self._remember((address, reply), sent)
                raise
            sent.append(str(result.get("message_id", "")) if isinstance(result, dict) else "")
        return sent[-1]

    def _remember(self, key: tuple[Address, Reply], sent: list[str]) -> None:
        self._sent[key] = sent
        while len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)

    async def _messages(self, address: Address, reply: Reply) -> list[TelegramMethod[Any]]:
        """Everything the reply takes, in order: the words, then the files; one file may carry the words itself."""
        chat = address.external_id
        text, markup = _with_keyboard(reply)
        uploads = [await self._file(file) for file in reply.files]
        caption = text if len(uploads) == 1 and 0 < units(text) <= LONGEST_CAPTION else None
        pieces = [] if caption else parts(text)
        methods: list[TelegramMethod[Any]] = [
            SendMessage(
                chat_id=chat,
                text=piece,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_markup=markup if number == len(pieces) else None,
            )
            for number, piece in enumerate(pieces, start=1)
        ]
        for number, (stored, upload) in enumerate(zip(reply.files, uploads, strict=True), start=1):
            under = markup if not pieces and number == len(uploads) else None
            if stored.kind is FileKind.PHOTO and len(upload.data) <= LARGEST_PHOTO:
                methods.append(SendPhoto(chat_id=chat, photo=upload, caption=caption, reply_markup=under))
            else:
                methods.append(SendDocument(chat_id=chat, document=upload, caption=caption, reply_markup=under))
        return methods

    async def _file(self, file: StoredFile) -> BufferedInputFile:
        """The copy that may be shown, where there is one: an original keeps where and with what it was taken."""
        try:
            data = await self._files.get(file.shown_key or file.key)
        except FileNotFoundError:
            raise NeverDeliverable(description="a file of this reply is no longer in the store") from None
        except Exception as error:
            raise TryLater(acted=False, reason=f"file store: {type(error).__name__}") from None
        return BufferedInputFile(data, _file_name(file))

    async def _answer(self, choice_id: str, *, alone: bool) -> None:
        try:
            await self._call(AnswerCallbackQuery(callback_query_id=choice_id), within=ONE_ANSWER)
        except NeverDeliverable:
            return  # too old, or answered by an earlier try: there is nobody left who waits
        except TryLater as later:
            if alone:
                raise
            log.info("telegram_choice_not_answered", reason=str(later)[:200])

    async def _call(self, method: TelegramMethod[Any], within: float = ONE_CALL) -> Any:
        """The plain JSON result. Raises TryLater or NeverDeliverable, with the token in neither."""
        try:
            return await self._session.result_of(self._bot, method, within)
        except (AiogramError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _meaning(error, self._token) from None

    async def _download(self, path: str) -> bytes:
        try:
            return await self._session.download(self._session.api.file_url(self._token, path))
        except aiohttp.ClientResponseError as error:
            failure = TryLater if error.status >= 500 or error.status == 429 else FileNotFetched
            raise failure(code=error.status) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TryLater(reason=redact(f"{type(error).__name__}: {error}", self._token)) from None


class _Session(AiohttpSession):
    """aiogram's connections and its reading of refusals, with requests of our own."""

    async def result_of(self, bot: Bot, method: TelegramMethod[Any], within: float) -> Any:
        """Call it; JSON where nothing is uploaded. Raises aiogram's and aiohttp's errors."""
        uploads: dict[str, InputFile] = {}
        values = self.prepare_value(method.model_dump(warnings=False, exclude_none=True), bot, uploads, _dumps_json=False)
        body: dict[str, Any] = {"data": self.build_form_data(bot, method)} if uploads else {"json": values}
        session = await self.create_session()
        async with session.post(
            self.api.api_url(bot.token, method.__api_method__),
            timeout=aiohttp.ClientTimeout(total=ONE_UPLOAD if uploads else within),
            allow_redirects=False,
            **body,
        ) as response:
            text = await response.text(errors="replace")
        answer = self._answer(text)
        if response.status == 200 and answer.get("ok") is True:
            return answer.get("result")
        if answer and not isinstance(answer.get("description"), str):  # aiogram would fall over it
            text = self.json_dumps({**answer, "description": "no reason given"})
        self.check_response(bot, method, response.status, text)
        raise ClientDecodeError("neither ok nor refused", ValueError(response.status), "")

    async def close(self) -> None:
        if self._session is not None:  # aiogram's own waits a quarter of a second for what aiohttp now does by itself
            await self._session.close()

    def _answer(self, text: str) -> dict[str, Any]:
        try:
            found = self.json_loads(text)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    async def download(self, url: str) -> bytes:
        """Raises FileTooLarge past 20 MB, whatever was declared."""
        session = await self.create_session()
        data = bytearray()
        timeout = aiohttp.ClientTimeout(total=ONE_UPLOAD, sock_read=ONE_CALL)
        async with session.get(url, timeout=timeout, allow_redirects=False) as response:
            if response.status != 200:
                raise aiohttp.ClientResponseError(response.request_info, (), status=response.status)
            async for chunk in response.content.iter_chunked(256 * 1024):
                data += chunk
                if len(data) > LARGEST_FILE:
                    raise FileTooLarge(size=len(data))
        return bytes(data)


def _meaning(error: Exception, token: str) -> ChannelError:
    """What an error of aiogram's or aiohttp's means for the reply. Never quotes an answer's body: it holds messages."""
    if isinstance(error, TelegramRetryAfter):
        return TryLater(after=timedelta(seconds=error.retry_after), acted=False)
    reason = "the answer cannot be read" if isinstance(error, ClientDecodeError) else f"{error}"
    description = redact(getattr(error, "message", None) or f"{type(error).__name__}: {reason}", token)
    if isinstance(error, TelegramForbiddenError):
        return NeverDeliverable(blocked=True, description=description)
    if isinstance(error, TelegramBadRequest):
        return NeverDeliverable(blocked=any(words in description.lower() for words in _GONE), description=description)
    if isinstance(error, TelegramMigrateToChat | TelegramEntityTooLarge):
        return NeverDeliverable(description=description)
    # A wrong token (401, 404) is the operator's to mend, and no fault of the reply.
    nothing_happened = isinstance(error, aiohttp.ClientConnectorError | TelegramUnauthorizedError | TelegramNotFound)
    return TryLater(acted=not nothing_happened, description=description)


Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


def _with_keyboard(reply: Reply) -> tuple[str, Markup]:
    """The words, and the keyboard under them. A plain reply takes an earlier location button away again."""
    text = clean(reply.text).strip()
    language = reply.language or Language.VI
    if reply.choices:
        if reply.asks_location:
            text = f"{text}\n\n{say(language, 'telegram_how_to_share_location')}"
        return text, InlineKeyboardMarkup(
            inline_keyboard=[
                [InlineKeyboardButton(text=clean(choice.label).strip() or "·", callback_data=choice.data) for choice in row]
                for row in reply.choices
            ]
        )
    if reply.asks_location:
        button = KeyboardButton(text=say(language, "telegram_share_location"), request_location=True)
        return text, ReplyKeyboardMarkup(keyboard=[[button]], resize_keyboard=True, one_time_keyboard=True)
    return text, ReplyKeyboardRemove(remove_keyboard=True)


def _as_document(photo: SendPhoto) -> SendDocument:
    return SendDocument(chat_id=photo.chat_id, document=photo.photo, caption=photo.caption, reply_markup=photo.reply_markup)


_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf", "video/mp4": ".mp4"}


def _file_name(file: StoredFile) -> str:
    """Its own name, without what would break out of a multipart header."""
    name = "".join(letter for letter in clean(file.name or "") if letter.isprintable() and letter not in '"\\/')
    return name[-100:] or f"{file.kind.value}{_ENDINGS.get(file.media_type, '')}"
