"""What residents send: files whose bytes are what they say, and the way to a case that stands."""

import asyncio
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any, TypeVar

from PIL import Image

from bot import app
from bot.ports import FailedUpdate
from tests.stories.cast import PATIENCE, City, OnTelegram, code_in

T = TypeVar("T")

LAMP = "Đèn đường hỏng ở ngõ 12, phường Phú Thượng"

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
VIDEO = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 64
VOICE = b"OggS" + b"\x00" * 24 + b"OpusHead" + b"\x00" * 16


def picture(red: int = 200) -> bytes:
    """A small JPEG; another number makes another picture."""
    found = BytesIO()
    Image.new("RGB", (64, 48), (red, 90, 30)).save(found, "JPEG")
    return found.getvalue()


async def files_a_case(resident: OnTelegram, words: str = LAMP, send: str = "Gửi", code_line: str = "Mã hồ sơ") -> str:
    """Write, confirm, and hear the code."""
    await resident.says(words)
    await resident.presses(send)
    return code_in(await resident.hears(code_line))


def files_of(case: dict[str, Any]) -> list[str]:
    """What became of every file of an exported case, in order: its type, or why it is missing."""
    return [file["trouble"] or file["type"] for message in case["messages"] for file in message["files"]]


async def eventually(look: Callable[[], Awaitable[T]]) -> T:
    """Look again and again until there is something to see."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await look()):
            await asyncio.sleep(0.05)
    return found


async def failed_updates(city: City) -> list[FailedUpdate]:
    """What operators are shown of updates that could not be handled, newest first."""
    async with app.open_database(city.settings, beside_others=True) as database, database.reading() as uow:
        return await uow.inbox.failed()
