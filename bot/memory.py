"""Keeps the process as small as what it holds."""

import ctypes
import sys
from contextlib import suppress


def give_large_blocks_back() -> None:
    """Let a block of 1 MB or more (a password's hash, a picture) return to the system when it is freed.

    glibc otherwise keeps blocks of a size it has seen once: each sign-in's would stay with the process for good.
    Source: mallopt(3), M_MMAP_THRESHOLD, which also ends its growing by itself. Elsewhere nothing is done.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(-3, 1 << 20)
