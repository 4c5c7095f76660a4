"""`homthu backup` and `homthu restore`: what they are asked, and what they say. The work is `bot.app`'s."""

import argparse
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from bot.archive.keeping import keys_beside
from bot.clock import SystemClock
from bot.settings import Settings

Do = Callable[[Settings, argparse.Namespace], Awaitable[int]]
KEEP = 7  # days, and four weeks beside them


def add(add_command: Callable[[str, Do, str], argparse.ArgumentParser]) -> None:
    """Both commands, for the command line's parser."""
    backup = add_command(
        "backup", _backup, "Save the database and the files into one sealed file, while everything goes on."
    )
    where = backup.add_mutually_exclusive_group(required=True)
    where.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the backup; its keys go into FILE.keys")
    where.add_argument("--into", type=Path, metavar="DIR", help="a folder of backups, each named after its moment")
    backup.add_argument("--keep", type=_count, default=KEEP, metavar="N", help="with --into: the newest N and four weeks")
    restore = add_command("restore", _restore, "Put a backup in place. Stop every other process first.")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("--force", action="store_true", help="also where there is something already")
    keys = restore.add_mutually_exclusive_group()
    keys.add_argument(
        "--keys", type=Path, metavar="FILE", help="the newest file of keys, if it does not lie beside the backup"
    )
    keys.add_argument("--without-keys", action="store_true", help="what is sealed with them stays closed for good")


def _count(text: str) -> int:
    number = int(text)
    if not 0 < number < 10_000:
        raise ValueError(text)
    return number


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


async def _backup(settings: Settings, chosen: argparse.Namespace) -> int:
    from bot.app import backup

    with suppress(AttributeError, OSError):
        os.nice(10)  # residents and staff come first
    now = SystemClock().now().replace(microsecond=0)
    if chosen.into:
        saved = await backup.back_up_into(settings, chosen.into, chosen.keep, now, _say)
    else:
        saved = await backup.back_up(settings, chosen.file, backup.keys_of(chosen.file), now, _say)
    cases = saved.manifest.tables["cases"].rows
    print(
        f"{saved.archive}: {cases} cases, {saved.manifest.files} files, {_megabytes(saved.bytes)} in {saved.seconds:.1f} s"
    )
    print(f"{saved.keys}: the keys, for this and every earlier backup. Keep only the newest.")
    return 0


async def _restore(settings: Settings, chosen: argparse.Namespace) -> int:
    from bot.app import restore

    keys = None if chosen.without_keys else chosen.keys or keys_beside(chosen.file)
    wanted = restore.Wanted(archive=chosen.file, keys=keys, force=chosen.force)
    restored = await restore.restore(settings, wanted, SystemClock().now(), _say)
    manifest, settled = restored.manifest, restored.settled
    cases = manifest.tables["cases"].rows
    print(f"Restored: {cases} cases, {manifest.files} files, as they were at {manifest.made_at.isoformat()}.")
    if manifest.missing:
        print(f"{manifest.missing} files were missing when the backup was made, and are.")
    if settled.held:
        print(f"{settled.held} replies waited then and may have been sent since: see /staff/trouble before you send them.")
    if settled.erased:
        print(f"{settled.erased} residents or cases that were forgotten since are forgotten again.")
    for path in restored.kept:
        print(f"What was there before is in {path}; delete it once nobody needs it.")
    print("Everybody signs in again. Whoever asked to be forgotten after the newest file of keys has to be forgotten again.")
    return 0


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
