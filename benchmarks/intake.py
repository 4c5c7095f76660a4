"""What one update costs here, against a lean aiogram bot that keeps everything in memory and stores nothing.

    .venv/bin/python -m benchmarks.intake --loadgen DIR      # DIR: the load generator, with its floors/

Both are real processes, long-polling the same Bot API stand-in on loopback, with residents who report a street in four or
five updates. Ours stores every update, case and reply on SQLite with synchronous=FULL before it acknowledges anything. The
figure that survives a busy machine is the processor time of the whole process tree for an update; wall times are printed
for orientation. Rounds alternate, so that a noisy minute hits both.
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SCENARIO = {
    "name": "homthu",
    "notes": "four steps: start, the matter without its ward, the ward, send; then a case code",
    "accept": "Mã hồ sơ: (?P<case>[0-9A-Z-]+)",
    "steps": [
        {"text": "/start", "until": "@any"},
        {"text": "Đèn đường hỏng cả đoạn, buổi tối rất tối, đề nghị sửa {marker}", "until": "phường"},
        {"text": "phường Tây Hồ", "until": "@any", "until_button": "Gửi"},
        {"press": "Gửi", "until": "@accept"},
    ],
}


@dataclass(frozen=True, slots=True)
class Bot:
    """A program under measure."""

    name: str
    command: str
    scenario: Path


@dataclass(frozen=True, slots=True)
class Round:
    """One run's figures; times in milliseconds, memory in MB."""

    updates_per_s: float
    cpu_ms: float
    p50: float
    p95: float
    p99: float
    peak_mb: float
    others_busy: float | None
    stalls: int


def measure(bot: Bot, arguments: argparse.Namespace, folder: Path) -> Round:
    """Run the load generator against a fresh process of this bot."""
    words = [sys.executable, "-m", "loadgen", "--scenario", str(bot.scenario), "--bot-cmd", bot.command]
    words += ["--bot-cwd", str(ROOT), "--mode", "polling", "--residents", str(arguments.residents)]
    words += ["--warmup", "3", "--measure", str(arguments.seconds), "--drain", "10", "--think-ms", str(arguments.think_ms)]
    words += ["--bot-log", str(folder / f"{bot.name.split()[0]}.log")]
    done = subprocess.run(words, cwd=arguments.loadgen, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise SystemExit(f"{bot.name}: the load generator failed\n{done.stdout[-800:]}\n{done.stderr[-800:]}")
    return read(json.loads(done.stdout))


def read(found: dict[str, Any]) -> Round:
    times = found["first_reply_ms"]
    return Round(
        updates_per_s=found["updates_per_s"],
        cpu_ms=found["bot_cpu"]["ms_per_update"],
        p50=times["p50"],
        p95=times["p95"],
        p99=times["p99"],
        peak_mb=found["mem_mb"]["peak"],
        others_busy=found.get("other_cores_busy"),
        stalls=sum(found.get("stalls", {}).values()),
    )


def bots(arguments: argparse.Namespace, folder: Path) -> tuple[Bot, Bot]:
    scenario = folder / "homthu.json"
    scenario.write_text(json.dumps(SCENARIO), encoding="utf-8")
    python = shlex.quote(sys.executable)
    # The load generator names things TELEGRAM_…, and starts one program: a shell renames them and makes a fresh folder.
    settings = (
        'HOMTHU_TELEGRAM_API_BASE="$TELEGRAM_API_BASE" HOMTHU_TELEGRAM_TOKEN="$TELEGRAM_TOKEN" HOMTHU_PORT=0 '
        "HOMTHU_TELEGRAM_PER_SECOND=1000 HOMTHU_LOG_LEVEL=warning "
        f"HOMTHU_DATA_DIR=$(mktemp -d -p {shlex.quote(str(folder))})"
    )
    ours = f"sh -c {shlex.quote(f'{settings} exec {python} -m bot run')}"
    rival = f"{python} {shlex.quote(str(arguments.loadgen / 'floors' / 'aiogram_flow.py'))}"
    return (
        Bot("homthu (SQLite FULL, polling)", ours, scenario),
        Bot("aiogram (in memory, polling)", rival, arguments.loadgen / "scenarios" / "flow.json"),
    )


def show(name: str, rounds: list[Round]) -> None:
    def middle(field: str) -> float:
        return float(statistics.median(getattr(found, field) for found in rounds))

    busy = max((found.others_busy or 0.0) for found in rounds)
    print(
        f"{name:32} {middle('updates_per_s'):9.0f}/s  cpu {middle('cpu_ms'):6.3f} ms/update  "
        f"first reply p50 {middle('p50'):6.1f} p95 {middle('p95'):6.1f} p99 {middle('p99'):6.1f} ms  "
        f"peak {middle('peak_mb'):5.0f} MB  stalls {sum(found.stalls for found in rounds)}  others busy {busy:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loadgen", type=Path, default=ROOT.parent / "shared" / "loadgen")
    parser.add_argument("--residents", type=int, default=200)
    parser.add_argument("--think-ms", type=float, default=1100.0, help="below 1000 our own pace for a chat is what is timed")
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    arguments.loadgen = arguments.loadgen.resolve()
    if not (arguments.loadgen / "floors" / "aiogram_flow.py").is_file():
        raise SystemExit(f"{arguments.loadgen} holds no load generator; name its folder with --loadgen")
    os.environ["PYTHONPATH"] = str(ROOT)
    with tempfile.TemporaryDirectory() as name:
        ours, rival = bots(arguments, Path(name))
        found: dict[str, list[Round]] = {ours.name: [], rival.name: []}
        for _ in range(arguments.rounds):
            for bot in (ours, rival):
                found[bot.name].append(measure(bot, arguments, Path(name)))
        for bot in (ours, rival):
            show(bot.name, found[bot.name])
        ratio = statistics.median(r.cpu_ms for r in found[ours.name]) / statistics.median(
            r.cpu_ms for r in found[rival.name]
        )
        print(f"processor time an update: {ratio:.2f} times the rival's (aim: at most 2)")


if __name__ == "__main__":
    main()
