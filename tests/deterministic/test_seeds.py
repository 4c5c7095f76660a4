"""Many seeds of faults, and each of them the same whenever it is lived again."""

import gc
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.deterministic.faults import EVERY_NTH, KINDS
from tests.deterministic.world import Lived, lived

SEEDS, AT_ONCE = 6_000, 500  # in all, and in one test, so that several can be run beside each other
SEVERAL = range(20_001, 20_009)

# Seeds that once failed, with the faults they were drawn from, and why.
FAILED_ONCE = (
    (5, ("failed commit",), "a COMMIT that failed left SQLAlchemy's connection in a transaction that nobody ended"),
    (7, ("unknown commit",), "the same after a commit whose outcome nobody knew"),
)


@pytest.fixture(autouse=True)
def _seldom_collected() -> Iterator[None]:
    """What a seed leaves behind is collected after it, and not by looking through everything that was imported."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()


def _told(found: Lived) -> str:
    return f"seed {found.seed}: " + "; ".join(f"{rule}: {detail}" for rule, detail in found.broken)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1, SEEDS, AT_ONCE))
def test_no_seed_breaks_a_rule(first: int) -> None:
    """Every acknowledged update kept, handled and answered, every case once, every reply in order, whatever goes wrong."""
    faults: Counter[str] = Counter()
    for seed in range(first, first + AT_ONCE):
        found = lived(seed)
        assert not found.broken, _told(found)
        faults += found.faults
        if not seed % 50:
            gc.collect()
    assert not set(KINDS) - faults.keys(), "some faults never happened"


@pytest.mark.parametrize("nth", EVERY_NTH)
def test_every_nth_call_may_fail(nth: int) -> None:
    """However regularly calls are refused or their answers lost: with 1 nobody hears anything until it is over."""
    failed = 0
    for seed in range(1, 25):
        found = lived(seed, kinds=(f"every {nth}",))
        assert not found.broken, _told(found)
        failed += found.faults["refused"] + found.faults["lost answer"]
    assert failed > 10


def test_a_life_without_faults_is_told_in_full() -> None:
    """It is not for want of anything happening that no rule is broken."""
    found = lived(3, kinds=())
    assert not found.broken
    assert not found.faults
    for words in ("starts", "hands out", "Mã hồ sơ"):
        assert words in found.trace.text


@pytest.mark.parametrize(("seed", "kinds", "why"), FAILED_ONCE)
def test_what_failed_once_fails_no_more(seed: int, kinds: tuple[str, ...], why: str) -> None:
    found = lived(seed, kinds=kinds)
    assert not found.broken, f"{_told(found)} ({why}, again?)"


def test_a_seed_is_the_same_whenever_it_is_lived() -> None:
    """Byte for byte, also after others, and in a process where nothing hashes as it does here."""
    here = {seed: lived(seed) for seed in SEVERAL}
    again = {seed: lived(seed) for seed in reversed(SEVERAL)}
    assert {seed: one.trace.text for seed, one in here.items()} == {seed: one.trace.text for seed, one in again.items()}
    assert sum(one.faults.total() for one in here.values())
    asked = [sys.executable, "-m", "tests.deterministic", "--seeds", f"{SEVERAL[0]}-{SEVERAL[-1]}", "--trace"]
    there = subprocess.run(asked, env={**os.environ, "PYTHONHASHSEED": "4711"}, capture_output=True, text=True, check=True)
    assert there.stdout == "".join(f"{one.trace.text}\n{one.line}\n" for one in here.values())
