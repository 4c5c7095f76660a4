"""What `homthu check` looks at: each finding says what was found and, where it is wrong, how to mend it.

Also the one line that a start says when it cannot go on: `why_not_opened`, `why_not_listening`.
"""

import difflib
import errno
import os
import socket
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.errors import BotError, DatabaseOutOfReach, SettingsError
from bot.ports import FileStore, Storage
from bot.settings import PREFIX, Settings
from bot.standing import CLOCK_MAY_DIFFER, LEAST_FREE, disk_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    is_ok: bool
    found: str
    mend: str = ""


def check_font() -> Finding:
    """Are PDFs set in a font of Times' widths, as administrative documents are? Without one they are whole all the same."""
    from bot.papers.fonts import has_times, paper_font

    if has_times():
        return Finding(what="font", is_ok=True, found=f"PDFs are set in {paper_font()}")
    mend = "install Times New Roman, or Liberation Serif 2, Tinos or TeX Gyre Termes"
    found = f"warning: no font of Times' widths has the Vietnamese letters; PDFs are set in {paper_font()}; {mend}"
    return Finding(what="font", is_ok=True, found=found)


async def check_storage(storage: Storage, settings: Settings) -> Finding:
    """Can a row be committed?"""
    engine = f"SQLite {sqlite3.sqlite_version} in {settings.data_dir}" if settings.is_sqlite else "PostgreSQL"
    try:
        await storage.ping()
    except BotError as trouble:
        return storage_out_of_reach(trouble)
    return Finding(what="database", is_ok=True, found=f"{engine}, a row was committed")


def storage_out_of_reach(trouble: Exception) -> Finding:
    if isinstance(trouble, SettingsError | DatabaseOutOfReach):
        return Finding(what="database", is_ok=False, found=trouble.values["line"])
    mend = "Is the disk full or read-only, or is the server down? HOMTHU_DATABASE_URL says where it is looked for."
    return Finding(what="database", is_ok=False, found=first_line(trouble), mend=mend)


def first_line(trouble: BaseException) -> str:
    """The kind of error and the first line of what it says: the rest of a library's text explains the library."""
    words = str(trouble).strip().partition("\n")[0][:300]
    return f"{type(trouble).__name__}: {words}" if words else type(trouble).__name__


# What the server, or the operating system, says when it is there and the settings are wrong.
_REFUSED = {
    "28P01": "the server refuses the password",
    "28000": "the server refuses this role",
    "3D000": "the server has no database of this name; create it",
}
_NO_FOLDER = {
    "PermissionError": "this account may not write there",
    "FileExistsError": "a file is in the way",
    "NotADirectoryError": "a file is in the way",
    "IsADirectoryError": "a folder has the database's name",
    "FileNotFoundError": "no folder can be made there",
    "SQLITE_NOTADB": "its file is no database",
    "SQLITE_READONLY": "the file is read-only",
    "SQLITE_CANTOPEN": "the file cannot be opened",
}


def why_not_opened(settings: Settings, reason: str) -> BotError:
    """The one line for a database that could not be opened: wrong settings when they certainly are, else out of reach."""
    if not settings.is_sqlite:
        if reason in _REFUSED:
            return SettingsError(line=f"HOMTHU_DATABASE_URL: {_REFUSED[reason]} ({reason})")
        line = f"HOMTHU_DATABASE_URL: no PostgreSQL can be reached there ({reason}); start it, or correct the address"
        return DatabaseOutOfReach(line=line)
    name, place = ("DATABASE_URL", "its file") if settings.database_url else ("DATA_DIR", str(settings.data_dir))
    known = next((said for begins, said in _NO_FOLDER.items() if reason.startswith(begins)), "")
    if known:
        return SettingsError(
            line=f"HOMTHU_{name}: {place} cannot be used: {known}; choose a folder this account may write to"
        )
    return DatabaseOutOfReach(
        line=f"HOMTHU_{name}: the database in {place} cannot be used now ({reason}); is the disk full or read-only?"
    )


def why_not_listening(settings: Settings, trouble: OSError) -> str:
    """The one line for an address that cannot be listened on: it is the host's fault, or the port's."""
    host = isinstance(trouble, socket.gaierror) or trouble.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
    if host:
        return f"HOMTHU_HOST: {settings.host} is no address of this machine; 127.0.0.1, or 0.0.0.0 for all of them"
    taken = (
        "is in use" if trouble.errno == errno.EADDRINUSE else f"cannot be listened on ({os.strerror(trouble.errno or 0)})"
    )
    return f"HOMTHU_PORT: {settings.port} on {settings.host} {taken}; stop what has it, or choose another port"


def check_variables(environment: Mapping[str, str]) -> Finding:
    """A name that is nearly right is read by nobody, and nobody would ever say so."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(
        name for name in environment if name.startswith(PREFIX) and name not in known and not name.startswith("HOMTHU_TEST_")
    )
    if not unknown:
        return Finding(what="settings", is_ok=True, found="every variable can be read")
    near = difflib.get_close_matches(unknown[0], known, n=1)
    mend = f"Did you mean {near[0]}?" if near else "The README lists every setting."
    return Finding(what="settings", is_ok=False, found=f"nothing reads {', '.join(unknown)}", mend=mend)


def check_space(settings: Settings) -> Finding:
    """How much more can be kept, where the data folder is or will lie."""
    disk = disk_of(settings.data_dir)
    found = f"{disk.free // 1024**2} MB free in {settings.data_dir}, {disk.share:.0%} of it"
    is_ok = not disk.is_short and disk.free >= LEAST_FREE
    mend = "" if is_ok else "Free some space, a tenth at least: when the disk is full nothing new can be kept."
    return Finding(what="disk", is_ok=is_ok, found=found, mend=mend)


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


async def check_zalo(get_me: Callable[[], Awaitable[Any]]) -> Finding:
    """Is the token taken, and whose is it?"""
    try:
        found = await get_me()
    except (BotError, OSError) as trouble:
        mend = "Get the token in Zalo Bot Creator anew; can HOMTHU_ZALO_API_BASE be reached from here?"
        return Finding(what="zalo", is_ok=False, found=str(trouble), mend=mend)
    told = found if isinstance(found, dict) else {}
    names = [str(told[name])[:80] for name in ("display_name", "account_name") if told.get(name)]
    return Finding(what="zalo", is_ok=True, found=f"{' · '.join(names) or 'a bot without a name'} answers")


async def check_zalo_webhook(get_info: Callable[[], Awaitable[Any]], wanted: str) -> Finding:
    """Does Zalo bring updates where they are waited for? `wanted` is empty for polling."""
    try:
        found = await get_info()
    except (BotError, OSError) as trouble:
        mend = "Can HOMTHU_ZALO_API_BASE be reached from here?"
        return Finding(what="zalo webhook", is_ok=False, found=str(trouble), mend=mend)
    address = str(found.get("url") or "")[:200] if isinstance(found, dict) else ""
    is_ok = address == wanted
    said = f"updates are brought to {address}" if address else "updates are asked for"
    mend = "" if is_ok else "`homthu run` sets it at its start, by HOMTHU_ZALO_MODE and HOMTHU_PUBLIC_URL. Is it running?"
    return Finding(what="zalo webhook", is_ok=is_ok, found=said, mend=mend)


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
