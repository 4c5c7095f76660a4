"""Whatever a resident can send on Telegram, from their phone to the desk."""

import pytest
from sqlalchemy import select

from bot import app
from storage.tables import message_revisions
from tests.stories.cast import City, OnTelegram, code_in
from tests.stories.things import PDF, VIDEO, VOICE, eventually, files_a_case, files_of, picture

INSIDE = (21.0386, 105.838)  # in the middle of Ba Đình
ON_THE_BORDER = (21.032082, 105.827009)  # a corner of Ba Đình's polygon


async def test_an_album_is_one_case_with_all_its_photos(city: City) -> None:
    """Lan sends four photos at once, the caption under the second: one card, one case, one message, four files."""
    lan, minh = city.telegram(), await city.staff("minh", ward="00091")
    for number, caption in enumerate(("", "Rác chất đống ở đầu ngõ, phường Phú Thượng", "", "")):
        lan.chat.sends_photo(picture(number * 50), caption, group="13579")
    await lan.hears("Nơi nhận: phường Phú Thượng")

    async def all_four_were_handled() -> bool:
        async with app.open_database(city.settings, beside_others=True) as database, database.reading() as uow:
            return not (await uow.inbox.backlog()).waiting

    await eventually(all_four_were_handled)
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    assert sum("Nơi nhận" in heard for heard in lan.chat.hears) == 1

    [case] = await city.exports()
    assert [len(message["files"]) for message in case["messages"]] == [4]
    assert files_of(case) == ["image/jpeg"] * 4
    html = await minh.opens_case(code)
    assert html.count('data-testid="photo"') == 4
    assert html.count('data-testid="thread-line"') == 1


async def test_every_kind_of_file_reaches_staff(small_city: City) -> None:
    """A photo, a document, a video and a voice message: each is in the case, and staff can tell what it is."""
    lan, minh = small_city.telegram(), await small_city.staff("minh")
    lan.chat.sends_photo(picture(), "Rác ở đầu ngõ, phường Phú Thượng")
    await lan.hears("Nơi nhận")
    lan.chat.sends_document(PDF, "biên bản.pdf", "application/pdf", "biên bản đây")
    await lan.hears("1 ảnh, 1 tệp")
    lan.chat.sends_video(VIDEO, "quay lúc sáng")
    await lan.hears("1 ảnh, 2 tệp")
    lan.chat.sends_voice(VOICE)
    await lan.hears("1 ảnh, 3 tệp")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    [case] = await small_city.exports()
    assert files_of(case) == ["image/jpeg", "application/pdf", "video/mp4", "audio/ogg"]
    assert all(words in case["text"] for words in ("Rác ở đầu ngõ", "biên bản đây", "quay lúc sáng"))
    html = await minh.opens_case(code)
    assert (html.count('data-testid="photo"'), html.count('data-testid="file"')) == (1, 3)
    assert "biên bản.pdf" in html


async def test_a_shared_place_is_answer_enough(small_city: City) -> None:
    """Lan does not know the ward's name; the place she stands at says it."""
    lan = small_city.telegram()
    await lan.says("Nắp cống vỡ trước cổng trường")
    assert "📎" in await lan.hears("phường, xã nào")
    lan.chat.shares_location(*INSIDE, 10.0)
    await lan.hears("Nơi nhận: phường Ba Đình")
    await lan.presses("Gửi")
    await lan.hears("Mã hồ sơ")
    [case] = await small_city.exports()
    assert case["ward_name"] == "phường Ba Đình"


async def test_a_place_on_a_border_is_asked_about(small_city: City) -> None:
    """A phone is off by metres: near a border the wards on both sides are offered, and Lan says which."""
    lan = small_city.telegram()
    await lan.says("Nắp cống vỡ trước cổng trường")
    await lan.hears("phường, xã nào")
    lan.chat.shares_location(*ON_THE_BORDER, 20.0)
    await lan.hears("Bạn chọn bên dưới")
    offered = [label for label in lan.chat.heard[-1].buttons if label.startswith(("Phường", "Xã"))]
    assert len(offered) > 1
    await lan.presses(offered[-1])
    await lan.hears(f"Nơi nhận: p{offered[-1][1:]}")
    await lan.presses("Gửi")
    await lan.hears("Mã hồ sơ")
    [case] = await small_city.exports()
    assert case["ward_name"] == f"p{offered[-1][1:]}"


async def test_what_is_no_matter_is_answered_and_what_is_forwarded_is_one(small_city: City) -> None:
    """A sticker and a die get a kind word; a contact is kept out of the way; forwarded words are words."""
    lan = small_city.telegram()
    lan.chat.sends_sticker("👍")
    await lan.hears("chỉ đọc được chữ")
    lan.chat.rolls_a_die()
    await lan.hears("chưa đọc được loại tin này")
    lan.chat.forwards("Đèn đường hỏng ở ngõ 12, phường Phú Thượng")
    await lan.hears("Nơi nhận: phường Phú Thượng")
    await lan.presses("Gửi")
    await lan.hears("Mã hồ sơ")
    lan.chat.sends_contact("Lan", "+84900000000")
    assert "chưa được lưu" in await lan.hears("Danh bạ")  # nobody has agreed to anything yet
    lan.chat.sends_sticker("🙏")
    await lan.hears("chỉ đọc được chữ")


