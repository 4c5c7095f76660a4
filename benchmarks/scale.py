"""What several processes on PostgreSQL do: filed reports a second and processor time for each, with one to four `work`.

    .venv/bin/python -m benchmarks.scale --loadgen DIR [--python P]   # P: a Python with the load generator's packages

Every process is real, the database too, with its syncs. One of the processes asks the Bot API stand-in for updates, all of
them share the turns and the sending. The figure that survives a busy machine is the processor time for a filed report, of
the program's whole process tree and of the database's; the rate is told beside how busy others kept the machine.
"""

import argparse
import asyncio
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.intake import ROOT, SCENARIO
from benchmarks.results import record
from storage import Database
from tests.databases import PostgresDatabases, postgres_databases

STEPS = len(SCENARIO["steps"])  # updates of one report
HOW = """\
`work` processes on one PostgreSQL that syncs every commit, polling, residents who report a street in four updates, each
1.1 s after the last answer; the load generator and the database share the machine with them. There are so many that they
ask for more than two cores can give: below that a process waits for people, and handfuls that grow smaller with more
processes cost more for nothing. Residents who begin together file together, in waves that a window holds many or few of:
beside what was filed in it stands a fourth of the updates that were answered, and the processor times are told for four
answered updates. Medians. *Others busy*: cores that neither the program nor the load generator used, the database's
included: much above the database's own, the rates say little, because more processes get more of a crowded machine; the
processor times hold."""
SUPERVISOR = """
import os, signal, subprocess, sys, time
count = int(sys.argv[1])
children = [subprocess.Popen([sys.executable, "-m", "bot", "work"]) for _ in range(count)]
signal.signal(signal.SIGTERM, lambda *_: [child.terminate() for child in children])
sys.exit(max(child.wait() for child in children))
"""


@dataclass(frozen=True, slots=True)
class Round:
    """One run: reports a second, and milliseconds of processor time for each, the program's and the database's.

    Filed within the window, and answered: a report for every so many answered updates. The times are for those.
    """

    processes: int
    filed_per_s: float
    answered_per_s: float
    program_ms: float
    database_ms: float
    p50: float
    p99: float
    others_busy: float


def measure(processes: int, url: str, arguments: argparse.Namespace, folder: Path) -> Round:
    """So many `work` processes on this database, under the load generator."""
    (folder / "scenario.json").write_text(json.dumps(SCENARIO), encoding="utf-8")
    (folder / "supervisor.py").write_text(SUPERVISOR, encoding="utf-8")
    settings = (
        'HOMTHU_TELEGRAM_API_BASE="$TELEGRAM_API_BASE" HOMTHU_TELEGRAM_TOKEN="$TELEGRAM_TOKEN" '
        "HOMTHU_TELEGRAM_PER_SECOND=1000 HOMTHU_LOG_LEVEL=warning "
        f"HOMTHU_DATABASE_URL={shlex.quote(url)} HOMTHU_DATA_DIR=$(mktemp -d -p {shlex.quote(str(folder))})"
    )
    command = f"{settings} exec {shlex.quote(sys.executable)} {shlex.quote(str(folder / 'supervisor.py'))} {processes}"
    name = url.rpartition("/")[2].partition("?")[0]
    words = [arguments.python, "-m", "loadgen", "--scenario", str(folder / "scenario.json")]
    words += ["--bot-cmd", f"sh -c {shlex.quote(command)}", "--bot-cwd", str(ROOT), "--mode", "polling"]
    words += ["--port", str(arguments.port), "--residents", str(arguments.residents), "--think-ms", str(arguments.think_ms)]
    words += ["--warmup", str(arguments.warmup), "--measure", str(arguments.seconds), "--drain", "12"]
    words += ["--start-timeout", "120"]  # seconds; four interpreters on a crowded machine
    words += ["--bot-log", str(folder / f"{processes}.log"), "--watch", f"database=^postgres: .*{name}"]
    done = subprocess.run(words, cwd=arguments.loadgen, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise SystemExit(f"the load generator failed\n{done.stdout[-800:]}\n{done.stderr[-800:]}")
    if arguments.verbose:
        print(done.stdout, file=sys.stderr)
    return read(processes, json.loads(done.stdout))


def read(processes: int, found: dict[str, Any]) -> Round:
    rate = found["step_ms"]["n"] / found["measured_s"] / STEPS
    return Round(
        processes,
        found["reports_per_s"],
        rate,
        1000 * found["bot_cpu"]["share"] / (rate or 1),
        1000 * found["watch_cpu"]["database"]["share"] / (rate or 1),
        found["first_reply_ms"]["p50"],
        found["first_reply_ms"]["p99"],
        found.get("other_cores_busy") or 0.0,
    )


@contextmanager
def fresh(databases: PostgresDatabases) -> Iterator[str]:
    """A new database on a server that syncs, as a city's does."""
    url = asyncio.run(databases.empty())
    asyncio.run(_migrate(url))
    try:
        yield url
    finally:
        asyncio.run(databases.drop(url))


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.open()
    await database.close()


def table(rounds: list[Round]) -> str:
    """Medians, a line for each number of processes; the last columns are the rates against one process."""
    lines = [
        f"| `work` processes | filed reports/s | answered updates/s / {STEPS} | CPU ms a report: program | database"
        " | first reply p50 / p99 ms | others busy | filed against 1 | answered against 1 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    filed_alone = answered_alone = 0.0
    for count in sorted({one.processes for one in rounds}):
        mine = [one for one in rounds if one.processes == count]

        def middle(name: str, mine: list[Round] = mine) -> float:
            return float(statistics.median(getattr(one, name) for one in mine))

        filed, answered = middle("filed_per_s"), middle("answered_per_s")
        filed_alone, answered_alone = filed_alone or filed, answered_alone or answered
        lines.append(
            f"| {count} | {filed:.1f} | {answered:.1f} | {middle('program_ms'):.2f} | {middle('database_ms'):.2f} "
            f"| {middle('p50'):.0f} / {middle('p99'):.0f} | {middle('others_busy'):.2f} "
            f"| {filed / (filed_alone or 1):.2f} x | {answered / (answered_alone or 1):.2f} x |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loadgen", type=Path, default=ROOT.parent / "shared" / "loadgen")
    parser.add_argument("--python", default=sys.executable, help="a Python that has the load generator's packages")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    # They ask for residents / (STEPS * think) reports a second at most, 340 here: 400 of them asked for 91, which one
    # process nearly filed alone, so that no second one could show what it adds.
    parser.add_argument("--residents", type=int, default=1500)
    parser.add_argument("--think-ms", type=float, default=1100.0)
    # Until all of them have started, and the residents who waited meanwhile have been answered.
    parser.add_argument("--warmup", type=float, default=15.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=18471)
    parser.add_argument("--write", action="store_true", help="into RESULTS.md")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    arguments.loadgen = arguments.loadgen.resolve()
    os.environ["PYTHONPATH"] = str(ROOT)
    rounds: list[Round] = []
    with tempfile.TemporaryDirectory() as name, postgres_databases() as databases:
        for _ in range(arguments.rounds):
            for count in arguments.processes:
                with fresh(databases) as url:
                    rounds.append(measure(count, url, arguments, Path(name)))
                print(rounds[-1], file=sys.stderr, flush=True)
    print(table(rounds))
    if arguments.write:
        record("scale", f"{HOW}\n\n{table(rounds)}")


if __name__ == "__main__":
    main()
