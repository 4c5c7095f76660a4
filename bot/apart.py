"""Runs a small program of ours apart: bytes in, bytes out, in a process that may die, be killed, or take too long.

What decodes what strangers sent runs like this (`bot.imaging`, `bot.prints`): it knows no secret and no setting of ours.
"""

import asyncio
import os
import sys
from pathlib import Path

_KEPT_VARIABLES = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")  # no setting of ours: they hold secrets
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # each thread would take memory that is bounded


async def run_apart(program: Path, *words: str, data: bytes, most: int) -> tuple[int, bytes]:
    """Its exit code and what it wrote: at most `most` bytes, or nothing.

    Raises:
        OSError: It could not be started. A cancelled call kills it.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(program), *words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**_ONE_THREAD, **{name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}},
    )
    try:
        _, answer = await asyncio.gather(_feed(process, data), _read(process, most))
        code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return code, answer


async def _feed(process: asyncio.subprocess.Process, data: bytes) -> None:
    stdin = process.stdin
    if stdin is None:
        return
    try:
        stdin.write(data)
        await stdin.drain()
        stdin.close()
        await stdin.wait_closed()
    except (BrokenPipeError, ConnectionResetError):
        pass  # it did not read to the end: its exit code says why


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
