"""From the first message to the code, as residents walk it, in Vietnamese and in English."""

import pytest

from bot.domain.case import CaseKind, Desk
from bot.domain.incoming import FileTrouble, IncomingKind
from bot.domain.people import Language
from bot.domain.thread import EventKind
from bot.services.city import City
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import stored


async def test_one_sentence_and_one_tap_make_a_case(meet: Meet) -> None:
    """Lan names her ward in her sentence, sees what was understood, and gets a code and a date."""
    lan = meet("Lan")

    await lan.says("Rác chất đống ở phường Tây Hồ ba ngày nay")
    assert "phường Tây Hồ" in lan.hears[-1]
    assert "Phản ánh nơi công cộng" in lan.hears[-1]
    assert "Rác chất đống" in lan.hears[-1]
    await lan.presses("Gửi")

    [case] = await lan.cases()
    assert lan.code == case.code
    assert "Hạn trả lời: 01/12/2026" in lan.hears[-1]  # ten working days; 24 November is a holiday of 2026
    assert (case.ward_code, case.desk, case.kind) == ("00103", Desk.GENERAL, CaseKind.VIOLATION)
    assert (case.text, case.category) == ("Rác chất đống ở phường Tây Hồ ba ngày nay", "vio_litter")
    assert case.source_id == "Lan-1"
    [message] = await lan.thread(case)
    assert message.text == case.text
    assert [event.kind for event in await lan.timeline(case)] == [EventKind.FILED]


async def test_the_same_walk_in_english(meet: Meet) -> None:
    ann = meet("Ann", Language.EN)

    await ann.says("Rubbish piles up in Tay Ho Ward for three days")
    assert "Goes to: Tay Ho Ward" in ann.hears[-1]
    await ann.presses("Send")

    assert "Case code: " in ann.hears[-1]
    [case] = await ann.cases()
    assert case.code == ann.code


async def test_only_what_is_missing_is_asked(meet: Meet) -> None:
    """A street is no ward: it is offered, and a typed name answers."""
    lan = meet("Lan")

    await lan.says("Ngõ 12 Thụy Khuê tối ba đêm nay")
    assert "phường, xã nào" in lan.hears[-1]
    assert lan.labels == ["Phường Tây Hồ", "Tôi không biết", "Hủy"]
    assert lan.replies[-1].asks_location
    await lan.says("Tây Hồ")
    assert "Nơi nhận: phường Tây Hồ" in lan.hears[-1]
    await lan.says("gửi")

    [case] = await lan.cases()
    assert case.text == "Ngõ 12 Thụy Khuê tối ba đêm nay"
    assert case.ward_code == "00103"


