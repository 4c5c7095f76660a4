"""A damaged board is best shown: a photo is asked for once, and nobody must have one."""

import pytest

from bot.domain.case import CaseKind
from bot.domain.people import Language
from tests.dialogue.conftest import Meet

BOARD = "Pano quy tắc ứng xử ở nhà văn hóa bị rách, phường Tây Hồ"


@pytest.mark.parametrize(("language", "send"), [(Language.VI, "Gửi luôn"), (Language.EN, "Send as it is")])
async def test_a_board_is_sent_without_a_photo_with_one_tap(meet: Meet, language: Language, send: str) -> None:
    lan = meet("Lan", language)
    await lan.says(BOARD)
    assert "📷" in lan.hears[-1]
    await lan.presses(send)
    [case] = await lan.cases()
    assert case.kind is CaseKind.PANEL


async def test_once_it_is_there_no_photo_is_asked_for(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says(BOARD)
    await lan.sends_photo()
    assert "📷" not in lan.hears[-1]
    assert "1 ảnh" in lan.hears[-1]
    await lan.presses("Gửi")
    [case] = await lan.cases()
    assert sum(len(line.attachments) for line in await lan.thread(case)) == 1


async def test_other_matters_are_not_asked_for_one(meet: Meet) -> None:
    lan = meet("Lan")
    await lan.says("Rác chất đống ở phường Tây Hồ")
    assert "📷" not in lan.hears[-1]
