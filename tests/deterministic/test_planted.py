"""The simulation finds bugs that are known to be there, each within a bounded number of seeds."""

import pytest

from tests.deterministic.planted import BUGS, Bug
from tests.deterministic.world import Lived, lived


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.what)
def test_a_planted_bug_is_found(bug: Bug) -> None:
    """By the rule that it breaks, and not by accident: without it the same seed breaks none."""
    with bug.patched():
        found = next((seed for seed in range(1, bug.within + 1) if bug.found_by & _lived(bug, seed).rules), None)
    assert found is not None, f"{bug.within} seeds with this bug, and the rule was never broken"
    assert lived(found, kinds=bug.faults).broken == []


def _lived(bug: Bug, seed: int) -> Lived:
    return lived(seed, kinds=bug.faults, make=bug.make)
