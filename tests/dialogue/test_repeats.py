"""The same words again are kept once with a count: no queue is buried, and nobody who waits is met with silence."""

from datetime import timedelta

import pytest

from bot.domain.case import CaseStatus
from bot.domain.outcome import Outcome
from bot.domain.thread import Author, EventKind, NewMessage
from tests.dialogue.conftest import Meet

RUBBISH = "Rác chất đống ở phường Tây Hồ"


async def test_in_a_draft_the_same_words_count_up(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says(RUBBISH)
    for again in (RUBBISH, "rác chất  đống ở Phường Tây Hồ!!", RUBBISH.upper()):
        await lan.says(again)
    assert len(lan.hears) == 3, "the first two are answered"
    await lan.presses("Gửi")
    [case] = await lan.cases()
    [message] = await lan.thread(case)
    assert (case.text, message.text, message.repeats) == (RUBBISH, RUBBISH, 3)


async def test_in_a_case_too_and_staff_see_one_line(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says(RUBBISH)
    await lan.presses("Gửi")
    await lan.says("Vẫn chưa ai dọn")
    [case] = await lan.cases()
    for _ in range(50):
        await lan.says("vẫn chưa ai dọn!")
    said_again = [text for text in lan.hears if "đã có trong hồ sơ" in text]
    assert len(said_again) == 2
    assert [(one.text, one.repeats) for one in await lan.thread(case)] == [(RUBBISH, 0), ("Vẫn chưa ai dọn", 50)]
    assert [event.kind for event in await lan.timeline(case)].count(EventKind.ADDED) == 1
    [now] = await lan.cases()
    assert now.version == case.version, "no form of the desk went out of date"


async def test_who_asks_again_after_a_while_is_answered(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says(RUBBISH)
    await lan.presses("Gửi")
    for _ in range(6):
        lan.now += timedelta(hours=1)
        assert await lan.says("Vẫn chưa ai dọn")
    lan.now += timedelta(days=1)
    await lan.says("Vẫn chưa ai dọn")
    [case] = await lan.cases()
    assert [one.repeats for one in await lan.thread(case)] == [0, 5, 0], "a day later it says something new"


@pytest.mark.parametrize("other", ["Vẫn chưa ai đón", "Vẫn chưa ai dọn, hôi lắm", "Vẫn chưa ai", "👍"])
async def test_other_words_are_other_words(meet_quickly: Meet, other: str) -> None:
    lan = meet_quickly("Lan")
    await lan.says(RUBBISH)
    await lan.presses("Gửi")
    await lan.says("Vẫn chưa ai dọn", other)
    [case] = await lan.cases()
    assert len(await lan.thread(case)) == 3


async def test_the_same_words_after_an_answer_are_an_answer(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says(RUBBISH)
    await lan.presses("Gửi")
    await lan.says("Chưa dọn")
    [case] = await lan.cases()
    async with lan.storage.begin() as uow:
        await uow.cases.add_message(NewMessage(case_id=case.id, author=Author.STAFF, text="Đã dọn chưa ạ?", at=lan.now))
        await uow.commit()
    await lan.says("Chưa dọn")
    assert [one.text for one in await lan.thread(case)] == [RUBBISH, "Chưa dọn", "Đã dọn chưa ạ?", "Chưa dọn"]


async def test_the_same_words_open_a_closed_case_again(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says(RUBBISH)
    await lan.presses("Gửi")
    [case] = await lan.cases()
    async with lan.storage.begin() as uow:
        await uow.cases.change(case, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=lan.now)
        await uow.commit()
    await lan.says(RUBBISH)
    [case] = await lan.cases()
    assert case.status is CaseStatus.OPEN
    assert len(await lan.thread(case)) == 2


async def test_what_is_personal_counts_up_under_its_dots(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says(RUBBISH)
    await lan.presses("Gửi")
    await lan.says("Gọi tôi 0912345678", "gọi tôi 0912345678")
    [case] = await lan.cases()
    assert [one.repeats for one in await lan.thread(case)] == [0, 1]


async def test_a_photo_with_the_same_words_is_kept(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.says(RUBBISH)
    await lan.sends_photo(RUBBISH)
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert len(draft.files) == 1


async def test_what_edits_replaced_can_be_read(meet: Meet) -> None:
    """Staff see the difference between what was written and what it became, in the order of the edits."""
    lan = meet("Lan")
    await lan.says(RUBBISH)
    await lan.presses("Gửi")
    await lan.edits("Lan-1", RUBBISH + ", ngõ 5")
    await lan.edits("Lan-1", RUBBISH + ", ngõ 15, gọi 0912345678")
    [case] = await lan.cases()
    [message] = await lan.thread(case)
    async with lan.storage.reading() as uow:
        found = await uow.cases.revisions(case.id)
    assert {key: [one.text for one in values] for key, values in found.items()} == {
        message.id: [RUBBISH, RUBBISH + ", ngõ 5"]
    }
    assert "0912" not in message.text
