"""The program as an operator has it: commands in a shell, a process that runs, signals, pages."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conftest import Place
from tests.house.imports import ROOT
from tests.kills.quick_start import shared

LINE_WITHIN = 180.0  # seconds until a start says where it listens; a busy machine is slow


@dataclass
class Homthu:
    """One installation: a data folder and its variables."""

    data_dir: Path
    variables: dict[str, str] = field(default_factory=dict)

    @classmethod
    def at(cls, place: Place, **variables: str) -> "Homthu":
        return cls(place.data_dir, {"HOMTHU_DATABASE_URL": place.url, **variables})

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("HOMTHU_")},
            "PYTHONPATH": str(ROOT),
            "HOMTHU_DATA_DIR": str(self.data_dir),
            "HOMTHU_PORT": "0",
            **self.variables,
        }

    def does(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command, to its end, by a process that was read already: of its two seconds that spares all but a tenth."""
        return subprocess.CompletedProcess(words, *shared("bot.cli").does(words, self.environment))

    def does_from_nothing(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The same as a shell starts it."""
        return subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LINE_WITHIN,
        )

    @contextmanager
    def running(self, *words: str) -> Iterator["Running"]:
        """`run`, from the line that says where it listens; whatever happens, nothing is left behind."""
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *(words or ("run",))],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started = Running(process)
        try:
            started.waits_until_it_listens()
            yield started
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=60)
            for reader in started.readers:
                reader.join(timeout=10)


class Running:
    """A process that was started. `said` and `logged` are its lines so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        self.logged: list[str] = []
        self.url = ""
        self._news = threading.Event()
        self.readers = [
            threading.Thread(target=self._read, args=(process.stdout, self.said), daemon=True),
            threading.Thread(target=self._read, args=(process.stderr, self.logged), daemon=True),
        ]
        for reader in self.readers:
            reader.start()

    def _read(self, stream: Any, lines: list[str]) -> None:
        with stream:
            for line in stream:
                lines.append(line.rstrip("\n"))
                self._news.set()
        self._news.set()

    def waits_until_it_listens(self) -> None:
        until = time.monotonic() + LINE_WITHIN
        while not any("http://" in line for line in self.said):
            assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.logged}"
            assert time.monotonic() < until, f"it says nothing: {self.logged}"
            self._news.wait(0.2)
            self._news.clear()
        line = next(line for line in self.said if "http://" in line)
        self.url = "http://" + line.split("http://")[1].split("/")[0]

    def shows(self, path: str) -> tuple[int, str]:
        """Status and body."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def readiness(self) -> tuple[int, list[str]]:
        """The status of `/health/ready`, and what it names."""
        status, body = self.shows("/health/ready")
        return status, json.loads(body)["reasons"]

    def stops_on(self, name: signal.Signals) -> float:
        """Send the signal; returns the seconds until it was gone. Its exit code is in `process.returncode`."""
        began = time.monotonic()
        self.process.send_signal(name)
        self.process.wait(timeout=60)
        return time.monotonic() - began

    def status(self, name: str) -> int:
        """A figure of `/proc/<pid>/status`, in kB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8").splitlines()
        return int(next(line for line in lines if line.startswith(name + ":")).split()[1])
