"""How well and how fast the router finds wards, by kind, for any table of the format of the development set.

    .venv/bin/python -m benchmarks.routing FILE.csv [--worst 20]      # text,lat,lon,expected_codes,kind
    .venv/bin/python -m benchmarks.routing --generated SEED           # the invented messages of tests/routing/generated.py

exact: the expected set; asks: several expected, at least two of them returned and nothing else; single: one of several,
without asking; extra: all expected and wrong ones; misroute: one returned, and it is wrong; miss: nothing returned;
other: the rest.
ok = exact + asks. Times are of one call on one core; memory is what the router added to the process.
"""

import argparse
import csv
import resource
import statistics
import time
from collections import Counter, defaultdict
from pathlib import Path

from bot.domain.ward import Point

VERDICTS = ("exact", "asks", "single", "extra", "misroute", "miss", "other")
Row = tuple[str, Point | None, frozenset[str], str]


def verdict(expected: frozenset[str], found: frozenset[str]) -> str:
    """One of `VERDICTS`."""
    if found == expected:
        return "exact"
    if not found:
        return "miss"
    if len(expected) > 1 and found < expected:
        return "asks" if len(found) > 1 else "single"
    if expected and found > expected:
        return "extra"
    return "misroute" if len(found) == 1 else "other"


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (
                row["text"],
                Point(float(row["lat"]), float(row["lon"])) if row["lat"] else None,
                frozenset(code for code in row["expected_codes"].split(";") if code),
                row["kind"],
            )
            for row in csv.DictReader(file)
        ]


def invented(seed: int) -> list[Row]:
    from tests.routing.generated import generate

    return [(row.text, None, row.codes, row.kind) for row in generate(seed, most=500)]


def main() -> None:
    parser = argparse.ArgumentParser(description="How well and how fast the router finds wards.")
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--generated", type=int, metavar="SEED")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="show that many rows that are not ok")
    chosen = parser.parse_args()
    if (chosen.file is None) == (chosen.generated is None):
        parser.error("a FILE, or --generated SEED")
    rows = rows_of(chosen.file) if chosen.file else invented(chosen.generated)

    before, start = _memory(), time.perf_counter()
    from bot.routing import load_router

    router = load_router()
    loaded = time.perf_counter() - start
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    times: list[float] = []
    wrong: list[str] = []
    if any(point is not None for _, point, _, _ in rows):
        router.route("", Point(0.0, 0.0))  # the map is read with the first point; that is no time of a call
    for text, point, expected, kind in rows:
        start = time.perf_counter()
        found = router.route(text, point)
        times.append((time.perf_counter() - start) * 1000)
        said = verdict(expected, frozenset(found.codes))
        counts[kind][said] += 1
        if said not in ("exact", "asks"):
            wrong.append(f"{kind}: {said}: {text!r} expected {sorted(expected)}, found {sorted(found.codes)}")
    _print(counts)
    times.sort()
    slow = times[int(len(times) * 0.99)]
    print(f"\na call: median {statistics.median(times):.2f} ms, p99 {slow:.2f} ms, longest {times[-1]:.2f} ms")
    print(f"load {loaded:.2f} s; memory added {_memory() - before:.0f} MB")
    print(*wrong[: chosen.worst], sep="\n")


def _print(counts: dict[str, Counter[str]]) -> None:
    print(f"{'kind':<18}{'rows':>6}{'ok':>8}", *(f"{name:>9}" for name in VERDICTS))
    for kind, found in [*sorted(counts.items()), ("all", sum(counts.values(), Counter[str]()))]:
        share = (found["exact"] + found["asks"]) / found.total()
        print(f"{kind:<18}{found.total():>6}{share:>8.1%}", *(f"{found[name]:>9}" for name in VERDICTS))


def _memory() -> float:
    """The most this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