async def test_a_divided_old_ward_is_asked_about_and_a_button_answers(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Phường Yên Phụ nhiều rác")
    assert set(lan.labels[:-2]) == {"Phường Hồng Hà", "Phường Tây Hồ"}
    await lan.presses("Phường Hồng Hà")
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert case.ward_code == "00097"


async def test_a_location_answers_too_and_one_outside_is_told(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Đèn đường hỏng")
    await lan.shares_location(10.77, 106.70)
    assert "ngoài Hà Nội" in lan.hears[-1]
    await lan.shares_location(21.0386, 105.838)
    assert "phường Ba Đình" in lan.hears[-1]
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert case.ward_code == "00004"
    assert case.point is not None


async def test_who_cannot_tell_the_ward_is_heard_by_the_city(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Đèn đường hỏng", "tôi không biết")
    assert "thành phố sẽ chuyển" in lan.hears[-1]
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert (case.ward_code, case.desk) == (None, Desk.UNPLACED)


async def test_a_photo_first_asks_for_words(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.sends_photo()
    assert "việc gì" in lan.hears[-1]
    await lan.says("Biển báo gãy, phường Ba Đình")
    assert "Kèm theo: 1 ảnh" in lan.hears[-1]
    await lan.presses("Gửi")
    [case] = await lan.cases()
    messages = await lan.thread(case)
    assert [len(message.attachments) for message in messages] == [1, 0]
    assert case.source_id == "Lan-1"  # the photo opened it


async def test_a_location_first_keeps_its_message_as_the_one_that_opened_the_case(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.shares_location(21.0386, 105.838)
    assert "phường Ba Đình" in lan.hears[-1]
    await lan.says("Nước cống tràn")
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert case.source_id == "Lan-1"
    assert [message.text for message in await lan.thread(case)] == ["Nước cống tràn"]


async def test_a_ward_first_is_remembered(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("phường Ba Đình")
    assert "Vâng, phường Ba Đình" in lan.hears[-1]
    await lan.says("Vỉa hè bị chiếm hết")
    assert "Nơi nhận: phường Ba Đình" in lan.hears[-1]
    assert "“Vỉa hè bị chiếm hết”" in lan.hears[-1]


async def test_a_notice_boards_code_presets_the_ward(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.commands("start", "ward_00091")
    assert "phường Phú Thượng" in lan.hears[-1]
    assert "máy" in lan.hears[-1]
    await lan.says("Ghế đá bị gãy")
    assert "Nơi nhận: phường Phú Thượng" in lan.hears[-1]
    await lan.presses("Gửi")
    await lan.presses("Gửi việc mới")
    await lan.says("Ghế đá lại gãy")
    assert "phường, xã nào" in lan.hears[-1]  # the board's ward was for that matter


async def test_the_last_ward_is_offered_first_and_never_taken_by_itself(meet: Meet) -> None:
    """Lan writes again and names no place: her ward of last time is one tap away, and only a tap."""
    lan = meet("Lan")
    await lan.says("Rác chất đống ở phường Tây Hồ")
    await lan.presses("Gửi")
    await lan.presses("Gửi việc mới")

    await lan.says("Đèn đường hỏng ba hôm nay")
    assert "gõ tên khác" in lan.hears[-1]
    assert lan.labels == ["Phường Tây Hồ (lần trước)", "Tôi không biết", "Hủy"]
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert (draft.ward_codes, draft.ward_source) == ((), None)
    await lan.says("gửi")
    assert len(await lan.cases()) == 1, "filed without anybody having said where"
    await lan.presses("Phường Tây Hồ (lần trước)")
    assert "Nơi nhận: phường Tây Hồ (Bạn chọn)\n" in lan.hears[-1]
    await lan.presses("Gửi")

    assert [case.ward_code for case in await lan.cases()] == ["00103", "00103"]


async def test_last_time_in_english(meet: Meet) -> None:
    ann = meet("Ann", Language.EN)
    await ann.says("Rubbish piles up in Tay Ho Ward")
    await ann.presses("Send")
    await ann.commands("new")
    await ann.says("The street light is broken")
    assert ann.labels == ["Tay Ho Ward (last time)", "I don't know", "Cancel"]
    await ann.presses("Tay Ho Ward (last time)")
    assert "Goes to: Tay Ho Ward (your choice)\n" in ann.hears[-1]


async def test_the_last_ward_outweighs_nothing(meet: Meet) -> None:
    """Another name, a place, a notice board: each counts for more. Among several it is only the first."""
    lan = meet("Lan")
    await lan.says("Rác chất đống ở phường Tây Hồ")
    await lan.presses("Gửi")
    await lan.commands("new")
    await lan.says("Phường Yên Phụ nhiều rác")
    assert lan.labels == ["Phường Tây Hồ (lần trước)", "Phường Hồng Hà", "Tôi không biết", "Hủy"]
    await lan.says("phường Ba Đình")
    assert "Nơi nhận: phường Ba Đình" in lan.hears[-1]
    await lan.presses("Gửi")
    await lan.commands("start", "ward_00091")
    await lan.says("Ghế đá gãy")
    assert "Nơi nhận: phường Phú Thượng" in lan.hears[-1]
    await lan.presses("Đổi phường")
    assert lan.labels == ["Phường Ba Đình (lần trước)", "Tôi không biết", "Hủy"]


async def test_who_says_that_it_is_another_ward_is_not_offered_it_again(meet: Meet) -> None:
    """Neither at once, nor when the question has to be put again."""
    lan = meet("Lan")
    await lan.commands("start", "ward_00091")
    await lan.says("Ghế đá gãy")
    await lan.presses("Gửi")
    await lan.commands("start", "ward_00091")
    await lan.says("Ghế đá lại gãy")
    await lan.presses("Đổi phường")
    assert lan.labels == ["Tôi không biết", "Hủy"]
    await lan.says("gần cái cổng to ấy")
    assert lan.labels == ["Tôi không biết", "Hủy"]


async def test_a_case_without_a_ward_leaves_the_last_one_as_it_was(meet: Meet) -> None:
    """And what was cancelled was no last time."""
    lan = meet("Lan")
    await lan.says("Rác ở phường Ba Đình")
    await lan.presses("Hủy")
    assert (await lan.conversation()).last_ward is None
    await lan.says("Rác ở phường Tây Hồ")
    await lan.presses("Gửi")
    await lan.commands("new")
    await lan.says("Đèn đường hỏng", "tôi không biết")
    assert "bộ phận tiếp nhận của thành phố sẽ chuyển" in lan.hears[-1]
    await lan.presses("Gửi")
    assert (await lan.conversation()).last_ward == "00103"


@pytest.mark.parametrize("argument", ["ward_99999", "ward_", "xyz", "ward_00091; DROP TABLE", "\x00"])
async def test_a_wrong_start_argument_is_a_plain_start(meet_quickly: Meet, argument: str) -> None:
    lan = meet_quickly("Lan")
    await lan.commands("start", argument)
    assert "Xin chào" in lan.hears[-1]
    assert (await lan.conversation()).preset_ward is None


async def test_life_at_risk_comes_first_and_the_message_still_becomes_a_case(meet: Meet) -> None:
    lan = meet("Lan")
    first, card = await lan.says("Cháy nhà số 9 phường Tây Hồ, cứu với")
    assert all(number in first.text for number in ("113", "114", "115", "112"))
    assert not first.choices
    assert "Việc khẩn cấp" in card.text
    await lan.presses("Gửi")
    assert len(await lan.cases()) == 1


async def test_a_report_about_an_official_says_who_reads_it_and_waits_at_the_restricted_desk(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Cán bộ một cửa phường Tây Hồ vòi tiền của dân")
    assert "người, bộ phận được phản ánh không đọc được" in lan.hears[-1]
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert (case.desk, case.kind) == (Desk.RESTRICTED, CaseKind.CONDUCT)
    assert "Hạn trả lời: 26/11/2026" in lan.hears[-1]  # seven working days, a holiday among them


async def test_such_a_report_without_a_ward_goes_to_the_citys_leaders(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Cán bộ một cửa vòi tiền của dân", "không biết")
    assert "chuyển lên thành phố" in lan.hears[-1]
    await lan.presses("Gửi")
    assert [case.desk for case in await lan.cases()] == [Desk.LEADERS]


async def test_who_wants_to_denounce_is_told_how_and_is_heard_all_the_same(meet: Meet) -> None:
    """L-04: a chat is no signed denunciation. L-05: what it says is kept all the same, at the restricted desk."""
    lan = meet("Lan")
    await lan.says("Tôi tố cáo ông trưởng phòng ở phường Tây Hồ")
    assert "không thay cho đơn khiếu nại, tố cáo có chữ ký" in lan.hears[-1]
    await lan.presses("Gửi")
    assert [case.desk for case in await lan.cases()] == [Desk.RESTRICTED]


async def test_ward_and_kind_can_be_corrected_on_the_card(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác chất đống ở phường Tây Hồ")
    await lan.presses("Đổi phường")
    assert lan.replies[-1].asks_location
    await lan.says("phường Ba Đình")
    assert "Nơi nhận: phường Ba Đình" in lan.hears[-1]
    await lan.presses("Đổi loại")
    await lan.presses("Khen ngợi")
    assert "Loại: Khen ngợi" in lan.hears[-1]
    await lan.says("thêm: sáng nay đã dọn")
    assert "Loại: Khen ngợi" in lan.hears[-1]
    assert "Nơi nhận: phường Ba Đình" in lan.hears[-1]
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert (case.kind, case.ward_code) == (CaseKind.COMMENDATION, "00004")
    assert case.text == "Rác chất đống ở phường Tây Hồ\nthêm: sáng nay đã dọn"


async def test_after_change_ward_the_old_words_no_longer_count(meet: Meet) -> None:
    """Otherwise the next word of hers would bring back the ward that she has just put aside."""
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    await lan.presses("Đổi phường")
    await lan.says("gần cái cổng to ấy")
    assert "phường, xã nào" in lan.hears[-1]
    await lan.presses("Tôi không biết")
    assert "thành phố sẽ chuyển" in lan.hears[-1]


async def test_an_album_is_one_card_and_one_message(meet: Meet) -> None:
    lan = meet("Lan")
    intro, card = await lan.sends_album("Rác ở phường Tây Hồ", "", "", group="g1")
    assert "Kèm theo" not in intro.text
    assert "Kèm theo: 3 ảnh" in card.text
    await lan.presses("Gửi")
    assert await lan.sends_photo(group="g1") == []  # a late part still finds its album
    [case] = await lan.cases()
    [message] = await lan.thread(case)
    assert len(message.attachments) == 4


async def test_a_caption_that_comes_with_a_later_part_shows_the_card_again(meet: Meet) -> None:
    """Also when the rest of the album took longer than anybody waits: the card that counts fewer is followed by one."""
    lan = meet("Lan")
    await lan.sends_photo(group="g1")
    assert "việc gì" in lan.hears[-1]
    await lan.sends_photo("Rác ở phường Tây Hồ", group="g1")
    assert "Kèm theo: 2 ảnh" in lan.hears[-1]
    await lan.sends_photo(group="g1")
    assert "Kèm theo: 3 ảnh" in lan.hears[-1]


async def test_what_is_forwarded_in_one_go_is_answered_once(meet: Meet) -> None:
    """Twenty messages without a ward among them: one question, and none of them is taken for a wrong answer to it."""
    lan = meet("Lan")
    await lan.says("/help")
    [question] = await lan.forwards(*(f"Đèn đường hỏng, cột số {number}" for number in range(1, 21)))
    assert question.text.count("phường, xã nào") == 1
    assert "chưa nhận ra" not in question.text
    await lan.says("phường Tây Hồ")
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert case.text.split("\n") == [f"Đèn đường hỏng, cột số {number}" for number in range(1, 21)]


async def test_somebody_elses_ok_sends_nothing(meet: Meet) -> None:
    """Among what Lan forwards stands "gửi" and "huỷ", said between others: words of the matter, no orders to us."""
    lan = meet("Lan")
    await lan.forwards("Rác ở phường Tây Hồ", "gửi", "huỷ", "ok")
    assert await lan.cases() == []
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert case.text == "Rác ở phường Tây Hồ\ngửi\nhuỷ\nok"


async def test_in_a_burst_only_the_question_is_said_once(meet: Meet) -> None:
    """Life at risk, a file that is too large: each is told, whatever comes after it."""
    lan = meet("Lan")
    forwarded = {"is_forwarded": True}
    heard = await lan.gives_at_once(
        lan.incoming(IncomingKind.TEXT, text="Cháy to ở ngõ 5 phường Tây Hồ, có người kẹt bên trong!", **forwarded),
        lan.incoming(IncomingKind.VIDEO, files=(stored(trouble=FileTrouble.TOO_LARGE),), **forwarded),
        lan.incoming(IncomingKind.TEXT, text="ngõ nhỏ lắm", **forwarded),
    )
    texts = [reply.text for reply in heard]
    assert "114" in texts[0]
    assert sum("lời của Bạn vẫn được ghi" in text for text in texts) == 1
    assert sum("Nơi nhận" in text for text in texts) == 1
    assert "ngõ nhỏ lắm" in texts[-1]


@pytest.mark.parametrize("trouble", list(FileTrouble))
async def test_a_file_that_could_not_be_kept_is_told_and_the_case_stands(meet_quickly: Meet, trouble: FileTrouble) -> None:
    lan = meet_quickly("Lan")
    await lan.sends_photo("Rác ở phường Tây Hồ", trouble=trouble)
    assert "lời của Bạn vẫn được ghi" in lan.hears[-1]
    assert "Kèm theo" not in lan.hears[-1]
    await lan.presses("Gửi")
    [case] = await lan.cases()
    [message] = await lan.thread(case)
    assert [attachment.file.trouble for attachment in message.attachments] == [trouble]


async def test_an_edit_before_filing_changes_the_card(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    await lan.says("hai hôm rồi")
    await lan.edits("Lan-1", "Rác ở phường Ba Đình")
    assert "Nơi nhận: phường Ba Đình" in lan.hears[-1]
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert case.text == "Rác ở phường Ba Đình\nhai hôm rồi"


async def test_a_huge_message_is_kept_whole_and_shown_short(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    words = "Rác ở phường Tây Hồ. " + "rất nhiều rác " * 7_500
    await lan.says(words)
    assert len(lan.hears[-1]) < 1_000
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert case.text == words.strip()


async def test_a_draft_that_is_full_says_so_and_goes_on_after_filing(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.says("Rác ở phường Tây Hồ", "a" * 190_000)
    await lan.says("b" * 20_000)
    assert "Bạn gửi tin này trước" in lan.hears[-1]
    await lan.presses("Gửi")
    await lan.says("b" * 20_000)
    [case] = await lan.cases()
    assert "b" * 20_000 in [message.text for message in await lan.thread(case)]


async def test_a_double_tap_on_send_is_answered_with_the_same_code(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    button = lan.button("Gửi").data
    await lan.presses_data(button)
    code = lan.code
    await lan.presses_data(button)
    await lan.presses("Gửi việc mới")
    await lan.presses_data(button)
    assert lan.code == code
    assert len(await lan.cases()) == 1


async def test_a_button_of_a_cancelled_draft_is_stale(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    old = lan.button("Gửi").data
    await lan.presses("Hủy")
    await lan.presses_data(old)
    assert "Nút này đã cũ" in lan.hears[-1]
    assert await lan.cases() == []
    await lan.says("Ghế gãy ở phường Ba Đình")
    await lan.presses_data(old)
    assert "Nút này đã cũ" in lan.hears[-1]
    assert await lan.cases() == []


@pytest.mark.parametrize(
    "data",
    ["", "zzz", "s", "s:", "w:{serial}:99999", "w:{serial}:", "k:{serial}:nonsense", "lang:xx", "n:", "n:gone", "\x00"],
)
async def test_any_button_data_is_answered_and_acknowledged(meet_quickly: Meet, data: str) -> None:
    """A forged or broken button changes nothing, and its spinner stops."""
    lan = meet_quickly("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    draft = (await lan.conversation()).draft
    assert draft is not None
    replies = await lan.presses_data(data.replace("{serial}", draft.serial))
    assert replies
    assert replies[0].answers_choice_id
    assert (await lan.conversation()).draft == draft


async def test_a_pressed_button_is_acknowledged_by_the_first_reply_alone(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Cháy nhà ở phường Tây Hồ")
    replies = await lan.presses("Gửi")
    assert [bool(reply.answers_choice_id) for reply in replies] == [True]


async def test_the_machine_says_what_it_is_at_first_contact(meet: Meet) -> None:
    """L-50: whoever writes first is told once that a machine answers."""
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ", "nhiều lắm")
    assert "máy trả lời tự động" in lan.hears[0]
    assert "máy trả lời tự động" not in lan.hears[1]


async def test_nothing_is_kept_when_the_unit_of_work_is_not_committed(meet: Meet, city: City) -> None:
    """The dialogue commits nothing by itself."""
    lan = meet("Lan")
    async with lan.storage.begin() as uow:
        await lan.dialogue.converse(uow, lan.incoming(IncomingKind.TEXT, text="Rác ở phường Tây Hồ"), lan.now)
    conversation = await lan.conversation()
    assert (conversation.resident_id, conversation.draft) == (None, None)
