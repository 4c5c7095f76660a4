"""Where choices are numbered lines: a number presses its line, the one that was read, and never what cannot be undone."""

from datetime import timedelta

import pytest

from bot.domain.draft import Awaited
from bot.domain.incoming import IncomingKind
from bot.domain.people import Channel, Language
from bot.domain.reply import Choice, Reply, numbered
from bot.services.city import City
from handlers.channels.lines import with_lines
from handlers.dialogue import make_dialogue
from storage import Database
from tests.dialogue.desk import Officer
from tests.dialogue.driver import Resident

SEVERAL = "Phường Yên Phụ nhiều rác"  # two wards have this name
FOUR = Reply(
    text="Chọn nhé",
    choices=((Choice("Gửi", "s:1"), Choice("Đồng ý xóa", "md:sure:1", in_words=True)), (Choice("Hủy\nbỏ", "x:1"),)),
    language=Language.VI,
)


@pytest.fixture
def lan(sqlite_database: Database, city: City) -> Resident:
    """On Zalo."""
    return Resident(sqlite_database, make_dialogue(city), "Lan", channel=Channel.ZALO)


def test_lines_are_numbered_but_for_what_takes_words() -> None:
    assert [number for number, _ in numbered(FOUR.offered)] == [1, None, 2]
    assert with_lines(FOUR) == (
        "Chọn nhé\n\n1. Gửi\n2. Hủy bỏ\n\n👉 Muốn chọn, Bạn nhắn đúng lời: “Đồng ý xóa”.\n"
        "👉 Bạn nhắn số, hoặc chép lời của dòng muốn chọn."
    )
    assert with_lines(Reply(text=" Chào Bạn ")) == "Chào Bạn"
    assert Reply.from_dict(FOUR.to_dict()) == FOUR


@pytest.mark.parametrize("text", ["2", "hai", "số hai nhé", "chọn cái thứ 2 ạ", "2. Phường Tây Hồ", "2) tay ho", "Tây Hồ"])
async def test_a_line_is_chosen_in_many_ways(lan: Resident, text: str) -> None:
    await lan.says(SEVERAL)
    assert lan.labels[1] == "Phường Tây Hồ"
    await lan.says(text)
    assert "Nơi nhận: phường Tây Hồ" in lan.hears[-1]


@pytest.mark.parametrize("text", ["1 và 2", "1, 2", "9", "0", "số 12"])
async def test_what_fits_no_line_is_asked_again_and_spoils_nothing(lan: Resident, text: str) -> None:
    await lan.says(SEVERAL)
    offered = lan.labels
    await lan.says(text)
    assert "một số thôi" in lan.hears[-1]
    assert lan.labels == offered
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert (draft.text, draft.ward_code) == (SEVERAL, None)


@pytest.mark.parametrize("text", ["2 xe tải đỗ trên vỉa hè", "2. xe tải đỗ trên vỉa hè", "hai người hút thuốc", "ngõ 2"])
async def test_a_matter_that_begins_with_a_number_is_one(lan: Resident, text: str) -> None:
    await lan.says("Rác ở phường Tây Hồ", text)
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert draft.text == f"Rác ở phường Tây Hồ\n{text}"


async def test_an_old_number_presses_nothing_of_newer_choices(lan: Resident, sqlite_database: Database, city: City) -> None:
    """Lan answers the list she sees; meanwhile staff close her case, and its choices have the same numbers."""
    await lan.says("Rác ở phường Tây Hồ", "gửi")
    [case] = await lan.cases()
    wrote_at = lan.now
    minh = await Officer.hired(sqlite_database, city)
    minh.now = lan.now + timedelta(seconds=20)
    await minh.closes(case.code)
    lan.now = minh.now + timedelta(seconds=1)
    await lan._deliver()
    assert lan.labels[0] == "Đã xong"
    await lan.gives(lan.incoming(IncomingKind.TEXT, text="1", sent_at=wrote_at))
    assert "tin mới hơn" in lan.hears[-1]
    lan.now += timedelta(seconds=10)
    await lan.says("1")  # and now she has read it
    assert "sao" in lan.hears[-1]


async def test_a_number_presses_nothing_of_what_still_waits(lan: Resident, sqlite_database: Database, city: City) -> None:
    """The closing is queued and Zalo does not take it yet: "1" is meant for the list before it."""
    await lan.says("Rác ở phường Tây Hồ", "gửi")
    [case] = await lan.cases()
    minh = await Officer.hired(sqlite_database, city)
    minh.now = lan.now
    await minh.closes(case.code)
    lan.now += timedelta(minutes=1)
    await lan.gives(lan.incoming(IncomingKind.TEXT, text="1"))
    assert any("tin mới hơn" in text for text in lan.hears)
    async with sqlite_database.reading() as uow:
        closed = await uow.cases.by_code(case.code)
        assert closed is not None
        assert closed.closed_at is not None
        assert await uow.ratings.get(closed.id, closed.closed_at) is None


async def test_a_number_answers_what_staff_asked_and_does_not_press_beside_it(
    lan: Resident, sqlite_database: Database, city: City
) -> None:
    """ "How many?" — "1": of the line "nothing to add" only its words are taken."""
    await lan.says("Rác ở phường Tây Hồ", "gửi")
    [case] = await lan.cases()
    minh = await Officer.hired(sqlite_database, city)
    minh.now = lan.now
    await minh.answers(case.code, "Có mấy đống rác?", asks=True)
    await lan._deliver()
    assert numbered(lan.replies[-1].offered)[0][0] is None
    await lan.says("1")
    assert [message.text for message in await lan.thread(case)][-1] == "1"


@pytest.mark.parametrize("text", ["2", "đồng ý", "số 9", "1 và 2"])
async def test_what_cannot_be_undone_takes_its_own_words(lan: Resident, text: str) -> None:
    await lan.says("Rác ở phường Tây Hồ", "gửi", "xóa dữ liệu của tôi", text)
    assert not any("Đã xóa" in said for said in lan.hears)
    assert len(await lan.cases()) == 1


async def test_a_number_beside_it_is_told_so_and_the_words_still_count(lan: Resident) -> None:
    await lan.says("Rác ở phường Tây Hồ", "gửi", "xóa dữ liệu của tôi", "7")
    assert "đúng lời" in lan.hears[-1]
    awaits = (await lan.conversation()).awaits
    assert awaits is not None
    assert awaits.what is Awaited.FORGET
    await lan.says("Đồng ý xóa")
    assert "Đã xóa" in lan.hears[-1]


async def test_a_dispute_is_opened_by_the_number_under_its_question(
    lan: Resident, sqlite_database: Database, city: City
) -> None:
    """ "1" is the line "open it again", and no words about what is not true."""
    await lan.says("Rác ở phường Tây Hồ", "gửi")
    [case] = await lan.cases()
    minh = await Officer.hired(sqlite_database, city)
    minh.now = lan.now
    await minh.closes(case.code)
    await lan._deliver()
    await lan.says("số 2")
    assert "chưa đúng" in lan.hears[-1]
    await lan.says("1")
    assert "1" not in [message.text for message in await lan.thread(case)]
    [case] = await lan.cases()
    assert case.closed_at is None
