"""Brings a resident's files into the file store before any transaction is open.

A file that cannot be had never costs the case: it becomes a `StoredFile` that says why it is missing. Which types are kept
and how pictures are cleaned is `bot.file_keeper`'s affair.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.domain.incoming import LARGEST_FILE, FileTrouble, RemoteFile, StoredFile
from bot.errors import FileNotFetched, FileTooLarge, TryLater
from bot.ports import ChannelPort, FileKeeper
from handlers.faults import described

log = structlog.get_logger()

TRIES = 3  # in one go
FIRST_WAIT = 0.5  # seconds; then doubled
LONGEST_WAIT = 5.0  # seconds; a channel that asks for more is asked again in a later turn
ONE_TRY = 25.0  # seconds for one download

Sleep = Callable[[float], Awaitable[None]]


class NotNow(Exception):
    """The channel or the file store is out of reach at present."""


async def fetch_files(
    channel: ChannelPort,
    files: tuple[RemoteFile, ...],
    keeper: FileKeeper,
    *,
    is_last_chance: bool,
    within: float,
    sleep: Sleep = asyncio.sleep,
) -> tuple[StoredFile, ...]:
    """Each file in its order, stored or with the trouble that kept it away.

    Args:
        is_last_chance: What cannot be had now is recorded as gone.
        within: Seconds for all of them together; no new try begins afterwards.
        sleep: Waits between two tries.

    Raises:
        NotNow: It may work later; only when this is not the last chance.
    """
    deadline = asyncio.get_running_loop().time() + within
    found = []
    for file in files:
        try:
            found.append(await _fetch(channel, file, keeper, deadline, sleep))
        except NotNow:
            if not is_last_chance:
                raise
            log.warning("file_given_up", channel=channel.channel.value, kind=file.kind.value)
            found.append(missing(file, FileTrouble.GONE))
    return tuple(found)


def missing(file: RemoteFile, trouble: FileTrouble) -> StoredFile:
    """The record of a file that was sent and is not in the store."""
    return StoredFile("", file.kind, None, "application/octet-stream", max(file.size or 0, 0), "", trouble)


async def _fetch(channel: ChannelPort, file: RemoteFile, keeper: FileKeeper, deadline: float, sleep: Sleep) -> StoredFile:
    if file.size is not None and file.size > LARGEST_FILE:
        return missing(file, FileTrouble.TOO_LARGE)
    wait = FIRST_WAIT
    now = asyncio.get_running_loop().time
    for tries_left in range(TRIES - 1, -1, -1):
        try:
            async with asyncio.timeout_at(min(now() + ONE_TRY, deadline)):
                return await keeper.keep(await channel.fetch(file), file)
        except FileTooLarge:
            return missing(file, FileTrouble.TOO_LARGE)
        except FileNotFetched:
            return missing(file, FileTrouble.GONE)
        except Exception as error:  # out of reach, out of time, disk full: none of it may cost the case
            asked = error.after.total_seconds() if isinstance(error, TryLater) and error.after else 0.0
            log.warning("file_not_fetched_yet", channel=channel.channel.value, reason=described(error))
            if not tries_left or asked > LONGEST_WAIT or now() >= deadline:
                raise NotNow from error
            await sleep(max(asked, wait))
            wait *= 2
    raise AssertionError("the last try returns or raises")
