"""Saying a reply through a real Bot API server; python-telegram-bot checks every call."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.domain.incoming import FileKind, StoredFile
from bot.domain.people import Address, Channel, Language
from bot.domain.reply import Choice, Reply
from bot.errors import NeverDeliverable, TryLater
from bot.wording import say
from handlers.channels.telegram import MENU, TelegramChannel
from handlers.dialogue.spoken import command
from tests.bot_api import BotApiServer, Fault
from tests.handlers.telegram.conftest import FileShelf

LAN = Address(Channel.TELEGRAM, "501")
JPEG = b"\xff\xd8\xff\xe0 not much of a picture"


@pytest.fixture
async def telegram(api: BotApiServer, shelf: FileShelf) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(api.token, shelf, api_base=api.base)
    yield channel
    await channel.close()


@pytest.mark.parametrize(
    "text",
    ["Cảm ơn bạn.", "<b>5 < 7 & _không_ *đậm*</b>", "`[x](http://a)`", "😡" * 2000, "/start @ai #gì http://phuong.example"],
)
async def test_words_arrive_exactly_as_they_are(api: BotApiServer, telegram: TelegramChannel, text: str) -> None:
    """No parse mode: an officer who writes "<3" is heard as writing "<3". No link preview either."""
    lan = api.resident(501)
    provider_id = await telegram.send(LAN, Reply(text=text))
    assert lan.hears == [text]
    assert provider_id == str(lan.heard[0].message_id)
    [call] = api.calls_of("sendMessage")
    assert "parse_mode" not in call.parameters
    assert call.parameters["link_preview_options"] == {"is_disabled": True}


async def test_choices_are_buttons_and_a_pressed_one_is_answered(api: BotApiServer, telegram: TelegramChannel) -> None:
    lan = api.resident(501)
    rows = ((Choice("✅ Gửi", "send:1"), Choice("Sửa", "edit:1")), (Choice("Phường Tây Hồ", "ward:00091" + "x" * 54),))
    await telegram.send(LAN, Reply(text="Đúng chưa?", choices=rows))
    assert list(lan.heard[0].buttons) == ["✅ Gửi", "Sửa", "Phường Tây Hồ"]

    pressed = lan.presses("Gửi")
    await telegram.send(LAN, Reply(text="Đã nhận.", answers_choice_id=pressed))

    assert api.answered_queries == [pressed]
    assert lan.hears[-1] == "Đã nhận."


async def test_an_answer_may_be_all_there_is_to_say(api: BotApiServer, telegram: TelegramChannel) -> None:
    lan = api.resident(501)
    pressed = lan.presses_data("x")
    assert await telegram.send(LAN, Reply(answers_choice_id=pressed)) == ""
    assert (api.answered_queries, lan.hears) == ([pressed], [])


@pytest.mark.parametrize(
    "fault",
    [None, Fault(status=500), Fault(status=429, retry_after=9), Fault(cut=True), Fault(garbage=b"x"), Fault(hang=20)],
)
async def test_a_button_that_cannot_be_answered_holds_no_message_back(
    api: BotApiServer, telegram: TelegramChannel, fault: Fault | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.channels.telegram.ONE_ANSWER", 0.3)
    lan = api.resident(501)
    pressed = lan.presses_data("x", too_late=True)
    if fault:
        api.breaks("answerCallbackQuery", fault)
    await telegram.send(LAN, Reply(text="Đã nhận.", answers_choice_id=pressed))
    assert lan.hears == ["Đã nhận."]
    assert len(api.calls_of("answerCallbackQuery")) == 1


async def test_an_answer_alone_is_tried_again_unless_it_is_too_late(api: BotApiServer, telegram: TelegramChannel) -> None:
    late = api.resident(501).presses_data("x", too_late=True)
    await telegram.send(LAN, Reply(answers_choice_id=late))
    api.breaks("answerCallbackQuery", Fault(status=429, retry_after=3))
    with pytest.raises(TryLater) as told:
        await telegram.send(LAN, Reply(answers_choice_id=late))
    assert told.value.after == timedelta(seconds=3)


async def test_a_long_text_comes_in_parts_and_the_buttons_hang_under_the_last(
    api: BotApiServer, telegram: TelegramChannel
) -> None:
    lan = api.resident(501)
    text = "\n".join(f"Dòng {number}: " + "chữ 😡 " * 20 for number in range(60))
    await telegram.send(LAN, Reply(text=text, choices=((Choice("Gửi", "s"),),)))
    assert len(lan.heard) == 3
    assert [bool(heard.buttons) for heard in lan.heard] == [False, False, True]
    assert "".join("".join(lan.hears).split()) == "".join(text.split())
    assert all(heard.text.startswith("Dòng") for heard in lan.heard)


async def test_parts_that_arrived_are_not_said_again(api: BotApiServer, telegram: TelegramChannel) -> None:
    """Telegram stops us after the first of two; the second try says only the second."""
    lan = api.resident(501)
    reply = Reply(text="a" * 4096 + "\n" + "b" * 100)
    done = asyncio.ensure_future(telegram.send(LAN, reply))
    while not lan.heard:
        await asyncio.sleep(0)
    api.breaks("sendMessage", Fault(status=429, retry_after=2))
    with pytest.raises(TryLater) as told:
        await done
    assert (told.value.after, told.value.acted) == (timedelta(seconds=2), False)

    await telegram.send(LAN, reply)
    await telegram.send(LAN, reply)  # the same words queued once more are said whole

    assert [heard[:1] for heard in lan.hears] == ["a", "b", "a", "b"]


@pytest.mark.parametrize("language", Language)
async def test_a_wish_for_the_place_is_a_button_that_goes_away_again(
    api: BotApiServer, telegram: TelegramChannel, language: Language
) -> None:
    lan = api.resident(501)
    words = "Phú Thượng?"  # names tell nothing: the reply says its language
    await telegram.send(LAN, Reply(text=words, asks_location=True, language=language))
    assert lan.heard[0].asks_location == say(language, "telegram_share_location")

    await telegram.send(LAN, Reply(text="Cảm ơn."))
    assert api.calls_of("sendMessage")[1].parameters["reply_markup"] == {"remove_keyboard": True}

    await telegram.send(LAN, Reply(text=words, asks_location=True, choices=((Choice("x", "x"),),), language=language))
    assert lan.heard[2].text == f"{words}\n\n{say(language, 'telegram_how_to_share_location')}"
    assert lan.heard[2].buttons == {"x": "x"}


async def stored(shelf: FileShelf, data: bytes, kind: FileKind, name: str, media_type: str) -> StoredFile:
    return StoredFile(await shelf.put(data), kind, name, media_type, len(data))


async def test_an_officers_files_arrive_and_a_single_one_carries_the_words(
    api: BotApiServer, telegram: TelegramChannel, shelf: FileShelf
) -> None:
    lan = api.resident(501)
    photo = await stored(shelf, JPEG, FileKind.PHOTO, "đã sửa.jpg", "image/jpeg")
    paper = await stored(shelf, b"%PDF", FileKind.DOCUMENT, 'bien"\r\nX-Evil: 1.pdf', "application/pdf")

    await telegram.send(LAN, Reply(text="Đã sửa đèn.", files=(photo,)))
    await telegram.send(LAN, Reply(text="Xem hai tệp.", files=(photo, paper)))
    await telegram.send(LAN, Reply(text="c" * 1100, files=(photo,)))

    assert [(heard.text[:12], heard.file) for heard in lan.heard] == [
        ("Đã sửa đèn.", JPEG),
        ("Xem hai tệp.", b""),
        ("", JPEG),
        ("", b"%PDF"),
        ("c" * 12, b""),
        ("", JPEG),
    ]
    assert lan.heard[3].message["document"]["file_name"] == "bienX-Evil: 1.pdf"


async def test_only_the_cleaned_copy_of_a_picture_leaves_the_house(
    api: BotApiServer, telegram: TelegramChannel, shelf: FileShelf
) -> None:
    """The original still knows where and with what it was taken."""
    lan = api.resident(501)
    original, shown = await shelf.put(b"\xff\xd8 with GPS"), await shelf.put(JPEG)
    photo = StoredFile(original, FileKind.PHOTO, None, "image/jpeg", 10, shown)
    await telegram.send(LAN, Reply(files=(photo,)))
    assert lan.heard[0].file == JPEG


async def test_a_picture_telegram_cannot_show_goes_as_a_document(
    api: BotApiServer, telegram: TelegramChannel, shelf: FileShelf
) -> None:
    lan = api.resident(501)
    odd = await stored(shelf, b"HEIC", FileKind.PHOTO, "a.heic", "image/heic")
    await telegram.send(LAN, Reply(text="Ảnh", files=(odd,)))
    assert (lan.heard[0].file, lan.heard[0].text, "document" in lan.heard[0].message) == (b"HEIC", "Ảnh", True)


async def test_a_file_that_is_gone_fails_before_anything_was_said(api: BotApiServer, telegram: TelegramChannel) -> None:
    lan = api.resident(501)
    lost = StoredFile("0" * 64, FileKind.PHOTO, None, "image/jpeg", 1)
    with pytest.raises(NeverDeliverable):
        await telegram.send(LAN, Reply(text="Xem ảnh", files=(lost,)))
    assert lan.hears == []


@pytest.mark.parametrize(
    ("fault", "after", "acted"),
    [
        (Fault(status=429, retry_after=7, description="Too Many Requests: retry after 7"), 7, False),
        (Fault(status=500), None, True),
        (Fault(status=502, garbage=b"<html>"), None, True),
        (Fault(status=500, garbage=b'{"ok":false}'), None, True),
        (Fault(status=400, garbage=b'{"ok":false,"error_code":400,"description":7,"parameters":[]}'), None, True),
        (Fault(garbage=b"\xff\xfe"), None, True),
        (Fault(garbage=b"[]"), None, True),
        (Fault(garbage=b'{"ok":true,"result":"soon"}'), None, True),  # something in between answered: nothing was said
        (Fault(status=302, description="Found"), None, True),
        (Fault(cut=True), None, True),
        (Fault(cut=True, acts=True), None, True),
        (Fault(status=401, description="Unauthorized"), None, False),
        (Fault(status=404, description="Not Found"), None, False),
    ],
)
async def test_what_may_work_later_says_so(
    api: BotApiServer, telegram: TelegramChannel, fault: Fault, after: int | None, acted: bool
) -> None:
    """A revoked token is the operator's affair: the reply waits."""
    lan = api.resident(501)
    api.breaks("sendMessage", fault)
    with pytest.raises(TryLater) as told:
        await telegram.send(LAN, Reply(text="x"))
    assert (told.value.after, told.value.acted) == (timedelta(seconds=after) if after else None, acted)
    assert len(lan.hears) == (1 if fault.acts else 0)


