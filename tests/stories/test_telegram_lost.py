"""Lost at any step: where am I, how does this work, forget it; by the menu or by plain words, in both languages."""

import asyncio
from dataclasses import dataclass

import pytest

from tests.stories.cast import City, OnTelegram, code_in


@dataclass(frozen=True)
class Tongue:
    """What a resident says, and a piece of what they must hear. Of two ways to ask, the first is the menu's."""

    code: str
    dark: str
    ward: str
    send: str
    where: tuple[str, str]
    help: tuple[str, str]
    cancel: tuple[str, str]
    begin: str
    draft: str
    case: str
    how: str
    dropped: str
    nothing: str
    receipt: str


TONGUES = (
    Tongue(
        code="vi",
        dark="Đèn đường hỏng",
        ward="phường Phú Thượng",
        send="Gửi",
        where=("/where", "Tôi đang ở đâu?"),
        help=("/help", "trợ giúp"),
        cancel=("/cancel", "Hủy"),
        begin="chưa có tin nào viết dở",
        draft="đang viết dở một tin",
        case="Hồ sơ gần nhất",
        how="nhận mã hồ sơ",
        dropped="Đã hủy",
        nothing="Không có tin nào",
        receipt="Mã hồ sơ: ",
    ),
    Tongue(
        code="en",
        dark="The street lamp is broken",
        ward="Phu Thuong ward",
        send="Send",
        where=("/where", "Where am I?"),
        help=("/help", "Help"),
        cancel=("/cancel", "cancel"),
        begin="no unfinished message",
        draft="not sent yet",
        case="Your latest case",
        how="get a case code",
        dropped="nothing was sent",
        nothing="nothing to cancel",
        receipt="Case code: ",
    ),
)


async def is_at_the_beginning(lan: OnTelegram, tongue: Tongue) -> str:
    return tongue.begin


async def is_asked_for_the_ward(lan: OnTelegram, tongue: Tongue) -> str:
    await lan.says(tongue.dark)
    return tongue.draft


async def is_asked_to_confirm(lan: OnTelegram, tongue: Tongue) -> str:
    await lan.says(f"{tongue.dark}, {tongue.ward}")
    return tongue.draft


async def has_filed(lan: OnTelegram, tongue: Tongue) -> str:
    await is_asked_to_confirm(lan, tongue)
    await lan.presses(tongue.send)
    return tongue.case


STEPS = (is_at_the_beginning, is_asked_for_the_ward, is_asked_to_confirm, has_filed)


@pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.code)
async def test_help_cancel_and_where_work_at_every_step(small_city: City, tongue: Tongue) -> None:
    """Eight residents, lost at four steps; each hears where they are and how it works, and can drop what they began."""

    async def is_lost(number: int, way: int) -> None:
        lan = small_city.telegram(tongue.code)
        place = await STEPS[number](lan, tongue)
        await lan.says(tongue.where[way])
        here = await lan.hears(place)
        assert (code_in_case(here) is not None) is (STEPS[number] is has_filed)
        await lan.says(tongue.help[way])
        await lan.hears(tongue.how)
        await lan.says(tongue.cancel[way])
        await lan.hears(tongue.dropped if place == tongue.draft else tongue.nothing)

    await asyncio.gather(*(is_lost(number, way) for number in range(len(STEPS)) for way in (0, 1)))
    cases = await small_city.exports()
    assert [case["status"] for case in cases] == ["open", "open"], "what was sent stands, what was cancelled is nowhere"


def code_in_case(text: str) -> str | None:
    """A case's code, wherever it stands in the sentence."""
    found = [word.strip(",.") for word in text.split() if len(word.strip(",.")) == 9 and word[4:5] == "-"]
    return found[0] if found else None


@pytest.mark.parametrize("tongue", TONGUES, ids=lambda tongue: tongue.code)
async def test_each_is_spoken_to_in_their_language_and_may_change_it(small_city: City, tongue: Tongue) -> None:
    """Telegram says what a resident's phone speaks; whoever wants the other says so, and the open question is put again."""
    lan, other = small_city.telegram(tongue.code), next(one for one in TONGUES if one is not tongue)
    await lan.says(f"{tongue.dark}, {tongue.ward}")
    await lan.presses({"vi": "Đổi loại", "en": "Change kind"}[tongue.code])
    await lan.says({"vi": "English", "en": "tiếng Việt"}[tongue.code])
    await lan.presses(other.send)
    code_in(await lan.hears(other.receipt))
