"""One person, several chats: tied by a code from one that is typed in the other, and undone as if it had never been."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.domain.bonds import CODE_LASTS, MOST_BONDS, STUCK_AFTER, is_shared
from bot.domain.case import Accused, Case, CaseCode, Desk
from bot.domain.incoming import IncomingKind
from bot.domain.people import Channel, Language
from bot.domain.reply import Reply
from bot.domain.thread import EventKind
from bot.services.city import City
from bot.services.move_answers import move_stuck
from bot.services.tie_chats import CHANNELS
from handlers.dialogue.wrong_tries import MOST_WRONG
from storage import Database
from storage.tables import cases
from tests.dialogue.conftest import Meet
from tests.dialogue.desk import Officer
from tests.dialogue.driver import Resident
from tests.dialogue.test_receipts import files, files_anonymously

SHOWN = re.compile(r"Mã của Bạn: ([0-9A-Z]{4}-[0-9A-Z]{4})")
YES = "Đúng, liên kết"
WRONG = "Mã này không dùng được"


@pytest.fixture
def lan(meet: Meet) -> Resident:
    return replace(meet("Lan"), channel=Channel.TELEGRAM)


@pytest.fixture
def lan_on_zalo(meet: Meet) -> Resident:
    return replace(meet("a1b2c3"), channel=Channel.ZALO)


async def asks_for_a_code(resident: Resident) -> str:
    await resident.says("liên kết")
    found = SHOWN.search(resident.hears[-1])
    assert found, resident.hears
    return found[1]


async def ties(one: Resident, other: Resident) -> None:
    code = await asks_for_a_code(one)
    await other.says(f"liên kết {code}")
    await other.presses(YES)
    assert "✅ Đã liên kết với" in other.hears[-1]


async def files_and_ties(lan: Resident, other: Resident, city: City) -> tuple[CaseCode, Officer]:
    """A case in Lan's chat, the two tied, everything heard; and who answers it."""
    code = await files(lan)
    minh = await Officer.hired(lan.storage, city)
    await ties(lan, other)
    await hears(lan)
    return code, minh


async def are_tied(one: Resident, other: Resident) -> bool:
    async with one.storage.reading() as uow:
        return await uow.bonds.are_tied(one.address, other.address) and await uow.bonds.are_tied(other.address, one.address)


async def hears(resident: Resident) -> list[Reply]:
    """What has come meanwhile."""
    return await resident._deliver()


async def test_a_code_typed_in_the_other_chat_ties_them_and_both_are_told(lan: Resident, lan_on_zalo: Resident) -> None:
    code = await asks_for_a_code(lan)
    await lan_on_zalo.says(f"Liên kết {code.lower().replace('-', ' ')}")
    assert "vừa được xin trên Telegram" in lan_on_zalo.hears[-1]
    assert "Chỉ liên kết nếu chính Bạn vừa xin mã" in lan_on_zalo.hears[-1]
    assert not await are_tied(lan, lan_on_zalo), "nobody agreed yet"
    await lan_on_zalo.presses(YES)
    assert await are_tied(lan, lan_on_zalo)
    [told] = await hears(lan)
    assert "vừa được liên kết với Zalo" in told.text


async def test_the_code_alone_is_enough(lan: Resident, lan_on_zalo: Resident) -> None:
    """Most people copy the code and nothing else."""
    await lan_on_zalo.says(await asks_for_a_code(lan))
    assert "vừa được xin trên Telegram" in lan_on_zalo.hears[-1]
    await lan_on_zalo.says("đồng ý")
    assert await are_tied(lan, lan_on_zalo)


@pytest.mark.parametrize("command", [("start", "noi_{}"), ("link", "{}"), ("lienket", "")])
async def test_commands_lead_to_it_too(lan: Resident, lan_on_zalo: Resident, command: tuple[str, str]) -> None:
    name, argument = command
    code = await asks_for_a_code(lan_on_zalo)
    await lan.commands(name, argument.format(code.replace("-", "")))
    if argument:
        await lan.presses(YES)
        assert await are_tied(lan, lan_on_zalo)
    else:
        assert SHOWN.search(lan.hears[-1])


