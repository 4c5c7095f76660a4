"""An officer's own phone tells of a new case, and nothing but where it is."""

import re
from datetime import UTC, datetime

from tests.bot_api import BotApiServer
from tests.conftest import Place
from tests.stories.cast import City, OnTelegram, code_in, running_city

ORDINARY, FIRE = "Rác chất đống ở ngõ 12, phường Phú Thượng", "Cháy nhà ở ngõ 12, phường Phú Thượng, cứu với"


def zone_where_it_is(hour: int) -> str:
    """A time zone with this hour now: the story is told at any time of the real day. Its sign is the other way round."""
    ahead = (hour - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}"


async def links(city: City, username: str) -> OnTelegram:
    """Somebody of the ward gets a code at the desk and sends it from a chat of their own."""
    officer, phone = await city.staff(username, ward="00091"), city.telegram()
    await officer.opens("/staff/settings/notices")
    await officer.fills("notices-link-form")
    found = re.search(r'data-testid="notices-code">(/link [0-9A-Z-]+)<', officer.html)
    assert found
    await phone.says(found[1])
    await phone.hears("Đã nối")
    return phone


async def files(city: City, text: str) -> str:
    lan = city.telegram()
    await lan.says(text)
    await lan.hears("Phú Thượng")
    await lan.presses("Gửi")
    return code_in(await lan.hears("Mã hồ sơ"))


async def test_a_resident_files_and_the_officers_phone_says_so_neutrally(database_place: Place) -> None:
    """The code and a link, which asks to sign in; no word of the report, nor its kind, ward or resident."""
    async with (
        BotApiServer() as api,
        running_city(database_place, api, timezone=zone_where_it_is(12), public_url="http://homthu.example") as city,
    ):
        phone = await links(city, "minh")
        code = await files(city, ORDINARY)
        ping = await phone.hears("việc mới")
        assert ping == f"Có việc mới trong hàng của bạn: {code}\nhttp://homthu.example/staff/cases/{code}"
        async with city._session("vi").get(f"{city.url}/staff/cases/{code}", allow_redirects=False) as stranger:
            assert stranger.status == 303
            assert stranger.headers["Location"] == f"/staff/login?next=/staff/cases/{code}"
        await phone.says("/unlink")
        await phone.hears("Đã ngắt")


async def test_at_night_only_an_emergency_is_told(sqlite_place: Place) -> None:
    """The ordinary case, filed first, waits for the morning."""
    async with BotApiServer() as api, running_city(sqlite_place, api, timezone=zone_where_it_is(2)) as city:
        phone = await links(city, "minh")
        ordinary, fire = await files(city, ORDINARY), await files(city, FIRE)
        assert await phone.hears("việc mới") == f"Có việc mới trong hàng của bạn: {fire}"
        assert not [text for text in phone.chat.hears if ordinary in text]
