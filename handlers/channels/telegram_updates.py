"""Keeps what Telegram hands over: raw JSON → `RawUpdate`, one for each update, whatever it holds.

Nothing here decides what an update means (`handlers.channels.telegram_reading` does, later, from the kept row) and nothing
raises: an update that cannot be read is kept as unreadable, with the reason. No aiogram: its models refuse what is new.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from bot.domain.people import Channel
from bot.ports import RawUpdate
from handlers.channels.telegram_json import read_exactly, read_list, written

# What we ask Telegram for. The reader below must know each of them.
ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
DEEPEST = 50  # levels of nesting; a genuine update has about eight
LARGEST_CHAT_ID = 1 << 53  # "at most 52 significant bits", https://core.telegram.org/bots/api#chat
LARGEST_UPDATE_ID = 1 << 53  # the real server stops at 2,000,000,000; more than this is not an id to confirm up to
LONGEST_UPDATE_ID = 128  # bits; a longer one would not fit a database's index

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_NUL_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_UPDATE_ID = re.compile(r'\{\s*"update_id"\s*:\s*(\d{1,16})\s*[,}]')
_RESULT = re.compile(r'"result"\s*:\s*\[')
_MARKS = re.compile(r'\\.|["\[\]{},]')


class Fetched(NamedTuple):
    """One item of a `getUpdates` answer. `update_id` is None where it has none that could be confirmed."""

    raw: RawUpdate
    update_id: int | None


class NotAnAnswer(ValueError):
    """What came is not an answer of the Bot API."""


def clean(text: str) -> str:
    """The text without what no database stores: NUL and lone surrogates become U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def raw_update(body: bytes) -> RawUpdate:
    """One update as a webhook delivers it."""
    return _raw_of_text(body.decode("utf-8", "replace"))


def fetched_updates(body: bytes) -> list[Fetched]:
    """Every update of a `getUpdates` answer, in its order.

    One update that no parser takes (nested a thousand levels, a number of ten thousand digits) does not spoil the rest.

    Raises:
        NotAnAnswer: There is no list of updates in it at all.
    """
    text = body.decode("utf-8", "replace")
    try:
        items = read_list(text, "result")
        if items is None:
            raise NotAnAnswer("no list of updates")
        raws = [_raw_of_value(item, body) for item, body in items]
    except NotAnAnswer:
        raise
    except (ValueError, RecursionError):
        raws = [_raw_of_text(piece) for piece in _pieces(text)]
    return [Fetched(raw, _confirmable(raw.external_id)) for raw in raws]


def address_id(update: Mapping[str, Any]) -> str:
    """The chat an update belongs to, as text; empty when there is none to be read.

    A button under a message that is gone names no chat: there the sender is the chat, as in every private one.
    """
    for value in update.values():
        if isinstance(value, dict):
            message = value.get("message")
            for holder in (value, message if isinstance(message, dict) else value):
                if found := _id_in(holder.get("chat")):
                    return found
            if found := _id_in(value.get("from")):
                return found
    return ""


def nesting(value: object) -> int:
    """How deep lists and objects are nested; counts no further than one past `DEEPEST`."""
    level, depth = [value], 0
    while depth <= DEEPEST:
        level = [inner for outer in level if isinstance(outer, dict | list) for inner in _inside(outer)]
        if not level:
            break
        depth += 1
    return depth


def _inside(outer: dict[str, object] | list[object]) -> list[object]:
    return list(outer.values()) if isinstance(outer, dict) else outer


def _id_in(holder: object) -> str:
    number = holder.get("id") if isinstance(holder, dict) else None
    return str(number) if type(number) is int and 0 < abs(number) < LARGEST_CHAT_ID else ""


def _confirmable(external_id: str) -> int | None:
    number = int(external_id) if external_id.isdecimal() and len(external_id) <= 16 else None
    return number if number is not None and number < LARGEST_UPDATE_ID else None


def _raw_of_text(text: str) -> RawUpdate:
    try:
        value = read_exactly(text)
        body = written(value) if _SURROGATE_ESCAPE.search(text) else text
    except (ValueError, RecursionError) as wrong:
        reason = "nested too deeply" if isinstance(wrong, RecursionError) else "not JSON that can be parsed"
        found = _UPDATE_ID.match(text.lstrip())
        return _unreadable(_clean_json(text), reason, found[1] if found else "")
    return _raw_of_value(value, body)


def _clean_json(text: str) -> str:
    """The same for JSON, where NUL hides as an escape. Surrogates do too; re-encoding has made them visible."""
    return clean(_NUL_ESCAPE.sub("\\1\ufffd", text) if "\\u0000" in text else text)


def _raw_of_value(value: object, body: str) -> RawUpdate:
    cleaned = _clean_json(body)
    is_clean, body = cleaned == body, cleaned
    if not isinstance(value, dict):
        return _unreadable(body, "not an object")
    update_id = value.get("update_id")
    if type(update_id) is not int or update_id.bit_length() > LONGEST_UPDATE_ID:
        return _unreadable(body, "no update_id")
    # Counting brackets first costs a microsecond; walking every genuine update would cost ten.
    if body.count("{") + body.count("[") > DEEPEST and nesting(value) > DEEPEST:
        return _unreadable(body, "nested too deeply", str(update_id))
    address = address_id(value)
    if not address and any(kind in value for kind in ALLOWED_UPDATES):
        return _unreadable(body, "no chat", str(update_id))
    return RawUpdate(
        channel=Channel.TELEGRAM,
        external_id=str(update_id),
        address_id=address,
        body=body,
        value=value if is_clean else None,
    )


def _unreadable(body: str, reason: str, external_id: str = "") -> RawUpdate:
    """Without an id of its own it goes by its content, so that a redelivery is known for one."""
    digest = hashlib.sha256(body.encode()).hexdigest()
    return RawUpdate(
        channel=Channel.TELEGRAM, external_id=external_id or f"sha256:{digest}", address_id="", body=body, unreadable=reason
    )


def _pieces(text: str) -> Iterator[str]:
    """The items of the answer's list, found by brackets and quotes alone; the last may be cut short.

    Raises:
        NotAnAnswer: There is no such list.
    """
    start = _RESULT.search(text)
    if start is None:
        raise NotAnAnswer("not JSON")
    depth, begin, quoted = 0, start.end(), False
    for token in _MARKS.finditer(text, begin):
        mark, at = token[0], token.start()
        if mark == '"':
            quoted = not quoted
        elif quoted or mark.startswith("\\"):
            continue
        elif mark in "[{":
            depth += 1
        elif mark in "]}" and depth:
            depth -= 1
        elif not depth:  # a comma between items, or the bracket that ends the list
            if piece := text[begin:at].strip():
                yield piece
            begin = at + 1
            if mark != ",":
                return
    if piece := text[begin:].strip():
        yield piece
