"""What a filed report costs here, beside lean bots that do the least a bot can do.

    .venv/bin/python -m benchmarks.intake --loadgen DIR [--rounds 5] [--seconds 8] [--quick]

DIR is the load generator, with its floors/. Every program is a real process that speaks with the same Bot API stand-in on
loopback. Ours stores every update, case and reply on SQLite with synchronous=FULL before it acknowledges anything; the
reference (aiogram with its dialogue in memory) commits once a report. Four things are looked at, each in a process of its
own: 64 residents who write as fast as they are answered; 100 updates a second, whoever comes; 256 residents where every
call takes 50 ms; a kill and a start. Rounds alternate, so that a noisy minute hits all; what is told are medians.

The figure that survives a busy machine is the processor time of the whole process tree for a filed report. The table goes
to the terminal and, but for `--quick`, into `RESULTS.md`.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.intake_bots import (
    BOTS,
    OURS,
    OURS_SHORT,
    OURS_WEBHOOK,
    PLAIN,
    RAW,
    REFERENCE,
    REFERENCE_WEBHOOK,
    ROOT,
    SCENARIO,
    Bot,
    words,
)
from benchmarks.results import record, table

__all__ = ["ROOT", "SCENARIO"]

# How many people, how they come, and which programs are looked at: beyond the first question the floors tell nothing new.
LOADS: dict[str, tuple[list[str], tuple[Bot, ...]]] = {
    "load": (["--residents", "64"], BOTS),
    "paced": (["--updates-rate", "100"], (OURS, OURS_WEBHOOK, REFERENCE, REFERENCE_WEBHOOK)),
    "slow": (["--residents", "256", "--api-delay-ms", "50"], (OURS, REFERENCE)),
    "restart": (["--residents", "8", "--kill-after", "2", "--down", "0.2", "--think-ms", "100"], (OURS, REFERENCE)),
}
HEAD = [
    "",
    "reports/s",
    "ms CPU a report",
    "× reference",
    "p99 at 100/s, ms",
    "50 ms a call: reports/s",
    "restart, s",
    "PSS, MB",
]

Rounds = dict[tuple[str, str], list[dict[str, Any]]]


def measure(bot: Bot, load: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run the load generator against a fresh process of this bot; what it printed."""
    with tempfile.TemporaryDirectory(prefix="homthu-intake-") as name:
        asked = [sys.executable, "-m", "loadgen", *words(bot, arguments.loadgen, Path(name)), *LOADS[load][0]]
        asked += ["--warmup", "3", "--measure", str(arguments.seconds), "--drain", "10"]
        done = subprocess.run(asked, cwd=arguments.loadgen, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            log = (Path(name) / "bot.log").read_text(encoding="utf-8", errors="replace")
            raise SystemExit(
                f"{bot.name}: the load generator failed\n{done.stdout[-800:]}\n{done.stderr[-800:]}\n{log[-800:]}"
            )
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def middle(rounds: Rounds, load: str, bot: Bot, *path: str | int) -> float | None:
    """The median of one figure over the rounds; None where it was not measured."""
    values = []
    for found in rounds.get((load, bot.name), ()):
        value: Any = found
        for step in path:
            value = value[step]
        if value is not None:
            values.append(float(value))
    return statistics.median(values) if values else None


def row(rounds: Rounds, bot: Bot) -> list[str]:
    """One program's line of the table."""
    rival = REFERENCE_WEBHOOK if bot.mode == "webhook" else REFERENCE
    cost = middle(rounds, "load", bot, "bot_cpu", "ms_per_report")
    of_rival = middle(rounds, "load", rival, "bot_cpu", "ms_per_report")
    figures = [
        (middle(rounds, "load", bot, "reports_per_s"), ".0f"),
        (cost, ".2f"),
        (cost / of_rival if cost and of_rival else None, ".2f"),
        (middle(rounds, "paced", bot, "first_reply_ms", "p99"), ".0f"),
        (middle(rounds, "slow", bot, "reports_per_s"), ".0f"),
        (middle(rounds, "restart", bot, "kills", 0, "first_answer_after_restart_s"), ".2f"),
        (middle(rounds, "load", bot, "mem_mb", "pss"), ".0f"),
    ]
    return [bot.name, *(format(value, form) if value is not None else "" for value, form in figures)]


def stalled(rounds: Rounds) -> str:
    """Whose residents did not hear what they waited for, under which load, and how many of them in all rounds."""
    counts = {place: sum(sum(found.get("stalls", {}).values()) for found in measured) for place, measured in rounds.items()}
    return "; ".join(f"{name} ({load}) {count}" for (load, name), count in counts.items() if count) or "none"


def told(rounds: Rounds, arguments: argparse.Namespace) -> str:
    """The table, what stands behind it, and whatever was not as it should be."""
    every = [found for measured in rounds.values() for found in measured]
    busy = max((found.get("other_cores_busy") or 0.0) for found in every)
    doubt = ": wall times are not to be trusted." if busy > 0.3 else "."
    lines = [
        table(HEAD, [row(rounds, bot) for bot in BOTS if ("load", bot.name) in rounds]),
        "",
        f"Medians of {arguments.rounds} rounds of {arguments.seconds:.0f} s. Others kept up to {busy:.2f} cores busy{doubt}",
        f"Residents who were answered wrongly or not at all: {stalled(rounds)}.",
        "Updates a report: ours 4 (3 where the message names its ward), the floors 5.",
    ]
    return "\n".join(lines)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loadgen", type=Path, default=ROOT.parent / "shared" / "loadgen")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=list(LOADS), default=list(LOADS))
    parser.add_argument("--quick", action="store_true", help="ours and the references, and nothing is written down")
    arguments = parser.parse_args()
    arguments.loadgen = arguments.loadgen.resolve()
    if not (arguments.loadgen / "floors" / "aiogram_flow.py").is_file():
        raise SystemExit(f"{arguments.loadgen} holds no load generator; name its folder with --loadgen")
    return arguments


def main() -> None:
    arguments = read_arguments()
    os.environ["PYTHONPATH"] = str(ROOT)
    rounds: Rounds = defaultdict(list)
    for number in range(arguments.rounds):
        for load in arguments.only:
            for bot in LOADS[load][1]:
                if not (arguments.quick and bot in (PLAIN, RAW, OURS_SHORT)):
                    print(f"round {number + 1}, {load}: {bot.name}", file=sys.stderr, flush=True)
                    rounds[load, bot.name].append(measure(bot, load, arguments))
    found = told(rounds, arguments)
    print(found)
    if not arguments.quick:
        record("intake", found)


if __name__ == "__main__":
    main()
