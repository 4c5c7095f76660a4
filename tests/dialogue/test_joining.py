""" "Me too": neighbours report one thing; it is handled once, and each is answered in their own chat and language."""

from datetime import timedelta

import pytest

from bot.domain.case import Case, CaseStatus, Desk
from bot.domain.people import Language, Role
from bot.domain.reply import Choice
from bot.domain.thread import Author, EventKind
from bot.services.city import City
from handlers.dialogue.choices import Act
from storage import Database
from tests.dialogue.conftest import Meet
from tests.dialogue.desk import Officer, all_hear
from tests.dialogue.driver import Resident

LANS = "Rác chất đống ở ngõ 12 đường Thụy Khuê, phường Tây Hồ"
HOAS = "ngo 12 thuy khue phuong tay ho rac chat dong boc mui"
ANNS = "Rubbish piled up in lane 12 Thuy Khue street, Tay Ho ward, rac chat dong"


@pytest.fixture
async def minh(database: Database, city: City) -> Officer:
    return await Officer.hired(database, city)


async def files(lan: Resident, text: str = LANS) -> Case:
    await lan.says(text)
    await lan.presses("Send" if lan.language is Language.EN else "Gửi")
    return (await lan.cases())[-1]


async def joins(hoa: Resident, text: str = HOAS) -> Case:
    await hoa.says(text)
    await hoa.presses("Me too" if hoa.language is Language.EN else "Tôi cũng gặp")
    return (await hoa.cases())[-1]


async def now_of(resident: Resident, case: Case) -> Case:
    async with resident.storage.reading() as uow:
        found = await uow.cases.by_code(case.code)
    assert found is not None
    return found


async def details(resident: Resident, case: Case, kind: EventKind) -> list[object]:
    return [event.details for event in await resident.timeline(case) if event.kind is kind]


def offers(resident: Resident) -> list[Choice]:
    return [
        choice
        for reply in resident.heard_now
        for row in reply.choices
        for choice in row
        if choice.data.startswith(f"{Act.JOIN}:")
    ]


async def test_a_neighbours_case_is_shown_and_joined_with_one_tap(meet: Meet) -> None:
    """Hoa sees what, where, since when and how it stands, and nothing of Lan; one tap, and she has a case of her own."""
    lan, hoa = meet("Lan"), meet("Hoa")
    main = await files(lan)
    await hoa.says(HOAS)
    shown = hoa.hears[-1]
    assert "ngo 12 thuy khue" in shown, "the place in her own words"
    assert "16/11/2026" in shown
    assert "đang chờ xử lý" in shown
    assert "chất đống" not in shown
    assert main.code not in shown + "".join(choice.data for choice in offers(hoa))
    await hoa.presses("Tôi cũng gặp")
    assert "Mã hồ sơ: " in hoa.hears[-1]
    assert "xử lý cùng nhau" in hoa.hears[-1]

    [joined] = await hoa.cases()
    main = await now_of(lan, main)
    assert (joined.main_case_id, joined.status, joined.ward_code, joined.desk) == (
        main.id,
        CaseStatus.OPEN,
        main.ward_code,
        main.desk,
    )
    assert joined.code != main.code
    assert joined.due_at <= main.due_at
    assert main.joined_count == 1
    assert await details(lan, main, EventKind.JOINED) == [{"joined": joined.code}]
    assert await details(hoa, joined, EventKind.JOINED) == [{"main": main.code}]
    assert (await hoa.conversation()).draft is None


