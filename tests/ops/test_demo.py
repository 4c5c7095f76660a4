"""`run --demo`: everything in a folder of its own, invented people, and as light as it is promised to be."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from bot.cli import DONE
from tests.house.imports import ROOT
from tests.ops.homthu import Homthu, Running

# None of these is needed to show the front page and the chat; each costs memory or a second of start.
HEAVY = ("aiogram", "numpy", "shapely", "PIL", "asyncpg", "holidays", "alembic")

SHOW_WHAT_IS_LOADED = """
import asyncio, json, sys
from aiohttp import ClientSession
from bot import app
from bot.demo import demo_settings
from bot.settings import load_settings

async def main() -> None:
    stop, started = asyncio.Event(), asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        app.serve(demo_settings(load_settings()), asked_to_stop=stop, started=started.set_result, demo=True)
    )
    async with ClientSession() as session:
        for path in ("/", "/chat"):
            async with session.get((await started).url + path) as answer:
                assert answer.status == 200, path
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
    stop.set()
    await serving

asyncio.run(main())
"""


def waits_until_ready(running: Running) -> None:
    """The seeded answers are days old: until they are delivered, the outbox rightly counts as late."""
    until = time.monotonic() + 120
    while running.readiness() != (200, []):
        assert time.monotonic() < until, running.readiness()
        time.sleep(0.1)


def test_the_demo_shows_its_accounts_and_keeps_its_cases(tmp_path: Path) -> None:
    """Four accounts with a password each, new at every start; the cases are seeded once, all in `demo/`."""
    homthu = Homthu(tmp_path / "data")
    passwords: list[set[str]] = []
    for _ in range(2):
        with homthu.running("run", "--demo") as running:
            assert running.shows("/")[0] == running.shows("/chat")[0] == 200
            assert running.shows("/wards/00091/published")[1].count('data-testid="published"') == 2
            waits_until_ready(running)
            running.stops_on(signal.SIGTERM)
        assert running.process.returncode == 0
        accounts = [line.split() for line in running.said if line.startswith("  demo account")]
        assert [account[2] for account in accounts] == ["demo", "demo-restricted", "demo-leader", "demo-city"]
        passwords.append({account[4] for account in accounts})
    assert len(passwords[0] | passwords[1]) == 8
    assert sorted(path.name for path in homthu.data_dir.iterdir()) == ["demo"]
    exported = Homthu(homthu.data_dir / "demo").does("export")
    assert exported.returncode == DONE
    rows = [json.loads(line) for line in exported.stdout.splitlines()]
    assert len(rows) == 8
    assert {row["ward"] for row in rows} == {"00091", None}
    assert len({row["kind"] for row in rows}) >= 5
    assert [row["outcome"] for row in rows if row["status"] == "closed"] == ["done"]


def loaded(homthu: Homthu) -> set[str]:
    """The packages a demo has loaded once the front page and the chat were shown."""
    done = subprocess.run(
        [sys.executable, "-c", SHOW_WHAT_IS_LOADED],
        cwd=ROOT,
        env=homthu.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return set(json.loads(done.stdout.splitlines()[0]))


def test_nothing_heavy_is_loaded_before_it_is_needed(tmp_path: Path) -> None:
    """At a start that has no tables to make; the first one, which makes them, shows that the look sees what is loaded."""
    homthu = Homthu(tmp_path)
    assert {"alembic", "holidays"} <= loaded(homthu) & set(HEAVY)
    assert loaded(homthu) & set(HEAVY) == set()
