"""The JSON between the page, the inbox and the dialogue: whole round trips, and `read` that never raises."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incoming import FileKind, FileTrouble, IncomingKind, RemoteFile, StoredFile
from bot.domain.people import Address, Channel, Language
from bot.domain.reply import Reply
from bot.domain.ward import Point
from bot.errors import FileNotFetched
from bot.ports import ChannelPort, KeptUpdate
from bot.wording import say
from handlers.channels.webchat import WebChat
from handlers.channels.webchat_body import ChatPost, clean, read_point
from handlers.channels.webchat_lines import FileView

LAN = Address(Channel.WEBCHAT, "a" * 64)
NOW = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)
PHOTO = StoredFile("b" * 64, FileKind.PHOTO, "ảnh.jpg", "image/jpeg", 12, "c" * 64)
LOST = StoredFile("", FileKind.VIDEO, None, "", 30_000_000, trouble=FileTrouble.TOO_LARGE)


def kept(body: str, external_id: str = f"{'a' * 64}.tail") -> KeptUpdate:
    return KeptUpdate(
        id=1,
        channel=Channel.WEBCHAT,
        external_id=external_id,
        address_id=LAN.external_id,
        body=body,
        received_at=NOW,
        attempts=0,
    )


def test_it_is_a_channel() -> None:
    chat: ChannelPort = WebChat()
    assert chat.channel is Channel.WEBCHAT


@pytest.mark.parametrize(
    ("post", "kind"),
    [
        (ChatPost(text="Đèn hỏng"), IncomingKind.TEXT),
        (ChatPost(text="/ngõ 12 bị ngập"), IncomingKind.TEXT),
        (ChatPost(text="/start ward_00091"), IncomingKind.COMMAND),
        (ChatPost(text="/help"), IncomingKind.COMMAND),
        (ChatPost(choice="s:1"), IncomingKind.CHOICE),
        (ChatPost(point=Point(21.0, 105.8, 12.0)), IncomingKind.LOCATION),
        (ChatPost(text="/start", files=(PHOTO,)), IncomingKind.PHOTO),
        (ChatPost(text="có video", files=(LOST, PHOTO)), IncomingKind.VIDEO),
        (ChatPost(), IncomingKind.UNSUPPORTED),
    ],
)
def test_each_kind_is_read_as_what_it_is(post: ChatPost, kind: IncomingKind) -> None:
    update = post.update(LAN, "a-client-key")
    incoming = WebChat().read(kept(update.body, update.external_id))
    assert incoming.kind is kind
    assert incoming.address == LAN
    assert incoming.text == post.text
    assert incoming.files == post.files
    assert incoming.point == post.point
    assert incoming.sent_at == NOW
    assert update.external_id == f"{LAN.external_id}.{incoming.source_id}"
    assert incoming.remote_files == ()


def test_a_command_has_its_word_and_its_argument() -> None:
    incoming = WebChat().read(kept(ChatPost(text="/start  ward_00091 ", language=Language.EN).to_json()))
    assert (incoming.command, incoming.argument, incoming.language_hint) == ("start", "ward_00091", Language.EN)


def test_a_source_id_is_the_posts_own() -> None:
    """The same key and content have the same id; another key, words, place or file another one."""
    posts = [
        ChatPost(text="a"),
        ChatPost(text="b"),
        ChatPost(choice="a"),
        ChatPost(text="a", files=(PHOTO,)),
        ChatPost(text="a", point=Point(1, 2)),
        ChatPost(text="a", is_preset=True),
    ]
    ids = {post.update(LAN, key).external_id for post in posts for key in ("key-one-1", "key-two-2")}
    assert len(ids) == 12
    assert posts[0].update(LAN, "key-one-1") == posts[0].update(LAN, "key-one-1")


@given(st.text())
def test_reading_never_raises(body: str) -> None:
    assert WebChat().read(kept(body)).address == LAN


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda x: st.lists(x) | st.dictionaries(st.text(), x),
)


@given(
    st.dictionaries(st.sampled_from(["text", "choice", "point", "files", "language", "preset"]), _json)
    | _json
    | st.builds(
        lambda file: {"files": [file]}, st.dictionaries(st.sampled_from(["key", "kind", "name", "size", "trouble"]), _json)
    )
)
def test_reading_json_of_any_shape_never_raises(found: object) -> None:
    WebChat().read(kept(json.dumps(found)))


@pytest.mark.parametrize(
    "body", ["", "{", "[" * 100_000, "null", '{"text": 1}', '{"point": [1]}', '{"files": [{}]}', "9" * 5000]
)
def test_what_is_not_ours_is_unsupported(body: str) -> None:
    assert WebChat().read(kept(body)).kind is IncomingKind.UNSUPPORTED


@given(st.text())
def test_clean_text_can_be_stored_anywhere(text: str) -> None:
    found = clean(text)
    found.encode()
    assert not any(ord(letter) < 32 and letter not in "\t\n" for letter in found)
    assert found == clean(found)


def test_places_off_the_planet_are_none() -> None:
    assert read_point("21.03", 105) == Point(21.03, 105.0)
    assert read_point(90, -180, "12.5") == Point(90.0, -180.0, 12.5)
    for lat, lon in ((90.1, 0), (0, -180.1), ("nan", 0), (True, 0), (None, 0), ([], 0), (10**400, 0)):
        assert read_point(lat, lon) is None


async def test_nothing_is_sent_and_nothing_fetched() -> None:
    assert await WebChat().send(LAN, Reply(text="xin chào")) == ""
    with pytest.raises(FileNotFetched):
        await WebChat().fetch(RemoteFile("x", FileKind.PHOTO))


def test_every_kind_and_trouble_of_a_file_has_words() -> None:
    for kind in FileKind:
        for trouble in (None, *FileTrouble):
            view = FileView(key="", kind=kind, name="", is_image=False, trouble=trouble)
            assert say(Language.VI, view.kind_key)
            assert bool(view.trouble_key) == bool(trouble)
            assert not trouble or say(Language.EN, view.trouble_key)