async def test_a_server_that_is_not_there_has_certainly_done_nothing(shelf: FileShelf, unused_port: int) -> None:
    channel = TelegramChannel("4242:AAsecret_secret", shelf, api_base=f"http://127.0.0.1:{unused_port}")
    with pytest.raises(TryLater) as told:
        await channel.send(LAN, Reply(text="x"))
    assert not told.value.acted
    await channel.close()


async def test_a_resident_who_left_is_known_to_have_left(api: BotApiServer, telegram: TelegramChannel) -> None:
    lan, minh = api.resident(501), api.resident(502)
    lan.has_blocked, minh.is_deactivated = True, True
    for chat in ("501", "502", "999"):
        with pytest.raises(NeverDeliverable) as told:
            await telegram.send(Address(Channel.TELEGRAM, chat), Reply(text="x"))
        assert told.value.blocked, chat


@pytest.mark.parametrize(
    ("description", "more"),
    [("Bad Request: message is too long", {}), ("Bad Request: BUTTON_DATA_INVALID", {})],
)
async def test_a_refused_message_costs_only_itself(
    api: BotApiServer, telegram: TelegramChannel, description: str, more: dict[str, Any]
) -> None:
    api.resident(501)
    api.breaks("sendMessage", Fault(status=400, description=description))
    with pytest.raises(NeverDeliverable) as told:
        await telegram.send(LAN, Reply(text="x"))
    assert not told.value.blocked
    assert told.value.values["description"] == description


