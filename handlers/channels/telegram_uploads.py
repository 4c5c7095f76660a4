"""Uploads the files of a reply. The only file that imports aiogram: it knows the methods and how a form is made of them.

Imported at the first upload (`handlers.channels.telegram` sees to that), because aiogram costs half a second and 20 MB even
with `telegram_models`. Its own request is not used: it follows redirects with the token in the address.
"""

from typing import Any

import aiohttp

from bot.domain.incoming import StoredFile
from bot.errors import TryLater
from handlers.channels.telegram_calls import redact, refusal, result_in
from handlers.channels.telegram_models import build, unbuilt
from handlers.channels.telegram_updates import clean
from handlers.channels.telegram_words import Markup

with unbuilt():
    import aiogram.types
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.methods import SendDocument, SendPhoto
    from aiogram.types import (
        BufferedInputFile,
        InlineKeyboardButton,
        InlineKeyboardMarkup,
        KeyboardButton,
        ReplyKeyboardMarkup,
        ReplyKeyboardRemove,
    )

MODELS = (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    SendDocument,
    SendPhoto,
)
build(MODELS, vars(aiogram.types))

ONE_UPLOAD = 120.0  # seconds

_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf", "video/mp4": ".mp4"}


class Uploads:
    """One bot's way of sending files."""

    def __init__(self, token: str, api_base: str) -> None:
        self._token = token
        self._session = AiohttpSession(api=TelegramAPIServer.from_base(api_base))
        self._bot = Bot(token, session=self._session)  # without defaults: a parse mode would eat "<3" and "_"

    async def close(self) -> None:
        session = self._session._session
        if session is not None:  # aiogram's own waits a quarter of a second for what aiohttp now does by itself
            await session.close()

    async def send(
        self, chat: str, file: StoredFile, data: bytes, *, caption: str | None, markup: Markup | None, as_photo: bool
    ) -> Any:
        """Returns the message.

        Raises:
            CallRefused, TryLater: As `RawCalls.result_of` does.
        """
        upload = BufferedInputFile(data, _file_name(file))
        values: dict[str, Any] = {"chat_id": chat, "caption": caption, "reply_markup": markup}
        return await self._call(SendPhoto(photo=upload, **values) if as_photo else SendDocument(document=upload, **values))

    async def _call(self, method: SendPhoto | SendDocument) -> Any:
        name = method.__api_method__
        session = await self._session.create_session()
        try:
            async with session.post(
                self._session.api.api_url(self._token, name),
                data=self._session.build_form_data(self._bot, method),
                timeout=aiohttp.ClientTimeout(total=ONE_UPLOAD),
                allow_redirects=False,
            ) as response:
                body = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            acted = not isinstance(error, aiohttp.ClientConnectorError)
            raise TryLater(method=name, acted=acted, reason=redact(f"{type(error).__name__}", self._token)) from None
        if response.status == 200:
            return result_in(body, name)
        raise refusal(name, response.status, body, self._token)


def _file_name(file: StoredFile) -> str:
    """Its own name, without what would break out of a multipart header."""
    name = "".join(letter for letter in clean(file.name or "") if letter.isprintable() and letter not in '"\\/')
    return name[-100:] or f"{file.kind.value}{_ENDINGS.get(file.media_type, '')}"
