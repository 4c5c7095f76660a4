"""A city that outgrew SQLite: stopped, moved, started on PostgreSQL; nobody who was in the middle of something notices."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from yarl import URL

from bot.app.moving import move_to
from tests.bot_api import BotApiServer
from tests.conftest import Place
from tests.databases import PostgresDatabases
from tests.stories.cast import City, Officer, code_in, running_city, small_photo

LAMP = "Đèn đường hỏng cả đoạn, buổi tối rất tối, đề nghị sửa"


@pytest.fixture
async def empty_url(postgres_server: PostgresDatabases) -> AsyncIterator[str]:
    url = await postgres_server.empty()
    yield url
    await postgres_server.drop(url)


def follows(minh: Officer, city: City) -> None:
    """The same browser with the same cookie, at the address where it runs now."""
    minh.root = URL(city.url)


async def test_a_city_moves_while_lan_is_half_way_and_minh_is_signed_in(
    sqlite_place: Place, empty_url: str, tmp_path: Path
) -> None:
    """Hoa's case with its photo, Lan's unfinished report, Minh's session: each goes on where it was."""
    async with BotApiServer() as api:
        async with running_city(sqlite_place, api) as city:
            hoa, lan, minh = city.telegram(), city.telegram(), await city.staff("minh")
            await hoa.says(f"{LAMP} ở phường Phú Thượng")
            await hoa.sends_photo(small_photo(tmp_path))
            await hoa.presses("Gửi")
            filed = code_in(await hoa.hears("Mã hồ sơ"))
            await lan.says(LAMP)
            await lan.hears("phường")
            exported = await city.exports()
            [browser] = city.sessions
            city.sessions.clear()
        lan.chat.sends("phường Phú Thượng")  # while nobody listens
        await move_to(city.settings, empty_url)
        moved = Place("postgresql", empty_url, sqlite_place.data_dir)
        async with browser, running_city(moved, api) as city:
            follows(minh, city)
            assert await city.exports() == exported
            await lan.hears("Gửi")
            await lan.presses("Gửi")
            code = code_in(await lan.hears("Mã hồ sơ"))
            assert sorted(await minh.sees_waiting()) == sorted([filed, code])
            assert "Phú Thượng" in await minh.opens_case(filed)
            await minh.answers(filed, "Tổ điện sẽ đến sáng mai.")
            await hoa.hears("Tổ điện sẽ đến sáng mai.")
