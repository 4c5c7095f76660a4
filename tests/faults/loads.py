"""The load generator's faults, seed by seed, polling and webhook: what its residents were told against what we hold.

A command only: the load generator is not part of this project. Its `reconcile` says what is absent, doubled or shared.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.intake_bots import OURS, OURS_WEBHOOK, ROOT, Bot, words

FAULTS = (
    "api429=0.01:1,api5xx=0.01,drop=0.005,drop_after=0.005,slow=0.02:0.2,dup=0.02,reorder=0.02,doubletap=0.05,wh_drop=0.01"
)
WRONG = {
    "accepted_but_absent": "absent",
    "stored_more_than_once": "doubled",
    "case_number_told_is_not_the_one_stored": "wrong code",
    "case_numbers_given_to_two_or_more_people": "shared code",
    "text_changed": "text changed",
}
RESIDENTS, DRAIN = "32", "40"
PRINTS_CASES = """
import csv, json, sys
for line in sys.stdin:
    row = json.loads(line)
    print(row["code"], row["text"].replace("\\n", " ").replace("\\t", " "), sep="\\t")
"""


def lived(loadgen: Path, *, seeds: int, seconds: float) -> int:
    """A line for each seed and mode; 1 when anything was wrong or anybody was left waiting."""
    print("| mode | seed | reports | " + " | ".join([*WRONG.values(), "silent"]) + " |", flush=True)
    print("|" + "---|" * (len(WRONG) + 4), flush=True)
    wrong = 0
    for bot in (OURS, OURS_WEBHOOK):
        for seed in range(1, seeds + 1):
            found, silent = _one(loadgen, bot, seed, seconds)
            figures = [found[name] for name in WRONG]
            wrong += sum(figures[:-1]) + silent
            print("|", " | ".join(map(str, [bot.mode, seed, found["accepted"], *figures, silent])), "|", flush=True)
    return 1 if wrong else 0


def _one(loadgen: Path, bot: Bot, seed: int, seconds: float) -> tuple[dict[str, Any], int]:
    with tempfile.TemporaryDirectory(prefix="homthu-loads-") as name:
        folder = Path(name)
        accepts, sent = folder / "accepts.jsonl", folder / "sent.jsonl"
        command = [sys.executable, "-m", "loadgen", *words(bot, loadgen, folder), "--residents", RESIDENTS]
        command += ["--warmup", "1", "--measure", str(seconds), "--drain", DRAIN, "--seed", str(seed), "--faults", FAULTS]
        command += ["--accepts", str(accepts), "--sent", str(sent)]
        told: dict[str, Any] = json.loads(_output(command, loadgen))
        [data] = [path.parent for path in folder.rglob("homthu.sqlite3")]
        export = f"HOMTHU_DATA_DIR={data} {sys.executable} -m bot export --format jsonl | {sys.executable} {folder}/cases.py"
        (folder / "cases.py").write_text(PRINTS_CASES, encoding="utf-8")
        asked = ["--accepts", str(accepts), "--sent", str(sent), "--cmd", f"cd {ROOT} && {export}"]
        found: dict[str, Any] = json.loads(
            _output([sys.executable, "-m", "loadgen.reconcile", *asked], loadgen, may_fail=True)
        )
        return found, sum(told["stalls"].values())


def _output(command: list[str], folder: Path, *, may_fail: bool = False) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if not done.stdout or (done.returncode and not may_fail):
        raise SystemExit(f"{' '.join(command[:4])} failed\n{done.stdout[-800:]}\n{done.stderr[-1500:]}")
    return done.stdout