async def test_its_picture_is_the_copy_that_staff_see(meet: Meet) -> None:
    """Never the original, never its name; and none of somebody who wants to stay unknown."""
    lan, hoa = meet("Lan"), meet("Hoa")
    await lan.sends_photo(LANS)
    await lan.presses("Gửi")
    [message] = await lan.thread((await lan.cases())[0])
    [photo] = message.attachments
    await hoa.says(HOAS)
    [file] = hoa.replies[-1].files
    assert {file.key, file.shown_key} == {photo.file.shown_key}
    assert file.name is None

    nga, binh = meet("Nga"), meet("Bình")
    await nga.sends_photo("Loa kẹo kéo ồn ở ngõ 5 Tô Ngọc Vân, phường Tây Hồ")
    await nga.presses_data(f"{Act.ANONYMOUS}:{(await nga.conversation()).draft.serial}:1")  # type: ignore[union-attr]  # it has one
    await nga.presses("Gửi")
    await binh.says("Loa kẹo kéo ngõ 5 Tô Ngọc Vân, phường Tây Hồ ầm ĩ quá")
    assert offers(binh)
    assert binh.replies[-1].files == ()


async def test_a_different_matter_is_filed_as_usual(meet: Meet) -> None:
    lan, hoa = meet("Lan"), meet("Hoa")
    main = await files(lan)
    await hoa.says(HOAS)
    await hoa.presses("Việc khác")
    [case] = await hoa.cases()
    assert case.main_case_id is None
    assert (await now_of(lan, main)).joined_count == 0


async def test_the_words_alone_join_too(meet: Meet) -> None:
    lan, hoa, nga = meet("Lan"), meet("Hoa"), meet("Nga")
    main = await files(lan)
    await hoa.says(HOAS, "Tôi cũng gặp!")
    assert (await hoa.cases())[0].main_case_id == main.id
    await nga.says("tôi cũng gặp")
    assert await nga.cases() == []


async def test_the_card_shown_again_does_not_ask_again(meet: Meet) -> None:
    lan, hoa = meet("Lan"), meet("Hoa")
    await files(lan)
    await hoa.says(HOAS)
    assert offers(hoa)
    serial = (await hoa.conversation()).draft.serial  # type: ignore[union-attr]  # it has one
    await hoa.presses_data(f"{Act.ANONYMOUS}:{serial}:1")
    assert not offers(hoa)
    await hoa.says("thêm cả nước thải nữa")
    assert offers(hoa), "new words are looked at anew"


NEVER = {
    "an official": "Cán bộ phường Tây Hồ quát tháo người dân ở ngõ 12 Thụy Khuê",
    "praise": "Khen tổ dân phố ngõ 12 Thụy Khuê phường Tây Hồ rất nhiệt tình",
    "a question": "Cho hỏi giờ tiếp dân của phường Tây Hồ ở ngõ 12 Thụy Khuê?",
    "an emergency": "Cháy nhà ở ngõ 12 Thụy Khuê phường Tây Hồ, có người mắc kẹt",
}


@pytest.mark.parametrize("text", NEVER.values(), ids=NEVER.keys())
async def test_it_is_never_offered_where_it_must_not_be(meet: Meet, text: str) -> None:
    """Not about officials, not for praise, a question or danger: even for the very same words."""
    lan, hoa = meet("Lan"), meet("Hoa")
    await files(lan, text)
    await hoa.says(text)
    assert not offers(hoa)


@pytest.mark.parametrize(
    "text",
    [
        "Rác chất đống ở ngõ 14 đường Thụy Khuê, phường Tây Hồ",
        "Rác chất đống ở ngõ 12 đường Thụy Khuê, phường Ba Đình",
        "Rác chất đống ở phường Tây Hồ",
        "Loa kẹo kéo ồn ở ngõ 12 đường Thụy Khuê, phường Tây Hồ",
    ],
)
async def test_another_place_ward_or_thing_is_not_offered(meet: Meet, text: str) -> None:
    lan, hoa = meet("Lan"), meet("Hoa")
    await files(lan)
    await hoa.says(text)
    assert not offers(hoa)


async def test_ones_own_case_and_an_old_or_closed_one_are_not_offered(meet: Meet, minh: Officer) -> None:
    lan, hoa = meet("Lan"), meet("Hoa")
    main = await files(lan)
    await lan.commands("new")
    await lan.says(HOAS)
    assert not offers(lan)
    hoa.now += timedelta(days=31)
    await hoa.says(HOAS)
    assert not offers(hoa)
    nga = meet("Nga")
    minh.now = lan.now
    await minh.closes(main.code)
    await nga.says(HOAS)
    assert not offers(nga)


