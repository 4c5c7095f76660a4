"""Attacks the program as a process of its own, with the counts that a release must stand.

    .venv/bin/python -m benchmarks.attacks [--updates 10000] [--zalo 10000] [--forms 5000] [--guesses 10000] [--uploads]

For each attack: how often each status came back, how long the answers took, and the memory of the process and its children
before, after and at its highest. The attackers are those of `tests/security`, with other counts. Of Zalo's events it is
counted besides what became of each that differs: none may be absent, and of those that can be read none may have failed.
"""

import argparse
import asyncio
import os
import random
import re
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from yarl import URL

from bot import app
from bot.domain.case import new_code
from bot.domain.people import Channel
from bot.settings import Settings, load_settings
from handlers.channels.zalo_updates import raw_updates
from storage.tables import inbox
from tests.bot_api import BotApiServer
from tests.ops.homthu import Homthu, Running
from tests.security import attackers, uploading
from tests.security.mutating import mutated_zalo_event
from tests.stories.cast import Officer
from tests.stories.webhook import SECRET
from tests.zalo_api import ZaloServer

WORKS_OFF_WITHIN = 600  # seconds for what waits, after the last one was brought
PAGES = ("/staff/", "/staff/counter", "/staff/settings/absences", "/staff/settings/notices", "/staff/password")


@dataclass
class Memory:
    """Memory of a process and its children, in MB, looked at forty times a second."""

    pid: int
    highest: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def now(self) -> float:
        return sum(_share(pid) for pid in [self.pid, *_children(self.pid)]) / 1024

    def watch(self) -> None:
        while not self._stop.wait(0.025):
            self.highest = max(self.highest, self.now())

    def end(self) -> None:
        self._stop.set()


def _share(pid: int) -> int:
    """In kB, what is shared counted by shares: a child that has just begun is not its parent twice."""
    with suppress(OSError, ValueError, IndexError):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
        return int(re.findall(r"^Pss:\s+(\d+)", text, re.MULTILINE)[0])
    return 0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, task.read_text(encoding="utf-8").split())
    return found


@dataclass
class Target:
    """The program that runs, and one officer signed in."""

    running: Running
    memory: Memory
    officer: Officer
    code: str
    settings: Settings

    @property
    def url(self) -> str:
        return self.running.url

    def tell(self, name: str, tally: attackers.Tally, before: float) -> None:
        alive = "alive" if self.running.process.poll() is None else "DEAD"
        memory = f"memory {before:.0f} MB before, {self.memory.now():.0f} after, {self.memory.highest:.0f} at most"
        sent = f"{sum(tally.statuses.values())} sent, {dict(sorted(tally.statuses.items()))}, failures {tally.failures}"
        times = f"p50 {tally.p(0.5) * 1000:.0f} ms, p99 {tally.p(0.99) * 1000:.0f} ms"
        print(f"{name}: {sent}; {times}; {memory}; {alive}", flush=True)


@asynccontextmanager
async def target() -> AsyncIterator[Target]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    async with BotApiServer() as api, ZaloServer() as zalo:
        with tempfile.TemporaryDirectory() as folder:
            homthu = Homthu(
                Path(folder),
                {
                    "HOMTHU_PORT": str(port),
                    "HOMTHU_PUBLIC_URL": f"http://127.0.0.1:{port}",
                    "HOMTHU_TELEGRAM_TOKEN": api.token,
                    "HOMTHU_TELEGRAM_API_BASE": api.base,
                    "HOMTHU_TELEGRAM_MODE": "webhook",
                    "HOMTHU_TELEGRAM_WEBHOOK_SECRET": SECRET,
                    "HOMTHU_ZALO_TOKEN": zalo.token,
                    "HOMTHU_ZALO_API_BASE": zalo.base,
                    "HOMTHU_ZALO_MODE": "webhook",
                    "HOMTHU_ZALO_WEBHOOK_SECRET": SECRET,
                    "HOMTHU_LOG_LEVEL": "error",
                },
            )
            added = await asyncio.to_thread(homthu.does, "staff", "add", "minh", "--ward", "00091")
            password = re.findall(r"\S{12,}", added.stdout.strip())[-1]
            starting = homthu.running()
            running = await asyncio.to_thread(starting.__enter__)
            memory = Memory(running.process.pid)
            watching = threading.Thread(target=memory.watch, daemon=True)
            watching.start()
            async with attackers.outsider() as session:
                officer = Officer(session, URL(running.url), password, "minh")
                await officer.signs_in()
                settings = load_settings(data_dir=Path(folder))
                yield Target(running, memory, officer, await uploading.filed(running.url), settings)
            memory.end()
            for line in running.logged[:20]:
                print("logged:", line[:300])
            await asyncio.to_thread(starting.__exit__, None, None, None)


