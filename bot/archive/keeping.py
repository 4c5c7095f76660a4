"""Which backups of a folder are kept, how they are named, and when the last good one was made."""

import json
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

SUFFIX, KEYS_SUFFIX = ".homthu", ".keys"
KEYS_OF_FOLDER = "homthu.keys"  # one for all backups of a folder: the newest overwrites the last
RECORD = "backup.json"  # in the data folder
WEEKS = 4  # beside the newest so many days: the first backup of each of these weeks
_NAME = re.compile(r"homthu-(\d{8}T\d{6}Z)\.homthu")


@dataclass(frozen=True, slots=True)
class Record:
    """The last backup that was made to its end."""

    at: datetime
    file: str
    bytes: int
    seconds: float


def name_at(now: datetime) -> str:
    """A name that tells the moment, in UTC, and sorts by it."""
    return f"homthu-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}{SUFFIX}"


def keys_beside(archive: Path) -> Path:
    """Where the keys of a backup lie: in its folder's one file of keys, or beside it under its own name."""
    own = archive.with_name(archive.name + KEYS_SUFFIX)
    shared = archive.with_name(KEYS_OF_FOLDER)
    return shared if not own.exists() and _NAME.fullmatch(archive.name) else own


def made_at(name: str) -> datetime | None:
    """When a backup of this name was made; None: it is none of ours."""
    found = _NAME.fullmatch(name)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if found else None


def too_many(names: Iterable[str], keep: int) -> list[str]:
    """Which to delete: the newest `keep` stay, and of the weeks before them the newest backup each, four weeks back."""
    dated = sorted(((made, name) for name in names if (made := made_at(name))), reverse=True)
    weeks: list[tuple[int, int]] = []
    gone = []
    for made, name in dated[keep:]:
        week = made.isocalendar()[:2]
        if week not in weeks and len(weeks) < WEEKS:
            weeks.append(week)
        else:
            gone.append(name)
    return gone


def remember(data_dir: Path, record: Record) -> None:
    """Write down that a backup was made: `/health/ready`, the metrics and `homthu check` read it."""
    said = {"at": record.at.isoformat(), "file": record.file, "bytes": record.bytes, "seconds": round(record.seconds, 3)}
    path = data_dir / (RECORD + ".new")
    path.write_text(json.dumps(said), encoding="utf-8")
    path.chmod(0o600)
    path.replace(data_dir / RECORD)


def last_backup(data_dir: Path) -> Record | None:
    """None: none was ever made from this data folder, or nobody can read when."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        said = json.loads((data_dir / RECORD).read_text(encoding="utf-8"))
        return Record(datetime.fromisoformat(said["at"]), str(said["file"]), int(said["bytes"]), float(said["seconds"]))
    return None


def sync_folder(folder: Path) -> None:
    """A new name in it is on the disk."""
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
