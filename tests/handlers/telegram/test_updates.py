"""What is kept of an update, whatever it holds."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.incoming import Incoming, IncomingKind
from bot.ports import RawUpdate
from handlers.channels.telegram_reading import read_update
from handlers.channels.telegram_updates import NotAnAnswer, fetched_updates, nesting, raw_update
from tests.handlers.telegram.kept import kept, private_message


def answer(*items: str) -> bytes:
    return ('{"ok":true,"result":[' + ",".join(items) + "]}").encode()


def test_a_readable_update_is_kept_word_for_word() -> None:
    text = '{"update_id": 5,  "message": {"chat": {"id": 501}, "text": "x"}}'
    raw = raw_update(text.encode())
    assert (raw.external_id, raw.address_id, raw.body, raw.unreadable) == ("5", "501", text, "")


@pytest.mark.parametrize("update_id", [10**30, -3, 0])
def test_an_odd_id_is_still_an_id(update_id: int) -> None:
    raw = raw_update(json.dumps(private_message(text="x") | {"update_id": update_id}).encode())
    assert (raw.external_id, raw.unreadable) == (str(update_id), "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"{}",
        b'{"update_id": "7"}',
        b'{"update_id": true}',
        b'{"update_id": 1.5}',
        b'{"update_id": null}',
        b'{"update_id": 1' + b"0" * 5000 + b"}",
        b'{"update_id": 1' + b"0" * 500 + b"}",
        b'{"update_id": 8, "message": {"text": "whose?"}}',
        b'{"update_id": 8, "message": {"chat": {"id": 1e400}}}',
        b'{"update_id": 8, "x": ' + b"[" * 60 + b"]" * 60 + b"}",
        b'{"update_id": 8, "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"update_id": 8, "message": {',
    ],
)
def test_what_nobody_can_read_is_kept_with_the_reason_and_the_same_id_each_time(body: bytes) -> None:
    raw = raw_update(body)
    assert raw.unreadable
    assert raw.external_id == raw_update(body).external_id != ""
    assert read_update(kept(raw)).kind in (IncomingKind.IGNORED, IncomingKind.UNSUPPORTED)


def test_different_unreadable_bodies_have_different_ids() -> None:
    assert raw_update(b"one").external_id != raw_update(b"two").external_id


@pytest.mark.parametrize("hidden", ["\\u0000", "\\ud800", "\\uDC00", "\x00", "\\\\\\u0000"])
def test_no_database_has_to_refuse_a_body(hidden: str) -> None:
    """NUL and lone surrogates are gone from the row, also where they stand as an escape."""
    for raw in (raw_update(_with_text(hidden)), fetched_updates(answer(_with_text(hidden).decode()))[0].raw):
        assert "\x00" not in raw.body
        assert raw.body.encode("utf-8")
        if not raw.unreadable:
            assert not set("\x00\ud800\udc00") & set(json.loads(raw.body)["message"]["text"])


def _with_text(escaped: str) -> bytes:
    return b'{"update_id":5,"message":{"chat":{"id":501},"text":"a' + escaped.encode() + b'b"}}'


def test_an_escaped_backslash_before_u0000_is_text_and_stays() -> None:
    body = raw_update(_with_text("\\\\u0000")).body
    assert json.loads(body)["message"]["text"] == "a\\u0000b"


def test_an_emoji_written_as_two_escapes_stays_one_emoji() -> None:
    body = raw_update(_with_text("\\ud83d\\ude21")).body
    assert json.loads(body)["message"]["text"] == "a😡b"


BROKEN = [
    "{" * 3000 + "}" * 3000,
    '{"update_id":12,"message":' + "[" * 3000 + "]" * 3000 + "}",
    '{"update_id":12,"n":1' + "0" * 5000 + "}",
    '{"update_id":12,"message":nonsense "],[" \\" }',
    '"a \\" ] , { string"',
    "17",
    "null",
]


@pytest.mark.parametrize("broken", BROKEN)
def test_one_broken_update_does_not_take_the_others_with_it(broken: str) -> None:
    """aiogram's polling stops for good at such an update."""
    good = [json.dumps(private_message(text=f"Tin {number}, [{{") | {"update_id": number}) for number in (11, 13)]

    first, odd, last = fetched_updates(answer(good[0], broken, good[1]))

    assert (first.update_id, last.update_id) == (11, 13)
    assert [read_update(kept(item.raw)).text for item in (first, last)] == ["Tin 11, [{", "Tin 13, [{"]
    assert odd.raw.unreadable
    assert odd.update_id == (12 if '"update_id":12' in broken else None)


