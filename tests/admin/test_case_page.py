"""What stands on a case's page beside its thread: the other residents of the matter, what did not arrive, why it moved."""

import re
from html import unescape

import pytest

from bot.domain.case import Case
from bot.domain.people import Channel, Language, Role
from bot.domain.reply import DeliveryResult, DeliveryState
from bot.services.move_case import LONGEST_WHY
from tests.admin.desk import HOAN_KIEM, Browser, StaffDesk
from tests.admin.test_case_photos import merged
from tests.admin.test_hostile_input import PAYLOADS, is_harmless


async def opens(browser: Browser, case: Case) -> None:
    assert (await browser.opens(f"/staff/cases/{case.code}")).status == 200


def part(browser: Browser, testid: str) -> str:
    """The words of that part of the page, in a line."""
    found = re.search(
        rf'data-testid="{testid}".*?(?=data-testid="(?:reply-form|owner|reporter)"|</section>)', browser.text, re.DOTALL
    )
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", found[0].partition(">")[2])).split()) if found else ""


async def delivers(desk: StaffDesk, state: DeliveryState, error: str = "") -> int:
    """Let everything that waits come to this end."""
    async with desk.database.begin() as uow:
        queued = await uow.outbox.claim(
            owner="test",
            channels=[Channel.WEBCHAT],
            now=desk.clock.now(),
            lease=desk.clock.now() - desk.clock.now(),
            most=99,
        )
        at = desk.clock.now()
        await uow.outbox.record([DeliveryResult(reply_id=one.id, state=state, at=at, error=error) for one in queued])
        await uow.commit()
    return len(queued)


async def test_each_reporter_of_a_matter_has_a_thread_of_their_own(desk: StaffDesk) -> None:
    """Lan and Hải reported the same lamp: the main page tells who said what, and the answer goes to both."""
    lans, minh = await desk.case("Ngõ 12 tối ba đêm nay."), await desk.signed_in("minh")
    hais = await desk.case("Đèn đầu ngõ hỏng rồi.")
    await merged(minh, hais, lans)
    await desk.resident_adds(hais, "Cháu nhà tôi bị ngã.")
    await opens(minh, lans)
    told = part(minh, "reporter")
    assert f"Người dân {hais.code[:4]}" in told
    assert "Đèn đầu ngõ hỏng rồi." in told
    assert "Cháu nhà tôi bị ngã." in told
    assert "Ngõ 12" not in told
    assert f'href="/staff/cases/{hais.code}"' in minh.text
    assert f"<b>Người dân {lans.code[:4]}</b>" in minh.text
    await minh.submits("reply-form", text="Tổ điện đến sáng mai.")
    while await delivers(desk, DeliveryState.SENT):
        pass
    await opens(minh, lans)
    assert "Câu trả lời gần nhất cho người này: Đã gửi." in part(minh, "reporter")


async def test_the_side_case_tells_where_it_went_and_what_was_answered_there(desk: StaffDesk) -> None:
    lans, hais, minh = await desk.case("Ngõ 12 tối."), await desk.case("Đèn hỏng."), await desk.signed_in("minh")
    await opens(minh, lans)
    await minh.submits("reply-form", text="Đã báo tổ điện.")
    await merged(minh, hais, lans)
    await opens(minh, hais)
    assert minh.shows("desk_case_is_joined")
    told = part(minh, "main-answers")
    assert f"Đã trả lời ở hồ sơ chính {lans.code}" in told
    assert "Đã báo tổ điện." in told
    assert "Ngõ 12 tối." not in told


