"""A case told at the counter: whoever has its receipt reads the answer in any chat, and may say that it is not so."""

from dataclasses import replace

import pytest

from bot.domain.assisting import ToldReport, Way
from bot.domain.case import Case, CaseCode, CaseStatus
from bot.domain.closing import closing_of
from bot.domain.people import Address, Channel, Language
from bot.domain.thread import EventKind
from bot.domain.ward import WardCode
from bot.receipts import KeyedReceipts
from bot.services.assist import file_for_someone
from bot.services.city import City
from handlers.dialogue.choices import LONGEST
from storage import Database
from tests.dialogue.conftest import Meet
from tests.dialogue.desk import Officer
from tests.dialogue.driver import SECRET, Resident

RECEIPTS = KeyedReceipts(SECRET)
TOLD = ToldReport(
    ticket="A" * 22,
    way=Way.COUNTER,
    language=Language.VI,
    text="Rác chất đống trước cổng chợ.",
    ward_code=WardCode("00103"),
    category="vio_litter",
)


@pytest.fixture
async def minh(database: Database, city: City) -> Officer:
    return await Officer.hired(database, city)


async def told(minh: Officer, **values: object) -> Case:
    async with minh.storage.begin() as uow:
        report = replace(TOLD, **values)  # type: ignore[arg-type]  # a test names the fields it needs
        filed = await file_for_someone(uow, staff=minh.member, told=report, city=minh.city, now=minh.now)
        await uow.commit()
    return filed.case


async def finds(lan: Resident, case: Case) -> None:
    await lan.says(case.code)
    await lan.says(RECEIPTS.secret(case.code))


async def events(minh: Officer, case: Case) -> list[EventKind]:
    async with minh.storage.reading() as uow:
        return [event.kind for event in await uow.cases.timeline(case.id)]


async def test_the_answer_is_read_with_code_and_secret(meet: Meet, minh: Officer) -> None:
    """Nothing of it before the secret; it says who wrote the case down, and has no button while the case is open."""
    case, lan = await told(minh), meet("Lan")
    await minh.answers(case.code, "Mai có xe tới dọn.")
    await lan.says(case.code)
    assert "Mai có xe" not in lan.hears[-1]
    await lan.says(RECEIPTS.secret(case.code))
    assert "Mai có xe tới dọn." in lan.hears[-1]
    assert "ghi giúp" in lan.hears[-1]
    assert lan.labels == []


async def test_a_closing_is_called_true_and_starred(meet: Meet, minh: Officer) -> None:
    case, lan = await told(minh), meet("Lan")
    await minh.closes(case.code)
    await finds(lan, case)
    await lan.presses("Đã xong")
    await lan.presses("4⭐")
    closed = await minh.case(case.code)
    assert closed.closed_at is not None
    async with minh.storage.reading() as uow:
        rating = await uow.ratings.get(case.id, closed.closed_at)
    assert rating is not None
    assert (rating.is_resolved, rating.stars) == (True, 4)


@pytest.mark.parametrize("with_words", [True, False])
async def test_a_closing_is_disputed(meet: Meet, minh: Officer, with_words: bool) -> None:
    """With words, which join the case, or by a button alone; the case is open again and stays the counter's."""
    case, lan = await told(minh), meet("Lan")
    await minh.closes(case.code)
    await finds(lan, case)
    await lan.presses("Chưa xong")
    if with_words:
        await lan.says("Rác vẫn còn nguyên.")
    else:
        await lan.presses("Mở lại")
    now = await minh.case(case.code)
    assert (now.status, now.disputes, now.address) == (CaseStatus.OPEN, 1, case.address)
    async with minh.storage.reading() as uow:
        thread = [line.text for line in await uow.cases.thread(case.id)]
    assert thread[2:] == (["Rác vẫn còn nguyên."] if with_words else [])
    await lan.says("Đèn đường ngõ 5 phường Tây Hồ hỏng")  # what comes next is a matter of Lan's own
    assert len(await lan.thread(now)) == (3 if with_words else 2)


async def test_two_chats_with_the_same_message_ids_both_count(meet: Meet, minh: Officer) -> None:
    """A son disputes, and after the next closing his mother does: message 4 of one chat is not message 4 of another."""
    case, son, mother = await told(minh), meet("Son"), meet("Mother")
    hoa = await Officer.hired(minh.storage, minh.city, name="hoa", full_name="Lê Hoa")
    for person, officer in ((son, minh), (mother, hoa)):
        officer.now = person.now
        await officer.closes(case.code)
        await finds(person, case)
        await person.presses("Chưa xong")
        await person.says("Rác vẫn còn nguyên, tôi vừa ra xem.")
    async with minh.storage.reading() as uow:
        thread = [line.text for line in await uow.cases.thread(case.id)]
    assert thread.count("Rác vẫn còn nguyên, tôi vừa ra xem.") == 2
    assert (await events(minh, case)).count(EventKind.DISPUTED) == 2


async def test_a_button_is_worth_nothing_in_another_chat(meet: Meet, minh: Officer) -> None:
    """Copied, guessed or without its proof: the case stays closed, and nothing is learned."""
    case, lan, eve = await told(minh), meet("Lan"), meet("Eve")
    await minh.closes(case.code)
    await finds(lan, case)
    data = lan.button("Chưa xong").data
    assert len(data.encode()) + len(":5") <= LONGEST
    handle = data.split(":")[1]
    for forged in (data, data.replace(handle, case.code), data.replace(handle, f"{case.code}.AAAAAAAAAA"), f"c:{handle}"):
        await eve.presses_data(forged)
        assert case.code not in eve.hears[-1], forged
    assert (await minh.case(case.code)).status is CaseStatus.CLOSED
    assert EventKind.DISPUTED not in await events(minh, case)


async def test_a_chats_case_is_not_opened_to_others_by_a_button(meet: Meet, minh: Officer) -> None:
    """Only the counter's cases have no chat of their own: any other is rated where it was written."""
    lan, eve = meet("Lan"), meet("Eve")
    await lan.says("Rác chất đống ở phường Tây Hồ")
    await lan.presses("Gửi")
    [case] = await lan.cases()
    minh.now = lan.now
    await minh.closes(case.code)
    await finds(eve, case)
    assert case.code in eve.hears[-1]
    assert eve.labels == []
    closed = await minh.case(case.code)
    proof = RECEIPTS.proof(case.code, eve.address)
    await eve.presses_data(f"ro:{case.code}.{proof}:{closing_of(closed)}")
    assert (await minh.case(case.code)).status is CaseStatus.CLOSED


def test_a_proof_is_of_one_case_and_one_address() -> None:
    codes, people = [CaseCode("7K3M-9QX2"), CaseCode("AAAA-0000")], [Address(Channel.ZALO, name) for name in "12"]
    proofs = {(code, one): RECEIPTS.proof(code, one) for code in codes for one in people}
    assert len(set(proofs.values())) == 4
    for (code, one), proof in proofs.items():
        fits = [RECEIPTS.is_proof(*other, proof) for other in proofs]
        assert fits.count(True) == 1
        assert RECEIPTS.is_proof(code, one, proof)
        assert not any(RECEIPTS.is_proof(code, one, wrong) for wrong in ("", "é\ud800", proof.lower(), proof[:-1]))
