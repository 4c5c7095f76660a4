"""What each kind of message becomes: fed by the Bot API server's residents, so python-telegram-bot has read it too."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.incoming import FileKind, Incoming, IncomingKind
from bot.domain.people import Address, Channel, Language
from bot.domain.ward import Point
from handlers.channels.telegram_reading import read_update
from handlers.channels.telegram_updates import fetched_updates
from tests.bot_api import BotApiServer
from tests.handlers.telegram.kept import kept, private_message, read_json

LAN = Address(Channel.TELEGRAM, "501")


def fed(api: BotApiServer) -> list[Incoming]:
    """Everything that waits, read as polling would read it."""
    body = '{"ok":true,"result":[' + ",".join(update.json for update in api.updates.waiting.values()) + "]}"
    return [read_update(kept(item.raw)) for item in fetched_updates(body.encode())]


async def test_words_are_read_as_they_were_written(api: BotApiServer) -> None:
    """Vietnamese, an emoji outside the basic plane and a line break arrive unchanged, with their message's id."""
    text = "Ngõ 12 Thuỵ Khuê tối\nba đêm nay 😡"
    number = api.resident(501).sends(text)

    [incoming] = fed(api)

    assert (incoming.kind, incoming.text, incoming.address) == (IncomingKind.TEXT, text, LAN)
    assert incoming.source_id == str(number)
    assert incoming.language_hint is Language.VI
    assert abs((incoming.sent_at - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize(
    ("text", "command", "argument"),
    [
        ("/start ward_00091", "start", "ward_00091"),
        ("/start@homthu_bot ward_00091", "start", "ward_00091"),
        ("/START", "start", ""),
        ("/help", "help", ""),
        ("/start\nĐèn hỏng", "start", "Đèn hỏng"),
    ],
)
async def test_a_command_is_read_with_its_argument(api: BotApiServer, text: str, command: str, argument: str) -> None:
    api.resident(501).sends(text)
    [incoming] = fed(api)
    assert (incoming.kind, incoming.command, incoming.argument) == (IncomingKind.COMMAND, command, argument)


@pytest.mark.parametrize("text", ["/ngõ 12 tối", "/ 12", "/12 Thuỵ Khuê", "//start", "/" + "a" * 40, "/start-now"])
def test_a_slash_alone_makes_no_command(text: str) -> None:
    incoming = read_json(private_message(text=text))
    assert (incoming.kind, incoming.text) == (IncomingKind.TEXT, text)


async def test_an_edit_names_the_message_it_changes(api: BotApiServer) -> None:
    lan = api.resident(501)
    number = lan.sends("Ngõ 12 tối")
    lan.edits(number, "/cancel")

    _, edit = fed(api)

    assert (edit.is_edit, edit.source_id, edit.text) == (True, str(number), "/cancel")
    assert edit.kind is IncomingKind.TEXT, "an edited command would be obeyed a second time"


async def test_a_photo_is_its_largest_size_and_an_album_shares_its_group(api: BotApiServer) -> None:
    lan = api.resident(501)
    lan.sends_photo(b"first", "Rác ở cổng chợ", group="771")
    lan.sends_photo(b"second", group="771")

    first, second = fed(api)

    assert (first.kind, first.text, first.group_id, second.group_id) == (IncomingKind.PHOTO, "Rác ở cổng chợ", "771", "771")
    assert [api.file_bytes[i.remote_files[0].remote_id] for i in (first, second)] == [b"first", b"second"]
    assert first.remote_files[0].size == 5


async def test_every_kind_of_file_is_known(api: BotApiServer) -> None:
    lan = api.resident(501)
    lan.sends_document(b"x", "đơn thư.pdf", "application/pdf", "Đơn của tôi")
    lan.sends_video(b"x")
    lan.sends_video_note(b"x")
    lan.sends_animation(b"x")
    lan.sends_voice(b"x")
    lan.sends_audio(b"x", "ghi âm.mp3")

    read = fed(api)

    assert [(i.kind, i.remote_files[0].kind, i.remote_files[0].name, i.remote_files[0].media_type) for i in read] == [
        (IncomingKind.DOCUMENT, FileKind.DOCUMENT, "đơn thư.pdf", "application/pdf"),
        (IncomingKind.VIDEO, FileKind.VIDEO, None, "video/mp4"),
        (IncomingKind.VIDEO, FileKind.VIDEO, None, "video/mp4"),
        (IncomingKind.VIDEO, FileKind.VIDEO, None, "video/mp4"),
        (IncomingKind.VOICE, FileKind.VOICE, None, "audio/ogg"),
        (IncomingKind.VOICE, FileKind.VOICE, "ghi âm.mp3", "audio/mpeg"),
    ]
    assert read[0].text == "Đơn của tôi"


async def test_a_place_is_read_and_a_live_one_only_once(api: BotApiServer) -> None:
    """A live location would otherwise file the same lane every few seconds."""
    lan = api.resident(501)
    number = lan.shares_location(21.0401, 105.8194, 12.5, live=True)
    lan.moves(number, 21.05, 105.82)
    lan.shares_venue("Chợ Bưởi", "Hoàng Hoa Thám", 21.049, 105.81)

    place, moved, venue = fed(api)

    assert (place.kind, place.point) == (IncomingKind.LOCATION, Point(21.0401, 105.8194, 12.5))
    assert moved.kind is IncomingKind.IGNORED
    assert (venue.kind, venue.point, venue.text) == (
        IncomingKind.LOCATION,
        Point(21.049, 105.81),
        "Chợ Bưởi, Hoàng Hoa Thám",
    )


async def test_what_has_no_words_still_reaches_the_dialogue(api: BotApiServer) -> None:
    lan = api.resident(501, language="en-GB")
    lan.sends_sticker("👍")
    lan.sends_contact("Minh", "+84912345678")
    lan.forwards("Đèn hỏng")
    lan.rolls_a_die()

    sticker, contact, forwarded, die = fed(api)

    assert (sticker.kind, sticker.text, sticker.language_hint) == (IncomingKind.STICKER, "👍", Language.EN)
    assert (contact.kind, contact.text) == (IncomingKind.CONTACT, "Minh, +84912345678")
    assert (forwarded.kind, forwarded.is_forwarded, forwarded.text) == (IncomingKind.TEXT, True, "Đèn hỏng")
    assert die.kind is IncomingKind.UNSUPPORTED


async def test_somebody_elses_words_are_no_command(api: BotApiServer) -> None:
    """A forwarded "/cancel" is what Lan passes on, not what she wants; the order she sent things in is known."""
    lan = api.resident(501)
    numbers = [lan.forwards("/cancel"), lan.sends("thế nhé")]

    first, second = fed(api)

    assert (first.kind, first.text, first.is_forwarded) == (IncomingKind.TEXT, "/cancel", True)
    assert [first.sequence, second.sequence] == numbers


async def test_blocking_the_bot_is_noticed_both_ways(api: BotApiServer) -> None:
    lan = api.resident(501)
    lan.blocks()
    lan.unblocks()
    assert [(i.kind, i.address) for i in fed(api)] == [(IncomingKind.BLOCKED, LAN), (IncomingKind.UNBLOCKED, LAN)]


def query(**content: Any) -> dict[str, Any]:
    return {"update_id": 1, "callback_query": {"id": "99", "from": {"id": 501}, "chat_instance": "1"} | content}


@pytest.mark.parametrize(
    "message",
    [
        {"message": {"message_id": 8, "date": 1789349000, "chat": {"id": 501, "type": "private"}, "text": "Gửi?"}},
        {"message": {"message_id": 8, "date": 0, "chat": {"id": 501, "type": "private"}}},
        {"message": None},
        {"inline_message_id": "abc"},
        {},
    ],
)
def test_a_pressed_button_is_read_whether_or_not_its_message_is_there(message: dict[str, Any]) -> None:
    """The press itself is now: the date of the message it hangs under may be last year's."""
    incoming = read_json(query(data="send:1", **message))
    assert (incoming.kind, incoming.choice, incoming.choice_id, incoming.address) == (
        IncomingKind.CHOICE,
        "send:1",
        "99",
        LAN,
    )
    assert incoming.sent_at == datetime(2026, 9, 14, 1, 30, tzinfo=UTC)


def test_a_button_without_data_is_still_a_press_to_be_answered() -> None:
    incoming = read_json(query(game_short_name="x"))
    assert (incoming.kind, incoming.choice, incoming.choice_id) == (IncomingKind.CHOICE, "", "99")


GROUP = {"id": -1001, "type": "supergroup", "title": "Tổ dân phố 5"}


@pytest.mark.parametrize(
    "update",
    [
        private_message(text="/start", chat=GROUP),
        private_message(text="x", **{"from": {"id": 9, "is_bot": True}}),
        private_message(pinned_message={"message_id": 1}),
        {"update_id": 1, "channel_post": {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "channel"}, "text": "x"}},
        {"update_id": 1, "inline_query": {"id": "1", "from": {"id": 501}, "query": "x", "offset": ""}},
        {"update_id": 1, "poll": {"id": "1"}},
        {"update_id": 1, "something_of_2030": {"chat": {"id": 501}}},
        {"update_id": 1, "my_chat_member": {"chat": GROUP, "new_chat_member": {"status": "kicked"}}},
        {"update_id": 1},
        query(data="x", message={"message_id": 1, "date": 1, "chat": GROUP}),
    ],
)
def test_what_is_no_residents_message_is_kept_and_ignored(update: dict[str, Any]) -> None:
    assert read_json(update).kind is IncomingKind.IGNORED


def test_nothing_is_lost_when_only_the_file_is_unreadable() -> None:
    """The caption of a photo without a file id is still what the resident wrote."""
    incoming = read_json(private_message(photo=[{"width": 1}], caption="Đường ngập"))
    assert (incoming.kind, incoming.text) == (IncomingKind.TEXT, "Đường ngập")


@pytest.mark.parametrize(
    "place",
    [
        {"latitude": 91, "longitude": 0},
        {"latitude": float("nan"), "longitude": 0},
        {"latitude": 10**400, "longitude": 0},
        {"latitude": "21", "longitude": "105"},
        [],
    ],
)
def test_a_place_that_is_nowhere_is_unsupported(place: object) -> None:
    assert read_json(private_message(location=place)).kind is IncomingKind.UNSUPPORTED


def test_nul_and_lone_surrogates_never_get_as_far_as_the_dialogue() -> None:
    incoming = read_json(private_message(text="a\x00b\ud800c\U0001f621"))
    assert incoming.text == "a\ufffdb\ufffdc\U0001f621"