async def test_a_case_that_closed_meanwhile_is_not_joined(meet: Meet, minh: Officer) -> None:
    """The tap comes too late: nothing is filed behind Hoa's back, and her draft is there to be sent."""
    lan, hoa = meet("Lan"), meet("Hoa")
    main = await files(lan)
    await hoa.says(HOAS)
    data = offers(hoa)[0].data
    minh.now = lan.now
    await minh.closes(main.code)
    await hoa.presses_data(data)
    assert any("không ghép vào được nữa" in reply.text for reply in hoa.heard_now)
    assert await hoa.cases() == []
    await hoa.presses("Gửi")
    assert len(await hoa.cases()) == 1


async def test_a_second_tap_is_answered_with_the_first_code(meet: Meet) -> None:
    lan, hoa = meet("Lan"), meet("Hoa")
    main = await files(lan)
    await hoa.says(HOAS)
    data = offers(hoa)[0].data
    await hoa.presses_data(data)
    first = hoa.code
    await hoa.presses_data(data)
    assert hoa.code == first
    assert len(await hoa.cases()) == 1
    assert (await now_of(lan, main)).joined_count == 1
    await hoa.presses_data(f"{Act.JOIN}:ZZZZZZ:0123456789")
    assert "Nút này đã cũ" in hoa.hears[-1]


async def test_what_staff_do_reaches_everyone_in_their_own_language(meet: Meet, minh: Officer) -> None:
    """An answer, a move and a closing of the main case: Hoa reads them in Vietnamese, Ann in English, each with her code."""
    lan, hoa, ann = meet("Lan"), meet("Hoa"), meet("Ann", Language.EN)
    main = await files(lan)
    hoas, anns = await joins(hoa), await joins(ann, ANNS)
    minh.now = ann.now
    await minh.answers(main.code, "Tổ vệ sinh sẽ đến sáng mai.")
    await all_hear(lan, hoa, ann)
    for resident, case in ((lan, main), (hoa, hoas), (ann, anns)):
        assert case.code in resident.hears[-1]
        assert "Tổ vệ sinh sẽ đến sáng mai." in resident.hears[-1]
        assert [line.text for line in await resident.thread(case) if line.author is Author.STAFF] == [
            "Tổ vệ sinh sẽ đến sáng mai."
        ]
    assert "Tay Ho Ward" in ann.hears[-1]

    await minh.closes(main.code, "Đã dọn sạch.")
    await all_hear(lan, hoa, ann)
    for resident, case in ((hoa, hoas), (ann, anns)):
        assert case.code in resident.hears[-1]
        after = await now_of(resident, case)
        assert (after.status, after.outcome) == (CaseStatus.CLOSED, (await minh.case(main.code)).outcome)
    assert {"Resolved", "Not resolved"} <= set(ann.labels)
    await ann.presses("Resolved")
    assert "stars" in ann.hears[-1]


async def test_a_move_takes_the_neighbours_along(meet: Meet, minh: Officer) -> None:
    lan, hoa = meet("Lan"), meet("Hoa")
    main, joined = await files(lan), await joins(hoa)
    minh.now = hoa.now
    await minh.moves(main.code, "00004")
    await all_hear(lan, hoa)
    assert "Ba Đình" in hoa.hears[-1]
    assert joined.code in hoa.hears[-1]
    assert (await now_of(hoa, joined)).ward_code == "00004"


async def test_what_a_neighbour_adds_shows_on_the_main_case(meet: Meet) -> None:
    """A form that was opened before is stale, and the timeline names the case with the new words."""
    lan, hoa = meet("Lan"), meet("Hoa")
    main, joined = await files(lan), await joins(hoa)
    before = (await now_of(lan, main)).version
    await hoa.says("Hôm nay thêm cả ruồi nhặng")
    assert (await now_of(lan, main)).version > before
    assert await details(lan, main, EventKind.ADDED) == [{"joined": joined.code}]
    assert "Hôm nay thêm cả ruồi nhặng" in [line.text for line in await hoa.thread(joined)]


