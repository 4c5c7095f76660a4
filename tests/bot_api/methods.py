"""The Bot API's methods, as far as this bot could call them: parameters in, result out, or `Refused`."""

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tests.bot_api import rules
from tests.bot_api.rules import Refused

if TYPE_CHECKING:
    from tests.bot_api.residents import Resident
    from tests.bot_api.server import BotApiServer

Parameters = dict[str, Any]


async def get_me(server: "BotApiServer", _: Parameters) -> Any:
    return server.me | {"can_join_groups": False, "can_read_all_group_messages": False, "supports_inline_queries": False}


async def get_updates(server: "BotApiServer", given: Parameters) -> Any:
    if server.webhook.url:
        raise Refused(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        )
    if "allowed_updates" in given:
        server.updates.allowed = tuple(given["allowed_updates"])
    offset = given.get("offset")
    return await server.updates.get(
        None if offset is None else int(offset), int(given.get("limit", 100)), float(given.get("timeout", 0))
    )


async def set_webhook(server: "BotApiServer", given: Parameters) -> Any:
    secret = given.get("secret_token", "")
    if secret and not rules.SECRET.fullmatch(secret):
        raise Refused(400, "Bad Request: secret token contains unallowed characters")
    if not 1 <= int(given.get("max_connections", 40)) <= 100:
        raise Refused(400, "Bad Request: invalid max_connections")
    if "allowed_updates" in given:
        server.updates.allowed = tuple(given["allowed_updates"])
    await server.use_webhook(given["url"], secret, int(given.get("max_connections", 40)))
    _maybe_drop(server, given)
    return True


async def delete_webhook(server: "BotApiServer", given: Parameters) -> Any:
    await server.use_webhook("", "", 40)
    _maybe_drop(server, given)
    return True


def _maybe_drop(server: "BotApiServer", given: Parameters) -> None:
    if given.get("drop_pending_updates"):
        server.violations.append("drop_pending_updates throws reports away")
        server.updates.drop_all()


async def get_webhook_info(server: "BotApiServer", _: Parameters) -> Any:
    waiting = len(server.updates.waiting)
    return {"url": server.webhook.url, "has_custom_certificate": False, "pending_update_count": waiting}


async def send_message(server: "BotApiServer", given: Parameters) -> Any:
    resident = _reachable(server, given)
    text = rules.check_text(str(given.get("text", "")))
    return _deliver(server, resident, given, {"text": text})


async def send_photo(server: "BotApiServer", given: Parameters) -> Any:
    resident = _reachable(server, given)
    data = _uploaded(given, "photo")
    if not data.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF")):
        raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
    size = {"file_id": server.keep_file(data), "file_unique_id": "u", "width": 90, "height": 90}
    return _deliver(server, resident, given, {"photo": [size]} | _caption(given), data)


async def send_document(server: "BotApiServer", given: Parameters) -> Any:
    resident = _reachable(server, given)
    data = _uploaded(given, "document")
    document = {"file_id": server.keep_file(data), "file_unique_id": "u", "file_name": given["document"][0]}
    return _deliver(server, resident, given, {"document": document} | _caption(given), data)


async def answer_callback_query(server: "BotApiServer", given: Parameters) -> Any:
    if rules.units(str(given.get("text", ""))) > rules.LONGEST_ANSWER:
        raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
    query_id = given["callback_query_id"]
    if query_id not in server.open_queries:
        raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    server.open_queries.discard(query_id)
    server.answered_queries.append(query_id)
    return True


async def get_file(server: "BotApiServer", given: Parameters) -> Any:
    file_id = given["file_id"]
    if file_id in server.file_sizes and server.file_sizes[file_id] > rules.LARGEST_DOWNLOAD:
        raise Refused(400, "Bad Request: file is too big")
    if file_id not in server.file_bytes:
        raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    size = len(server.file_bytes[file_id])
    return {"file_id": file_id, "file_unique_id": "u", "file_size": size, "file_path": f"files/{file_id}.bin"}


async def set_my_commands(server: "BotApiServer", given: Parameters) -> Any:
    rules.check_commands(given["commands"])
    server.menus[given.get("language_code", "")] = {c["command"]: c["description"] for c in given["commands"]}
    return True


METHODS: dict[str, Callable[["BotApiServer", Parameters], Awaitable[Any]]] = {
    "getme": get_me,
    "getupdates": get_updates,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "sendmessage": send_message,
    "sendphoto": send_photo,
    "senddocument": send_document,
    "answercallbackquery": answer_callback_query,
    "getfile": get_file,
    "setmycommands": set_my_commands,
}


def _reachable(server: "BotApiServer", given: Parameters) -> "Resident":
    resident = server.residents.get(str(given.get("chat_id", "")))
    if resident is None:
        raise Refused(400, "Bad Request: chat not found")
    if resident.has_blocked:
        raise Refused(403, "Forbidden: bot was blocked by the user")
    if resident.is_deactivated:
        raise Refused(403, "Forbidden: user is deactivated")
    if server.keeps_pace:
        server.pace.check(str(resident.id), time.monotonic())
    rules.check_keyboard(given.get("reply_markup") or {})
    return resident


def _caption(given: Parameters) -> Parameters:
    caption = rules.check_caption(str(given.get("caption", "")))
    return {"caption": caption} if caption else {}


def _uploaded(given: Parameters, name: str) -> bytes:
    found = given.get(name)
    if not isinstance(found, tuple):
        raise Refused(400, f"Bad Request: there is no {name} in the request")
    data: bytes = found[1]
    return data


def _deliver(
    server: "BotApiServer", resident: "Resident", given: Parameters, content: Parameters, data: bytes = b""
) -> Parameters:
    markup = given.get("reply_markup") or {}
    message = {
        "message_id": server.next_message_id(),
        "date": int(time.time()),
        "chat": resident.chat,
        "from": server.me,
    } | content
    if "inline_keyboard" in markup:
        message["reply_markup"] = markup
    resident.receive(message, markup, data)
    return message