async def test_no_means_no(lan: Resident, lan_on_zalo: Resident) -> None:
    await lan_on_zalo.says(f"liên kết {await asks_for_a_code(lan)}")
    await lan_on_zalo.presses("Không liên kết")
    assert lan_on_zalo.hears[-1] == "Không có gì được liên kết."
    await lan_on_zalo.presses_data("lk:yes")
    assert not await are_tied(lan, lan_on_zalo)


async def test_other_words_leave_the_question_and_are_heard(lan: Resident, lan_on_zalo: Resident) -> None:
    await lan_on_zalo.says(f"liên kết {await asks_for_a_code(lan)}", "Đèn đường tắt ở 12 Lạc Long Quân, phường Tây Hồ")
    assert not await are_tied(lan, lan_on_zalo)
    assert "Lạc Long Quân" in lan_on_zalo.hears[-1]


async def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(lan: Resident, lan_on_zalo: Resident, meet: Meet) -> None:
    """Used, too old, void because of a newer one, one's own, never given: one answer for all."""
    hoa = meet("Hoa")
    used = await asks_for_a_code(lan)
    await lan_on_zalo.says(f"liên kết {used}")
    await lan_on_zalo.presses(YES)
    void = await asks_for_a_code(lan)
    own = await asks_for_a_code(lan)
    for typed in (used, void, "7K3M-9QX2"):
        await hoa.says(f"liên kết {typed}")
        assert WRONG in hoa.hears[-1], typed
    await lan.says(f"liên kết {own}")
    assert WRONG in lan.hears[-1]
    hoa.now += CODE_LASTS
    await hoa.says(f"liên kết {own}")
    assert WRONG in hoa.hears[-1]
    assert not await are_tied(lan, hoa)


async def test_a_code_that_ran_out_while_we_asked_ties_nothing(lan: Resident, lan_on_zalo: Resident) -> None:
    await lan_on_zalo.says(f"liên kết {await asks_for_a_code(lan)}")
    lan_on_zalo.now += CODE_LASTS
    await lan_on_zalo.presses(YES)
    assert WRONG in lan_on_zalo.hears[-1]
    assert not await are_tied(lan, lan_on_zalo)


async def test_only_the_chat_that_was_asked_can_agree(lan: Resident, lan_on_zalo: Resident, meet: Meet) -> None:
    """A forged button of a chat that typed no code does nothing."""
    hoa = meet("Hoa")
    await lan_on_zalo.says(f"liên kết {await asks_for_a_code(lan)}")
    await hoa.presses_data("lk:yes")
    await hoa.presses_data("lk:yes:1")
    assert not await are_tied(lan, hoa)


async def test_nobody_tries_one_code_after_the_other(lan: Resident, meet: Meet) -> None:
    hoa = meet("Hoa")
    for _ in range(MOST_WRONG):
        await hoa.says("liên kết 7K3M-9QX2")
    code = await asks_for_a_code(lan)
    await hoa.says(f"liên kết {code}")
    assert "Bạn thử lại sau một giờ" in hoa.hears[-1]
    await hoa.says(code)
    assert "vừa được xin" not in hoa.hears[-1]


async def test_cases_of_both_are_listed_read_and_answered_in_either(
    lan: Resident, lan_on_zalo: Resident, city: City
) -> None:
    code = await files(lan)
    minh = await Officer.hired(lan.storage, city)
    await ties(lan, lan_on_zalo)
    await lan_on_zalo.says("hồ sơ của tôi")
    assert f"{code}" in lan_on_zalo.hears[-1]
    assert "(Telegram)" in lan_on_zalo.hears[-1]
    await lan_on_zalo.presses(code)
    assert "Hồ sơ này Bạn gửi trên Telegram." in lan_on_zalo.hears[-1]
    assert not any("Biên nhận" in label for label in lan_on_zalo.labels), "a receipt would outlive the bond"

    await lan_on_zalo.presses("Viết thêm")
    await lan_on_zalo.says("Ở ngay đầu ngõ.")
    assert "Câu trả lời của phường vẫn được gửi đến Telegram" in lan_on_zalo.hears[-1]
    assert [message.text for message in await lan.thread(await minh.case(code))][-1] == "Ở ngay đầu ngõ."
    await lan_on_zalo.edits(lan_on_zalo.last_source_id, "Ở cuối ngõ.")
    assert [message.text for message in await lan.thread(await minh.case(code))][-1] == "Ở cuối ngõ."

    await minh.closes(code)
    await lan_on_zalo.says(code)
    await lan_on_zalo.presses("Chưa xong")
    await lan_on_zalo.says("Vẫn còn nguyên.")
    assert (await minh.case(code)).disputes == 1


