"""What `homthu check` and a start look at beside the settings: the database itself, the backup, what waits at Telegram.

Each finding is one line, with how to mend it; a start logs what is wrong and goes on.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.archive.keeping import last_backup
from bot.checks import Finding
from bot.errors import ChannelError, StorageBusy
from bot.ports import UnitOfWork
from bot.ports.storage import Server
from bot.standing import CLOCK_MAY_DIFFER, LEAST_POSTGRES, LEAST_SQLITE, OLDEST_BACKUP, is_too_old

PENDING_MOST = 100  # updates that wait at Telegram
ERROR_IS_RECENT = timedelta(hours=1)


class Reading(Protocol):
    """Storage that can be looked at."""

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]: ...


async def check_server(storage: Server, *, is_sqlite: bool) -> list[Finding]:
    """The database's version, and on a server its clock against ours."""
    try:
        version, theirs = await storage.server()
    except StorageBusy:
        return []  # said already, by whoever tried to write
    least = ".".join(map(str, LEAST_SQLITE)) if is_sqlite else str(LEAST_POSTGRES)
    mend = f"Install {least} or newer." if is_too_old(version, is_sqlite=is_sqlite) else ""
    engine = "SQLite" if is_sqlite else "PostgreSQL"
    found = [Finding(what="version", is_ok=not mend, found=f"{engine} {version}", mend=mend)]
    if not is_sqlite:
        apart = abs(datetime.now(UTC) - theirs)
        mend = "" if apart <= CLOCK_MAY_DIFFER else "Set both clocks (systemd-timesyncd or chrony): deadlines follow them."
        said = f"{apart.total_seconds():.0f} s apart from the database's"
        found.append(Finding(what="its clock", is_ok=not mend, found=said, mend=mend))
    return found


async def check_neighbours(storage: Reading) -> Finding:
    """Who wants to hear of cases and is told nothing more, or has events that nobody tries to tell any more."""
    try:
        async with storage.reading() as uow:
            lags = await uow.neighbours.lags()
    except StorageBusy:
        return Finding(what="neighbours", is_ok=True, found="not looked at")  # why was said already
    disabled, parked = sum(lag.is_disabled for lag in lags), sum(lag.parked for lag in lags)
    mend = "/staff/settings/neighbours shows what they said; enable or replay there." if disabled or parked else ""
    found = f"{len(lags)} subscribed, {disabled} of them disabled by failing; {parked} events parked"
    return Finding(what="neighbours", is_ok=not mend, found=found, mend=mend)


def check_backup(data_dir: Path, now: datetime) -> Finding:
    """How old the last good one is. A new installation has none yet: that is said, and is nothing wrong."""
    last = last_backup(data_dir)
    how = "`homthu backup --into FOLDER` every night; deploy/RECOVERY.md says how."
    if last is None:
        return Finding(what="backup", is_ok=True, found=f"none was ever made of this data folder; {how}")
    is_ok = now - last.at <= OLDEST_BACKUP
    found = f"{(now - last.at).total_seconds() / 3600:.0f} h old, {last.file}"
    return Finding(what="backup", is_ok=is_ok, found=found, mend="" if is_ok else how)


async def check_updates(get_waiting: Callable[[], Awaitable[tuple[int, int]]], now: datetime) -> Finding:
    """How many updates wait at Telegram, and whether it could not bring one lately."""
    try:
        pending, error_at = await get_waiting()
    except ChannelError as trouble:
        return Finding(what="updates", is_ok=False, found=str(trouble), mend="Can HOMTHU_TELEGRAM_API_BASE be reached?")
    ago = now.timestamp() - error_at
    if error_at and ago <= ERROR_IS_RECENT.total_seconds():
        found = f"Telegram could not bring an update {max(0, ago) / 60:.0f} minutes ago; {pending} wait there"
        mend = "Is HOMTHU_PUBLIC_URL right, its certificate valid, and does the proxy pass /hooks/telegram on?"
        return Finding(what="updates", is_ok=False, found=found, mend=mend)
    mend = "" if pending <= PENDING_MOST else "Is `homthu run` running, and is nobody else polling with this token?"
    return Finding(what="updates", is_ok=not mend, found=f"{pending} wait at Telegram", mend=mend)
