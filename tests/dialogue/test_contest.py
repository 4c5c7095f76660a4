"""A good deed told in the chat is entered for the contest with one tap; its own consent is the praised person's to give."""

from bot.domain.ledger import Consent, Source
from bot.domain.people import Role, StaffId
from bot.ports import Viewer
from handlers.dialogue import make_dialogue
from storage import Database
from tests.dialogue.driver import MONDAY, Resident, hanoi

CITY = hanoi()
TOLD = "Khen chị Hoa ở phường Tây Hồ đã nhặt được ví và trả lại cho bà cụ."
CITY_EYES = Viewer(staff_id=StaffId(1), role=Role.INSPECTOR, ward_code=None)


async def entered(database: Database) -> list[tuple[Source, Consent, str, bool]]:
    async with database.reading() as uow:
        found = await uow.praises.of(CITY_EYES, first=MONDAY.date().replace(month=1, day=1), last=MONDAY.date())
    return [(one.new.source, one.consent, one.new.name, one.new.agreed_at is not None) for one in found]


async def test_praise_is_entered_with_one_tap_and_once(database: Database) -> None:
    """Lan tells, sends, and enters it; nobody is named, and nothing is entered before she says so."""
    lan = Resident(database, make_dialogue(CITY), "Lan")
    await lan.says(TOLD)
    await lan.presses("Gửi")
    assert "Người tốt, việc tốt" in lan.hears[-1]
    assert await entered(database) == []
    for answer in ("Đã gửi dự thi", "đã dự thi rồi"):
        await lan.presses_data(f"gp:{lan.code}")
        assert answer in lan.hears[-1]
    assert await entered(database) == [(Source.CHAT, Consent.UNASKED, "", True)]


async def test_the_command_asks_for_one_message_and_takes_it_for_praise(database: Database) -> None:
    lan = Resident(database, make_dialogue(CITY), "Lan")
    await lan.commands("nguoitot")
    assert "ai, đã làm gì, ở đâu" in lan.hears[-1]
    await lan.says("Chị Hoa ở phường Tây Hồ trả lại ví nhặt được ngoài chợ")
    await lan.presses("Gửi")
    await lan.presses("Gửi dự thi Người tốt, việc tốt")
    assert len(await entered(database)) == 1


async def test_nobody_enters_another_ones_case_or_what_is_no_praise(database: Database) -> None:
    lan, hoa = Resident(database, make_dialogue(CITY), "Lan"), Resident(database, make_dialogue(CITY), "Hoa")
    await lan.says(TOLD)
    await lan.presses("Gửi")
    await hoa.presses_data(f"gp:{lan.code}")
    await lan.commands("new")
    await lan.says("Rác chất đống ở phường Tây Hồ ba tuần nay")
    await lan.presses("Gửi")
    assert "dự thi" not in lan.hears[-1]
    await lan.presses_data(f"gp:{lan.code}")
    assert "không dự thi được" in lan.hears[-1]
    assert await entered(database) == []


async def test_the_board_whose_code_was_read_is_kept_with_the_first_case_alone(database: Database) -> None:
    from bot.domain.ledger import CodeOf, NewBoard
    from bot.domain.ward import WardCode
    from tests.dialogue.desk import Officer

    minh = await Officer.hired(database, CITY, "00103")
    day = MONDAY.date()
    async with database.begin() as uow:
        new = NewBoard(
            ward_code=WardCode("00103"), code=CodeOf.PUBLIC, place="Cổng chợ", point=None, posted_on=day, due_on=day
        )
        number = await uow.boards.add(new, staff_id=minh.member.id, now=MONDAY)
        await uow.commit()
    lan = Resident(database, make_dialogue(CITY), "Lan")
    codes = []
    for argument, words in (
        (f"ward_00103_b{number}", "Bảng quy tắc ở chợ bị rách"),
        ("", "Rác chất đống trước nhà văn hóa phường Tây Hồ"),
        ("ward_00103_b99", "Loa kẹo kéo ồn ào mỗi tối ở ngõ nhà tôi"),
        (f"ward_00103_b{number}", "Cán bộ một cửa phường Tây Hồ đòi tôi tiền"),
    ):
        await lan.commands("start", argument) if argument else await lan.commands("new")
        await lan.says(words)
        await lan.presses("Gửi")
        codes.append(lan.code)
    async with database.reading() as uow:
        found = await uow.boards.cases_of(CITY_EYES, number)
    assert [code for code, _, _ in found] == [codes[0]], "and never of a report about an official"
