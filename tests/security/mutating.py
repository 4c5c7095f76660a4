"""Updates and forms as nobody sends them in good faith: every part may be of another type, too much, too deep or missing.

The same seed gives the same attack again.
"""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from urllib.parse import quote_from_bytes

from tests.forms.hostile import multipart
from tests.security.payloads import payloads

_ME = {"id": 77, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
_CHAT = {"id": 77, "type": "private", "first_name": "Lan"}
_BASE = {"message_id": 5, "date": 1_790_000_000, "chat": _CHAT, "from": _ME}
_FILE = {"file_id": "AgAC1", "file_unique_id": "u1", "file_size": 10}
_TEXT = _BASE | {"text": "Ngõ 12 phường Phú Thượng tối ba đêm nay", "entities": [{"type": "bold", "offset": 0, "length": 3}]}
BASES: tuple[dict[str, Any], ...] = (
    {"message": _TEXT},
    {"message": _BASE | {"text": "/start ward_00091", "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}},
    {"message": _BASE | {"photo": [_FILE | {"width": 90, "height": 60}], "caption": "đèn", "media_group_id": "1"}},
    {"message": _BASE | {"document": _FILE | {"file_name": "x.pdf", "mime_type": "application/pdf"}}},
    {"message": _BASE | {"location": {"latitude": 21.08, "longitude": 105.8, "horizontal_accuracy": 9.0}}},
    {"message": _BASE | {"venue": {"location": {"latitude": 21.0, "longitude": 105.8}, "title": "x", "address": "y"}}},
    {"message": _BASE | {"contact": {"first_name": "x", "phone_number": "0900000000", "user_id": 77}}},
    {"message": _BASE | {"text": "x", "reply_to_message": _TEXT, "forward_origin": {"type": "user", "sender_user": _ME}}},
    {"edited_message": _TEXT | {"edit_date": 1_790_000_100}},
    {"callback_query": {"id": "1", "from": _ME, "chat_instance": "1", "data": "s:1", "message": _BASE}},
    {"my_chat_member": _BASE | {"old_chat_member": {"status": "member"}, "new_chat_member": {"status": "kicked"}}},
)
_ZALO = {
    "from": {"id": "6ede9afa66b88fe6d6a9", "display_name": "Ted", "is_bot": False},
    "chat": {"id": "6ede9afa66b88fe6d6a9", "chat_type": "PRIVATE"},
    "message_id": "",
    "date": 1_790_000_000_000,
}
ZALO_BASES: tuple[dict[str, Any], ...] = (
    {"event_name": "message.text.received", "message": _ZALO | {"text": "Ngõ 12 phường Phú Thượng tối ba đêm nay"}},
    {"event_name": "message.text.received", "message": _ZALO | {"text": "/start ward_00091"}},
    {"event_name": "message.text.received", "message": _ZALO | {"text": "1"}},
    {"event_name": "message.image.received", "message": _ZALO | {"photo_url": "https://127.0.0.1/x", "caption": "đèn"}},
    {"event_name": "message.image.received", "message": _ZALO | {"photo": "http://169.254.169.254/latest/"}},
    {"event_name": "message.sticker.received", "message": _ZALO | {"sticker": "0e9ca1b99afc", "url": "https://x.invalid"}},
    {"event_name": "message.voice.received", "message": _ZALO | {"voice_url": "https://[::1]/x.aac"}},
    {"event_name": "message.link.received", "message": _ZALO | {"url": "https://x.invalid", "text": "xem"}},
    {"event_name": "message.unsupported.received", "message": _ZALO},
    {"event_name": "message.unsupported.received"},
    {"event_name": "user.followed", "from": {"id": "6ede9afa66b88fe6d6a9"}},
)
_DEEP: Any = "x"
for _ in range(60):
    _DEEP = [_DEEP]
WEIRD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**53, 2**63, -(2**63), 10**400, 0.5, -0.0, 1e308, float("nan"), float("inf")),
    *("", " ", "\0", "\ud800", "\udfff\ud800", "x" * 20_000, "9" * 400, "٣", "true", "null", "\u202e", "á" * 500, "/start"),
    *([], {}, [[]], [None], {"": ""}, {"id": {}}, {"id": 2**70}, [0] * 2000, _DEEP),
)
_CODINGS = ("utf-16", "utf-32", "latin-1", "cp1258", "utf-7", "utf-8-sig")


def mutated_update(rng: random.Random, number: int) -> bytes:
    """One body for the webhook. `number` is its id, if it keeps one."""
    update = {"update_id": number} | json.loads(json.dumps(rng.choice(BASES)))
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        _spoil(rng, update)
    return _written(rng, update)


def mutated_zalo_event(rng: random.Random) -> bytes:
    """One body of Zalo's, bare or in its envelope; its message has an id of its own, if it keeps one."""
    event = json.loads(json.dumps(rng.choice(ZALO_BASES)))
    if "message" in event:
        event["message"]["message_id"] = f"{rng.getrandbits(80):020x}"
    whole = event if rng.random() < 0.5 else {"ok": True, "result": event}
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        _spoil(rng, whole)
    return _written(rng, whole)


def _written(rng: random.Random, update: dict[str, Any]) -> bytes:
    text = json.dumps(update, ensure_ascii=rng.random() < 0.5)
    if rng.random() < 0.1:
        text = text.replace("{", '{"update_id":1,' if rng.random() < 0.5 else "{" * 300, 1)
    coding = "utf-8" if rng.random() < 0.9 else rng.choice(_CODINGS)
    return _torn(rng, text.encode(coding, "surrogatepass" if coding == "utf-8" else "replace"))


def mutated_form(rng: random.Random, pairs: list[tuple[str, str]]) -> tuple[str, bytes]:
    """A content type and a body, made of a form's names and values; the token is nearly always left as it is."""
    found = [(name, value.encode("utf-8", "replace")) for name, value in pairs]
    for _ in range(rng.choice((1, 1, 2, 4))):
        place = rng.randrange(len(found)) if found else 0
        if found and found[place][0] == "form_token" and rng.random() < 0.95:
            continue
        name = found[place][0] if found else "x"
        kind = rng.randrange(6)
        if kind == 0 and found:
            del found[place]
        elif kind == 1:
            found.append((name, _value(rng)))
        elif kind == 2:
            found.append((_value(rng)[:60].decode("utf-8", "replace").replace('"', ""), _value(rng)))
        elif found:
            found[place] = (name, _value(rng))
    if rng.random() < 0.4:
        files = [("files", _value(rng)) for _ in range(rng.randrange(4))]
        content_type, body = multipart(found, files)
    else:
        content_type = "application/x-www-form-urlencoded"
        body = b"&".join(f"{quote_from_bytes(n.encode())}={quote_from_bytes(v)}".encode() for n, v in found)
    if rng.random() < 0.05:
        content_type = rng.choice(
            ("", "text/plain", "multipart/form-data", "application/json", content_type + "; charset=x")
        )
    return content_type, _torn(rng, body)


def _value(rng: random.Random) -> bytes:
    weird = rng.choice(WEIRD)
    choices: tuple[Callable[[], bytes], ...] = (
        lambda: rng.choice(payloads()).encode("utf-8", "surrogatepass"),
        lambda: (weird if isinstance(weird, str) else str(weird)).encode("utf-8", "surrogatepass"),
        lambda: rng.randbytes(rng.choice((1, 10, 200))),
        lambda: rng.choice((b"1", b"on", b"2026-11-30", b"done", b"00091", b"7K3M-9QX2", b"phone", b"next", b"x")),
    )
    return rng.choice(choices)()


def _spoil(rng: random.Random, root: dict[str, Any]) -> None:
    """Change one place, anywhere in it."""
    at: Any = root
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(at[key], dict | list) and at[key] and rng.random() < 0.75:
            at = at[key]
            continue
        kind = rng.randrange(5)
        if kind == 0:
            del at[key]
        elif kind == 1 and isinstance(at, dict):
            at[str(rng.choice(WEIRD))[:50]] = at.pop(key)
        elif kind == 2 and isinstance(at[key], str):
            at[key] = rng.choice(payloads())
        else:
            at[key] = deepcopy(rng.choice(WEIRD))  # what stands in it may be changed next
        return


def _torn(rng: random.Random, body: bytes) -> bytes:
    if not body or rng.random() < 0.85:
        return body
    place = rng.randrange(len(body))
    return rng.choice((body[:place], body[:place] + rng.randbytes(3) + body[place + 3 :], body[place:], body + body))
