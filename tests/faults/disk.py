"""A small disk of its own for a data folder, to be filled, made read-only, and given back.

And a process whose writes all fail, as on a disk that breaks down.
"""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    """A file system of some megabytes, mounted at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fills_up(self) -> None:
        """Not a byte is left."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (65_536, 4096, 1):
                try:
                    while file.write(bytes(size)):
                        continue
                except OSError:  # no space left for so much at once
                    continue

    def is_emptied(self) -> None:
        self._ballast.unlink()

    def is_read_only(self) -> None:
        """Nobody may have a file open to write: the system does not do it otherwise."""
        _does("mount", "-o", "remount,ro", str(self.folder))

    def is_writable(self) -> None:
        _does("mount", "-o", "remount,rw", str(self.folder))


@contextmanager
def small_disk(folder: Path, megabytes: int = 24) -> Iterator[SmallDisk]:
    """Skips the test where nobody may mount anything."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() or _mounts(folder, megabytes):
        pytest.skip("a disk of its own needs the right to mount one")
    try:
        yield SmallDisk(folder)
    finally:
        _does("umount", "-l", str(folder))


def _mounts(folder: Path, megabytes: int) -> int:
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode
    except OSError:
        return 1


def _does(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def writes_fail(pid: int) -> None:
    """Every write of this process to a file ends in an error; also the lines of its log."""
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))


def writes_succeed(pid: int) -> None:
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
