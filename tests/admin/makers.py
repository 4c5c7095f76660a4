"""Papers that take as long as a test wants."""

import asyncio
from collections.abc import AsyncIterator

from bot.long_work import Bench

LINES = 10
LINE = "một dòng của tệp\n".encode() * 40_000  # 0.8 MB: several pieces


async def ten_lines(bench: Bench) -> AsyncIterator[bytes]:
    for number in range(1, LINES + 1):
        yield b"%d " % number + LINE
        await bench.tell(number, LINES)


async def three_of_ten(bench: Bench) -> AsyncIterator[bytes]:
    """Goes on for ever, three lines far."""
    for number in (1, 2, 3):
        yield LINE
        bench._beat_at = 0  # as if time had passed
        await bench.tell(number, LINES)
    while True:
        await asyncio.sleep(0.01)
        bench._beat_at = 0
        await bench.tell(3, LINES)


async def breaks(bench: Bench) -> AsyncIterator[bytes]:
    yield LINE
    await bench.tell(1, LINES)
    raise ZeroDivisionError
