"""Reads a kept Telegram update: JSON → `Incoming`. Pure, total, no aiogram.

Total: whatever JSON was kept, an `Incoming` comes out; wrong types are as good as absent. The bot is for private chats:
what comes from a group or a channel is IGNORED, because a case must not be talked over before an audience.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.domain.changing import replace
from bot.domain.incoming import Incoming, IncomingKind
from bot.domain.people import Address, Channel, Language
from bot.domain.ward import Point
from bot.ports import KeptUpdate
from handlers.channels.telegram_files import FILE_READERS
from handlers.channels.telegram_updates import address_id
from handlers.channels.telegram_values import mapping, point_of, string, whole

LATEST = 1 << 34  # seconds; a date past the year 2514 is no date

# "/ngõ 12" is a resident's sentence: no command of ours has such a letter.
_COMMAND = re.compile(r"/([A-Za-z][A-Za-z0-9_]{0,31})(?:@[A-Za-z0-9_]{1,64})?(?:\s+(.*))?", re.DOTALL)

# What Telegram itself writes into a private chat. Answering "I cannot read this" to a pinned message would be odd.
_SERVICE = frozenset(
    {
        "chat_background_set",
        "connected_website",
        "delete_chat_photo",
        "message_auto_delete_timer_changed",
        "migrate_from_chat_id",
        "migrate_to_chat_id",
        "new_chat_photo",
        "new_chat_title",
        "pinned_message",
        "proximity_alert_triggered",
        "write_access_allowed",
    }
)


def read_update(update: KeptUpdate) -> Incoming:
    """What the resident sent.

    Returns:
        Never raises. UNSUPPORTED for something of a resident's that we cannot use, IGNORED for what is no resident's.
    """
    try:
        body = update.value if update.value is not None else json.loads(update.body)
    except (ValueError, RecursionError):
        body = None
    found = mapping(body)
    chat_id = address_id(found) or update.address_id
    base = Incoming(
        address=Address(Channel.TELEGRAM, chat_id),
        kind=IncomingKind.IGNORED,
        source_id=f"update:{update.external_id}",
        sent_at=update.received_at,
    )
    if not chat_id:
        return base
    for key, read in _READERS.items():
        if key in found:
            return read(base, mapping(found[key]))
    return base


def _message(base: Incoming, message: Mapping[str, Any], *, is_edit: bool = False) -> Incoming:
    if not _is_private(base, message) or mapping(message.get("from")).get("is_bot") is True:
        return base
    is_forwarded = any(key in message for key in ("forward_origin", "forward_date", "forward_from"))
    values: dict[str, Any] = {
        "source_id": _message_id(message) or base.source_id,
        "sequence": whole(message.get("message_id")) or 0,  # rises within a chat, in whatever order they are brought
        "sent_at": _moment(message.get("edit_date" if is_edit else "date")) or base.sent_at,
        "language_hint": _language(message.get("from")),
        "is_edit": is_edit,
        "is_forwarded": is_forwarded,
        "group_id": string(message.get("media_group_id"))[:64],
    }
    return replace(base, **values | _content(message, is_edit=is_edit, may_command=not (is_edit or is_forwarded)))


def _content(message: Mapping[str, Any], *, is_edit: bool, may_command: bool) -> dict[str, Any]:
    """The values of `Incoming` that depend on what the message is."""
    if text := string(message.get("text")):
        return command_or_text(text) if may_command else {"kind": IncomingKind.TEXT, "text": text}
    caption = string(message.get("caption"))
    for key, (kind, read) in FILE_READERS.items():
        if key in message and (file := read(message[key])) is not None:
            return {"kind": kind, "text": caption, "remote_files": (file,)}
    if "location" in message or "venue" in message:
        return _place(message, is_edit=is_edit)
    if "contact" in message:
        return _contact(mapping(message["contact"]))
    if "sticker" in message:
        return {"kind": IncomingKind.STICKER, "text": string(mapping(message["sticker"]).get("emoji"))}
    if caption:  # of a file that we could not make out: the words are still the resident's
        return {"kind": IncomingKind.TEXT, "text": caption}
    return {"kind": IncomingKind.IGNORED if _SERVICE & message.keys() else IncomingKind.UNSUPPORTED}


def command_or_text(text: str) -> dict[str, Any]:
    """`/start@our_bot ward_00091` is a command with its argument. An edit never is, or it would be obeyed twice; nor are
    somebody else's words that are passed on."""
    found = _COMMAND.fullmatch(text)
    if found is None:
        return {"kind": IncomingKind.TEXT, "text": text}
    argument = (found[2] or "").strip()
    return {"kind": IncomingKind.COMMAND, "text": text, "command": found[1].lower(), "argument": argument}