async def test_the_notice_boards_link_knows_the_ward(small_city: City) -> None:
    """Lan scans the QR code on Phú Thượng's board; nobody asks her where she is."""
    lan = small_city.telegram()
    lan.chat.starts("ward_00091")
    await lan.hears("Bạn đang gửi tới phường Phú Thượng")
    await lan.says("Đèn đường hỏng ba đêm nay rồi")
    await lan.hears("Nơi nhận: phường Phú Thượng")
    await lan.presses("Gửi")
    first = code_in(await lan.hears("Mã hồ sơ"))

    lan.chat.starts("ward_00004")  # another board, another day: a matter of its own
    await lan.hears("Ba Đình")
    await lan.says("Ghế đá ở vườn hoa bị gãy")
    await lan.hears("Nơi nhận: phường Ba Đình")
    await lan.presses("Gửi")
    second = code_in(await lan.hears("Mã hồ sơ"))
    assert [(case["code"], case["ward"]) for case in await small_city.exports()] == [(first, "00091"), (second, "00004")]


@pytest.mark.parametrize("payload", ["ward_99999", "ward_", "../../etc", "ward_00091' OR 1=1", "x" * 64])
async def test_a_link_that_leads_nowhere_still_says_hello(small_city: City, payload: str) -> None:
    lan = small_city.telegram()
    lan.chat.starts(payload)
    assert "Bạn đang gửi tới" not in await lan.hears("Hòm Thư")
    await lan.says("Đèn đường hỏng")
    await lan.hears("phường, xã nào")


async def test_an_edit_before_filing_changes_what_is_filed(small_city: City) -> None:
    lan = small_city.telegram()
    written = lan.chat.sends("Đèn đường hỏng ở ngõ 12, phường Ba Đình")
    await lan.hears("Nơi nhận: phường Ba Đình")
    lan.chat.edits(written, "Đèn đường hỏng ở ngõ 21, phường Phú Thượng")
    await lan.hears("Nơi nhận: phường Phú Thượng")
    await lan.presses("Gửi")
    await lan.hears("Mã hồ sơ")
    [case] = await small_city.exports()
    assert (case["text"], case["ward"]) == ("Đèn đường hỏng ở ngõ 21, phường Phú Thượng", "00091")


async def test_an_edit_after_filing_is_seen_and_the_first_words_are_kept(city: City) -> None:
    """Staff read the new words and that they were changed; what was filed stays in the case and as a revision."""
    lan, minh = city.telegram(), await city.staff("minh")
    written = lan.chat.sends("Đèn đường hỏng ở ngõ 12, phường Phú Thượng")
    await lan.hears("Nơi nhận")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    lan.chat.edits(written, "Đèn đường hỏng ở ngõ 21 chứ không phải 12, phường Phú Thượng")
    await lan.hears("Đã sửa trong hồ sơ")

    html = await minh.opens_case(code)
    assert "ngõ 21 chứ không phải 12" in html
    assert "sửa lúc" in html
    assert "Người dân sửa nội dung" in html
    [case] = await city.exports()
    assert case["text"] == "Đèn đường hỏng ở ngõ 12, phường Phú Thượng"
    async with app.open_database(city.settings, beside_others=True) as database, database._transaction() as connection:
        kept = (await connection.execute(select(message_revisions.c.text))).scalars().all()
    assert kept == ["Đèn đường hỏng ở ngõ 12, phường Phú Thượng"]


async def test_an_edit_opens_a_closed_case_again(small_city: City) -> None:
    lan, minh = small_city.telegram(), await small_city.staff("minh")
    written = lan.chat.sends("Đèn đường hỏng ở ngõ 12, phường Phú Thượng")
    await lan.hears("Nơi nhận")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    await minh.closes(code, "done", "Đã thay bóng.")
    await lan.hears("Đã thay bóng.")
    lan.chat.edits(written, "Đèn đường hỏng ở ngõ 12, phường Phú Thượng, vẫn chưa sáng")
    await lan.hears("được mở lại")
    assert await minh.sees_waiting() == [code]


async def test_who_comes_back_and_presses_start_begins_anew(small_city: City) -> None:
    lan: OnTelegram = small_city.telegram()
    first = await files_a_case(lan)
    await lan.says("/start")
    await lan.hears("/cases")
    second = await files_a_case(lan, "Ghế đá gãy ở phường Ba Đình")
    assert [case["code"] for case in await small_city.exports()] == [first, second]
    await lan.says("/cases")
    assert first in await lan.hears(second)
