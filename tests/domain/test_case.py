"""Case codes that survive a telephone, and the desk a case waits at."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.case import CaseKind, Desk, choose_desk, new_code, read_code
from bot.domain.ward import WardCode

TAY_HO = WardCode("00091")


def test_a_code_is_two_groups_of_four_without_letters_that_are_misread() -> None:
    codes = [new_code() for _ in range(500)]
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)
    assert len(set(codes)) == 500


def test_a_code_is_found_by_the_lines_that_scripts_look_for() -> None:
    code = new_code()
    found = re.search("Mã hồ sơ: ([0-9A-Z-]+)", f"Mã hồ sơ: {code}. Hạn trả lời…")
    assert found is not None
    assert found[1] == code


@pytest.mark.parametrize(
    "typed", ["7K3M-10X2", "7k3m10x2", " 7K3M 10X2 ", "7K3M–10X2".replace("–", "-"), "7k3m-lOx2", "7K3M-IOX2"]
)
def test_a_code_is_read_however_it_was_typed(typed: str) -> None:
    assert read_code(typed) == "7K3M-10X2"


@pytest.mark.parametrize("typed", ["", "7K3M", "7K3M-10X2-5", "7K3M-10XU", "đèn hỏng", "7K3M-10X²", "0" * 10_000])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    code = read_code(text)
    assert code is None or read_code(code) == code


@pytest.mark.parametrize("kind", list(CaseKind))
def test_a_report_about_an_official_never_reaches_the_general_desk(kind: CaseKind) -> None:
    is_conduct = kind is CaseKind.CONDUCT
    assert choose_desk(kind, TAY_HO) is (Desk.RESTRICTED if is_conduct else Desk.GENERAL)
    assert choose_desk(kind, None) is (Desk.LEADERS if is_conduct else Desk.UNPLACED)