async def test_no_reporter_is_told_of_to_whoever_may_not_see_their_case(desk: StaffDesk) -> None:
    """Hải's case is barred to Minh after the merge: neither his words nor his code are in any byte of the main page."""
    lans, hais = await desk.case("Ngõ 12 tối."), await desk.case("Đèn đầu ngõ hỏng.")
    chief, minh = await desk.signed_in("chief", Role.WARD_LEADER), await desk.signed_in("minh")
    await merged(chief, hais, lans)
    await opens(minh, lans)
    assert hais.code in minh.text
    await chief.opens(f"/staff/cases/{hais.code}/closed")
    assert (await chief.submits("bar-form", username="minh", why="accused")).status == 303
    await opens(minh, lans)
    for word in (hais.code, hais.code[:4], "Đèn đầu ngõ", 'data-testid="reporter"'):
        assert word not in minh.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("Forbidden: bot was blocked by the user", "người dân đã chặn hoặc rời kênh chat này"),
        ("", "kênh chat không cho biết lý do"),
        ("<b>Bad Request</b>", "<b>Bad Request</b>"),
    ],
)
async def test_an_answer_that_did_not_arrive_says_why_and_is_sent_again(desk: StaffDesk, error: str, words: str) -> None:
    case, minh = await desk.case(), await desk.signed_in("minh")
    await opens(minh, case)
    await minh.submits("reply-form", text="Mai tổ điện đến.")
    await opens(minh, case)
    assert minh.shows("desk_delivery_waiting")
    assert 'data-testid="again-form"' not in minh.text
    assert await delivers(desk, DeliveryState.FAILED, error) == 1
    await opens(minh, case)
    is_harmless(minh.text)
    assert words in unescape(minh.text)
    old, hidden = minh.form("again-form")
    again = await minh.submits("again-form")
    await minh.opens(again.headers["Location"])
    assert minh.shows("desk_done_sent_again")
    assert minh.shows("desk_delivery_waiting")
    assert (await minh.posts(old, hidden)).status == 400, "pressed twice: it is on its way already"
    assert minh.shows("desk_page_again_nothing")
    assert await delivers(desk, DeliveryState.SENT) == 1
    await opens(minh, case)
    assert minh.shows("desk_delivery_sent")
    assert minh.shows("desk_event_sent_again")
    async with desk.database.reading() as uow:
        assert await uow.audit.verify() is None


async def test_only_this_cases_answers_are_sent_again(sqlite_desk: StaffDesk) -> None:
    """The number of another case's message sends nothing, and an inspector finds no button."""
    desk = sqlite_desk
    case, other = await desk.case(), await desk.case()
    minh, inspector = await desk.signed_in("minh"), await desk.signed_in("thanh", Role.INSPECTOR, None)
    for one in (case, other):
        await opens(minh, one)
        await minh.submits("reply-form", text="Mai tổ điện đến.")
    await delivers(desk, DeliveryState.FAILED, "gone")
    await opens(minh, other)
    _, foreign = minh.form("again-form")
    await opens(minh, case)
    action, hidden = minh.form("again-form")
    for number in (foreign["message"], "0", "x", "9" * 30, ""):
        assert (await minh.posts(action, hidden | {"message": number})).status == 400
    await opens(inspector, case)
    assert "again-form" not in inspector.text
    assert await delivers(desk, DeliveryState.SENT) == 0


async def test_a_closed_cases_last_words_can_be_sent_again(sqlite_desk: StaffDesk) -> None:
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await opens(minh, case)
    await minh.closes("done", "Đã thay bóng.")
    await delivers(sqlite_desk, DeliveryState.FAILED, "gone")
    await opens(minh, case)
    assert (await minh.submits("again-form")).status == 303
    assert await delivers(sqlite_desk, DeliveryState.SENT) == 1


@pytest.mark.parametrize(
    ("language", "reason"), [(Language.VI, "Lý do: Ngõ này nay thuộc phường bạn."), (Language.EN, "Reason: Ngõ này nay")]
)
async def test_the_resident_reads_why_the_case_moved(desk: StaffDesk, language: Language, reason: str) -> None:
    """In staff's own words, beside the fixed reason; so does the next ward. The audit keeps no sentence."""
    case, minh = await desk.case(language=language), await desk.signed_in("minh")
    hoa = await desk.signed_in("hoa", ward=HOAN_KIEM)
    await opens(minh, case)
    moved = await minh.submits("move-form", ward=HOAN_KIEM, why="wrong_ward", text="Ngõ này  nay thuộc\nphường bạn.")
    assert moved.status == 303
    [told] = await desk.hears(case)
    assert told.splitlines()[-1].startswith(reason)
    await opens(hoa, case)
    assert "Ngõ này nay thuộc phường bạn." in part(hoa, "timeline")


async def test_a_reason_too_long_is_said_beside_its_form_and_kept(sqlite_desk: StaffDesk) -> None:
    case, minh = await sqlite_desk.case(), await sqlite_desk.signed_in("minh")
    await opens(minh, case)
    long = "ế" * (LONGEST_WHY + 1)
    assert (await minh.submits("move-form", ward=HOAN_KIEM, why="other", text=long)).status == 400
    assert minh.shows("desk_page_move_words_too_long")
    assert long in unescape(minh.text)
    assert (await minh.submits("move-form", ward=HOAN_KIEM, why="other", text="\n".join(PAYLOADS))).status == 303
    [told] = await sqlite_desk.hears(case)
    assert "<script>alert(1)</script>" in told, "the channel shows it as the text that it is"
