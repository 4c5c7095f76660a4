"""Asks a ClamAV daemon about a file, over its own protocol; `bot.file_keeper` asks before anything is kept.

One command and one answer a connection: INSTREAM, the bytes in pieces with their length before them, an empty piece, and
then "stream: OK" or "stream: <name> FOUND". Whatever else is said, or nothing in time, is no answer: then the file is not
scanned, and what is not scanned is not kept. Source: man clamd, "INSTREAM".
"""

import asyncio
import struct
from contextlib import suppress

from bot.errors import ScannerAway

PIECE = 64 * 1024  # bytes
ANSWERS_WITHIN = 30.0  # seconds, for the largest file and a busy machine
LONGEST_ANSWER = 4096  # bytes
AT_ONCE = 4  # connections


class ClamdScanner:
    """See `bot.ports.Scanner`.

    Args:
        address: The path of its socket, or `host:port`.
        within: Seconds for one file.
    """

    def __init__(self, address: str, *, within: float = ANSWERS_WITHIN) -> None:
        self._address = address
        self._within = within
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def is_clean(self, data: bytes) -> bool:
        """Raises ScannerAway: There is no answer, or none that says either."""
        try:
            async with asyncio.timeout(self._within), self._turns:
                answer = await self._asked(data)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as trouble:
            raise ScannerAway(reason=type(trouble).__name__) from None
        if answer == b"stream: OK":
            return True
        if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
            return False
        raise ScannerAway(reason="it could not scan the file")  # a limit of its own, a broken database of signatures

    async def _asked(self, data: bytes) -> bytes:
        reader, writer = await self._open()
        try:
            writer.write(b"zINSTREAM\0")
            try:
                for at in range(0, len(data), PIECE):
                    piece = data[at : at + PIECE]
                    writer.write(struct.pack("!I", len(piece)) + piece)
                    await writer.drain()
                writer.write(struct.pack("!I", 0))
                await writer.drain()
            except ConnectionError:
                pass  # it may have said why before it hung up: a size limit
            return (await reader.readuntil(b"\0")).rstrip(b"\0").strip()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._address.startswith("/"):
            return await asyncio.open_unix_connection(self._address, limit=LONGEST_ANSWER)
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host.strip("[]"), int(port), limit=LONGEST_ANSWER)
