"""Lives seeds from the command line: see the package.

    python -m tests.deterministic --seeds 1-10000 [--faults kill,refused] [--trace]

Prints a line for each seed that broke a rule (with --trace: everything that happened in every seed), and on stderr how
many seeds a second it lived and which faults there were. Ends with exit code 1 when a rule was broken.
"""

import argparse
import gc
import sys
import time
from collections import Counter

from tests.deterministic.faults import KINDS
from tests.deterministic.world import lived


def main() -> None:
    parser = argparse.ArgumentParser(description="Deterministic simulation: seeds with faults, each the same again.")
    parser.add_argument("--seeds", default="1-1000", help="one, or the first and the last: 1-1000")
    parser.add_argument("--faults", default=",".join(KINDS), help="kinds with commas between, or nothing for none")
    parser.add_argument("--trace", action="store_true", help="print everything that happens")
    asked = parser.parse_args()
    first, _, last = asked.seeds.partition("-")
    kinds = [kind for kind in asked.faults.split(",") if kind]
    faults, failed, seeds = Counter[str](), 0, range(int(first), int(last or first) + 1)
    gc.disable()
    began, used = time.perf_counter(), time.process_time()
    for seed in seeds:
        found = lived(seed, kinds=kinds)
        faults += found.faults
        failed += bool(found.broken)
        if asked.trace:
            print(found.trace.text)
        if asked.trace or found.broken:
            print(found.line, *(f"  {rule}: {detail}" for rule, detail in found.broken), sep="\n", flush=True)
        if not seed % 50:
            gc.collect()
    took, worked = time.perf_counter() - began, time.process_time() - used
    told = ", ".join(f"{kind} {times}" for kind, times in sorted(faults.items()))
    each = f"{1000 * worked / len(seeds):.1f} ms of processor time each"
    print(f"{len(seeds)} seeds, {failed} broke a rule; {took:.0f} s by the clock, {each}", file=sys.stderr)
    print(f"{faults.total()} faults: {told}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