async def test_what_was_told_in_confidence_stays_where_it_was(lan: Resident, lan_on_zalo: Resident) -> None:
    """Whoever holds the other phone learns nothing of an anonymous report: not in the list, not by its code."""
    code = await files_anonymously(lan)
    await ties(lan, lan_on_zalo)
    await lan_on_zalo.says("hồ sơ của tôi")
    assert code not in lan_on_zalo.hears[-1]
    await lan_on_zalo.says(code)
    assert "12 số" in lan_on_zalo.hears[-1]
    await lan_on_zalo.presses_data(f"c:{code}")
    assert "12 số" not in lan_on_zalo.hears[-1]
    assert "Rác" not in lan_on_zalo.hears[-1]


async def test_undone_neither_shows_the_others_cases(lan: Resident, lan_on_zalo: Resident) -> None:
    """An old button, a case that was open for additions, a code: nothing leads there any more."""
    code = await files(lan)
    await ties(lan, lan_on_zalo)
    await lan_on_zalo.says(code)
    await lan_on_zalo.presses("Viết thêm")
    await lan_on_zalo.says("bỏ liên kết")
    assert "Đã bỏ liên kết với Telegram" in lan_on_zalo.hears[-1]
    assert any("đã được bỏ từ nơi đó" in reply.text for reply in await hears(lan))
    before = len(await lan.thread((await lan.cases())[0]))
    await lan_on_zalo.says("Thêm một chuyện ở đường Lạc Long Quân: nắp cống vỡ.")
    assert len(await lan.thread((await lan.cases())[0])) == before
    for data in (f"c:{code}", f"ah:{code}", f"cs:{code}"):
        await lan_on_zalo.presses_data(data)
        assert code not in lan_on_zalo.hears[-1]
    await lan.says("hồ sơ của tôi")
    assert code in lan.hears[-1], "one's own stays one's own"


async def test_whoever_was_told_undoes_it(lan: Resident, lan_on_zalo: Resident) -> None:
    await ties(lan, lan_on_zalo)
    await hears(lan)
    await lan.presses("Bỏ liên kết với Zalo")
    assert not await are_tied(lan, lan_on_zalo)
    await lan.presses_data("lk:cut:1")
    assert "không liên kết với nơi nào" in lan.hears[-1]


async def test_a_chat_has_no_more_than_a_few(lan: Resident, meet: Meet) -> None:
    for number in range(MOST_BONDS):
        await ties(lan, meet(f"browser-{number}"))
    await lan.says("liên kết")
    assert "bốn nơi" in lan.hears[-1]
    assert not SHOWN.search(lan.hears[-1])


async def test_the_copy_of_the_data_tells_of_it_and_forgetting_ends_it(lan: Resident, lan_on_zalo: Resident) -> None:
    await ties(lan, lan_on_zalo)
    await lan.says("dữ liệu của tôi")
    assert "Liên kết với nơi khác" in [choice.label for choice in lan.replies[-1].offered]
    await lan.presses("Xem bản sao")
    assert "Liên kết với Zalo từ ngày" in lan.hears[-1]
    await lan.says("xóa dữ liệu của tôi")
    sure = next(choice for choice in lan.replies[-1].offered if choice.data.startswith("md:sure"))
    await lan.presses_data(sure.data)
    async with lan.storage.reading() as uow:
        assert not await uow.bonds.of(lan_on_zalo.address)


