"""The Bot API's methods: parameters in, result out, or `Refused`. Names are case-sensitive."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import aiohttp

from tests.zalo_api import rules
from tests.zalo_api.rules import Refused

if TYPE_CHECKING:
    from tests.zalo_api.residents import Resident
    from tests.zalo_api.server import ZaloServer

Parameters = dict[str, Any]
POLL_CAP = 60.0  # seconds


async def get_me(server: "ZaloServer", _: Parameters) -> Any:
    return {"id": "1459232241454765289", "account_name": server.name, "account_type": "BASIC", "can_join_groups": False}


async def get_updates(server: "ZaloServer", given: Parameters) -> Any:
    """One event's text, taken for good: nobody hands it out a second time."""
    if server.webhook_url:
        raise Refused(400, "Bad Request: getUpdates cannot be used while a webhook is set")
    try:
        within = min(float(given.get("timeout", 30)), POLL_CAP)
    except (TypeError, ValueError):
        raise Refused(400, "Bad Request: timeout") from None
    try:
        async with asyncio.timeout(within):
            return await server.take()
    except TimeoutError:
        raise Refused(408, "Request timeout") from None


async def set_webhook(server: "ZaloServer", given: Parameters) -> Any:
    secret, url = rules.check_secret(given), rules.check_url(given, "url")
    await server.use_webhook(url, secret)
    return {"url": url, "updated_at": int(time.time() * 1000)}


async def delete_webhook(server: "ZaloServer", _: Parameters) -> Any:
    await server.use_webhook("", "")
    return {"url": "", "updated_at": int(time.time() * 1000)}


async def get_webhook_info(server: "ZaloServer", _: Parameters) -> Any:
    return {"url": server.webhook_url, "updated_at": int(time.time() * 1000)}


async def send_message(server: "ZaloServer", given: Parameters) -> Any:
    resident, text = _reachable(server, given), rules.check_text(given, "text")
    return _deliver(server, resident, text, given)


async def send_photo(server: "ZaloServer", given: Parameters) -> Any:
    """Zalo fetches the picture itself, after a look at its head: an address that answers once must survive that."""
    resident, url = _reachable(server, given), rules.check_url(given, "photo")
    caption = rules.check_text(given, "caption", is_needed=False)
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            async with session.head(url, allow_redirects=False):
                pass
            async with session.get(url, allow_redirects=False) as answer:
                data = await answer.read()
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise Refused(400, "Bad Request: photo cannot be fetched") from None
    if answer.status != 200 or not data.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF")):
        raise Refused(400, "Bad Request: photo cannot be fetched")
    return _deliver(server, resident, caption, given, data)


async def send_sticker(server: "ZaloServer", given: Parameters) -> Any:
    resident = _reachable(server, given)
    rules.check_text(given, "sticker")
    return _deliver(server, resident, "", given)


async def send_voice(server: "ZaloServer", given: Parameters) -> Any:
    resident, _ = _reachable(server, given), rules.check_url(given, "voice_url")
    return _deliver(server, resident, "", given)


async def send_chat_action(server: "ZaloServer", given: Parameters) -> Any:
    resident = _reachable(server, given)
    if given.get("action") not in ("typing", "upload_photo"):
        raise Refused(400, "Bad Request: action")
    resident.is_typed_to += 1
    return None


METHODS: dict[str, Callable[["ZaloServer", Parameters], Awaitable[Any]]] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendSticker": send_sticker,
    "sendVoice": send_voice,
    "sendChatAction": send_chat_action,
}


def _reachable(server: "ZaloServer", given: Parameters) -> "Resident":
    chat = given.get("chat_id")
    if not isinstance(chat, str):  # ids are strings
        raise Refused(400, "Bad Request: chat_id is no string")
    resident = server.residents.get(chat)
    if resident is None or resident.is_gone:
        raise Refused(400, "Bad Request: chat not found")
    return resident


def _deliver(server: "ZaloServer", resident: "Resident", text: str, given: Parameters, data: bytes = b"") -> Parameters:
    message_id = server.next_message_id()
    resident.receive(message_id, text, given, data)
    return {"message_id": message_id, "date": int(time.time() * 1000)}
