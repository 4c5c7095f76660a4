"""The program as a process of its own, to be killed without warning and started again on the same data."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from tests.bot_api import BotApiServer
from tests.conftest import Place
from tests.house.imports import ROOT
from tests.kills.quick_start import Forked, QuickStarts

STARTS_WITHIN = 60.0  # seconds; aiogram alone takes some on a busy machine


@dataclass
class Program:
    """`homthu run`, or `work`, on a database, bound to a Bot API. `plant`: see `quick_start`."""

    place: Place
    api: BotApiServer
    log: Path
    more: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    forked: Forked | None = None
    url: str = ""
    words: tuple[str, ...] = ("run",)
    plant: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("HOMTHU_")},
            "PYTHONPATH": str(ROOT),
            "HOMTHU_DATA_DIR": str(self.place.data_dir),
            "HOMTHU_DATABASE_URL": self.place.url,
            "HOMTHU_PORT": "0",
            "HOMTHU_TELEGRAM_TOKEN": self.api.token,
            "HOMTHU_TELEGRAM_API_BASE": self.api.base,
            **self.more,
        }

    @property
    def pid(self) -> int:
        """Of the running process."""
        process = self.forked or self.process
        assert process is not None, "it is not running"
        return process.pid

    def starts(self) -> None:
        """Start it and wait for the line that says where it listens."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run"],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        self._listens(self.process.stdout.readline())

    def starts_from(self, quick: QuickStarts) -> None:
        """The same in moments, from a process that has read it all."""
        self.log.touch()
        self.forked = quick.starts([*self.words], self.environment, self.log, plant=self.plant)
        if self.words == ("run",):
            self._listens(self.forked.first_line())

    def _listens(self, line: str) -> None:
        assert "http://" in line, f"it did not start: {line!r}\n{self.log.read_text()[-3000:]}"
        self.url = "http://" + line.split("http://")[1].split("/")[0]

    def is_killed(self) -> None:
        """SIGKILL: nothing it could do about it."""
        if self.forked is not None:
            assert self.forked.is_running(), f"it was already gone\n{self.log.read_text()[-3000:]}"
            self.forked.kill()
            self.forked = None
            return
        assert self.process is not None
        assert self.process.poll() is None, f"it was already gone\n{self.log.read_text()[-3000:]}"
        self.process.kill()
        self.process.wait(timeout=60)
        self._close()

    def is_asked_to_stop(self) -> float:
        """SIGTERM; returns the seconds it took. It must leave with 0."""
        began = time.monotonic()
        if self.forked is not None:
            code = self.forked.stops_on(signal.SIGTERM)
            self.forked = None
        else:
            assert self.process is not None
            self.process.terminate()
            code = self.process.wait(timeout=60)
            self._close()
        assert code == 0, f"it left with {code}\n{self.log.read_text()[-3000:]}"
        return time.monotonic() - began

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def ends(self) -> None:
        """Leave nothing running, whatever the test came to."""
        if self.forked is not None:
            self.forked.kill()
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=60)
        self._close()

    def _close(self) -> None:
        if self.process is not None and self.process.stdout is not None:
            self.process.stdout.close()