async def attack(chosen: argparse.Namespace) -> None:
    async with target() as found:
        there, never = found.code, new_code()
        for part in range(4 if chosen.updates else 0):
            before = found.memory.now()
            tally = await attackers.mutated_updates(found.url, chosen.updates // 4, seed=part)
            found.tell(f"updates, quarter {part + 1}", tally, before)
        if chosen.zalo:
            before, rng = found.memory.now(), random.Random(1)
            events = [mutated_zalo_event(rng) for _ in range(chosen.zalo)]
            found.tell("events of Zalo", await attackers.mutated_zalo_events(found.url, SECRET, events), before)
            await _what_became(found, events)
        if chosen.guesses:
            await _guesses(found, [there, never], chosen.guesses)
        pages = (f"/staff/cases/{there}", f"/staff/cases/{there}/pause", *PAGES)
        for part in range(4 if chosen.forms else 0):
            before = found.memory.now()
            forms = await attackers.mutated_forms(found.url, chosen.forms // 4, [found.officer.session], pages, seed=part)
            found.tell(f"forms, quarter {part + 1}", forms, before)
        if chosen.uploads:
            await _uploads(found)
        async with attackers.outsider() as session, session.get(f"{found.url}/health/ready") as ready:
            print("afterwards:", ready.status, await ready.text())


async def _what_became(found: Target, events: list[bytes]) -> None:
    """Whatever is readable of them was handled, and whatever is not lies there to be looked at."""
    brought = {update.external_id: update.unreadable for body in events for update in raw_updates(body)}
    for _ in range(WORKS_OFF_WITHIN):
        kept = await asyncio.to_thread(_inbox, found.settings)
        if all(state != "waiting" for state, _ in kept.values()):
            break
        await asyncio.sleep(1)
    absent = [name for name in brought if name not in kept]
    readable = Counter(kept[name][0] for name, why in brought.items() if not why and name in kept)
    unreadable = Counter(kept[name][0] for name, why in brought.items() if why and name in kept)
    print(f"  {len(brought)} different: absent {len(absent)}; readable {dict(readable)}; unreadable {dict(unreadable)}")
    lost = Counter(kept[name][1] for name, why in brought.items() if not why and kept.get(name, ("", ""))[0] == "failed")
    print(f"  readable and failed: {dict(lost) or 'none'}", flush=True)


def _inbox(settings: Settings) -> dict[str, tuple[str, str]]:
    """Of Zalo's updates: state and reason, by Zalo's own id."""

    async def read() -> dict[str, tuple[str, str]]:
        async with app.open_database(settings, beside_others=True) as database, database._transaction() as connection:
            asked = select(inbox.c.external_id, inbox.c.state, inbox.c.reason).where(inbox.c.channel == Channel.ZALO.value)
            return {row.external_id: (row.state, row.reason) for row in await connection.execute(asked)}

    return asyncio.run(read())


async def _guesses(found: Target, codes: list[str], count: int) -> None:
    before = found.memory.now()
    tally, said = await attackers.guessed_receipts(found.url, codes, count // 2)
    found.tell("receipts", tally, before)
    print("  answers:", sorted(said))
    found.tell("files", await attackers.guessed_files(found.url, codes, count // 4), before)
    names = [name for number in range(count // 8) for name in (f"nobody{number}", "minh")]
    tally, took, answers = await attackers.guessed_passwords(found.url, names, count // 4)
    found.tell("passwords", tally, before)
    others = [seconds for name, each in took.items() if name != "minh" for seconds in each]
    print(
        "  answers:", sorted(answers), f"known before unknown: {attackers.rank(took.get('minh', []) or [0.0], others):.2f}"
    )


async def _uploads(found: Target) -> None:
    before, worst, troubles = found.memory.now(), 0.0, list[str]()
    for name, (media_type, make) in uploading.CORPUS.items():
        found.memory.highest = 0.0
        began = time.monotonic()
        troubles += await _upload(found, name, media_type, make)
        worst = max(worst, found.memory.highest)
        print(f"  {name}: {time.monotonic() - began:.1f} s, {found.memory.highest:.0f} MB at most", flush=True)
    print(f"uploads: {len(uploading.CORPUS)}, memory {before:.0f} MB before, {worst:.0f} at most; troubles: {troubles}")


async def _upload(found: Target, name: str, media_type: str, make: Callable[[], bytes]) -> list[str]:
    data = await asyncio.to_thread(make)
    return await uploading.sent_and_served(found.url, found.officer, [(name, data, media_type)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("updates", "forms", "guesses", "zalo"):
        parser.add_argument(f"--{name}", type=int, default=0)
    parser.add_argument("--uploads", action="store_true")
    os.environ.pop("HOMTHU_DATA_DIR", None)
    asyncio.run(attack(parser.parse_args()))
