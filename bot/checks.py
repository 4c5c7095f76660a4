"""What `homthu check` looks at: each finding says what was found and, where it is wrong, how to mend it."""

import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

from bot.errors import BotError
from bot.ports import FileStore, Storage
from bot.settings import Settings

LEAST_FREE = 500 * 1024 * 1024  # bytes; a full disk stops intake
CLOCK_MAY_DIFFER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    is_ok: bool
    found: str
    mend: str = ""


async def check_storage(storage: Storage, settings: Settings) -> Finding:
    """Can a row be committed?"""
    engine = f"SQLite {sqlite3.sqlite_version} in {settings.data_dir}" if settings.is_sqlite else "PostgreSQL"
    try:
        await storage.ping()
    except BotError as trouble:
        return storage_out_of_reach(trouble)
    return Finding(what="database", is_ok=True, found=f"{engine}, a row was committed")


def storage_out_of_reach(trouble: Exception) -> Finding:
    mend = "Is the disk full or read-only, or is the server down? HOMTHU_DATABASE_URL says where it is looked for."
    return Finding(what="database", is_ok=False, found=str(trouble), mend=mend)


def check_space(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data_dir).free
    found = f"{free // 1024**2} MB free in {settings.data_dir}"
    mend = "" if free >= LEAST_FREE else "Free some space: when the disk is full nothing new can be kept."
    return Finding(what="disk", is_ok=free >= LEAST_FREE, found=found, mend=mend)


async def check_files(store: FileStore) -> Finding:
    """Can a file be stored and read back?"""
    probe = b"homthu check"
    try:
        ok = await store.get(await store.put(probe)) == probe
    except Exception as trouble:  # whatever the store's library raises, the operator needs to read it
        mend = "HOMTHU_FILES_URL must name a folder that can be written to, or an s3:// address."
        return Finding(what="files", is_ok=False, found=type(trouble).__name__, mend=mend)
    return Finding(what="files", is_ok=ok, found="a file was stored and read back")


async def check_telegram(get_me: Callable[[], Awaitable[str]]) -> Finding:
    try:
        name = await get_me()
    except BotError as trouble:
        mend = "Check HOMTHU_TELEGRAM_TOKEN with BotFather, and whether HOMTHU_TELEGRAM_API_BASE can be reached from here."
        return Finding(what="telegram", is_ok=False, found=str(trouble), mend=mend)
    return Finding(what="telegram", is_ok=True, found=f"@{name} answers")


async def check_clock(url: str) -> Finding:
    """Compare with the Date header of a server we speak to anyway."""
    try:
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.head(url, allow_redirects=False) as answer:
            theirs = parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, TimeoutError, KeyError, ValueError):
        return Finding(what="clock", is_ok=True, found="not compared: no other clock could be reached")
    apart = abs(datetime.now(UTC) - theirs)
    mend = (
        "" if apart <= CLOCK_MAY_DIFFER else "Set the clock (systemd-timesyncd or chrony): deadlines and sessions follow it."
    )
    return Finding(what="clock", is_ok=not mend, found=f"{apart.total_seconds():.0f} s apart from {url}", mend=mend)
