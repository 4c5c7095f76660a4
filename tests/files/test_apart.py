"""Who runs beside whom: what decodes a stranger's picture has the memory to itself."""

import asyncio
from pathlib import Path

from bot.apart import PLACES, run_apart

SAYS_WHEN = """
import sys, time
began = time.monotonic()
time.sleep(0.3)
print(began, time.monotonic(), sys.stdin.buffer.seekable())
"""


async def test_a_large_one_runs_alone_and_is_not_overtaken_for_ever(tmp_path: Path) -> None:
    """Small ones two at a time; a large one waits for both, and those that came after it wait for it."""
    program = tmp_path / "says_when.py"
    program.write_text(SAYS_WHEN)

    async def runs(places: int) -> tuple[float, float]:
        code, said = await run_apart(program, data=b"x", most=100, within=60.0, places=places)
        began, ended, seekable = said.decode().split()
        assert (code, seekable) == (0, "True")
        return float(began), float(ended)

    one, other, large, later = await asyncio.gather(runs(1), runs(1), runs(PLACES), runs(1))
    assert large[0] > max(one[1], other[1])
    assert later[0] > large[1]


async def test_a_place_is_free_again_whatever_became_of_who_had_it(tmp_path: Path) -> None:
    """Cancelled while it waits for its turn, cancelled while it runs, or out of time."""
    program = tmp_path / "says_when.py"
    program.write_text(SAYS_WHEN)
    running = [asyncio.create_task(run_apart(program, data=b"", most=100, within=60.0, places=PLACES)) for _ in range(3)]
    await asyncio.sleep(0.1)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    for _ in range(PLACES + 1):
        try:
            await run_apart(program, data=b"", most=100, within=0.01)
        except TimeoutError:
            continue
        raise AssertionError("it had no time")
    async with asyncio.timeout(60):
        assert (await run_apart(program, data=b"", most=100, within=60.0, places=PLACES))[0] == 0
