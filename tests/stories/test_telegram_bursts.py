"""Many messages at once, by polling and by webhook: one draft in the order they were sent, one card, one case."""

from collections.abc import AsyncIterator

import pytest

from bot import app
from tests.bot_api import BotApiServer
from tests.bot_api.faults import Fault
from tests.conftest import Place
from tests.stories.cast import City, OnTelegram, code_in, running_city
from tests.stories.things import eventually, picture
from tests.stories.webhook import city_with_a_webhook

FORWARDED = ["Đèn đường hỏng ở ngõ 12, phường Phú Thượng", *(f"cột số {number} cũng tắt" for number in range(2, 21))]
ALBUM = ("", "Rác chất đống ở đầu ngõ, phường Phú Thượng", "", "")


@pytest.fixture(params=["polling", "webhook"])
async def town(request: pytest.FixtureRequest, database_place: Place) -> AsyncIterator[City]:
    """A running city, its updates fetched or brought, on either engine."""
    if request.param == "webhook":
        async with city_with_a_webhook(database_place) as city:
            yield city
    else:
        async with BotApiServer() as api, running_city(database_place, api) as city:
            yield city


def cards(lan: OnTelegram) -> list[str]:
    return [heard for heard in lan.chat.hears if "Nơi nhận" in heard]


async def last_card(lan: OnTelegram, words: str) -> None:
    """The card on which these words stand is there, and no other is on its way."""

    async def is_shown() -> bool:
        return any(words in card for card in cards(lan)[-1:])

    await eventually(is_shown)


async def test_twenty_forwarded_messages_are_one_draft_in_the_right_order(town: City) -> None:
    """Lan passes on what her neighbours wrote. It arrives within two seconds, in any order; what she reads back is right."""
    lan = town.telegram()
    await lan.says("/help")
    async with lan.chat.out_of_order(seed=7, seconds=1.8):
        first, *_ = [lan.chat.forwards(text) for text in FORWARDED]
    await last_card(lan, "cột số 9 cũng tắt")
    assert len(cards(lan)) <= 3
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))

    [case] = await town.exports()
    assert (case["code"], case["source_id"]) == (code, str(first))
    assert [message["text"] for message in case["messages"]] == FORWARDED
    assert len(cards(lan)) <= 3
    card = next(heard for heard in reversed(lan.chat.heard) if "Nơi nhận" in heard.text)
    lan.chat.presses_data(next(data for label, data in card.buttons.items() if "Gửi" in label), card.message)
    assert code in await lan.hears("Mã hồ sơ")  # the second tap finds the first one's case
    assert len(await town.exports()) == 1


async def test_an_album_out_of_order_is_one_card_that_counts_its_photos(town: City) -> None:
    """The caption stands under the second of four; the photos are in the case in the order Lan chose."""
    lan = town.telegram()
    await lan.says("/help")
    async with lan.chat.out_of_order(seed=3, seconds=0.2):
        first, *_ = [lan.chat.sends_photo(picture(60 * at), caption, group="24680") for at, caption in enumerate(ALBUM)]
    await last_card(lan, "Kèm theo: 4 ảnh")
    await lan.presses("Gửi")
    await lan.hears("Mã hồ sơ")

    assert len(cards(lan)) == 1
    [case] = await town.exports()
    assert case["source_id"] == str(first)
    [message] = case["messages"]
    assert message["text"] == ALBUM[1]
    assert len(message["files"]) == 4


async def test_a_slow_album_is_still_one_card(small_city: City) -> None:
    """Telegram hands the photos out so slowly that the hold is over: while more is to be read, nothing is asked."""
    lan = small_city.telegram()
    await lan.says("/help")
    lan.chat.sends_photo(picture(1), "Rác ở đầu ngõ, phường Phú Thượng", group="1")

    async def the_first_was_read() -> bool:
        async with app.open_database(small_city.settings, beside_others=True) as database, database.reading() as uow:
            return bool(small_city.api.calls_of("getFile")) and not (await uow.inbox.backlog()).waiting

    await eventually(the_first_was_read)
    small_city.api.breaks("file", Fault(status=502, description="Bad Gateway"), times=2)  # tried again for 1.5 seconds
    for red in (60, 120, 180):
        lan.chat.sends_photo(picture(red), group="1")
    await last_card(lan, "Kèm theo: 4 ảnh")
    assert len(cards(lan)) == 1
