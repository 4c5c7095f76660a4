"""Reading Zalo's events: every shape that is documented or was seen, and whatever else may come."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incoming import FileKind, IncomingKind
from bot.domain.people import Address, Channel
from handlers.channels.zalo_json import CUT
from handlers.channels.zalo_reading import read_update
from handlers.channels.zalo_updates import raw_updates
from tests.handlers.zalo.conftest import LAN, RECEIVED, event, kept, read_body, read_json
from tests.security.mutating import mutated_zalo_event

ME = Address(Channel.ZALO, LAN)


@pytest.mark.parametrize("wrap", [lambda it: {"ok": True, "result": it}, lambda it: it, lambda it: {"result": [it]}])
def test_an_event_is_read_bare_and_in_its_envelope(wrap: Any) -> None:
    read = read_json(wrap(event(text="Đèn hỏng")))
    assert (read.kind, read.text, read.address, read.source_id) == (
        IncomingKind.TEXT,
        "Đèn hỏng",
        ME,
        "2d758cb5e222177a4e35",
    )
    assert read.sent_at == datetime(2025, 6, 19, 6, 55, 31, 602000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"text": "/start ward_00091"}, {"kind": IncomingKind.COMMAND, "command": "start", "argument": "ward_00091"}),
        ({"text": " ward_00091_b17 "}, {"kind": IncomingKind.COMMAND, "command": "start", "argument": "ward_00091_b17"}),
        ({"text": "/ngõ 12"}, {"kind": IncomingKind.TEXT, "text": "/ngõ 12"}),
        ({"text": "x", "date": 1750316131}, {"sent_at": datetime(2025, 6, 19, 6, 55, 31, tzinfo=UTC)}),
        ({"text": "x", "date": "1750316131602"}, {"sent_at": datetime(2025, 6, 19, 6, 55, 31, 602000, tzinfo=UTC)}),
        ({"text": "x", "date": 10**15}, {"sent_at": RECEIVED}),
        ({"text": "x", "date": -1}, {"sent_at": RECEIVED}),
        ({"text": "x", "date": None}, {"sent_at": RECEIVED}),
        ({"text": "x", "message_id": 42}, {"source_id": "42"}),
        ({"text": "x", "chat": {"id": 42, "chat_type": "PRIVATE"}}, {"address": Address(Channel.ZALO, "42")}),
        ({"text": "x\x00\ud800"}, {"text": "x\ufffd\ufffd"}),
        ({"text": "x", "chat": {"id": "ab" * 10, "chat_type": "GROUP"}}, {"kind": IncomingKind.IGNORED}),
        ({"text": "x", "chat": {"id": "ab" * 10}}, {"kind": IncomingKind.IGNORED}),
        ({"text": "x", "from": {"id": LAN, "is_bot": True}}, {"kind": IncomingKind.IGNORED}),
        ({"text": "x", "from": None}, {"kind": IncomingKind.TEXT, "address": ME}),
        ({"text": "x", "chat": None}, {"kind": IncomingKind.TEXT, "address": ME}),
        ({"text": ""}, {"kind": IncomingKind.UNSUPPORTED}),
        ({"text": 7}, {"kind": IncomingKind.UNSUPPORTED}),
    ],
)
def test_texts(content: dict[str, Any], expected: dict[str, Any]) -> None:
    read = read_json(event(**content))
    assert {name: getattr(read, name) for name in expected} == expected


@pytest.mark.parametrize("key", ["photo_url", "photo"])
def test_a_picture_is_named_either_way(key: str) -> None:
    read = read_json(event("message.image.received", **{key: "https://cdn.example/1.jpg"}, caption="tối quá"))
    assert (read.kind, read.text) == (IncomingKind.PHOTO, "tối quá")
    [file] = read.remote_files
    assert (file.remote_id, file.kind) == ("https://cdn.example/1.jpg", FileKind.PHOTO)


@pytest.mark.parametrize(
    ("name", "content", "kind", "text"),
    [
        ("message.image.received", {"photo_url": 7, "caption": "tối"}, IncomingKind.TEXT, "tối"),
        ("message.image.received", {"photo_url": "x" * 3000}, IncomingKind.UNSUPPORTED, ""),
        ("message.voice.received", {"voice_url": "https://cdn.example/1.aac"}, IncomingKind.VOICE, ""),
        ("message.sticker.received", {"sticker": "0e9c", "url": "https://x"}, IncomingKind.STICKER, ""),
        ("message.link.received", {"url": "https://x/y"}, IncomingKind.TEXT, "https://x/y"),
        ("message.link.received", {"text": "xem", "link": "https://x/y"}, IncomingKind.TEXT, "xem\nhttps://x/y"),
        ("message.unsupported.received", {}, IncomingKind.UNSUPPORTED, ""),
        ("message.video.received", {"text": "của ngày mai"}, IncomingKind.TEXT, "của ngày mai"),
        ("message.reaction.received", {"text": "của bot"}, IncomingKind.IGNORED, ""),
        ("user.followed", {"text": "x"}, IncomingKind.IGNORED, ""),
        (None, {"text": "không tên"}, IncomingKind.TEXT, "không tên"),
    ],
)
def test_what_a_resident_can_send(name: Any, content: dict[str, Any], kind: IncomingKind, text: str) -> None:
    read = read_json(event(name, **content))
    assert (read.kind, read.text) == (kind, text)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({"event_name": "message.unsupported.received"}, IncomingKind.IGNORED),
        ({"event_name": "message.unsupported.received", "message": None}, IncomingKind.IGNORED),
        ({"event_name": "message.unsupported.received", "chat": {"id": LAN}}, IncomingKind.UNSUPPORTED),
        ({"event_name": "user.followed", "from": {"id": LAN}}, IncomingKind.IGNORED),
    ],
)
def test_an_event_may_have_no_message(value: dict[str, Any], kind: IncomingKind) -> None:
    assert read_json(value).kind is kind


def test_one_message_is_one_update_however_it_comes() -> None:
    """Bare, wrapped, spaced otherwise: the message's id counts. A reaction to it is another thing."""
    bodies = [json.dumps(event(text="x")), json.dumps({"result": event(text="x")}), json.dumps(event(text="x"), indent=1)]
    ids = [raw_updates(body.encode())[0].external_id for body in bodies]
    assert set(ids) == {"2d758cb5e222177a4e35"}
    reaction = raw_updates(json.dumps(event("message.reaction.received")).encode())[0]
    assert reaction.external_id not in ids
    nameless = event(text="có")
    del nameless["message"]["message_id"]
    body = json.dumps(nameless).encode()
    assert raw_updates(body) == raw_updates(body)
    assert raw_updates(body, mark="1")[0].external_id != raw_updates(body, mark="2")[0].external_id


