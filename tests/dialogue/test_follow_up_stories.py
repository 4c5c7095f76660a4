"""After the code: more words, photos, edits, thanks, a new matter, and a case that was closed meanwhile."""

from datetime import timedelta

from bot.domain.case import Case, CaseStatus
from bot.domain.draft import Conversation
from bot.domain.incoming import FileTrouble, IncomingKind
from bot.domain.outcome import Outcome
from bot.domain.thread import EventKind
from tests.dialogue.conftest import Meet
from tests.dialogue.driver import Resident, stored


async def files(resident: Resident, words: str = "Rác ở phường Tây Hồ") -> Case:
    await resident.says(words)
    await resident.presses("Gửi")
    return (await resident.cases())[-1]


async def close(resident: Resident, case: Case) -> None:
    async with resident.storage.begin() as uow:
        known = await uow.cases.by_code(case.code)
        assert known is not None
        await uow.cases.change(known, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=resident.now)
        await uow.commit()


async def test_more_words_join_the_case_and_are_acknowledged(meet: Meet) -> None:
    lan = meet("Lan")
    case = await files(lan)
    await lan.says("sáng nay nhiều hơn")
    assert f"Đã thêm vào hồ sơ {case.code}" in lan.hears[-1]
    await lan.sends_photo()
    await lan.shares_location(21.06, 105.82)
    thread = await lan.thread(case)
    assert [message.text for message in thread[1:]] == ["sáng nay nhiều hơn", "", "📍 21.060000, 105.820000"]
    assert len(thread[2].attachments) == 1
    assert [event.kind for event in await lan.timeline(case)] == [EventKind.FILED, *[EventKind.ADDED] * 3]
    assert len(await lan.cases()) == 1


async def test_an_album_after_filing_is_one_message_and_acknowledged_once(meet: Meet) -> None:
    lan = meet("Lan")
    case = await files(lan)
    await lan.sends_photo("chỗ này", group="g7")
    assert await lan.sends_photo(group="g7") == []
    assert await lan.sends_photo(group="g7") == []
    thread = await lan.thread(case)
    assert [len(message.attachments) for message in thread] == [0, 3]
    assert [event.kind for event in await lan.timeline(case)].count(EventKind.ADDED) == 1


async def test_a_caption_on_an_albums_later_part_is_kept_and_acknowledged(meet: Meet) -> None:
    lan = meet("Lan")
    case = await files(lan)
    await lan.sends_photo(group="g7")
    await lan.sends_photo("đây là chỗ thứ hai", group="g7")
    assert "Đã thêm" in lan.hears[-1]
    assert [message.text for message in await lan.thread(case)][1:] == ["", "đây là chỗ thứ hai"]


async def test_an_edit_after_filing_is_kept_beside_the_earlier_words(meet: Meet) -> None:
    lan = meet("Lan")
    case = await files(lan)
    await lan.edits("Lan-1", "Rác ở phường Tây Hồ, ngõ 12")
    assert f"Đã sửa trong hồ sơ {case.code}" in lan.hears[-1]
    [message] = await lan.thread(case)
    assert message.text == "Rác ở phường Tây Hồ, ngõ 12"
    assert message.edited_at is not None
    assert [event.kind for event in await lan.timeline(case)] == [EventKind.FILED, EventKind.EDITED]
    [known] = await lan.cases()
    assert known.text == "Rác ở phường Tây Hồ"  # as it was filed


async def test_an_edit_of_an_older_case_finds_that_case(meet: Meet) -> None:
    lan = meet("Lan")
    first = await files(lan)
    await lan.presses("Gửi việc mới")
    await files(lan, "Ghế gãy ở phường Ba Đình")
    await lan.edits("Lan-1", "Rác ở ngõ 12 phường Tây Hồ")
    assert first.code in lan.hears[-1]


async def test_an_edit_of_a_message_that_nobody_has_is_a_message(meet: Meet) -> None:
    """What was edited may have been read as something else; its words are not thrown away."""
    lan = meet("Lan")
    case = await files(lan)
    await lan.edits("Lan-unknown", "còn một đống nữa")
    assert "Đã thêm" in lan.hears[-1]
    assert (await lan.thread(case))[-1].text == "còn một đống nữa"


