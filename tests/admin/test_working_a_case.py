"""Staff answer, note, move and close: what the resident hears, and that two people never overwrite each other."""

import re
from html import unescape

from bot.domain.case import CaseKind, CaseStatus, Desk
from bot.domain.outcome import Outcome
from bot.domain.people import Channel, Language, Role
from bot.domain.reply import DeliveryResult, DeliveryState
from tests.admin.desk import HOAN_KIEM, PHU_THUONG, StaffDesk


async def test_an_answer_reaches_the_resident_and_the_thread(desk: StaffDesk) -> None:
    """Minh answers; the resident is told by whom, and the case shows the answer on its way."""
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    answered = await minh.submits("reply-form", text="Tổ điện sẽ đến sáng mai.")
    assert answered.status == 303
    await minh.opens(answered.headers["Location"])
    assert minh.shows("desk_done_answered")
    assert "Tổ điện sẽ đến sáng mai." in minh.text
    assert minh.shows("desk_delivery_waiting")
    [said] = await desk.hears(case)
    assert "Tổ điện sẽ đến sáng mai." in said
    assert "phường Phú Thượng" in said
    assert case.code in said


async def test_an_english_resident_is_answered_in_english(sqlite_desk: StaffDesk) -> None:
    case, minh = await sqlite_desk.case(language=Language.EN), await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    await minh.closes("planned", "Next week.")
    [said] = await sqlite_desk.hears(case)
    assert "has closed case" in said
    assert "planned" in said


async def test_a_note_is_for_staff_alone(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.submits("note-form", text="Gọi chị Hoa ở tổ 4.")).status == 303
    await minh.opens(f"/staff/cases/{case.code}")
    assert "Gọi chị Hoa ở tổ 4." in minh.text
    assert 'data-author="note"' in minh.text
    assert await desk.hears(case) == []


