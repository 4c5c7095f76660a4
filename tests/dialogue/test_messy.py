"""Residents as they really write: mannerly, in a hurry, twice, in two languages, changing their minds in the middle."""

import pytest

from bot.domain.case import CaseKind, CaseStatus
from bot.domain.draft import Awaited, Question
from bot.domain.people import Language
from bot.domain.thread import Author
from bot.services.city import City
from handlers.dialogue.spoken import Spoken, bare, spoken
from storage import Database
from tests.dialogue.conftest import Meet
from tests.dialogue.desk import Officer, all_hear

LITTER = "Rác chất đống ở ngõ 12 phường Tây Hồ"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("gửi đi bạn", Spoken.SEND),
        ("dạ vâng ạ", Spoken.SEND),
        ("ok em", Spoken.SEND),
        ("Yes please!", Spoken.SEND),
        ("gui giup em nhe", Spoken.SEND),
        ("cảm ơn nhiều ạ", Spoken.THANKS),
        ("👍👍", Spoken.THANKS),
        ("thôi không gửi nữa bạn nhé", Spoken.CANCEL),
        ("hủy đi bạn", Spoken.CANCEL),
        ("Hồ sơ của tôi đến đâu rồi?", Spoken.CASES),
        ("dạ không ạ", Spoken.WRONG),
        ("can you speak Vietnamese?", Spoken.VI),
        ("Bạn là ai?", Spoken.GREETING),
        # Other words, other marks, or a matter: no command at all.
        ("gửi xe bán", None),
        ("bố em", None),
        ("gửi bán", None),
        ("khoán", None),
        ("không có đèn", None),
        ("có người ngã", None),
        ("giúp tôi với", None),
        ("xe máy đi lên vỉa hè", None),
        ("😡", None),
        ("", None),
        ("ạ", None),
    ],
)
def test_manners_change_no_meaning(text: str, meant: Spoken | None) -> None:
    assert spoken(text) is meant


def test_bare_words() -> None:
    assert bare("Dạ, tôi đồng ý ạ!") == "toi dong y"
    assert bare("ạ") == "a"


@pytest.mark.parametrize("words", ["gửi đi bạn", "vâng", "ok em", "yes please"])
async def test_a_mannerly_yes_sends_the_card(meet_quickly: Meet, words: str) -> None:
    """Before, "gửi đi bạn" was added to the matter, and the card shown again and again."""
    lan = meet_quickly("Lan")
    await lan.says(LITTER, words)
    [case] = await lan.cases()
    assert case.text == LITTER


@pytest.mark.parametrize(("words", "language"), [("không", None), ("Sai rồi ạ", None), ("no", Language.EN)])
async def test_a_no_to_the_card_asks_what_is_wrong(meet_quickly: Meet, words: str, language: Language | None) -> None:
    lan = meet_quickly("Lan", language)
    await lan.says(LITTER, words)
    assert ("change" if language else "đổi gì") in lan.hears[-1]
    draft = (await lan.conversation()).draft
    assert draft is not None
    assert draft.text == LITTER


async def test_a_mannerly_agreement_is_a_consent(meet: Meet) -> None:
    """Before, "dạ tôi đồng ý ạ" went to the case, and so did the number after it."""
    lan = meet("Lan")
    await lan.says(LITTER, "gửi", "để lại số liên hệ", "dạ tôi đồng ý ạ")
    awaits = (await lan.conversation()).awaits
    assert awaits is not None
    assert awaits.what is Awaited.CONTACT
    await lan.says("số em là 0912.345.678 nhé")
    assert "678" in lan.hears[-1]
    [case] = await lan.cases()
    assert [line.text for line in await lan.thread(case) if line.author is Author.RESIDENT] == [LITTER]


async def test_the_same_words_twice_are_one_matter(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says(LITTER, LITTER, LITTER)
    await lan.says("gửi")
    [case] = await lan.cases()
    assert case.text == LITTER


async def test_a_question_behind_a_report_leaves_it_a_report(meet_quickly: Meet) -> None:
    ann = meet_quickly("Ann", Language.EN)
    await ann.says("The pavement in Hoan Kiem ward is blocked by motorbikes", "how long will it take?")
    draft = (await ann.conversation()).draft
    assert draft is not None
    assert draft.kind is CaseKind.VIOLATION
    assert "how long" in draft.text


async def test_a_yes_under_a_closing_opens_nothing_again(meet: Meet, database: Database, city: City) -> None:
    """It is kept for staff to read; under an open case it may answer what they asked, and is added as any words."""
    lan = meet("Lan")
    await lan.says(LITTER, "gửi", "vâng ạ")
    assert "Đã thêm" in lan.hears[-1]
    await (await Officer.hired(database, city)).closes(lan.code)
    await all_hear(lan)
    await lan.says("ok")
    [case] = await lan.cases()
    assert case.status is CaseStatus.CLOSED
    assert (await lan.thread(case))[-1].text == "ok"


async def test_a_ward_said_before_the_matter_is_clear_is_heard(meet_quickly: Meet) -> None:
    """Before, the same question came again, word for word."""
    lan = meet_quickly("Lan")
    await lan.sends_photo()
    await lan.says("đây này", "Phường Khương Đình")
    assert "phường Khương Đình" in lan.hears[-1]
    assert (await lan.conversation()).asked is Question.MATTER


async def test_words_between_several_wards_are_added_and_told_so(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.says("Ngõ 12 Đội Cấn tối om", "tối lắm, mai tôi chụp ảnh gửi")
    assert "đã được ghi thêm" in lan.hears[-1]
    assert "vài nơi" not in lan.hears[-1]


async def test_who_has_forgotten_the_code_is_shown_the_cases(meet_quickly: Meet) -> None:
    """Before, it was heard as a threat: "mã hồ sơ của tôi là gì"."""
    lan = meet_quickly("Lan")
    await lan.says(LITTER, "gửi", "mã hồ sơ của tôi là gì")
    assert lan.code in lan.hears[-1]
    assert "trả thù" not in "".join(reply.text for reply in lan.heard_now)


async def test_who_only_announces_a_report_is_asked_what_it_is(meet_quickly: Meet) -> None:
    lan = meet_quickly("Lan")
    await lan.says("Tôi muốn phản ánh")
    assert "việc gì, ở đâu" in lan.hears[-1]
