"""What an update costs on each channel: Telegram by polling and by webhook, Zalo by webhook, the web chat.

    .venv/bin/python -m benchmarks.intake_channels [--rounds 3] [--reports 6]

Every channel is a fresh `homthu run` of its own on SQLite, with the same residents (64, side by side) who tell the same
reports in four messages: the matter, the ward, one choice (a pressed button or chip, the number of a line), and that another
matter follows. Where they write to and read from is a stand-in in this process, in `intake_residents`; the web chat is
posted to as its script does, with its event stream open. Everybody's first report warms up and is not counted.

Told is the processor time of the program's process for an update, and what that is of Telegram's
by webhook. The aim is 1.2 at most. Rounds alternate, medians are
told; the table goes into `RESULTS.md` but for `--quick`.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.intake_bots import ROOT, SECRET, free_port
from benchmarks.intake_residents import KINDS, Resident, Stand
from benchmarks.results import record, table

RESIDENTS = 64
STARTS_WITHIN = 60.0  # seconds
_TICKS = os.sysconf("SC_CLK_TCK")
PROGRAMS = {
    "telegram, polling": ("telegram", "polling"),
    "telegram, webhook": ("telegram", "webhook"),
    "zalo, webhook": ("zalo", "webhook"),
    "web chat": ("web", ""),
}
RIVAL = "telegram, webhook"


def cpu_of(pid: int) -> float:
    """Seconds that this process has taken of the processors so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def settings(stand: Stand, mode: str, port: int, data: Path) -> dict[str, str]:
    """The program's surroundings."""
    found = {
        "DATA_DIR": str(data),
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "LOG_LEVEL": "warning",
    }
    if stand.name:
        own = {"TOKEN": stand.token, "API_BASE": stand.base, "MODE": mode, "WEBHOOK_SECRET": SECRET, "PER_SECOND": "1000"}
        found |= {f"{stand.name.upper()}_{name}": value for name, value in own.items()}
    return {**os.environ, **{f"HOMTHU_{name}": value for name, value in found.items()}, "PYTHONPATH": str(ROOT)}


async def measure(program: str, reports: int) -> float:
    """Milliseconds of processor time for an update."""
    kind, mode = PROGRAMS[program]
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="homthu-intake-") as folder:
        async with KINDS[kind](url, SECRET, is_polled=mode == "polling") as stand:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "run"),
                cwd=ROOT,
                env=settings(stand, mode, port, Path(folder)),
                stdout=asyncio.subprocess.DEVNULL,
            )
            try:
                async with asyncio.timeout(STARTS_WITHIN):
                    await stand.is_up()
                residents = [await stand.resident(number) for number in range(RESIDENTS)]
                await everybody(residents, 1)
                before = cpu_of(process.pid)
                await everybody(residents, reports)
                return (cpu_of(process.pid) - before) * 1000 / (RESIDENTS * reports * Resident.UPDATES)
            finally:
                process.terminate()
                await process.wait()


async def everybody(residents: Sequence[Resident], reports: int) -> None:
    async with asyncio.TaskGroup() as group:
        for resident in residents:
            group.create_task(resident.tells(reports))


def told(found: dict[str, list[float]]) -> str:
    middle = {program: statistics.median(values) for program, values in found.items()}
    rows = [[program, f"{cost:.2f}", f"{cost / middle[RIVAL]:.2f}"] for program, cost in middle.items()]
    rounds = max(len(values) for values in found.values())
    spread = ", ".join(f"{program} {min(values):.2f} to {max(values):.2f}" for program, values in found.items())
    return table(["", "ms CPU an update", f"× {RIVAL}"], rows) + f"\n\nMedians of {rounds} rounds; {spread}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reports", type=int, default=6, help="of each resident; a browser may post 30 times a minute")
    parser.add_argument("--only", nargs="+", choices=list(PROGRAMS), default=list(PROGRAMS))
    parser.add_argument("--quick", action="store_true", help="nothing is written down")
    arguments = parser.parse_args()
    found: dict[str, list[float]] = defaultdict(list)
    for number in range(arguments.rounds):
        for program in dict.fromkeys([*arguments.only, RIVAL]):
            found[program].append(asyncio.run(measure(program, arguments.reports)))
            print(f"round {number + 1}, {program}: {found[program][-1]:.2f} ms an update", file=sys.stderr, flush=True)
    said = told(found)
    print(said)
    if not arguments.quick:
        record("intake_channels", said)


if __name__ == "__main__":
    main()
