"""A fault that is put into the program on purpose, and what must find it: an invariant that never fails proves nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.simulated.invariants import Invariant

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and the invariant that says so; `seed`: of a year in which it happens, to be lived first."""

    what: str
    plant: Plant
    found_by: Invariant
    seed: int = 1
