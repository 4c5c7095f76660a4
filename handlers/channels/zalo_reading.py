"""Reads a kept Zalo event: JSON → `Incoming`. Pure and total: whatever JSON was kept, an `Incoming` comes out.

Names and shapes are taken as loosely as they are documented: `photo_url` or `photo`, dates in milliseconds or seconds, an
event with no message. The bot is for private chats: what comes from a group is IGNORED, as are events we do not know.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.incoming import FileKind, Incoming, IncomingKind, RemoteFile
from bot.domain.ledger import read_start
from bot.domain.people import Address, Channel
from bot.ports import KeptUpdate
from handlers.channels.telegram_reading import command_or_text
from handlers.channels.telegram_values import mapping, string, whole
from handlers.channels.zalo_json import events_in, read_body
from handlers.channels.zalo_updates import address_id, id_of, message_id

SECONDS_BELOW = 10**11  # a smaller date is in seconds: as milliseconds it would lie before 1973
CLOCKS_DIFFER = timedelta(minutes=10)  # a later date than this after its arrival is no date
LONGEST_ADDRESS = 2048  # characters of an address that a file is fetched from
MOST_FILES = 10

_NO_MESSAGES = ("reaction", "seen", "delivered", "typing", "sent")  # parts of names of what nobody said to us


def read_update(update: KeptUpdate) -> Incoming:
    """What the resident sent.

    Returns:
        Never raises. UNSUPPORTED for something of a resident's that we cannot use, IGNORED for what is no resident's.
    """
    event = update.value
    if event is None:
        events = events_in(read_body(update.body).value)
        event = events[0] if events else {}
    found = mapping(event)
    chat = address_id(found) or update.address_id
    base = Incoming(
        address=Address(Channel.ZALO, chat),
        kind=IncomingKind.IGNORED,
        source_id=message_id(found) or f"update:{update.external_id}"[:200],
        sent_at=update.received_at,
    )
    message = mapping(found.get("message"))
    name = found.get("event_name")
    if not chat or not _is_known(name) or not _is_private(message) or not (message or name):
        return base
    sent_at = _moment(message.get("date"), update.received_at)
    return replace(base, sent_at=sent_at, **_content(name, message))


def _is_known(name: object) -> bool:
    """Whatever was received as a message; an event without a name is read by what it holds."""
    if not isinstance(name, str) or not name:
        return True
    return name.startswith("message.") and not any(part in name for part in _NO_MESSAGES)


def _is_private(message: Mapping[str, Any]) -> bool:
    """In every private chat that was ever seen the chat has its resident's id; the type is there to be believed first."""
    chat, sender = mapping(message.get("chat")), mapping(message.get("from"))
    if sender.get("is_bot") is True:
        return False
    kind = string(chat.get("chat_type")).upper()
    if kind in ("PRIVATE", "GROUP"):
        return kind == "PRIVATE"
    whose, who = id_of(chat.get("id")), id_of(sender.get("id"))
    return not whose or not who or whose == who


def _content(name: object, message: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `Incoming` that depend on what the message is."""
    words = _words(message)
    if pictures := _addresses(message, "photo_url", "photo", "photos"):
        return _files(IncomingKind.PHOTO, FileKind.PHOTO, "image/jpeg", pictures, words)
    if voices := _addresses(message, "voice_url", "voice"):
        return _files(IncomingKind.VOICE, FileKind.VOICE, "audio/aac", voices, words)
    if "sticker" in message or (isinstance(name, str) and "sticker" in name):
        return {"kind": IncomingKind.STICKER, "text": words}
    if isinstance(name, str) and "link" in name:
        words = "\n".join(dict.fromkeys(filter(None, (words, *(string(message.get(key)) for key in ("url", "link"))))))
    return _said(words) if words.strip() else {"kind": IncomingKind.UNSUPPORTED}


def _words(message: Mapping[str, Any]) -> str:
    return string(message.get("text")) or string(message.get("caption"))


def _said(words: str) -> dict[str, Any]:
    """A poster's word for its ward opens it as a link would: Zalo's links carry none."""
    if read_start(words.strip())[0]:
        return {"kind": IncomingKind.COMMAND, "text": words, "command": "start", "argument": words.strip()}
    return command_or_text(words)


def _files(kind: IncomingKind, file: FileKind, media_type: str, addresses: list[str], words: str) -> dict[str, Any]:
    remote = tuple(RemoteFile(remote_id=address, kind=file, media_type=media_type) for address in addresses)
    return {"kind": kind, "text": words, "remote_files": remote}


def _addresses(message: Mapping[str, Any], *names: str) -> list[str]:
    """Where the files of the first of these names are."""
    for name in names:
        value = message.get(name)
        found = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
        if usable := [one for one in found if 0 < len(one) <= LONGEST_ADDRESS]:
            return usable[:MOST_FILES]
    return []


def _moment(date: object, received_at: datetime) -> datetime:
    """In milliseconds or in seconds, also as digits."""
    if isinstance(date, str) and date.isascii() and date.isdigit() and len(date) <= 15:
        date = int(date)
    number = whole(date)
    if not number:
        return received_at
    try:
        found = datetime.fromtimestamp(number if number < SECONDS_BELOW else number / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return received_at
    return found if found <= received_at + CLOCKS_DIFFER else received_at
