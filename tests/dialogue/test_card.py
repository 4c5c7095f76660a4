"""The card a resident confirms: short, the most important first, and nobody can say that they were not told."""

from dataclasses import replace

import pytest

from bot.domain.case import Accused, CaseKind, Desk
from bot.domain.people import Channel, Language
from handlers.dialogue import make_dialogue
from storage import Database
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import Resident, hanoi

RUDE = "Cán bộ một cửa phường Tây Hồ quát mắng tôi"
MOST_LINES = 12


async def test_an_ordinary_card_is_a_few_lines(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("trợ giúp", "Rác chất đống ở phường Tây Hồ ba ngày nay")
    assert lan.hears[-1].split("\n") == [
        "Bạn xem lại giúp nhé:",
        "",
        "Loại: Phản ánh nơi công cộng (rác thải, nước thải)",
        "Nơi nhận: phường Tây Hồ (theo tên nơi Bạn viết)",
        "Nội dung: “Rác chất đống ở phường Tây Hồ ba ngày nay”",
        "Ẩn danh: không",
        "",
        "Đúng rồi thì Bạn bấm Gửi. Muốn thêm gì, Bạn cứ viết tiếp.",
    ]
    assert [[choice.label for choice in row] for row in lan.replies[-1].choices] == [
        ["Gửi"],
        ["Đổi phường, xã", "Đổi loại"],
        ["Bật ẩn danh", "Hủy"],
    ]


@pytest.mark.parametrize(
    ("how", "why"),
    [("named", "theo tên nơi Bạn viết"), ("point", "theo vị trí"), ("preset", "theo mã QR"), ("chosen", "Bạn chọn")],
)
async def test_it_says_how_we_came_to_the_ward(meet: Meet, how: str, why: str) -> None:
    lan = meet("Lan")
    if how == "preset":
        await lan.commands("start", "ward_00103")
    await lan.says("Rác ở phường Tây Hồ" if how == "named" else "Rác chất đống")
    if how == "point":
        await lan.shares_location(21.0386, 105.838)
    if how == "chosen":
        await lan.says("phường Tây Hồ")
    assert f"({why}" in lan.hears[-1]


async def test_anonymous_is_one_tap_and_another_takes_it_back(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác chất đống ở phường Tây Hồ")
    on = lan.button("Bật ẩn danh").data
    await lan.presses("Bật ẩn danh")
    assert "Ẩn danh: có" in lan.hears[-1]
    await lan.presses_data(on)  # a double tap is no second change of mind
    assert "Ẩn danh: có" in lan.hears[-1]
    await lan.presses("Tắt ẩn danh")
    assert "Ẩn danh: không" in lan.hears[-1]
    await lan.presses("Bật ẩn danh")
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert case.is_anonymous


async def test_before_a_report_about_an_official_one_is_told_who_reads_it(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("trợ giúp", RUDE)
    assert "Chỉ cán bộ được giao riêng ở phường Tây Hồ" in lan.hears[-1]
    assert "người, bộ phận được phản ánh không đọc được" in lan.hears[-1]
    assert lan.hears[-1].count("\n") < MOST_LINES
    await lan.presses("về lãnh đạo")
    assert "Không ai trong phường, xã đọc được, kể cả lãnh đạo" in lan.hears[-1]
    assert "thành phố" in lan.hears[-1]
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert (case.desk, case.accused, case.ward_code) == (Desk.LEADERS, Accused.LEADER, "00103")


async def test_a_report_about_a_leader_can_be_put_right(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Chủ tịch phường Tây Hồ đòi tôi phong bì")
    assert "Không ai trong phường" in lan.hears[-1]
    assert "Nơi nhận: thành phố (việc ở phường Tây Hồ)\n" in lan.hears[-1]
    await lan.presses("Không phải về lãnh đạo")
    assert "được giao riêng" in lan.hears[-1]
    await lan.says("hôm thứ hai vừa rồi")
    assert "được giao riêng" in lan.hears[-1], "what Lan said by the button outlives what she adds"
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert (case.desk, case.accused) == (Desk.RESTRICTED, Accused.OFFICIAL)


async def test_the_button_about_leaders_stands_only_where_it_means_something(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác chất đống ở phường Tây Hồ")
    assert not any("lãnh đạo" in label for label in lan.labels)
    serial = lan.button("Gửi").data.partition(":")[2]
    await lan.presses_data(f"l:{serial}:1")
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert (case.desk, case.accused) == (Desk.GENERAL, Accused.NOBODY)


@pytest.mark.parametrize("channel", [Channel.TELEGRAM, Channel.ZALO, Channel.WEBCHAT])
@pytest.mark.parametrize("language", list(Language))
async def test_what_the_messenger_sees_is_said_with_a_more_private_way(
    sqlite_database: Database, channel: Channel, language: Language
) -> None:
    city = replace(hanoi(), public_url="https://homthu.example")
    lan = Resident(sqlite_database, make_dialogue(city), "Lan", language, channel=channel)
    await lan.says("/help", RUDE)
    card = lan.hears[-1]
    messenger = {Channel.TELEGRAM: "Telegram", Channel.ZALO: "Zalo", Channel.WEBCHAT: ""}[channel]
    assert ("https://homthu.example/chat" in card) == bool(messenger)
    assert ("Telegram" in card, "Zalo" in card) == (messenger == "Telegram", messenger == "Zalo")
    assert len(card) <= 1200
    assert card.count("\n") <= MOST_LINES + 3


async def test_where_no_address_is_known_none_is_invented(sqlite_database: Database) -> None:
    lan = Resident(sqlite_database, make_dialogue(hanoi()), "Lan", channel=Channel.TELEGRAM)
    await lan.says(RUDE)
    assert "Telegram vẫn lưu tin nhắn" in lan.hears[-1]
    assert "/chat" not in lan.hears[-1]


async def test_the_longest_words_make_no_long_card(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.says("trợ giúp", "Tôi tố cáo chủ tịch phường Tây Hồ nhận hối lộ. " + "Việc này kéo dài đã lâu. " * 300)
    assert "không thay cho đơn" in lan.hears[-1]
    assert len(lan.hears[-1]) <= 1200


@pytest.mark.parametrize("kind", [kind for kind in CaseKind if kind is not CaseKind.OTHER])
async def test_every_kind_can_be_chosen_and_is_shown(meet_quickly: Meet, kind: CaseKind) -> None:
    lan = meet_quickly("Lan")
    await lan.says("Rác chất đống ở phường Tây Hồ")
    await lan.presses("Đổi loại")
    serial = (await lan.conversation()).draft
    assert serial is not None
    await lan.presses_data(f"k:{serial.serial}:{kind.value}")
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert case.kind is kind
    assert (case.category == "vio_litter") == (kind is CaseKind.VIOLATION)


def test_every_category_that_becomes_a_case_has_a_short_name() -> None:
    """Short enough for a phone's line beside the kind."""
    from bot.understanding import load_categories
    from bot.wording import catalogue

    for language in Language:
        named = {key.removeprefix("about_") for key in catalogue(language) if key.startswith("about_")}
        cases = {one.id for one in load_categories().values() if one.deadline is not None}
        assert named == cases
        assert max(len(catalogue(language)[f"about_{one}"][0]) for one in named) <= 32