async def test_it_is_said_in_english_too(meet: Meet) -> None:
    ann, elsewhere = meet("Ann", Language.EN), meet("Ann-2", Language.EN)
    await ann.says("link my chats")
    code = re.search(r"Your code: (\S+)", ann.hears[-1])
    assert code
    await elsewhere.says(f"link {code[1]}")
    await elsewhere.presses("Yes, link them")
    assert "Linked with the web page" in elsewhere.hears[-1]
    await ann.says("unlink")
    assert "No longer linked" in ann.hears[-1]


async def answered(lan: Resident, minh: Officer, code: CaseCode) -> list[str]:
    """What became of the answers on the case: the state of each that the desk shows."""
    return [str(message.delivery) for message in await lan.thread(await minh.case(code)) if message.delivery]


async def test_an_answer_that_one_chat_does_not_take_goes_to_the_other(
    lan: Resident, lan_on_zalo: Resident, city: City
) -> None:
    """At once, with a line that says why it comes here; nobody has to phone, and its buttons work there."""
    code, minh = await files_and_ties(lan, lan_on_zalo, city)
    lan.fails = True
    await minh.closes(code)
    await hears(lan)
    [moved] = await hears(lan_on_zalo)
    assert moved.text.startswith("↪️ Telegram không nhận được tin này nên chúng tôi gửi đến đây.\n\n")
    case = await minh.case(code)
    assert case.reach_since is None
    assert EventKind.REDIRECTED in [event.kind for event in await lan.timeline(case)]
    assert EventKind.UNDELIVERED not in [event.kind for event in await lan.timeline(case)]
    await lan_on_zalo.presses("Chưa xong")
    await lan_on_zalo.says("Chưa ai đến cả.")
    assert (await minh.case(code)).disputes == 1


async def test_a_page_that_is_open_finds_what_came_from_elsewhere(lan: Resident, meet: Meet, city: City) -> None:
    """The browser asks for what is newer than it has seen; it has seen more since the answer was given."""
    page = meet("a browser")
    code, minh = await files_and_ties(lan, page, city)
    await minh.answers(code, "Mai có người đến.")
    await page.says("xin chào")
    async with page.storage.reading() as uow:
        seen = max(line.key for line in await uow.chat_lines.recent(page.address) if line.is_ours)
    lan.fails = True
    await hears(lan)
    await hears(page)
    async with page.storage.reading() as uow:
        [line] = await uow.chat_lines.replies_after(page.address, seen)
        newest = (await uow.chat_lines.recent(page.address))[-1]
    assert "Mai có người đến." in line.body
    assert newest.key == line.key


async def test_when_the_other_fails_too_staff_must_reach_them(lan: Resident, lan_on_zalo: Resident, city: City) -> None:
    """It has failed where it belongs, without the line, and comes there when its resident is back."""
    code, minh = await files_and_ties(lan, lan_on_zalo, city)
    lan.fails = lan_on_zalo.fails = True
    await minh.answers(code, "Mai có người đến.")
    for chat in (lan, lan_on_zalo):
        await hears(chat)
    assert (await minh.case(code)).reach_since is not None
    assert (await answered(lan, minh, code))[-1] == "failed"
    lan.fails = lan_on_zalo.fails = False
    assert not await hears(lan_on_zalo)
    await lan.says("hồ sơ của tôi")
    missed = next(reply for reply in lan.replies if "Mai có người đến." in reply.text)
    assert not missed.text.startswith("↪️")
    assert (await minh.case(code)).reach_since is None


async def test_what_is_told_in_confidence_goes_nowhere_else(lan: Resident, lan_on_zalo: Resident, city: City) -> None:
    code = await files_anonymously(lan)
    minh = await Officer.hired(lan.storage, city)
    await ties(lan, lan_on_zalo)
    await hears(lan)
    lan.fails = True
    await minh.answers(code, "Mai có người đến.")
    await hears(lan)
    assert not await hears(lan_on_zalo)
    assert (await minh.case(code)).reach_since is not None


