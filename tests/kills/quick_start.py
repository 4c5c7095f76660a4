"""A process that has read the whole program and starts it as often as it is asked to, in moments instead of seconds.

Of thirty starts two seconds each would go into reading the same modules again, while nothing is under way that a kill
could harm. A start from here is a process of its own that runs the same command; when it is killed, what it leaves
behind is what any killed process leaves. The first and the last start of a test are made from nothing all the same.
"""

import atexit
import importlib
import json
import os
import pkgutil
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from itertools import count
from pathlib import Path

from tests.house.imports import ROOMS, ROOT

ALSO = ("aiogram", "aiosqlite", "asyncpg", "PIL.Image")  # read when they are first needed
NOT_AT_ONCE = (".__main__", ".migrations.")
GONE_WITHIN = 60.0  # seconds
ENDS_WITHIN = 180.0  # seconds; a busy machine is slow


class Forked:
    """The program, started from here; what `subprocess.Popen` is for one that was started from nothing."""

    def __init__(self, pid: int, said: Path) -> None:
        self.pid, self._said = pid, said

    def first_line(self) -> str:
        """What it says first; empty when it ended without a word."""
        while not (said := self._said.read_text()).endswith("\n"):
            if not self.is_running():
                return said
            time.sleep(0.01)
        return said

    def is_running(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.stops_on(signal.SIGKILL)

    def stops_on(self, number: signal.Signals) -> int | None:
        """Send the signal and wait until it is gone; its exit code, None when it had no time to leave one."""
        if self.is_running():
            os.kill(self.pid, number)
        until = time.monotonic() + GONE_WITHIN
        while self.is_running():
            assert time.monotonic() < until, f"{self.pid} was sent {number.name} and is still there"
            time.sleep(0.005)
        left = _left(self._said)
        return int(left.read_text()) if left.exists() else None


class QuickStarts:
    """The process that starts others."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder, self._numbers = process, folder, count()

    def starts(self, words: Sequence[str], environment: Mapping[str, str], log: Path, *, plant: str = "") -> Forked:
        """`homthu <words>`, with these variables and no others; its log goes to the end of this file.

        Args:
            plant: "module:function", called before: it puts a fault into the program that a test must find.
        """
        said = self._file("said")
        return Forked(self._ordered(words, environment, said, log, plant=plant), said)

    def does(self, words: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str, str]:
        """The same to its end: its exit code, what it said, and its log."""
        said, log = self._file("said"), self._file("log")
        status = self._ordered(words, environment, said, log, is_awaited=True)
        return os.waitstatus_to_exitcode(status), said.read_text(encoding="utf-8"), log.read_text(encoding="utf-8")

    def ends(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _file(self, name: str) -> Path:
        path = self._folder / f"{name}-{next(self._numbers)}"
        path.touch()
        return path

    def _ordered(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        said: Path,
        log: Path,
        *,
        plant: str = "",
        is_awaited: bool = False,
    ) -> int:
        """The number of the process, or what it came to."""
        order = {"words": words, "environment": dict(environment), "said": str(said), "log": str(log), "plant": plant}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([order, is_awaited]) + "\n")
        self._process.stdin.flush()
        assert select.select([self._process.stdout], [], [], ENDS_WITHIN)[0], f"{words} does not come to an end"
        return int(self._process.stdout.readline())


def _left(said: Path) -> Path:
    """Where a process that comes to its end leaves its exit code: who ordered it does not wait for it."""
    return said.with_name(f"{said.name}-code")


def started(folder: Path, *read: str) -> QuickStarts:
    """It writes to this folder, which must be there. `read`: the modules it has read; all of the program by default."""
    words = [sys.executable, "-m", "tests.kills.quick_start", *read]
    return QuickStarts(
        subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1), folder
    )


@cache
def shared(*read: str) -> QuickStarts:
    """The same, one for all that this process starts; it goes when this process does."""
    folder = Path(tempfile.mkdtemp(prefix="homthu-quick-"))
    quick = started(folder, *read)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(quick.ends)
    return quick


@asynccontextmanager
async def quick_starts(folder: Path) -> AsyncIterator[QuickStarts]:
    """It writes to this folder; when it goes, it takes nobody along."""
    folder.mkdir()
    quick = started(folder)
    try:
        yield quick
    finally:
        quick.ends()


def main() -> None:
    """Read all that a start reads from files, or the modules that are named, then start one for each line of orders."""
    for name in sys.argv[1:] or [*_modules(), *ALSO]:
        importlib.import_module(name)
    if not sys.argv[1:]:
        _read_word_lists()
    for line in sys.stdin:
        order, is_awaited = json.loads(line)
        # Nobody has to wait for those that end, but for those that are awaited.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL if is_awaited else signal.SIG_IGN)
        pid = os.fork()
        if not pid:
            _become(**order)
        print(os.waitpid(pid, 0)[1] if is_awaited else pid, flush=True)


def _read_word_lists() -> None:
    from bot.app import read_word_lists
    from tests.dialogue.driver import hanoi

    read_word_lists(hanoi())


def _modules() -> Iterator[str]:
    for room in ROOMS:
        yield room
        for found in pkgutil.walk_packages([str(ROOT / room)], f"{room}."):
            if not any(part in f"{found.name}." for part in NOT_AT_ONCE):
                yield found.name


def _become(*, words: list[str], environment: dict[str, str], said: str, log: str, plant: str) -> None:
    """The program, as a shell would start it."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, path, how in ((0, os.devnull, os.O_RDONLY), (1, said, os.O_WRONLY), (2, log, os.O_WRONLY | os.O_APPEND)):
        os.dup2(os.open(path, how | os.O_CREAT, 0o600), number)
    os.environ.clear()
    os.environ.update(environment)
    if plant:
        module, _, function = plant.partition(":")
        getattr(importlib.import_module(module), function)()
    from bot.cli import command

    code = command(words)
    sys.stdout.flush()
    sys.stderr.flush()
    _left(Path(said)).write_text(str(code), encoding="utf-8")
    os._exit(code)


if __name__ == "__main__":
    main()
