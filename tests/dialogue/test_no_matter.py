"""Words that name no matter yet: a greeting, a mumble, abuse, advertising. Asked about once, politely; never a dead end."""

import pytest

from bot.domain.case import CaseKind
from bot.domain.draft import Question
from bot.domain.people import Language
from tests.dialogue.conftest import Meet


@pytest.mark.parametrize("text", ["Có ai không ạ", "ok bạn ơi", "alo co ai ko"])
async def test_a_greeting_is_answered_and_starts_nothing(meet_quickly: Meet, text: str) -> None:
    lan = meet_quickly("Lan")
    await lan.says(text)
    assert "Xin chào Bạn" in lan.hears[-1]
    assert (await lan.conversation()).draft is None


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Chỗ này không ổn", "việc gì, ở đâu"),
        ("bot ngu vl", "đang bực"),
        ("kiem tien online 5tr moi ngay bam link", "lừa đảo"),
    ],
)
async def test_it_is_asked_once_and_can_be_sent_as_it_is(meet: Meet, text: str, question: str) -> None:
    lan = meet("Lan")
    await lan.says(text)
    assert question in lan.hears[-1]
    assert lan.labels == ["Gửi luôn", "Hủy"]
    assert (await lan.conversation()).asked is Question.MATTER
    await lan.presses("Gửi luôn")
    assert "phường, xã nào" in lan.hears[-1]
    await lan.says("phường Tây Hồ", "gửi")
    [case] = await lan.cases()
    assert (case.text, case.kind, case.ward_code) == (text, CaseKind.OTHER, "00103")


async def test_what_is_added_makes_it_clear(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Chỗ này không ổn")
    await lan.says("Rác chất đống ở phường Tây Hồ ba ngày nay")
    assert "Nơi nhận: phường Tây Hồ" in lan.hears[-1]
    await lan.says("gửi")
    [case] = await lan.cases()
    assert (case.kind, case.text) == (
        CaseKind.VIOLATION,
        "Chỗ này không ổn\nRác chất đống ở phường Tây Hồ ba ngày nay",
    )


async def test_nobody_is_asked_twice_the_same(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.says("Chỗ này không ổn", "lại thế rồi")
    assert "Ví dụ" not in lan.hears[-1]
    assert "phường, xã nào" in lan.hears[-1]


async def test_the_ward_alone_may_come_first(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.says("Chỗ này không ổn", "phường Tây Hồ")
    assert (await lan.conversation()).asked is Question.MATTER
    await lan.says("gửi luôn")
    assert "Nơi nhận: phường Tây Hồ" in lan.hears[-1]


async def test_a_photo_with_a_greeting_is_asked_about(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.sends_photo("Xin chào")
    assert "việc gì" in lan.hears[-1]
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert len(draft.files) == 1


async def test_a_greeting_among_what_is_forwarded_is_kept(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.forwards("Có ai không ạ", "Rác chất đống ở phường Tây Hồ")
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert draft.text.startswith("Có ai không ạ\nRác")


async def test_the_same_in_english(meet_quickly: Meet) -> None:
    ann = meet_quickly("Ann", Language.EN)
    await ann.says("It is happening again")
    assert "what is it about, and where" in ann.hears[-1]
    await ann.presses("Send as it is")
    assert "Which ward" in ann.hears[-1]
