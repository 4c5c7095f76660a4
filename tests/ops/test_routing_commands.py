"""`route` and `wards import`, as scripts and operators use them, and what staff teach `route` by moving a case."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

from bot.cli import DONE, FAILED
from tests.conftest import Place
from tests.house.imports import ROOT
from tests.ops.homthu import Homthu
from tests.routing.test_importing import folder
from tests.stories.cast import City, code_in
from tests.stories.conftest import small_city

__all__ = ["folder", "small_city"]  # fixtures of others


def routed(homthu: Homthu, lines: bytes) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "route"],
        cwd=ROOT,
        env=homthu.environment,
        input=lines,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (DONE, b"")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_line_gets_a_line_also_a_bad_one(tmp_path: Path) -> None:
    """Words, a point, bytes that are no text, nothing at all: four answers in the shape that scripts rely on."""
    found = routed(Homthu(tmp_path), "phường Phú Thượng\n21.0868,105.8190\n".encode() + b"\xff\xfe\x00\n\n")
    assert [line["decision"] for line in found] == ["ward", "ward", "none", "none"]
    assert all(list(line) == ["decision", "wards", "why"] for line in found)
    assert found[0]["wards"] == [{"code": "00091", "name": "phường Phú Thượng", "score": 1.0}]


def test_another_citys_wards_replace_hanois_everywhere(folder: Path, tmp_path: Path) -> None:
    """After the import `route` knows the new wards and no longer Hanoi's, and accounts can be made for them alone."""
    homthu = Homthu(tmp_path / "data")
    taken = homthu.does_from_nothing("wards", "import", str(folder))
    assert (taken.returncode, taken.stderr) == (DONE, "")
    found = routed(homthu, "rác ở phường Bến Đò\nphường Phú Thượng\n".encode())
    assert [line["decision"] for line in found] == ["ward", "none"]
    assert homthu.does("staff", "add", "lan", "--ward", "10001").returncode == DONE
    assert homthu.does("staff", "add", "minh", "--ward", "00091").returncode == FAILED


def test_what_is_wrong_with_a_citys_tables_is_said_and_nothing_changes(folder: Path, tmp_path: Path) -> None:
    homthu = Homthu(tmp_path / "data")
    wards = folder / "wards.csv"
    wards.write_text(wards.read_text(encoding="utf-8") * 2, encoding="utf-8")
    refused = homthu.does("wards", "import", str(folder))
    assert refused.returncode == FAILED
    assert "nothing was changed" in refused.stderr.splitlines()[-1]
    assert [line["decision"] for line in routed(homthu, "phường Phú Thượng\n".encode())] == ["ward"]


async def test_a_case_moved_to_its_right_ward_is_remembered_for_routing(small_city: City) -> None:
    """The resident named one ward, staff know better: words, guess and truth come out as a row of the dev set's format."""
    lan, minh = small_city.telegram(), await small_city.staff("minh")
    await lan.says("Đèn đường hỏng ở ngõ 12, phường Phú Thượng")
    await lan.presses("Gửi")
    code = code_in(await lan.hears("Mã hồ sơ"))
    await minh.opens_case(code)
    await minh.fills("move-form", ward="00004", why="wrong_ward")
    await lan.hears("Ba Đình")
    place = Place("sqlite", "", small_city.settings.data_dir)
    printed = Homthu.at(place).does("route", "--corrections")
    assert (printed.returncode, printed.stderr) == (DONE, "")
    [row] = csv.DictReader(io.StringIO(printed.stdout))
    assert list(row) == ["text", "lat", "lon", "expected_codes", "kind"]
    assert (row["text"], row["expected_codes"], row["kind"]) == (
        "Đèn đường hỏng ở ngõ 12, phường Phú Thượng",
        "00004",
        "correction",
    )