def _place(message: Mapping[str, Any], *, is_edit: bool) -> dict[str, Any]:
    if is_edit:  # a live location moving on: it would file the same place every few seconds
        return {"kind": IncomingKind.IGNORED}
    venue = mapping(message.get("venue"))
    point: Point | None = point_of(message.get("location")) or point_of(venue.get("location"))
    if point is None:
        return {"kind": IncomingKind.UNSUPPORTED}
    words = (string(venue.get("title")), string(venue.get("address")))
    return {"kind": IncomingKind.LOCATION, "point": point, "text": ", ".join(word for word in words if word)}


def _contact(contact: Mapping[str, Any]) -> dict[str, Any]:
    name = " ".join(filter(None, (string(contact.get("first_name")), string(contact.get("last_name")))))
    text = ", ".join(filter(None, (name, string(contact.get("phone_number")))))
    return {"kind": IncomingKind.CONTACT, "text": text} if text else {"kind": IncomingKind.UNSUPPORTED}


def _choice(base: Incoming, query: Mapping[str, Any]) -> Incoming:
    """A pressed button. Its message may be gone or out of reach; the press still wants to be answered."""
    message = mapping(query.get("message"))
    if not _is_private(base, message):
        return base
    return replace(
        base,
        kind=IncomingKind.CHOICE,
        source_id=_message_id(message) or base.source_id,
        choice=string(query.get("data")),
        choice_id=string(query.get("id"))[:64],
        language_hint=_language(query.get("from")),
    )


def _membership(base: Incoming, change: Mapping[str, Any]) -> Incoming:
    status = mapping(change.get("new_chat_member")).get("status")
    if not _is_private(base, change) or status not in ("kicked", "left", "member"):
        return base
    kind = IncomingKind.UNBLOCKED if status == "member" else IncomingKind.BLOCKED
    moment = _moment(change.get("date")) or base.sent_at
    return replace(base, kind=kind, sent_at=moment, language_hint=_language(change.get("from")))


def _is_private(base: Incoming, holder: Mapping[str, Any]) -> bool:
    """People have positive chat ids, groups and channels negative ones; the type is there to be believed first."""
    return mapping(holder.get("chat")).get("type", "private") == "private" and not base.address.external_id.startswith("-")


def _message_id(message: Mapping[str, Any]) -> str:
    number = whole(message.get("message_id"))
    return str(number) if number else ""


def _moment(seconds: object) -> datetime | None:
    number = whole(seconds)
    return datetime.fromtimestamp(number, UTC) if number is not None and 0 < number < LATEST else None


def _language(sender: object) -> Language | None:
    """Vietnamese for Vietnamese; English for everybody else who says what they speak."""
    code = string(mapping(sender).get("language_code")).lower()
    if not code:
        return None
    return Language.VI if code.split("-")[0] == "vi" else Language.EN


def _edited(base: Incoming, message: Mapping[str, Any]) -> Incoming:
    return _message(base, message, is_edit=True)


_READERS: dict[str, Callable[[Incoming, Mapping[str, Any]], Incoming]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _choice,
    "my_chat_member": _membership,
}