async def test_new_matter_starts_a_second_case(meet: Meet) -> None:
    lan = meet("Lan")
    first = await files(lan)
    await lan.commands("new")
    second = await files(lan, "Ghế gãy ở phường Ba Đình")
    assert first.code != second.code
    await lan.says("cái ghế xanh")
    assert second.code in lan.hears[-1]


async def test_words_that_joined_a_case_can_become_a_matter_of_their_own(meet: Meet) -> None:
    """The button takes the words and the photo along; a second tap does not file twice."""
    lan = meet("Lan")
    first = await files(lan)
    await lan.sends_photo("Ghế gãy ở phường Ba Đình")
    button = lan.button("Đây là việc mới").data
    await lan.presses_data(button)
    assert "Nơi nhận: phường Ba Đình" in lan.hears[-1]
    assert "1 ảnh" in lan.hears[-1]
    await lan.presses_data(button)
    assert "Nơi nhận: phường Ba Đình" in lan.hears[-1]
    await lan.presses("Gửi")
    await lan.presses_data(button)
    cases = await lan.cases()
    assert [case.code for case in cases] == [first.code, lan.code]
    assert cases[1].text == "Ghế gãy ở phường Ba Đình"
    [message] = await lan.thread(cases[1])
    assert len(message.attachments) == 1


async def test_nobody_takes_words_out_of_another_residents_case(meet: Meet) -> None:
    """A forged button with somebody else's message id finds nothing."""
    lan, mai = meet("Lan"), meet("Mai")
    await files(lan, "Chuyện riêng của Lan ở phường Tây Hồ")
    await mai.presses_data("n:Lan-1")
    assert "Nút này đã cũ" in mai.hears[-1]
    assert not any("Chuyện riêng" in text for text in mai.hears)


async def test_writing_to_a_closed_case_opens_it_again(meet: Meet) -> None:
    """Words in a closed case would lie where nobody looks; the clocks stood still, for seconds here."""
    lan = meet("Lan")
    case = await files(lan)
    await close(lan, case)
    await lan.says("vẫn còn rác")
    assert "mở lại" in lan.hears[-1]
    [known] = await lan.cases()
    assert (known.status, known.due_at) == (CaseStatus.OPEN, case.due_at)
    details = (await lan.timeline(case))[-1].details or {}
    assert (details["reopened"], details["due"]) == ("yes", known.due_at.isoformat())


async def test_thanks_open_nothing_again_but_are_kept(meet: Meet) -> None:
    lan = meet("Lan")
    case = await files(lan)
    await close(lan, case)
    await lan.says("Cảm ơn!")
    assert "Không có gì" in lan.hears[-1]
    [known] = await lan.cases()
    assert known.status is CaseStatus.CLOSED
    assert (await lan.thread(case))[-1].text == "Cảm ơn!"


async def test_an_emergency_in_a_later_message_shows_the_numbers_first(meet: Meet) -> None:
    lan = meet("Lan")
    await files(lan)
    first, second = await lan.says("giờ thì cháy to rồi, bốc cháy cả dãy")
    assert "114" in first.text
    assert "Đã thêm" in second.text