async def test_a_neighbour_who_disputes_goes_to_the_queue_alone(meet: Meet, minh: Officer) -> None:
    """Lan is content, Hoa is not: her case leaves the main one, which stays closed."""
    lan, hoa = meet("Lan"), meet("Hoa")
    main, joined = await files(lan), await joins(hoa)
    minh.now = hoa.now
    await minh.closes(main.code)
    await all_hear(lan, hoa)
    await hoa.presses("Chưa xong")
    await hoa.says("Phía cuối ngõ vẫn còn nguyên")
    after = await now_of(hoa, joined)
    assert (after.status, after.main_case_id, after.disputes) == (CaseStatus.OPEN, None, 1)
    mains = await now_of(lan, main)
    assert (mains.status, mains.joined_count) == (CaseStatus.CLOSED, 0)
    assert after.desk is Desk.DISPUTED, "there is nobody but Minh in this ward"
    thu = await Officer.hired(minh.storage, minh.city, None, "thu", Role.CITY_COORDINATOR)
    thu.now = hoa.now
    await thu.answers(joined.code, "Sẽ quay lại.")
    await all_hear(lan, hoa)
    assert "Sẽ quay lại." in hoa.hears[-1]


async def test_a_neighbours_words_after_the_closing_reach_a_queue(meet: Meet, minh: Officer) -> None:
    """Without any tap: the case is open again and waits by itself."""
    lan, hoa = meet("Lan"), meet("Hoa")
    main, joined = await files(lan), await joins(hoa)
    minh.now = hoa.now
    await minh.closes(main.code)
    await hoa.says("Vẫn còn rác")
    after = await now_of(hoa, joined)
    assert (after.status, after.main_case_id) == (CaseStatus.OPEN, None)
    assert (await now_of(lan, main)).joined_count == 0


async def test_a_main_case_that_is_disputed_stays_alone(meet: Meet, minh: Officer) -> None:
    """Lan's dispute opens her own; Hoa's closed case stays as it is, and a second closing tells her nothing twice."""
    lan, hoa = meet("Lan"), meet("Hoa")
    main, joined = await files(lan), await joins(hoa)
    minh.now = hoa.now
    await minh.closes(main.code)
    await all_hear(lan, hoa)
    await lan.presses("Chưa xong")
    await lan.says("Chưa sạch")
    thu = await Officer.hired(minh.storage, minh.city, None, "thu", Role.CITY_COORDINATOR)
    thu.now = minh.now + timedelta(hours=1)
    await thu.closes(main.code, "Dọn lại rồi.")
    await all_hear(lan, hoa)
    assert sum("Dọn lại rồi." in heard for heard in hoa.hears) == 0
    assert (await now_of(hoa, joined)).status is CaseStatus.CLOSED


async def test_a_joined_case_shows_in_my_cases(meet: Meet) -> None:
    lan, hoa = meet("Lan"), meet("Hoa")
    await files(lan)
    joined = await joins(hoa)
    await hoa.says(joined.code)
    assert "xử lý cùng hồ sơ của người khác" in hoa.hears[-1]
    assert "Ủy ban nhân dân phường Tây Hồ" in hoa.hears[-1]


async def test_two_positions_close_by_are_enough(meet: Meet) -> None:
    """Neither names a street; the second is told how far away the first one's place is."""
    lan, hoa = meet("Lan"), meet("Hoa")
    await lan.says("Rác chất đống ở đây")
    await lan.shares_location(21.0702, 105.8230)
    await lan.presses("Gửi")
    assert (await lan.cases())[0].ward_code is not None
    await hoa.says("Rác nhiều lắm")
    await hoa.shares_location(21.0706, 105.8230)
    assert offers(hoa)
    assert "khoảng 40 m" in hoa.hears[-1]
