"""After a closing: "resolved" and stars, or "not resolved" and the case is open again; every tap does the sensible thing."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.case import Case, CaseCode, CaseStatus
from bot.domain.draft import Awaited
from bot.domain.outcome import Outcome
from bot.domain.people import Language
from bot.domain.thread import EventKind
from bot.ports import Rating
from bot.services.city import City
from bot.services.rate_case import closing_choices
from handlers.dialogue.choices import Act, read
from storage import Database
from tests.dialogue.conftest import Meet
from tests.dialogue.desk import Officer
from tests.dialogue.driver import Resident
from tests.dialogue.test_receipts import files


@pytest.fixture
async def minh(database: Database, city: City) -> Officer:
    return await Officer.hired(database, city)


@pytest.fixture
async def hoa(database: Database, city: City) -> Officer:
    return await Officer.hired(database, city, name="hoa", full_name="Lê Hoa")


async def hears_of(lan: Resident) -> None:
    """Read what staff sent meanwhile."""
    await lan._deliver()


async def closed(lan: Resident, minh: Officer) -> Case:
    code = await files(lan)
    minh.now = lan.now
    await minh.closes(code)
    await hears_of(lan)
    return await minh.case(code)


async def rating_of(lan: Resident, case: Case) -> Rating | None:
    assert case.closed_at is not None
    async with lan.storage.reading() as uow:
        return await uow.ratings.get(case.id, case.closed_at)


@pytest.mark.parametrize(("language", "yes"), [(Language.VI, "Đã xong"), (Language.EN, "Resolved")])
async def test_resolved_is_thanked_for_and_may_be_starred(meet: Meet, minh: Officer, language: Language, yes: str) -> None:
    """One row for the closing, whatever is tapped twice; the last number of stars counts."""
    lan = meet("Lan", language)
    case = await closed(lan, minh)
    await lan.presses(yes)
    assert "sao" in lan.hears[-1] or "stars" in lan.hears[-1]
    await lan.presses("4⭐")
    await lan.presses("5⭐")
    await lan.presses_data(lan.button("5⭐").data)
    rating = await rating_of(lan, case)
    assert rating is not None
    assert (rating.is_resolved, rating.stars) == (True, 5)
    after = await minh.case(case.code)
    assert after == case, "a rating changes nothing that staff can see of the case"
    assert [event.kind for event in await lan.timeline(case)][-1] is EventKind.CLOSED


async def words(lan: Resident) -> object:
    return await lan.says("Vẫn còn nguyên đống rác")


async def photo(lan: Resident) -> object:
    return await lan.sends_photo()


async def captioned(lan: Resident) -> object:
    return await lan.sends_photo("Ảnh chụp sáng nay")


async def button(lan: Resident) -> object:
    return await lan.presses("Mở lại luôn")


@pytest.mark.parametrize("says_why", [words, photo, captioned, button])
async def test_not_resolved_opens_the_case_again(
    meet: Meet, minh: Officer, says_why: Callable[[Resident], Awaitable[object]]
) -> None:
    """With words, with a photo, or with nothing: back in the queue, with a deadline that lies ahead, once counted."""
    lan = meet("Lan")
    before = await closed(lan, minh)
    lan.now += timedelta(days=20)
    await lan.presses("Chưa xong")
    assert "điều gì chưa đúng" in lan.hears[-1]
    await says_why(lan)
    assert "đã được mở lại" in lan.hears[-1]
    case = await minh.case(before.code)
    assert (case.status, case.outcome, case.closed_at, case.disputes) == (CaseStatus.OPEN, None, None, 1)
    assert case.due_at > lan.now + timedelta(days=9)
    assert [event.kind for event in await lan.timeline(case)].count(EventKind.DISPUTED) == 1
    rating = await rating_of(lan, before)
    assert rating is not None
    assert not rating.is_resolved
    assert (await lan.conversation()).awaits is None
    thread = await lan.thread(case)
    assert len(thread) == (2 if says_why is button else 3)
    await lan.says("hồ sơ của tôi")
    await lan.presses(case.code)
    assert "mở lại vì Bạn báo chưa xong" in lan.hears[-1]


async def test_a_deadline_that_lies_later_stays(meet: Meet, minh: Officer) -> None:
    """Closed at once and disputed at once: nobody loses days by it."""
    lan = meet("Lan")
    before = await closed(lan, minh)
    await lan.presses("Chưa xong")
    await lan.says("Chưa thấy ai đến")
    assert (await minh.case(before.code)).due_at >= before.due_at


async def test_leaving_the_question_opens_nothing(meet: Meet, minh: Officer) -> None:
    lan = meet("Lan")
    case = await closed(lan, minh)
    await lan.presses("Chưa xong")
    awaits = (await lan.conversation()).awaits
    assert awaits is not None
    assert awaits.what is Awaited.DISPUTE
    await lan.says("hủy")
    assert (await lan.conversation()).awaits is None
    assert (await minh.case(case.code)).status is CaseStatus.CLOSED


async def test_after_thirty_days_a_new_case_is_offered(meet: Meet, minh: Officer) -> None:
    lan = meet("Lan")
    case = await closed(lan, minh)
    lan.now += timedelta(days=31)
    await lan.presses("Chưa xong")
    assert "hơn 30 ngày" in lan.hears[-1]
    await lan.presses("việc mới")
    assert (await minh.case(case.code)).status is CaseStatus.CLOSED


async def test_stale_taps_do_the_sensible_thing(meet: Meet, minh: Officer, hoa: Officer) -> None:
    """The first closing's buttons after a second closing, while it is open, and twice."""
    lan = meet("Lan")
    case = await closed(lan, minh)
    yes, no = lan.button("Đã xong").data, lan.button("Chưa xong").data
    await lan.presses_data(no)
    await lan.says("Chưa dọn")
    for stale in (yes, no):
        await lan.presses_data(stale)
        assert "đang mở" in lan.hears[-1]
        assert (await lan.conversation()).awaits is None
    lan.now += timedelta(hours=2)
    hoa.now = lan.now
    await hoa.closes(case.code, "Lần này dọn thật rồi.")
    await hears_of(lan)
    await lan.presses_data(no)
    assert "khép lại lần nữa" in lan.hears[-1]
    again = await minh.case(case.code)
    assert again.status is CaseStatus.CLOSED
    await lan.presses("Đã xong")
    rating = await rating_of(lan, again)
    assert rating is not None
    assert rating.is_resolved
    assert again.disputes == 1


