"""How well, and how fast, texts are understood.

    .venv/bin/python -m benchmarks.understanding FILE.csv [--half tuning|held_out|fresh] [--errors]

FILE has the columns text, kind, category, emergency, sensitive. Shares are of all rows; "missed" and "false alarms" of the
rows that are, or are not, emergencies or sensitive. A text is measured three times, the median over all texts is printed.
"""

import argparse
import csv
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.understanding import Understanding, prebuilt
from bot.understanding.categories import DATA
from bot.understanding.experience import SEEN
from bot.understanding.learning import learn
from bot.understanding.lexicon import WORDS, build_books
from bot.understanding.understand import _understand, understand_text

TESTS = Path(__file__).parents[1] / "tests" / "understanding"
# Never newcomers.csv: it tells what to expect of sentences that nobody has seen.
LEARNED_FROM = (
    "messages.csv",
    "practice.csv",
    "residents.csv",
    "strangers.csv",
    "neighbours.csv",
    "visitors.csv",
    "callers.csv",
    "asides.csv",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One text with what it truly is."""

    text: str
    kind: str
    category: str
    is_emergency: bool
    is_sensitive: bool


def read_rows(path: Path, half: str = "") -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Row(row["text"], row["kind"], row["category"], row["emergency"] == "true", row["sensitive"] == "true")
            for row in csv.DictReader(file)
            if not half or row["half"] == half
        ]


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1; counts of rows."""

    rows: int
    kind: float
    first: float
    first_three: float
    emergencies: int
    missed_emergencies: int
    false_emergencies: float
    emergency_kind: float
    sensitive: int
    missed_sensitive: int
    false_sensitive: float


def examples() -> list[tuple[str, str]]:
    """What experience is learned from: the examples of the categories, and every message but those held out for good."""
    table = json.loads((DATA / "categories.json").read_text(encoding="utf-8"))
    found = [(one["text"], row["id"]) for kind in table["kinds"] for row in kind["categories"] for one in row["examples"]]
    learned = [row for name in LEARNED_FROM for row in read_rows(TESTS / name)]
    return found + [(row.text, row.category) for row in learned]


def score(rows: list[Row], found: list[Understanding]) -> Figures:
    both = list(zip(rows, found, strict=True))
    calm = [got for row, got in both if not row.is_emergency]
    open_ = [got for row, got in both if not row.is_sensitive]
    dangers = [(row, got) for row, got in both if row.is_emergency]
    return Figures(
        rows=len(rows),
        kind=_share(row.kind == got.kind.value for row, got in both),
        first=_share(row.category == got.category for row, got in both),
        first_three=_share(row.category in first_three(got) for row, got in both),
        emergencies=len(dangers),
        missed_emergencies=sum(not got.is_emergency for _, got in dangers),
        false_emergencies=_share(got.is_emergency for got in calm),
        emergency_kind=_share(row.category == got.emergency_kind for row, got in dangers),
        sensitive=len(rows) - len(open_),
        missed_sensitive=sum(row.is_sensitive and not got.is_sensitive for row, got in both),
        false_sensitive=_share(got.is_sensitive for got in open_),
    )


def first_three(found: Understanding) -> tuple[str, ...]:
    """The proposal and the next two."""
    return (found.category, *(category for category, _ in found.alternatives[:2]))


def _share(claims: Iterable[bool]) -> float:
    counted = Counter(claims)
    return counted[True] / max(1, sum(counted.values()))


def measure(rows: list[Row]) -> list[float]:
    """Milliseconds a text, the best of three."""
    times = []
    for row in rows:
        best = float("inf")
        for _ in range(3):
            _understand.cache_clear()
            start = time.perf_counter()
            understand_text(row.text)
            best = min(best, time.perf_counter() - start)
        times.append(best * 1000)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--learn", action="store_true", help="make the table of experience anew, from `examples`")
    parser.add_argument("--build", action="store_true", help="lay out the phrases of the lexicon anew; see `prebuilt`")
    parser.add_argument("--half", default="", help="only rows whose column `half` says so")
    parser.add_argument("--errors", action="store_true", help="print every row that was not understood")
    arguments = parser.parse_args()
    if arguments.build:
        prebuilt.write(DATA / prebuilt.FILE, build_books(), prebuilt.digest(WORDS))
        return
    if arguments.learn:
        SEEN.write_text(learn(examples()), encoding="utf-8")
        return
    rows = read_rows(arguments.file, arguments.half)
    start = time.perf_counter()
    understand_text("")
    load = (time.perf_counter() - start) * 1000
    found = [understand_text(row.text) for row in rows]
    show(score(rows, found), measure(rows), load)
    if arguments.errors:
        show_errors(rows, found)


def show(figures: Figures, times: list[float], load: float) -> None:
    print(f"rows                    {figures.rows}")
    print(f"kind                    {figures.kind:7.1%}   (aim 92 %)")
    print(f"category first          {figures.first:7.1%}   (aim 85 %)")
    print(f"category in first three {figures.first_three:7.1%}   (aim 96 %)")
    print(f"emergencies missed      {figures.missed_emergencies} of {figures.emergencies}   (aim 0)")
    print(f"emergency false alarms  {figures.false_emergencies:7.1%}   (aim at most 5 %)")
    print(f"emergency kind right    {figures.emergency_kind:7.1%}")
    print(f"sensitive missed        {figures.missed_sensitive} of {figures.sensitive}   (aim 0)")
    print(f"sensitive false alarms  {figures.false_sensitive:7.1%}   (aim at most 5 %)")
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    middle = statistics.median(times)
    print(f"time a text             median {middle:.2f} ms, p99 {p99:.2f} ms   (aim 3 ms); first call {load:.0f} ms")


def show_errors(rows: list[Row], found: list[Understanding]) -> None:
    for row, got in zip(rows, found, strict=True):
        signs = [
            name
            for name, is_wrong in (
                ("KIND", row.kind != got.kind.value),
                ("category", row.category != got.category),
                ("NOT IN THREE", row.category not in first_three(got)),
                ("EMERGENCY", row.is_emergency != got.is_emergency),
                ("SENSITIVE", row.is_sensitive != got.is_sensitive),
            )
            if is_wrong
        ]
        if signs:
            print(f"\n{row.text}\n  {row.category} -> {got.category} {got.alternatives[:3]}  {' '.join(signs)}\n  {got.why}")


if __name__ == "__main__":
    main()
