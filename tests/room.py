"""Where tests write: in memory where there is enough of it, else where the system keeps temporary files.

All that they write is thrown away, and most of a test's time went into waiting for a disk to keep it. Nothing that is
tested hangs on that: what a killed process had written is the system's, in memory as on a disk; only a power cut would
tell the two apart, and no test cuts it.
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # Linux's, where there is one; a container's often has 64 MB only
LEAST_FREE = 2 << 30  # bytes; a whole run held at most a quarter of it at any moment
LEAST_MEMORY = 4 << 30  # bytes that are left for programs: what lies in memory is taken from them


def in_memory() -> Path | None:
    """A folder of ours in memory; None where there is none, or not enough room."""
    try:
        if shutil.disk_usage(MEMORY).free < LEAST_FREE or _memory() < LEAST_MEMORY:
            return None
        folder = MEMORY / f"homthu-tests-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder if folder.stat().st_uid == os.getuid() else None
    except OSError:
        return None


def take_room() -> None:
    """Let this process and all that it starts write there. Whoever names a `TMPDIR` or `--basetemp` is obeyed."""
    if "TMPDIR" not in os.environ and (folder := in_memory()):
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def _memory() -> int:
    """Bytes that programs may still take, by Linux's own estimate."""
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