async def test_somebody_else_cannot_rate(meet: Meet, minh: Officer) -> None:
    lan, hoa = meet("Lan"), meet("Hoa")
    case = await closed(lan, minh)
    for choice in closing_choices(Language.VI, case)[0]:
        await hoa.presses_data(choice.data)
        assert "Nút này đã cũ" in hoa.hears[-1]
    assert await rating_of(lan, case) is None


@pytest.mark.parametrize("forged", ["ok", "ok:", "st:::", "st:7K3M-9QX2:x:9", "no:7K3M-9QX2", "ro:💥:0"])
async def test_forged_buttons_are_answered(meet_quickly: Meet, forged: str) -> None:
    lan = meet_quickly("Lan")
    await files(lan)
    assert await lan.presses_data(forged)
    assert "Nút này đã cũ" in lan.hears[-1]


async def test_words_are_enough(meet: Meet, minh: Officer) -> None:
    """ "Đã xong" and "chưa xong", written; while the case is open they are words like any other."""
    lan = meet("Lan")
    await files(lan)
    await lan.says("chưa xong")
    assert "Đã thêm vào hồ sơ" in lan.hears[-1]
    minh.now = lan.now
    await minh.closes(lan.code)
    await hears_of(lan)
    await lan.says("Đã xong")
    assert "mấy sao" in lan.hears[-1]
    await lan.says("chưa xong")
    assert "điều gì chưa đúng" in lan.hears[-1]
    await lan.says("Xe rác không vào ngõ")
    assert (await minh.case(lan.code)).disputes == 1


async def test_words_without_a_tap_still_open_it(meet: Meet, minh: Officer) -> None:
    """As before: whatever is written after a closing reaches a queue."""
    lan = meet("Lan")
    case = await closed(lan, minh)
    await lan.says("Rác vẫn còn kia")
    again = await minh.case(case.code)
    assert (again.status, again.disputes) == (CaseStatus.OPEN, 0)


async def test_an_emergency_in_a_dispute_is_answered_first(meet: Meet, minh: Officer) -> None:
    lan = meet("Lan")
    await closed(lan, minh)
    await lan.presses("Chưa xong")
    replies = await lan.says("Cháy nhà rồi, cứu với, lửa đang cháy to")
    assert "114" in replies[0].text


async def closed_before(meet: Meet, minh: Officer) -> CaseCode:
    """Hoa's case of the same matter, which was answered."""
    code = await files(meet("Hoa"))
    await minh.closes(code)
    return code


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_every_outcome_is_named_in_the_state(meet: Meet, minh: Officer, outcome: Outcome) -> None:
    """And the one who acts next is the resident, for thirty days."""
    lan = meet("Lan")
    code = await files(lan)
    minh.now = lan.now
    of = {"duplicate_of": await closed_before(meet, minh)} if outcome is Outcome.DUPLICATE else {}
    await minh.closes(code, "Xem lời này.", outcome, **of)
    await lan.says(code)
    assert "đã khép lại ngày" in lan.hears[-1]
    assert "Người làm tiếp: Bạn" in lan.hears[-1]
    assert "Xem lời này.”" in lan.hears[-1]
    lan.now += timedelta(days=40)
    await lan.says(code)
    assert "Không còn ai phải làm gì thêm" in lan.hears[-1]


async def test_the_buttons_of_a_closing_are_read_by_the_dialogue(meet: Meet, minh: Officer) -> None:
    """The service writes what `choices` reads."""
    case = await closed(meet("Lan"), minh)
    acts = [read(choice.data).act for choice in closing_choices(Language.VI, case)[0]]
    assert acts == [Act.RESOLVED, Act.NOT_RESOLVED]