@pytest.mark.parametrize("body", [b"", b"<html>502</html>", b"[]", b'{"ok":true}', b'{"ok":true,"result":{}}', b"\x00"])
def test_what_is_no_list_of_updates_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(NotAnAnswer):
        fetched_updates(body)


def test_an_id_beyond_all_reason_is_kept_but_confirms_nothing() -> None:
    """Confirming up to it would throw away every update that comes after it."""
    [item] = fetched_updates(answer(json.dumps(private_message(text="x") | {"update_id": 10**18})))
    assert (item.raw.external_id, item.update_id) == (str(10**18), None)


def test_nesting_is_counted_as_far_as_it_matters() -> None:
    assert [nesting(1), nesting([]), nesting({"a": [1]}), nesting(json.loads("[" * 400 + "]" * 400))] == [0, 0, 2, 51]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["private", "kicked", 501, 10**30, -1, "\x00", "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    *("update_id", "message", "edited_message", "callback_query", "my_chat_member", "channel_post", "chat", "from", "id"),
    *("type", "text", "caption", "photo", "document", "video", "voice", "animation", "location", "venue", "contact"),
    *("sticker", "date", "edit_date", "message_id", "media_group_id", "new_chat_member", "status", "data", "file_id"),
    *("file_size", "width", "latitude", "longitude", "horizontal_accuracy", "language_code", "is_bot", "title"),
    *("forward_origin", "pinned_message"),
)
UPDATES = st.recursive(
    JSON,
    lambda inner: st.dictionaries(st.sampled_from(NAMES), inner, max_size=8) | st.lists(inner, max_size=3),
    max_leaves=30,
)


def check(raw: RawUpdate) -> Incoming:
    """What storage and dialogue may rely on."""
    assert raw.body.encode("utf-8").count(b"\x00") == 0
    assert raw.external_id
    assert len(raw.external_id) <= 100
    incoming = read_update(kept(raw))
    assert incoming.source_id
    assert incoming.sent_at.tzinfo is not None
    for text in (
        incoming.text,
        incoming.choice,
        incoming.choice_id,
        incoming.group_id,
        incoming.argument,
        incoming.source_id,
    ):
        assert b"\x00" not in text.encode("utf-8")
    return incoming


@settings(max_examples=150, deadline=None)
@given(UPDATES)
def test_any_json_at_all_is_kept_and_read_without_an_exception(value: object) -> None:
    check(raw_update(json.dumps(value).encode()))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(NAMES), UPDATES, st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]))
def test_a_genuine_update_with_one_field_replaced_is_read_without_an_exception(name: str, value: object, kind: str) -> None:
    genuine: dict[str, Any] = private_message(text="Ngõ tối", photo=[{"file_id": "a"}])["message"]
    update = {"update_id": 3, kind: genuine | {"message": genuine, "id": "1", "data": "x", name: value}}
    body = json.dumps(update).encode()
    check(raw_update(body))
    for item in fetched_updates(answer(body.decode())):
        check(item.raw)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_at_all_are_kept(body: bytes) -> None:
    check(raw_update(body))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='{}[]",:\\1a ', max_size=60))
def test_any_answer_is_taken_apart_or_refused(inside: str) -> None:
    try:
        found = fetched_updates(answer(inside))
    except NotAnAnswer:
        return
    for item in found:
        check(item.raw)


def test_a_megabyte_is_read_in_a_moment() -> None:
    """Hostile shapes must not cost more than their length: brackets, quotes, commas, escapes."""
    for filling in ("[" * 1_000_000, '"' * 1_000_000, "," * 1_000_000, "\\u0000" * 160_000, '{"a":' * 200_000):
        before = time.process_time()
        raw_update(('{"update_id":1,"x":' + filling).encode())
        assert time.process_time() - before < 1.0
