"""The oracle can say no: every rule of it, and to bugs as somebody could make them in the running program."""

from copy import copy, deepcopy
from pathlib import Path

import pytest

from tests.conftest import Place
from tests.faults import oracle
from tests.faults.oracle import Evidence, broken
from tests.faults.planted import SPOILED
from tests.faults.scene import scene

SOON = 5.0  # seconds after which somebody who was not answered counts as silent
HERE = "tests.faults.planted"


def spoilable(found: Evidence) -> Evidence:
    """A copy whose parts can be changed, and nothing else with them."""
    api, told = copy(found.api), deepcopy(found.told)
    api.residents = {chat: copy(resident) for chat, resident in found.api.residents.items()}
    for resident in api.residents.values():
        resident.heard = list(resident.heard)
    return Evidence(told, api, found.stored, found.excuses, found.may_fail)


async def test_every_rule_is_broken_by_what_it_forbids(sqlite_place: Place, tmp_path: Path) -> None:
    """A quiet hour breaks none; each of these changes to what it left behind breaks the rule that is meant."""
    async with scene(sqlite_place, tmp_path, residents=2) as it:
        await it.starts()
        await it.reports(each=1)
        found = await it.keeps_its_promises()
    assert {rule for _, rule in SPOILED} == set(oracle.RULES)
    for spoil, rule in SPOILED:
        spoiled = spoilable(found)
        spoil(spoiled)
        assert list(rule(spoiled)) != [], spoil.__name__
    assert broken(found) == []


@pytest.mark.parametrize(
    ("plant", "says"),
    [
        ("files_twice", "every acknowledged case is there once"),
        ("forgets_replies", "every reply arrived"),
        ("sends_twice", "came twice"),
    ],
)
async def test_a_bug_in_the_program_is_found(sqlite_place: Place, tmp_path: Path, plant: str, says: str) -> None:
    """By the rule that it breaks; who meets with silence waits some seconds only."""
    async with scene(sqlite_place, tmp_path, residents=3, plant=f"{HERE}:{plant}") as it:
        await it.starts()
        await it.reports(each=2, patience=SOON)
        await it.stops()
        found = broken(await it.evidence())
        assert any(says in line for line in found)


async def test_an_acknowledgement_before_the_commit_is_found(sqlite_place: Place, tmp_path: Path) -> None:
    """Killed in between, Telegram has forgotten what nobody kept."""
    async with scene(sqlite_place, tmp_path, residents=3, plant=f"{HERE}:acknowledges_before_it_keeps") as it:
        await it.starts()
        async with it.reporting(patience=SOON):
            await it.until(lambda: it.api.updates.confirmed)
            await it.is_killed()
            await it.starts()
        await it.stops()
        assert any("every confirmed update is kept" in line for line in broken(await it.evidence()))
