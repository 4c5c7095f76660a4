"""One Chromium for all walks, a running city for each, and people who come with a browser of their own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot import app
from bot.commands import add_account
from bot.domain.people import Role
from bot.domain.ward import WardCode
from bot.routing.wards import load_wards
from tests.bot_api import BotApiServer
from tests.browser.chromium import HOW_TO_GET_IT, Watch, find_chromium, is_required, launched
from tests.browser.people import Officer, Person, Resident
from tests.conftest import Place
from tests.files.pictures import phone_photo
from tests.stories.cast import City, OnTelegram, code_in, running_city

PHONE = (360, 740)
DESK = (1440, 900)

P = TypeVar("P", bound=Person)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser; started once. Without Chromium the walks are skipped with a word of advice, in CI they fail."""
    executable = find_chromium()
    if executable is None:
        (pytest.fail if is_required() else pytest.skip)(HOW_TO_GET_IT)
    async with launched(executable) as browser:
        yield browser


@dataclass
class Town:
    """A running city and everybody who looks at it through a browser."""

    city: City
    chromium: Browser
    stack: AsyncExitStack
    watches: list[Watch] = field(default_factory=list)

    async def resident(self, *, size: tuple[int, int] = PHONE, has_script: bool = True, language: str = "vi-VN") -> Resident:
        return await self._arrives(Resident, size, has_script, language)

    async def officer(self, *, size: tuple[int, int] = DESK, has_script: bool = True, language: str = "vi-VN") -> Officer:
        return await self._arrives(Officer, size, has_script, language)

    async def account(self, username: str, *, role: Role = Role.WARD_OFFICER, ward: str = "00091") -> str:
        """What `homthu staff add` does; returns the one-time password."""
        async with app.open_database(self.city.settings, beside_others=True) as database:
            return await add_account(
                database,
                load_wards(),
                username=username,
                full_name="Nguyễn Thị Minh",
                role=role,
                ward=None if role is Role.OPERATOR else WardCode(ward),
                now=datetime.now(UTC),
            )

    async def files(self, text: str) -> tuple[OnTelegram, str]:
        """Somebody new writes one sentence on Telegram and sends it; who, and the case's code."""
        lan = self.city.telegram()
        await lan.says(text)
        await lan.hears("Bạn xem lại")  # after a word about whom to call, where the text asks for one
        await lan.presses("Gửi")
        return lan, code_in(await lan.hears("Mã hồ sơ"))

    async def _arrives(self, who: type[P], size: tuple[int, int], has_script: bool, language: str) -> P:
        context = await self.chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=has_script, locale=language
        )
        self.stack.push_async_callback(context.close)
        self.watches.append(Watch(context))
        return who(await context.new_page(), self.city.url, self.watches[-1], has_script=has_script)


@asynccontextmanager
async def running_town(place: Place, chromium: Browser) -> AsyncIterator[Town]:
    """When the walk is over: no script failed, no page broke its policy, nothing left this machine."""
    async with BotApiServer() as api, running_city(place, api) as city:
        async with AsyncExitStack() as stack:
            town = Town(city, chromium, stack)
            yield town
        for watch in town.watches:
            assert watch.requests, "a browser that asked for nothing proves nothing"
            assert watch.complaints == []
            assert watch.foreign == []


@pytest_asyncio.fixture(loop_scope="session")
async def town(sqlite_place: Place, chromium: Browser) -> AsyncIterator[Town]:
    async with running_town(sqlite_place, chromium) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def town_on_postgres(postgres_place: Place, chromium: Browser) -> AsyncIterator[Town]:
    async with running_town(postgres_place, chromium) as running:
        yield running


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A phone's photo that says where it was taken."""
    path = tmp_path / "đèn đường.jpg"
    path.write_bytes(phone_photo(size=(1200, 900)))
    return path