async def test_new_matter_never_throws_an_unfinished_one_away(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    await lan.commands("new")
    assert "tin chưa gửi" in lan.hears[-1]
    assert "Rác ở phường Tây Hồ" in lan.hears[-1]
    await lan.presses("Gửi")
    assert len(await lan.cases()) == 1


async def test_two_residents_do_not_meet(meet: Meet) -> None:
    lan, mai = meet("Lan"), meet("Mai")
    await files(lan)
    await mai.says("hồ sơ của tôi")
    assert "chưa gửi hồ sơ nào" in mai.hears[-1]
    await mai.presses_data(lan.button("Gửi").data)
    assert "Nút này đã cũ" in mai.hears[-1]
    assert await mai.cases() == []


async def test_words_never_join_a_case_of_another_address(meet: Meet) -> None:
    """Should a conversation ever name a foreign case, its resident's words start a draft of their own."""
    lan, mai = meet("Lan"), meet("Mai")
    case = await files(lan)
    async with mai.storage.begin() as uow:
        await uow.conversations.put(Conversation(address=mai.address, case_code=case.code), mai.now)
        await uow.commit()
    await mai.says("Ghế gãy ở phường Ba Đình")
    assert "Nơi nhận: phường Ba Đình" in mai.hears[-1]
    assert len(await lan.thread(case)) == 1
    await mai.says("cảm ơn")
    assert len(await lan.thread(case)) == 1


async def test_who_presses_start_begins_anew(meet: Meet) -> None:
    """People who come back press Start: what they write then is a matter of its own, and the earlier one is not lost."""
    lan = meet("Lan")
    first = await files(lan)
    await lan.commands("start")
    assert "/cases" in lan.hears[-1]
    await lan.says("Ghế gãy ở phường Ba Đình")
    assert "Nơi nhận: phường Ba Đình" in lan.hears[-1]
    await lan.presses("Gửi")
    assert lan.code != first.code
    assert [message.text for message in await lan.thread(first)] == ["Rác ở phường Tây Hồ"]
    await lan.commands("cases")
    assert first.code in lan.hears[-1]
    assert lan.code in lan.hears[-1]


async def test_start_says_nothing_of_earlier_matters_to_who_has_none(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.commands("start")
    await lan.says("bắt đầu")
    assert not any("/cases" in text for text in lan.hears)


async def test_start_throws_no_unfinished_draft_away(meet: Meet) -> None:
    lan = meet("Lan")
    first = await files(lan)
    await lan.presses("Gửi việc mới")
    await lan.says("Ghế gãy ở phường Ba Đình")
    await lan.commands("start")
    assert "tin chưa gửi" in lan.hears[-1]
    assert "Ghế gãy" in lan.hears[-1]
    await lan.presses("Gửi")
    assert lan.code != first.code


async def test_photo_upon_photo_is_acknowledged_once_and_words_always(meet: Meet) -> None:
    """Nobody wants five beeps for five photos; whoever writes must hear that it arrived."""
    lan = meet("Lan")
    case = await files(lan)
    assert await lan.sends_photo() != []
    assert await lan.sends_photo() == []
    assert await lan.shares_location(21.06, 105.82) == []
    [heard] = await lan.says("thêm nữa này")
    assert "Đã thêm" in heard.text
    assert await lan.sends_photo() == []
    [heard] = await lan.sends_photo(trouble=FileTrouble.TOO_LARGE)
    assert "quá lớn" in heard.text
    lan.now += timedelta(seconds=30)
    assert await lan.sends_photo() != []
    assert len(await lan.thread(case)) == 8


async def test_a_photo_that_opens_a_closed_case_is_never_passed_over_in_silence(meet: Meet) -> None:
    lan = meet("Lan")
    case = await files(lan)
    await lan.sends_photo()
    await close(lan, case)
    [heard] = await lan.sends_photo()
    assert "mở lại" in heard.text


async def test_an_edit_that_opens_a_closed_case_again_says_so(meet: Meet) -> None:
    """To Lan, and to staff: the timeline holds it as it does for added words."""
    lan = meet("Lan")
    case = await files(lan)
    await close(lan, case)
    await lan.edits("Lan-1", "Rác ở phường Tây Hồ, vẫn còn")
    assert f"Đã sửa trong hồ sơ {case.code}" in lan.hears[-1]
    assert "mở lại" in lan.hears[-1]
    [known] = await lan.cases()
    assert known.status is CaseStatus.OPEN
    last = (await lan.timeline(case))[-1]
    assert (last.kind, (last.details or {})["reopened"]) == (EventKind.EDITED, "yes")


async def test_an_edit_that_changes_nothing_is_no_news(meet: Meet) -> None:
    """Telegram tells of edits also when only a link's preview came: no answer, no event, no closed case opened."""
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    assert await lan.edits("Lan-1", "Rác ở phường Tây Hồ") == []
    await lan.presses("Gửi")
    [case] = await lan.cases()
    await close(lan, case)
    assert await lan.edits("Lan-1", " Rác ở phường Tây Hồ ") == []
    [known] = await lan.cases()
    assert known.status is CaseStatus.CLOSED
    assert [event.kind for event in await lan.timeline(case)] == [EventKind.FILED]


async def test_another_picture_put_in_place_of_one_is_added(meet: Meet) -> None:
    """Staff keep what they saw, and see the new one beside it; the same picture told twice is not doubled."""
    lan = meet("Lan")
    await lan.sends_photo("Rác ở phường Tây Hồ")
    await lan.presses("Gửi")
    [case] = await lan.cases()
    changed = lan.incoming(
        IncomingKind.PHOTO, source_id="Lan-1", text="Rác ở phường Tây Hồ", files=(stored(99),), is_edit=True
    )
    await lan.gives(changed)
    assert "Đã sửa" in lan.hears[-1]
    assert await lan.gives(changed) == []
    [message] = await lan.thread(case)
    assert len(message.attachments) == 2


async def test_a_caption_changed_on_an_albums_second_photo_changes_the_album(meet: Meet) -> None:
    """The album is one message, known by its first part; the change neither doubles the photo nor makes a second message."""
    lan = meet("Lan")
    await lan.sends_photo(group="g7")
    await lan.sends_photo("Rác ở phường Tây Hồ", group="g7")
    await lan.presses("Gửi")
    [case] = await lan.cases()
    [before] = await lan.thread(case)
    edited = {"source_id": "Lan-2", "files": (before.attachments[1].file,), "group_id": "g7", "is_edit": True}
    await lan.gives(lan.incoming(IncomingKind.PHOTO, text="Rác ở phường Tây Hồ, ngõ 12", **edited))
    [message] = await lan.thread(case)
    assert message.text == "Rác ở phường Tây Hồ, ngõ 12"
    assert len(message.attachments) == 2
    assert await lan.gives(lan.incoming(IncomingKind.PHOTO, **edited)) == []
    assert (await lan.thread(case))[0].text == "Rác ở phường Tây Hồ, ngõ 12"


async def test_what_is_forwarded_after_filing_is_acknowledged_together(meet: Meet) -> None:
    """Every message is in the thread; the resident hears of them once, not twenty times."""
    lan = meet("Lan")
    case = await files(lan)
    passed_on = [f"nhà số {number} cũng thấy" for number in range(20)]
    heard = await lan.forwards(*passed_on)
    assert [reply.text.splitlines()[0] for reply in heard] == [heard[0].text.splitlines()[0]]
    assert case.code in heard[0].text
    assert [message.text for message in await lan.thread(case)][1:] == passed_on


async def test_a_cry_for_help_among_forwarded_messages_is_answered_by_itself(meet: Meet) -> None:
    lan = meet("Lan")
    await files(lan)
    heard = await lan.forwards("nhà số 1 cũng thấy", "cháy nhà, có người mắc kẹt", "nhà số 3 cũng thấy")
    assert any("114" in reply.text for reply in heard)


async def test_words_that_name_an_earlier_case_join_that_one(meet: Meet) -> None:
    """Not the one that was spoken of last."""
    lan = meet("Lan")
    first = await files(lan)
    await lan.says("việc mới")
    second = await files(lan, "Đèn đường hỏng ở phường Ba Đình")
    await lan.says(f"Hồ sơ {first.code}: rác vẫn còn nguyên, thêm cả xà bần")
    assert f"Đã thêm vào hồ sơ {first.code}" in lan.hears[-1]
    assert len(await lan.thread(first)) == 2
    assert len(await lan.thread(second)) == 1


async def test_what_joins_a_case_is_told_its_deadline(meet: Meet) -> None:
    """ "When will it be done?" is for staff to read, and has one answer already."""
    lan = meet("Lan")
    case = await files(lan)
    await lan.says("bao giờ xong vậy?")
    assert f"{lan.dialogue.city.day_of(case.due_at):%d/%m/%Y}" in lan.hears[-1]
    assert len(await lan.thread(case)) == 2


async def test_to_take_back_a_filed_case_is_said_to_staff(meet: Meet) -> None:
    """An unfinished one is dropped by the same words."""
    lan = meet("Lan")
    case = await files(lan)
    await lan.says("hủy hồ sơ")
    assert [message.text for message in await lan.thread(case)][-1] == "hủy hồ sơ"
    await lan.says("việc khác", "Đèn đường hỏng", "hủy phản ánh này")
    assert (await lan.conversation()).draft is None
