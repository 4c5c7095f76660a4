"""A report about an official reaches those named for it and nobody else, whatever the resident calls it."""

import pytest

from bot.domain.case import Accused, CaseKind, Desk
from bot.domain.draft import Draft
from bot.domain.ward import WardCode
from handlers.dialogue.report.drafting import choose_accused, choose_kind
from tests.dialogue.conftest import Meet
from tests.dialogue.test_drafting import CITY, after, message

RUDE = "Cán bộ một cửa phường Tây Hồ quát mắng tôi"
BRIBE = "Chủ tịch phường Tây Hồ đòi tôi phong bì"
DOG = "Chó thả rông ở phường Tây Hồ"
TAY_HO = WardCode("00103")


def heard(*texts: str) -> Draft:
    return after(*(message(text, source_id=f"m{at}") for at, text in enumerate(texts)))


@pytest.mark.parametrize(
    ("texts", "is_sensitive", "accused"),
    [
        ([RUDE], True, Accused.OFFICIAL),
        ([BRIBE], True, Accused.LEADER),
        ([DOG], False, Accused.NOBODY),
        (["Cảm ơn chủ tịch phường Tây Hồ đã dọn rác"], False, Accused.NOBODY),
        ([RUDE, "Ngoài ra chó thả rông khắp ngõ, rác chất đống, đèn đường hỏng, loa kẹo kéo ồn"], True, Accused.OFFICIAL),
        ([DOG, "Còn " + RUDE], True, Accused.OFFICIAL),
        ([RUDE, "Hôm sau " + BRIBE], True, Accused.LEADER),
        ([BRIBE, "Rác ở ngõ 5 nữa, đèn đường cũng hỏng"], True, Accused.LEADER),
    ],
)
def test_words_about_an_official_make_the_draft_sensitive_for_good(
    texts: list[str], is_sensitive: bool, accused: Accused
) -> None:
    draft = heard(*texts)
    assert (draft.is_sensitive, draft.accused) == (is_sensitive, accused)


@pytest.mark.parametrize("kind", list(CaseKind))
def test_another_kind_does_not_make_it_less_sensitive(kind: CaseKind) -> None:
    draft = choose_kind(heard(RUDE), kind, CITY)
    assert (draft.kind, draft.is_sensitive, draft.is_about_official) == (kind, True, True)
    assert draft.accused is Accused.OFFICIAL
    draft = choose_kind(heard(BRIBE), kind, CITY)
    assert draft.accused is Accused.LEADER


def test_only_taking_the_words_back_makes_it_ordinary_again() -> None:
    """Lan edits the message in which the official was; what she wrote before it decides."""
    draft = heard(DOG, RUDE)
    edited = after(
        message(DOG, source_id="m0"),
        message(RUDE, source_id="m1"),
        message("và rác ở ngõ 5", source_id="m1", is_edit=True),
    )
    assert draft.is_sensitive
    assert (edited.is_sensitive, edited.accused, edited.kind) == (False, Accused.NOBODY, CaseKind.VIOLATION)


def test_what_the_resident_calls_conduct_is_restricted_until_they_call_it_otherwise() -> None:
    draft = choose_kind(heard(DOG), CaseKind.CONDUCT, CITY)
    assert (draft.is_about_official, draft.accused) == (True, Accused.OFFICIAL)
    draft = choose_kind(draft, CaseKind.VIOLATION, CITY)
    assert (draft.is_about_official, draft.accused) == (False, Accused.NOBODY)
    assert draft.category == "vio_pets"


def test_whether_it_is_about_a_leader_is_for_the_resident_to_say() -> None:
    """The chair may only be called upon; and a leader may be meant whom no title names."""
    draft = choose_accused(heard(RUDE), Accused.LEADER)
    assert draft.accused is Accused.LEADER
    more = after(message(BRIBE, source_id="m1"))
    more = choose_accused(more, Accused.OFFICIAL)
    assert more.accused is Accused.OFFICIAL
    assert choose_kind(more, CaseKind.SUGGESTION, CITY).accused is Accused.OFFICIAL
    assert choose_accused(heard(DOG), Accused.LEADER).accused is Accused.NOBODY


@pytest.mark.parametrize(
    ("text", "kind", "desk"),
    [
        (RUDE, "Góp ý, kiến nghị", Desk.RESTRICTED),
        (BRIBE, "Góp ý, kiến nghị", Desk.LEADERS),
        (BRIBE, "Phản ánh nơi công cộng", Desk.LEADERS),
    ],
)
async def test_who_calls_it_a_suggestion_still_reaches_the_restricted_desk(
    meet: Meet, text: str, kind: str, desk: Desk
) -> None:
    """And the card says so."""
    lan = meet("Lan")
    await lan.says(text)
    await lan.presses("Đổi loại")
    await lan.presses(kind)
    assert "🔒" in lan.hears[-1]
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert (case.desk, case.ward_code, case.is_sensitive) == (desk, TAY_HO, True)
    assert case.accused is (Accused.LEADER if desk is Desk.LEADERS else Accused.OFFICIAL)


async def test_a_second_tap_on_send_finds_the_case_by_its_draft(meet: Meet) -> None:
    """Also when many other matters were filed since: the first ten are not all there is."""
    lan = meet("Lan")
    await lan.says(DOG)
    first_send = lan.button("Gửi").data
    await lan.presses("Gửi")
    first = lan.code
    for number in range(11):
        await lan.commands("new")
        await lan.says(f"{DOG}, lần {number}")
        await lan.presses("Gửi")
    await lan.presses_data(first_send)
    assert f"Mã hồ sơ: {first}\n" in lan.hears[-1]
    assert len(await lan.cases()) == 12
