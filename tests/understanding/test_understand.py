"""What a text seems to be. The sentences are invented here; the development set is measured, never copied."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.case import CaseKind
from bot.understanding import DEFAULT_DEADLINE, deadline_days, load_categories, understand_text
from bot.understanding import words as w


@pytest.mark.parametrize(
    "text",
    [
        "Nhà số 9 đang cháy to lắm",
        "nha so 9 dang chay",
        "Fire in the kitchen of number 9",
        "có kẻ cầm dao trước cổng trường",
        "co ke cam dao truoc cong truong",
        "a man with a knife at the gate",
        "bà cụ bị ngất giữa chợ, không thở",
        "ba cu bi ngat giua cho",
        "an old woman is unconscious",
        "nước lũ tràn vào nhà rồi",
        "tuong sap de len nguoi",
        "the wall collapsed on someone",
        "hàng xóm đánh đập con nhỏ",
        "someone is beating a child",
    ],
)
def test_an_emergency_is_heard_in_every_way_of_typing(text: str) -> None:
    assert understand_text(text).is_emergency


@pytest.mark.parametrize(
    "text",
    [
        "Lớp tập huấn phòng cháy chữa cháy hay quá",
        "bóng đèn cháy, đề nghị thay",
        "quán cơm chay mới mở",
        "chay bo buoi sang rat vui",
        "ổ gà dễ gây tai nạn",
        "The fire station looks nice",
        "rác nhiều quá",
    ],
)
def test_everyday_words_raise_no_alarm(text: str) -> None:
    assert not understand_text(text).is_emergency


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hàng xóm vứt rác xuống mương", CaseKind.VIOLATION),
        ("quan nhau hat karaoke ca dem", CaseKind.VIOLATION),
        ("Cars are parked on the sidewalk", CaseKind.VIOLATION),
        ("Đề nghị lắp thêm đèn đường trong ngõ", CaseKind.SUGGESTION),
        ("Please add more benches", CaseKind.SUGGESTION),
        ("Cán bộ một cửa quát người dân", CaseKind.CONDUCT),
        ("can bo dia chinh vong vo khong giai quyet", CaseKind.CONDUCT),
        ("An official asked for money", CaseKind.CONDUCT),
        ("Khen các cháu thanh niên dọn vườn hoa", CaseKind.COMMENDATION),
        ("Pano ở cổng làng bị rách", CaseKind.PANEL),
        ("Vứt rác bị phạt bao nhiêu?", CaseKind.QUESTION),
        ("What is the phone number of the ward?", CaseKind.QUESTION),
        ("ừm", CaseKind.SUGGESTION),
    ],
)
def test_the_kind_is_proposed(text: str, kind: CaseKind) -> None:
    assert understand_text(text).kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "Trưởng thôn nhận tiền của dân",
        "truong thon nhan tien cua dan",
        "Công an phường bao che quán nhậu",
        "Tôi tố cáo ông ấy",
        "The clerk was rude to my mother",
        "tôi bị trù dập sau khi góp ý",
        "Cháy nhà mà cán bộ phường thờ ơ",
    ],
)
def test_a_report_about_an_official_is_sensitive(text: str) -> None:
    """Only then does it keep away from the general desk."""
    found = understand_text(text)
    assert (found.kind, found.is_sensitive) == (CaseKind.CONDUCT, True)


def test_an_official_who_is_only_asked_for_help_is_not_accused() -> None:
    assert understand_text("Đề nghị cán bộ phường xử lý quán lấn chiếm vỉa hè").kind is not CaseKind.CONDUCT
    assert understand_text("Cảm ơn cán bộ một cửa rất tận tình").kind is CaseKind.COMMENDATION


def test_an_emergency_about_an_official_is_both() -> None:
    found = understand_text("cán bộ đang đánh người, đòi tiền")
    assert found.is_emergency
    assert found.is_sensitive


def test_every_tag_of_the_word_lists_is_a_category() -> None:
    """A misspelt tag would file cases under a category that nobody has."""
    known = load_categories()
    lists = (w.EMERGENCY, w.CONDUCT, w.CONDUCT_OF_OFFICIALS, w.PRAISE, w.PANEL, w.QUESTION, w.VIOLATION, w.SUGGESTION)
    tags = {tag for found in lists for tag in found}
    assert len(tags) > 40
    assert tags <= set(known)
    assert all(known[tag].is_sensitive for tag in (*w.CONDUCT, *w.CONDUCT_OF_OFFICIALS))


def test_the_deadline_is_the_categorys_own_or_ten_working_days() -> None:
    assert deadline_days("q_penalty") == 1
    assert deadline_days("off_bribery") == 7
    assert deadline_days("vio_litter") == 10
    assert deadline_days("oth_spam") == deadline_days("") == deadline_days("no such") == DEFAULT_DEADLINE == 10
    assert deadline_days("oth_emergency_fire") == 1  # none is due before it was read


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_has_an_answer_and_always_the_same(text: str) -> None:
    found = understand_text(text)
    assert found == understand_text(text)
    assert 0 < found.confidence < 1
    assert found.category == "" or found.category in load_categories()


def test_a_huge_text_is_looked_at_in_bounded_time() -> None:
    assert understand_text("cháy nhà " * 20_000).is_emergency
    assert not understand_text("a " * 10_000 + "cháy nhà").is_emergency
