"""Keeps the process as small as what it holds."""

import ctypes
import gc
import os
import re
import signal
import sys
from contextlib import suppress
from pathlib import Path

_MAPPING = re.compile(r"^([0-9a-f]+-[0-9a-f]+) r-[-x]p \S+ \S+ [1-9]\d* +/[^\n]+\n((?:[A-Z][^\n]*\n?)+)", re.MULTILINE)
_NUMBER = re.compile(r"^(\w+): +(\d+) kB", re.MULTILINE)


def give_large_blocks_back() -> None:
    """Let a block of 1 MB or more (a password's hash, a picture) return to the system when it is freed.

    glibc otherwise keeps blocks of a size it has seen once: each sign-in's would stay with the process for good. And it
    would begin a heap of its own for every thread, where one thread at a time runs anyway.
    Source: mallopt(3), M_MMAP_THRESHOLD, which also ends its growing by itself, and M_ARENA_MAX. Elsewhere nothing is done.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            libc = ctypes.CDLL(None)
            libc.mallopt(-3, 1 << 20)
            libc.mallopt(-8, 1)


def let_go_of_the_start() -> int:
    """Give back the pages of programs and libraries that were read so far; what is still used is read again, from memory.

    Most of a library's code runs once, while it is imported. Only what lies in a file as it is: pages that may be written,
    or of which any was changed, stay. Source: madvise(2), MADV_DONTNEED; proc(5), smaps. Elsewhere nothing is done.

    Returns:
        How many bytes lay in memory of what was given back.
    """
    given = 0
    if sys.platform == "linux":
        with suppress(OSError, AttributeError, ValueError):
            libc = ctypes.CDLL(None)
            libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
            for start, size, resident in unchanged(Path("/proc/self/smaps").read_text(encoding="ascii", errors="replace")):
                if libc.madvise(start, size, 4) == 0:
                    given += resident
    return given


def unchanged(smaps: str) -> list[tuple[int, int, int]]:
    """Of `/proc/PID/smaps`: address, size and resident bytes of every mapping that is a part of a file and nothing else."""
    found = []
    for head, body in _MAPPING.findall(smaps):
        numbers = dict(_NUMBER.findall(body))
        if int(numbers.get("Anonymous", "1")) == 0:
            start, end = (int(at, 16) for at in head.split("-"))
            found.append((start, end - start, int(numbers.get("Rss", "0")) * 1024))
    return found


def end_with_parent(parent: int) -> None:
    """Let this forked process not outlive the one with that id: it would hold what the next one needs.

    Source: prctl(2), PR_SET_PDEATHSIG. Elsewhere nothing is done.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(0)


def collect_seldom() -> None:
    """For a process that reads very much and keeps nothing of it: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