async def test_a_group_that_moved_is_final(api: BotApiServer, telegram: TelegramChannel) -> None:
    body = b'{"ok":false,"error_code":400,"description":"x","parameters":{"migrate_to_chat_id":-1002}}'
    api.breaks("sendMessage", Fault(status=400, garbage=body))
    with pytest.raises(NeverDeliverable):
        await telegram.send(LAN, Reply(text="x"))


@pytest.mark.parametrize("text", ["", "  \n "])
async def test_nothing_to_say_is_refused_here(api: BotApiServer, telegram: TelegramChannel, text: str) -> None:
    with pytest.raises(NeverDeliverable):
        await telegram.send(LAN, Reply(text=text))
    assert api.calls == []


async def test_letters_no_encoding_has_do_not_stop_a_reply(api: BotApiServer, telegram: TelegramChannel) -> None:
    lan = api.resident(501)
    await telegram.send(LAN, Reply(text="a\ud800\x00b", choices=((Choice("\udfff", "x"),),)))
    assert lan.hears == ["a\ufffd\ufffdb"]


async def test_a_limit_is_obeyed_without_a_single_early_try(api: BotApiServer, telegram: TelegramChannel) -> None:
    """Beyond one a second Telegram says how long to wait; who waits that long gets through."""
    api.keeps_pace = True
    lan = api.resident(501)
    waits: list[timedelta] = []
    for number in range(3):
        for _ in range(5):
            try:
                await telegram.send(LAN, Reply(text=f"Tin {number}"))
                break
            except TryLater as later:
                waits.append(later.after or timedelta(days=1))
            await asyncio.sleep(min(waits[-1].total_seconds(), 5))
    assert lan.hears == ["Tin 0", "Tin 1", "Tin 2"]
    assert waits == [timedelta(seconds=1)] * 2
    assert (api.pace.refusals, api.pace.early_retries) == (2, 0)


