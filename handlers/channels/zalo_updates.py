"""Keeps what Zalo hands over: raw JSON → `RawUpdate`, one for each event, whatever it holds.

Nothing here decides what an event means (`handlers.channels.zalo_reading` does, later, from the kept row) and nothing
raises: what cannot be read is kept as unreadable, with the reason.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from bot.domain.people import Channel
from bot.ports import RawUpdate
from handlers.channels.telegram_json import written
from handlers.channels.telegram_updates import clean
from handlers.channels.telegram_values import LARGEST_WHOLE, mapping
from handlers.channels.zalo_json import events_in, read_body, text_of

LONGEST_ID = 64  # characters; Zalo's have 20
_ID = re.compile(rf"[A-Za-z0-9_.:-]{{1,{LONGEST_ID}}}", re.ASCII)
_NUL_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")


def raw_updates(body: bytes, *, mark: str = "") -> list[RawUpdate]:
    """Every event of an answer or a delivery; at least one update comes out, if only an unreadable one.

    Args:
        mark: Goes into the id of what has none of its own, where it is certain that nobody brings it a second time.
    """
    text = text_of(body)
    read = read_body(text)
    events = events_in(read.value)
    if len(events) > 1:
        return [_raw(event, written(event), read.is_cut, mark) for event in events]
    kept = written(read.value) if not read.why and not read.is_cut and _SURROGATE_ESCAPE.search(text) else text
    if read.why or not events:
        return [_unreadable(_clean_json(kept), read.why or "no event in it", mark)]
    return [_raw(events[0], kept, read.is_cut, mark)]


def address_id(event: Mapping[str, Any]) -> str:
    """The chat an event belongs to; empty when there is none to be read."""
    for holder in (mapping(event.get("message")), event):
        for name in ("chat", "from", "sender"):
            if found := id_of(mapping(holder.get(name)).get("id")):
                return found
    return ""


def id_of(value: object) -> str:
    """An id as text: Zalo's are strings, a number is taken for one."""
    if type(value) is int:
        return str(value) if 0 < value < LARGEST_WHOLE else ""
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def message_id(event: Mapping[str, Any]) -> str:
    """The message's id; empty where it has none."""
    message = mapping(event.get("message"))
    return id_of(message.get("message_id")) or id_of(message.get("msg_id"))


def _raw(event: Mapping[str, Any], text: str, is_cut: bool, mark: str) -> RawUpdate:
    body = _clean_json(text)
    address = address_id(event)
    if not address and "message" in event:
        return _unreadable(body, "no chat", mark)
    own = "" if is_cut else message_id(event)
    name = event.get("event_name")
    is_message = not isinstance(name, str) or (name.startswith("message.") and "reaction" not in name)
    if own and not is_message:  # a reaction names the message that it is about
        own = f"{own}/{clean(str(name))[:LONGEST_ID]}"
    return RawUpdate(
        channel=Channel.ZALO,
        external_id=own or _digest(body, mark),
        address_id=address,
        body=body,
        value=event if body == text and not is_cut else None,
    )


def _clean_json(text: str) -> str:
    """What no database stores becomes U+FFFD, also where NUL hides as an escape."""
    return clean(_NUL_ESCAPE.sub("\\1\ufffd", text) if "\\u0000" in text else text)


def _unreadable(body: str, reason: str, mark: str) -> RawUpdate:
    return RawUpdate(channel=Channel.ZALO, external_id=_digest(body, mark), address_id="", body=body, unreadable=reason)


def _digest(body: str, mark: str) -> str:
    """By its content, so that a redelivery is known for one."""
    return f"sha256:{hashlib.sha256(f'{mark}{body}'.encode()).hexdigest()}"
