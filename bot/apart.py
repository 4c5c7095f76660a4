"""Runs a small program of ours apart: bytes in, bytes out, in a process that may die, be killed, or take too long.

What decodes what strangers sent runs like this (`bot.imaging`, `bot.prints`): it knows no secret and no setting of ours.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from weakref import WeakKeyDictionary

PLACES = 2  # processes at once
_KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")  # no setting of ours: they hold secrets
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # each thread would take memory that is bounded


async def run_apart(program: Path, *words: str, data: bytes, most: int, within: float, places: int = 1) -> tuple[int, bytes]:
    """Its exit code and what it wrote: at most `most` bytes, or nothing.

    The bytes are its input as a file without a name: it reads what it needs of them and holds no second copy.

    Args:
        within: Seconds, its wait for the processor included, but not the wait for its turn.
        places: Of `PLACES`. What decodes a stranger's picture takes all: it may need as much memory as is bearable.

    Raises:
        OSError: It could not be started. A cancelled call kills it.
        TimeoutError: It was killed.
    """
    async with _turn(places), asyncio.timeout(within):
        with tempfile.TemporaryFile(buffering=0) as given:
            await asyncio.to_thread(given.write, data)
            given.seek(0)
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", str(program), *words),
                stdin=given,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={**_ONE_THREAD, **{name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}},
            )
        try:
            answer = await _read(process, most)
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    return code, answer


class _Turns:
    """Places of one event loop, taken in the order of asking."""

    def __init__(self) -> None:
        self.door = asyncio.Lock()
        self.places = asyncio.Semaphore(PLACES)


_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Turns] = WeakKeyDictionary()


@asynccontextmanager
async def _turn(places: int) -> AsyncIterator[None]:
    turns, taken = _TURNS.setdefault(asyncio.get_running_loop(), _Turns()), 0
    try:
        async with turns.door:  # one after the other: whoever needs all is not overtaken for ever by those who need one
            while taken < places:
                await turns.places.acquire()
                taken += 1
        yield
    finally:
        for _ in range(taken):
            turns.places.release()


async def _read(process: asyncio.subprocess.Process, most: int) -> bytes:
    """At most so much, or nothing: the other process is not to be trusted with our memory."""
    if process.stdout is None:
        return b""
    try:
        await process.stdout.readexactly(most + 1)
    except asyncio.IncompleteReadError as whole:
        return whole.partial
    process.kill()
    return b""