async def test_the_menu_is_there_in_both_languages(api: BotApiServer, telegram: TelegramChannel) -> None:
    await telegram.set_menu()
    assert set(api.menus) == {"", "vi", "en"}
    assert api.menus[""] == api.menus["vi"]
    assert list(api.menus["en"]) == list(MENU)
    assert [name for name in MENU if command(name) is None] == [], "the dialogue must know what the menu offers"
    assert api.menus["vi"]["help"] != api.menus["en"]["help"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=400, description="bot4242:AAFake-token_of_the_Bot_API_under_tests was wrong"),
        Fault(status=500, description="4242:AAFake-token_of_the_Bot_API_under_tests"),
        Fault(garbage=b"bot4242:AAFake-token_of_the_Bot_API_under_tests"),
        Fault(cut=True),
    ],
)
async def test_the_token_is_in_no_error_and_no_log(api: BotApiServer, telegram: TelegramChannel, fault: Fault) -> None:
    for method in ("sendMessage", "answerCallbackQuery"):
        api.breaks(method, fault)
    with capture_logs() as logs, pytest.raises((TryLater, NeverDeliverable)) as told:
        await telegram.send(LAN, Reply(text="rất riêng tư", answers_choice_id="1"))
    everything = repr((logs, told.value, str(told.value), told.value.values, told.value.__cause__))
    assert "AAFake" not in everything
    assert "riêng tư" not in everything
