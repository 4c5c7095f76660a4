"""SECURITY.md says what is true: every requirement has a row, and every test it names is there."""

import re

from tests.house.imports import ROOT

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([RS]\d+|1\.3\.\d) \| (P[012]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.M)
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
P0 = {*(f"R{n}" for n in range(1, 9)), *(f"S{n}" for n in range(1, 14)), "1.3.1", "1.3.2", "1.3.3"}
P1 = {*(f"R{n}" for n in range(9, 17)), *(f"S{n}" for n in range(14, 27)), *(f"1.3.{n}" for n in range(4, 9))}
NOT_YET = "not yet: "


def rows() -> dict[str, tuple[str, str]]:
    """Id to priority and tests."""
    return {found[0]: (found[1], found[4]) for found in ROW.findall(TEXT)}


def missing(text: str) -> list[str]:
    """The named tests that are not there."""
    found = []
    for file, name in NAMED.findall(text):
        path = ROOT / file
        if not path.is_file() or not re.search(rf"def {name}\(", path.read_text(encoding="utf-8")):
            found.append(f"{file}::{name}")
    return found


def test_every_requirement_has_a_row_with_a_test_or_says_what_is_missing() -> None:
    found = rows()
    assert {name for name, (priority, _) in found.items() if priority == "P0"} == P0
    assert {name for name, (priority, _) in found.items() if priority == "P1"} == P1
    bare = [name for name, (_, tests) in found.items() if not NAMED.search(tests) and NOT_YET not in tests]
    assert bare == []


def test_every_test_that_is_named_is_there() -> None:
    assert len(NAMED.findall(TEXT)) > 80
    assert missing(TEXT) == []


def test_a_name_that_is_wrong_would_be_noticed() -> None:
    wrong = "`tests/house/test_security.py::test_nothing_of_the_kind` `tests/house/no_file.py::test_x`"
    assert missing(wrong) == ["tests/house/test_security.py::test_nothing_of_the_kind", "tests/house/no_file.py::test_x"]
    assert missing("`tests/house/test_security.py::test_every_test_that_is_named_is_there`") == []
