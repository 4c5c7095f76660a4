"""A number or a button's own words answer the question that was put; a matter that begins with a number stays a matter."""

import pytest

from bot.domain.case import CaseKind
from bot.domain.draft import Awaited
from bot.domain.people import Channel, Language
from bot.domain.thread import Author
from bot.services.city import City
from handlers.dialogue import make_dialogue
from handlers.dialogue.answers import number_of
from storage import Database
from tests.dialogue.conftest import Meet
from tests.dialogue.desk import Officer
from tests.dialogue.driver import Resident, hanoi

SEVERAL = "Phường Yên Phụ nhiều rác"  # two wards have this name


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1),
        (" 2. ", 2),
        ("2)", 2),
        ("(3)", 3),
        ("số 2", 2),
        ("So 2 nhé", 2),
        ("chọn 2", 2),
        ("chọn số 2", 2),
        ("tôi chọn 3 ạ", 3),
        ("mục 4", 4),
        ("chọn hai", 2),
        ("số ba", 3),
        ("option 2", 2),
        ("number two", 2),
        ("2️⃣", 2),
        ("hai", None),  # also "hai" of a sentence that goes on
        ("ba", None),  # father
        ("năm", None),  # year
        ("2 xe tải đỗ trên vỉa hè", None),
        ("ngõ 2", None),
        ("số 2 Thụy Khuê", None),
        ("113", None),
        ("2 3", None),
        ("-", None),
        ("", None),
        ("9" * 50, None),
    ],
)
def test_only_a_number_by_itself_is_one(text: str, number: int | None) -> None:
    assert number_of(text) == number


@pytest.mark.parametrize("text", ["2", "số 2", "chọn 2.", "Phường Tây Hồ", "tay ho", "phuong tay ho"])
async def test_a_ward_is_chosen_in_words(meet: Meet, text: str) -> None:
    lan = meet("Lan")
    await lan.says(SEVERAL)
    second = lan.labels[1]
    assert second == "Phường Tây Hồ"
    await lan.says(text)
    assert "Nơi nhận: phường Tây Hồ" in lan.hears[-1]
    await lan.says("gửi")
    [case] = await lan.cases()
    assert (case.ward_code, case.text) == ("00103", SEVERAL)


@pytest.mark.parametrize("text", ["lần trước", "1", "Phường Ba Đình (lần trước)"])
async def test_the_ward_of_last_time_in_words(meet_quickly: Meet, text: str) -> None:
    lan = meet_quickly("Lan")
    await lan.says("Rác ở phường Ba Đình")
    await lan.presses("Gửi")
    await lan.says("việc mới", "Đèn đường hỏng", text)
    assert "Nơi nhận: phường Ba Đình" in lan.hears[-1]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("khen", CaseKind.COMMENDATION),
        ("Khen ngợi", CaseKind.COMMENDATION),
        ("góp ý", CaseKind.SUGGESTION),
        ("gop y, kien nghi", CaseKind.SUGGESTION),
        ("câu hỏi", CaseKind.QUESTION),
        ("bảng quy tắc ứng xử", CaseKind.PANEL),
        ("1", CaseKind.VIOLATION),
        ("chọn 6", CaseKind.QUESTION),
        ("quay lại", CaseKind.VIOLATION),  # as it was
    ],
)
async def test_a_kind_is_chosen_in_words(meet_quickly: Meet, text: str, kind: CaseKind) -> None:
    lan = meet_quickly("Lan")
    await lan.says("Rác ở phường Tây Hồ", "đổi loại")
    assert "thuộc loại nào" in lan.hears[-1]
    await lan.says(text)
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert (draft.kind, draft.text) == (kind, "Rác ở phường Tây Hồ")


