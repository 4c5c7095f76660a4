"""How things stand around the database: the disk, the last backup, the database's own version and clock.

Each is a figure for `/metrics`, a word for `/health/ready` and a line of `homthu check`; what is too little is decided here.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bot.archive.keeping import last_backup

LEAST_SHARE = 0.10  # of the disk; below it an operator is told
LEAST_FREE = 500 * 1024 * 1024  # bytes; below both nobody is sent here any more: a full disk stops intake
OLDEST_BACKUP = timedelta(hours=26)  # a night's, and two hours more
CLOCK_MAY_DIFFER = timedelta(minutes=2)
LEAST_SQLITE, LEAST_POSTGRES = (3, 37), 14  # strict enough for what is used; older ones get no more fixes


class Disk(NamedTuple):
    """Of the file system that the data folder is on, in bytes."""

    total: int
    free: int

    @property
    def share(self) -> float:
        """What is free of it, from 0 to 1."""
        return self.free / self.total if self.total else 1.0

    @property
    def is_short(self) -> bool:
        return self.share < LEAST_SHARE

    @property
    def is_full(self) -> bool:
        """So short that what is sent may not be kept. A tenth of a large disk is plenty, and no reason to serve nobody."""
        return self.is_short and self.free < LEAST_FREE


def disk_of(folder: Path) -> Disk:
    """Where the folder is not there yet, what it will lie in is looked at."""
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.is_dir())
    usage = shutil.disk_usage(there)
    return Disk(usage.total, usage.free)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The data folder, looked at anew each time."""

    data_dir: Path
    disk_of: Callable[[Path], Disk] = disk_of

    def disk(self) -> Disk:
        return self.disk_of(self.data_dir)

    def backup_age(self, now: datetime) -> float:
        """Seconds since the last good backup of this data folder; infinite when there was none."""
        last = last_backup(self.data_dir)
        return max(0.0, (now - last.at).total_seconds()) if last else float("inf")


def is_too_old(version: str, *, is_sqlite: bool) -> bool:
    """Whether a database of this version ("3.40.1", "16.2") is one this program was not made for."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", version))
    return numbers < LEAST_SQLITE if is_sqlite else numbers[:1] < (LEAST_POSTGRES,)