async def test_a_channel_that_does_not_come_back_is_not_waited_for(lan: Resident, lan_on_zalo: Resident, city: City) -> None:
    """Nobody takes Lan's answer for ten minutes: it goes to Zalo, once; a chat that is tied to none keeps waiting."""
    code, minh = await files_and_ties(lan, lan_on_zalo, city)
    await minh.answers(code, "Mai có người đến.")
    later = minh.now + STUCK_AFTER
    for moment, moves in ((later - timedelta(seconds=1), 0), (later, 1), (later, 0)):
        async with lan.storage.begin() as uow:
            assert await move_stuck(uow, channels=CHANNELS, now=moment) == (moves, 0)
            await uow.commit()
    [moved] = await hears(lan_on_zalo)
    assert "Mai có người đến." in moved.text
    assert EventKind.REDIRECTED in [event.kind for event in await lan.timeline(await minh.case(code))]


async def test_a_channel_that_is_not_set_up_is_no_way(lan: Resident, lan_on_zalo: Resident, city: City) -> None:
    code, minh = await files_and_ties(lan, lan_on_zalo, city)
    await minh.answers(code, "Mai có người đến.")
    async with lan.storage.begin() as uow:
        later = minh.now + STUCK_AFTER
        assert await move_stuck(uow, channels=[Channel.TELEGRAM], now=later) == (0, 0)


async def test_undone_while_an_answer_waits_it_comes_home(lan: Resident, lan_on_zalo: Resident, city: City) -> None:
    code, minh = await files_and_ties(lan, lan_on_zalo, city)
    await minh.answers(code, "Mai có người đến.")
    async with lan.storage.begin() as uow:
        await move_stuck(uow, channels=CHANNELS, now=minh.now + STUCK_AFTER)
        await uow.commit()
    lan_on_zalo.now = lan.now = minh.now + STUCK_AFTER
    async with lan.storage.begin() as uow:
        await lan.dialogue.converse(uow, lan.incoming(IncomingKind.TEXT, text="bỏ liên kết"), lan.now)
        await uow.commit()
    assert not [reply for reply in await hears(lan_on_zalo) if "Mai có người đến." in reply.text]
    [home] = [reply for reply in await hears(lan) if "Mai có người đến." in reply.text]
    assert "↪️" not in home.text


async def test_the_database_lists_what_the_rule_allows(meet: Meet, city: City, database: Database) -> None:
    """`is_shared` is said twice, in Python and in SQL: for every way a case can be, both say the same."""
    lan, other = meet("Lan"), meet("Other")
    await other.says("xin chào")
    code = await files(lan)
    [case] = await lan.cases()
    assert case.code == code
    changes: dict[str, dict[str, object]] = {
        "plain": {},
        "anonymous": {"is_anonymous": True},
        "sensitive": {"is_sensitive": True},
        "official": {"accused": Accused.OFFICIAL.value},
        "leader": {"accused": Accused.LEADER.value},
        **{desk.value: {"desk": desk.value} for desk in Desk},
        "erased": {"erased_at": lan.now},
    }
    mine, theirs = (await other.conversation()).resident_id, (await lan.conversation()).resident_id
    assert mine is not None
    assert theirs is not None
    seen = []
    for name, values in changes.items():
        await given(database, case, values)
        async with database.reading() as uow:
            listed = await uow.cases.of_resident(mine, also=[theirs])
            [own] = await uow.cases.of_resident(theirs)
        assert bool(listed) == is_shared(own), name
        seen.append(bool(listed))
        await given(database, case, {name: getattr(case, name) for name in values})
    assert set(seen) == {True, False}


async def given(database: Database, case: Case, values: dict[str, object]) -> None:
    """Set columns of its row, past every service."""
    if not values:
        return
    async with database._transaction() as connection:  # no port makes a case what it is not
        await connection.execute(update(cases).where(cases.c.id == case.id).values(**values))
        await connection.commit()


async def test_where_there_are_no_buttons_a_number_agrees(lan: Resident, lan_on_zalo: Resident) -> None:
    """And undoing it takes words: a number may be meant for something else."""
    await lan_on_zalo.says(f"liên kết {await asks_for_a_code(lan)}", "1")
    assert await are_tied(lan, lan_on_zalo)
    await lan_on_zalo.says("1")
    assert await are_tied(lan, lan_on_zalo)
    await lan_on_zalo.says("bỏ liên kết")
    assert not await are_tied(lan, lan_on_zalo)