async def test_the_card_is_answered_in_words(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ", "bật ẩn danh")
    assert "Ẩn danh: có" in lan.hears[-1]
    await lan.says("tắt ẩn danh", "đổi phường")
    assert "phường, xã nào" in lan.hears[-1]
    await lan.says("Ba Đình", "1")
    [case] = await lan.cases()
    assert (case.ward_code, case.is_anonymous) == ("00004", False)


async def test_the_same_in_english(meet: Meet) -> None:
    ann = meet("Ann", Language.EN)
    await ann.says("Rubbish in Tay Ho Ward", "be anonymous", "change kind", "praise")
    assert "Kind: Praise" in ann.hears[-1]
    await ann.says("option 1")
    [case] = await ann.cases()
    assert (case.kind, case.is_anonymous) == (CaseKind.COMMENDATION, True)


@pytest.mark.parametrize(
    "text",
    ["2 xe tải đỗ trên vỉa hè", "1 người hút thuốc", "Đổi rác lấy quà", "Việc này kéo dài", "Bật loa ầm ĩ", "7", "0", "99"],
)
async def test_a_matter_is_never_taken_for_an_answer(meet_quickly: Meet, text: str) -> None:
    lan = meet_quickly("Lan")
    await lan.says("Rác ở phường Tây Hồ", text)
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert draft.text == f"Rác ở phường Tây Hồ\n{text}"


@pytest.mark.parametrize(("channel", "is_kept"), [(Channel.WEBCHAT, True), (Channel.TELEGRAM, True), (Channel.ZALO, False)])
async def test_nobody_throws_a_draft_away_by_a_number_that_stands_on_no_button(
    sqlite_database: Database, channel: Channel, is_kept: bool
) -> None:
    lan = Resident(sqlite_database, make_dialogue(hanoi()), "Lan", channel=channel)
    await lan.says("Rác ở phường Tây Hồ")
    number = lan.labels.index("Hủy") + 1
    await lan.says(str(number))
    assert ((await lan.conversation()).draft is not None) == is_kept


async def test_without_a_draft_a_number_is_a_message_like_any_other(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ")
    await lan.presses("Gửi")
    await lan.says("2")
    [case] = await lan.cases()
    assert [message.text for message in await lan.thread(case)] == ["Rác ở phường Tây Hồ", "2"]


async def test_what_is_forwarded_answers_nothing(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says(SEVERAL)
    await lan.forwards("2")
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert draft.ward_code is None


async def test_stars_are_given_by_a_number(meet: Meet, city: City, database: Database) -> None:
    """And what staff offered under a closing is answered in the button's own words."""
    lan = meet("Lan")
    await lan.says("Rác ở phường Tây Hồ", "gửi")
    [case] = await lan.cases()
    minh = await Officer.hired(database, city)
    minh.now = lan.now
    await minh.closes(case.code)
    await lan._deliver()
    await lan.says(lan.labels[0])
    assert "sao" in lan.hears[-1]
    await lan.says("4")
    [case] = await lan.cases()
    assert case.closed_at is not None
    async with database.reading() as uow:
        rating = await uow.ratings.get(case.id, case.closed_at)
        thread = [message.text for message in await uow.cases.thread(case.id) if message.author is Author.RESIDENT]
    assert rating is not None
    assert (rating.is_resolved, rating.stars) == (True, 4)
    assert thread == ["Rác ở phường Tây Hồ"]


def on_zalo(database: Database, city: City) -> Resident:
    """Where choices are numbered lines."""
    return Resident(database, make_dialogue(city), "Lan", channel=Channel.ZALO)


async def test_lines_after_filing_are_answered_by_number_where_there_are_no_buttons(
    sqlite_database: Database, city: City
) -> None:
    lan = on_zalo(sqlite_database, city)
    await lan.says("Rác ở phường Tây Hồ", "gửi", "dữ liệu của tôi")
    await lan.says(str(lan.labels.index("Yêu cầu sửa") + 1))
    awaits = (await lan.conversation()).awaits
    assert awaits is not None
    assert awaits.what is Awaited.CORRECTION
    [case] = await lan.cases()
    assert [message.text for message in await lan.thread(case)] == ["Rác ở phường Tây Hồ"]


async def test_buttons_outside_of_drafts_are_heard_in_their_words(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.says("Rác ở phường Tây Hồ", "gửi", "dữ liệu của tôi", "xem ban sao")
    assert "Bản sao" in lan.hears[-1]
    await lan.says("dữ liệu của tôi", "Yêu cầu sửa")
    awaits = (await lan.conversation()).awaits
    assert awaits is not None
    assert awaits.what is Awaited.CORRECTION


async def test_what_staff_said_since_takes_the_choices_back(sqlite_database: Database, city: City) -> None:
    """ "2" then answers them."""
    lan = on_zalo(sqlite_database, city)
    await lan.says("Rác ở phường Tây Hồ", "gửi")
    [case] = await lan.cases()
    minh = await Officer.hired(sqlite_database, city)
    minh.now = lan.now
    await minh.answers(case.code, "Có mấy đống rác?")
    await lan._deliver()
    await lan.says("2")
    assert [message.text for message in await lan.thread(case)][-1] == "2"


async def test_nothing_is_erased_by_a_number(sqlite_database: Database, city: City) -> None:
    """Only by the button, or by its words."""
    lan = on_zalo(sqlite_database, city)
    await lan.says("Rác ở phường Tây Hồ", "gửi", "xóa dữ liệu của tôi")
    assert lan.labels[0] == "Đồng ý xóa"
    await lan.says("1")
    assert len(await lan.cases()) == 1
    assert "Đã xóa" not in lan.hears[-1]