async def test_closing_tells_the_outcome_and_takes_the_case_from_the_queue(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    closed = await minh.closes("done", "Đã thay bóng đèn.")
    await minh.opens(closed.headers["Location"])
    assert minh.codes() == []
    await minh.opens("/staff/?status=closed")
    assert minh.codes() == [case.code]
    now = await desk.now_is(case.code)
    assert (now.status, now.outcome) == (CaseStatus.CLOSED, Outcome.DONE)
    [said] = await desk.hears(case)
    assert "đã giải quyết xong" in said
    assert "Đã thay bóng đèn." in said
    await minh.opens(f"/staff/cases/{case.code}")
    assert 'data-testid="reply-form"' not in minh.text


async def test_closing_without_words_or_outcome_changes_nothing(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.closes("no_action", "  ")).status == 400
    assert minh.shows("closing_missing_text")
    assert (await minh.closes("won", "Xong")).status == 400
    assert minh.shows("desk_outcome_missing")
    assert ">\nXong</textarea>" in minh.text, "what was typed is gone"
    assert (await desk.now_is(case.code)).version == case.version + 1  # the resident's own first message
    assert await desk.hears(case) == []


async def test_a_moved_case_is_the_other_wards_and_no_longer_ours(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    lan = await desk.signed_in("lan", ward=HOAN_KIEM)
    await minh.opens(f"/staff/cases/{case.code}")
    moved = await minh.submits("move-form", ward=HOAN_KIEM)
    await minh.opens(moved.headers["Location"])
    assert minh.shows("desk_done_moved")
    assert (await minh.opens(f"/staff/cases/{case.code}")).status == 404
    await lan.opens("/staff/")
    assert lan.codes() == [case.code]
    [said] = await desk.hears(case)
    assert "phường Hoàn Kiếm" in said


async def test_a_case_goes_back_to_the_city_and_to_its_ward(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    city = await desk.signed_in("binh", Role.CITY_COORDINATOR)
    await minh.opens(f"/staff/cases/{case.code}")
    await minh.submits("move-form", ward="city")
    assert (await desk.now_is(case.code)).ward_code is None
    await city.opens("/staff/")
    assert city.codes() == [case.code]
    await city.opens(f"/staff/cases/{case.code}")
    assert (await city.submits("move-form", ward=PHU_THUONG)).status == 303
    now = await desk.now_is(case.code)
    assert (now.ward_code, now.desk) == (PHU_THUONG, Desk.GENERAL)


async def test_a_report_about_an_official_stays_restricted_wherever_it_goes(sqlite_desk: StaffDesk) -> None:
    case = await sqlite_desk.case(kind=CaseKind.CONDUCT)
    chief = await sqlite_desk.signed_in("chief", Role.RESTRICTED_OFFICER)
    await chief.opens(f"/staff/cases/{case.code}")
    await chief.submits("move-form", ward=HOAN_KIEM)
    assert (await sqlite_desk.now_is(case.code)).desk is Desk.RESTRICTED


async def test_why_a_case_moves_is_asked_and_only_a_wrong_ward_is_kept(desk: StaffDesk) -> None:
    """The usual reason is chosen already; a page from before the question counts as the usual one."""
    minh = await desk.signed_in("minh")
    wrong, other, older = await desk.case("Sai phường"), await desk.case("Đúng phường"), await desk.case("Trang cũ")
    for case, said in ((wrong, {"why": "wrong_ward"}), (other, {"why": "other"}), (older, {})):
        await minh.opens(f"/staff/cases/{case.code}")
        assert re.findall(r'name="why" value="(\w+)" required( checked)?', minh.text) == [
            ("wrong_ward", " checked"),
            ("other", ""),
        ]
        action, hidden = minh.form("move-form")
        assert (await minh.posts(action, {**hidden, "ward": HOAN_KIEM, **said})).status == 303
    async with desk.database.reading() as uow:
        kept = [correction.text for correction in await uow.corrections.page()]
    assert kept == ["Sai phường", "Trang cũ"]


async def test_a_reason_that_there_is_not_moves_nothing(sqlite_desk: StaffDesk) -> None:
    """And a form that is refused keeps the reason that was chosen."""
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    assert (await minh.submits("move-form", ward=HOAN_KIEM, why="<b>because")).status == 400
    assert minh.shows("desk_move_why_missing")
    assert (await minh.submits("move-form", ward=PHU_THUONG, why="other")).status == 400
    assert 'value="other" required checked' in minh.text
    assert 'value="wrong_ward" required checked' not in minh.text
    assert (await sqlite_desk.now_is(case.code)).ward_code == PHU_THUONG


async def test_moving_nowhere_and_to_no_ward_is_refused(sqlite_desk: StaffDesk) -> None:
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    for ward, key in (
        (PHU_THUONG, "case_already_there"),
        ("99999", "ward_unknown"),
        ("", "ward_unknown"),
        ("\0", "ward_unknown"),
    ):
        assert (await minh.submits("move-form", ward=ward)).status == 400
        assert minh.shows(key)
    assert (await sqlite_desk.now_is(case.code)).ward_code == PHU_THUONG


async def test_the_second_of_two_answers_is_not_lost_and_not_sent(desk: StaffDesk) -> None:
    """Minh and Hoa open the same case; Minh answers first. Hoa sees his answer beside her own words, and may send again."""
    case = await desk.case()
    minh, hoa = await desk.signed_in("minh"), await desk.signed_in("hoa")
    for officer in (minh, hoa):
        await officer.opens(f"/staff/cases/{case.code}")
    await minh.submits("reply-form", text="Sáng mai có người đến.")
    stale = await hoa.submits("reply-form", text="Chiều nay <b>tôi</b> đến.")
    assert stale.status == 409
    theirs, yours = hoa.text.split('data-testid="stale-theirs"')[1].split('data-testid="stale-yours"')
    assert "Sáng mai có người đến." in theirs
    assert "Ngõ 12 tối ba đêm nay." not in theirs, "what Hoa had seen already is no news"
    assert "Chiều nay <b>tôi</b> đến." in unescape(yours.split("</section>")[0])
    assert "Chiều nay &lt;b&gt;tôi&lt;/b&gt; đến.</textarea>" in hoa.text
    assert len(await desk.hears(case)) == 1
    again = await hoa.submits("reply-form", text="Chiều nay tôi đến.")
    assert again.status == 303


async def test_words_that_the_resident_added_meanwhile_stop_a_closing(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    await desk.resident_adds(case, "Vẫn còn tối!")
    assert (await minh.closes("done", "Xong rồi.")).status == 409
    assert "Vẫn còn tối!" in minh.text.split('data-testid="stale-yours"')[0]
    assert "checked" in minh.text, "the chosen outcome is gone"
    assert (await desk.now_is(case.code)).status is CaseStatus.OPEN


async def test_a_form_that_carries_no_version_changes_nothing(sqlite_desk: StaffDesk) -> None:
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    for version in ("", "-1", "x", "٣", "9" * 400):
        assert (await minh.submits("reply-form", text="A", version=version, seen=version)).status == 409
        await minh.opens(f"/staff/cases/{case.code}")
    assert await sqlite_desk.hears(case) == []


async def test_an_answer_that_never_arrived_says_so_with_the_reason(desk: StaffDesk) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    await minh.opens(f"/staff/cases/{case.code}")
    await minh.submits("reply-form", text="Sáng mai.")
    async with desk.database.begin() as uow:
        [reply] = await uow.outbox.claim(
            owner="test", channels=list(Channel), now=desk.clock.now(), lease=desk.clock.now() - desk.clock.now(), most=5
        )
        failed = DeliveryResult(
            reply_id=reply.id, state=DeliveryState.FAILED, at=desk.clock.now(), error="blocked by the resident"
        )
        await uow.outbox.record([failed])
        await uow.commit()
    await minh.opens(f"/staff/cases/{case.code}")
    assert minh.shows("desk_delivery_failed")
    assert minh.shows("desk_page_failed_blocked")
    assert minh.shows("desk_event_undelivered")
    await minh.opens("/staff/")
    assert re.search(r"1 tin chưa đến được", minh.text)


async def test_what_a_resident_changed_is_shown_word_by_word(desk: StaffDesk) -> None:
    """Two edits after filing: each with what it took away and what came in its place, also with hostile words."""
    case, minh = await desk.case(text="Đèn hỏng ở ngõ 12 <b>"), await desk.signed_in("minh")
    async with desk.database.begin() as uow:
        [message] = await uow.cases.thread(case.id)
        await uow.cases.edit_message(message.id, "Đèn hỏng ở ngõ 15 <b>", desk.clock.now())
        await uow.cases.edit_message(message.id, "Đèn nháy ở ngõ 15 <b>", desk.clock.now())
        await uow.commit()
    await minh.opens(f"/staff/cases/{case.code}")
    assert re.findall(r"<(del|ins)>([^<]*?)\s*</", minh.text) == [
        ("del", "12"),
        ("ins", "15"),
        ("del", "hỏng"),
        ("ins", "nháy"),
    ]
    assert "&lt;b&gt;" in minh.text