def test_an_answer_that_broke_off_keeps_every_word_that_came() -> None:
    """From the end of the chat's id on, wherever it is cut: the words so far, marked where they end."""
    text = 'Đèn "hỏng"\nở ngõ 12 \\ phường 😀 Tây Hồ'
    whole = json.dumps({"ok": True, "result": event(text=text)}, ensure_ascii=True).encode()
    begins, known = whole.index(b'"text"') + len(b'"text": "'), 0
    for end in range(begins, len(whole)):
        [raw] = raw_updates(whole[:end])
        read = read_update(kept(raw))
        assert raw.unreadable == "", whole[:end]
        assert read.address == ME
        assert read.text.removesuffix(CUT) == "" or text.startswith(read.text.removesuffix(CUT).rstrip("\ufffd")), end
        assert len(read.text) + 1 >= known
        known = len(read.text.removesuffix(CUT))
    assert known == len(text)


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_every_coding_of_unicode_is_read(coding: str) -> None:
    assert read_body(json.dumps(event(text="Đèn hỏng"), ensure_ascii=False).encode(coding)).text == "Đèn hỏng"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"<html>", b"[" * 5000, b'{"a":' * 3000, b"1" * 6000, b'{"ok":true}}']
)
def test_what_is_no_event_is_kept_as_unreadable(body: bytes) -> None:
    [raw] = raw_updates(body)
    assert raw.unreadable
    assert read_update(kept(raw)).kind is IncomingKind.IGNORED


@given(st.randoms(use_true_random=False))
def test_whatever_comes_is_read_without_an_exception(rng: random.Random) -> None:
    """And said words that are still in the JSON, under their name and with their chat, are heard."""
    body = mutated_zalo_event(rng)
    for raw in raw_updates(body):
        assert raw.external_id
        assert len(raw.external_id) <= 200
        raw.body.encode()
        assert "\0" not in raw.body
        read = read_update(kept(raw))
        assert read.address.external_id == raw.address_id
        if not raw.unreadable and raw.value is not None:
            again = kept(raw)
            assert read == read_update(again)
