"""A photo of an identity card is refused where it is declared or obvious, and a photo of a matter about cards never is."""

import pytest
from sqlalchemy import select

from bot.services.identity_cards import is_card
from storage.tables import attachments, doomed_files
from tests.dialogue.conftest import Meet

CARDS = [
    "CCCD của tôi",
    "cccd",
    "Ảnh căn cước công dân của tôi đây",
    "Em gửi ảnh CCCD mặt trước và mặt sau ạ",
    "gui anh can cuoc cong dan",
    "Đây là hộ chiếu của tôi",
    "CMND mặt sau",
    "chứng minh thư",
    "here is my passport",
    "This is a photo of my ID card",
    "my identity card",
    "Scan CCCD 2 mặt",
    "Toi gui ban chup chung minh nhan dan",
    "Đây là ảnh CCCD của tôi, tôi ở số 12 Thụy Khuê, vỉa hè trước nhà đầy xe máy từ sáng đến tối không ai dẹp",
]
MATTERS = [
    "Công an phường giữ CCCD của tôi không trả",
    "Một cửa bắt chụp ảnh CCCD mới cho vào",
    "Hàng photo trước cổng lấy 50 nghìn một tờ căn cước",
    "Làm CCCD phải chờ ba tuần",
    "Nhặt được CCCD ở công viên Thống Nhất",
    "They asked for a photo of my passport at the counter",
    "The office kept my ID card for a week",
    "Bảng hướng dẫn làm căn cước bị rách",
    "Rác ở phường Tây Hồ",
    "",
    "Tờ rơi rao bán CCCD giả dán đầy cột điện",
    "quán này đòi giữ hộ chiếu",
]


@pytest.mark.parametrize("text", CARDS)
def test_a_card_is_known_by_its_words(text: str) -> None:
    assert is_card(text)


@pytest.mark.parametrize("text", MATTERS)
def test_a_matter_about_cards_is_none(text: str) -> None:
    assert not is_card(text)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("cccd.jpg", True),
        ("CCCD_mat_truoc-2.png", True),
        ("hộ chiếu Lan.pdf", True),
        ("cho cuoc.jpg", False),
        ("1.jpg", False),
    ],
)
def test_a_card_is_known_by_its_name(name: str, *, is_one: bool) -> None:
    assert is_card("", name) is is_one


async def test_a_card_is_linked_to_nothing_and_its_bytes_are_doomed(meet: Meet) -> None:
    """Before and after filing, and the other side in the same album."""
    lan = meet("Lan")
    await lan.sends_photo("Ảnh CCCD của tôi", group="g1")
    assert "không nhận ảnh căn cước" in lan.hears[-1]
    await lan.sends_photo(group="g1")
    conversation = await lan.conversation()
    assert conversation.draft is None
    await lan.says("Rác ở phường Tây Hồ")
    await lan.presses("Gửi")
    await lan.sends_photo("cccd mặt sau")
    await lan.sends_photo("đống rác đây")
    async with lan.storage._transaction() as connection:  # type: ignore[attr-defined]  # the driver's storage is the database
        attached = {row.key for row in (await connection.execute(select(attachments.c.key))).all()}
        doomed = {row.key for row in (await connection.execute(select(doomed_files.c.key))).all()}
    assert len(attached) == 1
    assert len(doomed) == 6  # three photos, each with its shown copy
    assert not attached & doomed


async def test_a_matter_beside_a_card_is_heard(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.sends_photo(CARDS[-1] + " phường Tây Hồ")
    assert "không nhận ảnh căn cước" in lan.hears[-1]
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert draft.files == ()
    assert "vỉa hè" in draft.text
