"""What is built from this project is whole: every page, picture, list and sentence goes along with the code."""

import tomllib

from tests.house.imports import ROOMS, ROOT

SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]


def left_out(patterns: list[str]) -> set[str]:
    """The files, other than code, that no package would take along under these patterns."""
    packages = [path.parent for room in ROOMS for path in (ROOT / room).rglob("__init__.py")]
    taken = {file for package in packages for pattern in patterns for file in package.glob(pattern)}
    taken |= {file for package in packages for file in package.glob("*.py")}
    there = {file for room in ROOMS for file in (ROOT / room).rglob("*") if file.is_file() and file.suffix != ".pyc"}
    return {str(file.relative_to(ROOT)) for file in there - taken}


def test_nothing_is_left_out() -> None:
    assert left_out(SETUPTOOLS["package-data"]["*"]) == set()


def test_what_is_left_out_would_be_noticed() -> None:
    """Without its patterns the check names a page, a sentence, a list of wards and the style sheet."""
    missing = left_out([])
    assert len(missing) > 20
    assert {
        "admin/templates/staff/queue.html",
        "bot/wording/vi/chat.po",
        "bot/routing/data/wards.csv",
        "bot/web/assets/homthu.css",
    } <= missing


def test_every_room_is_packaged() -> None:
    assert SETUPTOOLS["packages"]["find"]["include"] == [
        f"{room}*" for room in ("bot", "handlers", "storage", "admin", "public")
    ]
