"""The house rules of the README's Architecture: who may know whom. Each first proves that it sees something and can fail."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.house.imports import ROOMS, ROOT, Import, all_imports, imports_in, modules, within

SEES_ALL = ("bot.app", "bot.cli", "bot.demo")  # the composition root, the command line and what `run --demo` seeds
CORE_OF_SERVICES = (
    "bot.domain",
    "bot.routing",
    "bot.understanding",
    "bot.ports",
    "bot.errors",
    "bot.wording",
    "bot.services",
)
CORE_OF_PAPERS = (
    "bot.domain",
    "bot.routing",
    "bot.understanding",
    "bot.errors",
    "bot.exporting",
    "bot.wording",
    "bot.papers",
)
CORE_OF_CONDUCT = ("bot.domain", "bot.routing.folding", "bot.conduct")
CORE_OF_STORAGE = ("bot.domain", "bot.ports", "bot.errors", "bot.bell", "storage")


def breaks_house_rule(found: Import) -> bool:
    """Does this import cross a line that the design draws?"""
    who, what = found.importer, found.imported
    if any(within(who, module) for module in SEES_ALL):
        return False
    room = who.split(".")[0]
    ours = what.split(".")[0] in ROOMS
    if within(who, "bot.domain"):
        return not within(what, "bot.domain") and what.split(".")[0] not in sys.stdlib_module_names
    if within(who, "bot.services"):
        return ours and what != "bot" and not any(within(what, module) for module in CORE_OF_SERVICES)
    if within(who, "bot.papers"):
        return ours and what != "bot" and not any(within(what, module) for module in CORE_OF_PAPERS)
    if within(who, "bot.conduct"):
        return ours and what not in ("bot", "bot.routing") and not any(within(what, module) for module in CORE_OF_CONDUCT)
    if room == "storage":
        return ours and what != "bot" and not any(within(what, module) for module in CORE_OF_STORAGE)
    return ours and not within(what, "bot") and not within(what, room)


def imports_telegrams_library(found: Import) -> bool:
    return within(found.imported, "aiogram") and found.importer != "handlers.channels.telegram_uploads"


@pytest.mark.parametrize(
    ("importer", "line"),
    [
        ("bot.domain.case", "import sqlalchemy"),
        ("bot.domain.case", "from bot.errors import BotError"),
        ("bot.services.file_case", "from storage.cases import Cases"),
        ("bot.services.file_case", "from bot.settings import Settings"),
        ("bot.conduct.finding", "from bot.understanding import understand_text"),
        ("bot.conduct.finding", "from bot.routing.names import near"),
        ("bot.routing.points", "from handlers import intake"),
        ("bot.papers.review_paper", "from bot.clock import SystemClock"),
        ("handlers.intake", "from storage import Database"),
        ("handlers.dialogue.report.filing", "from admin import pages"),
        ("admin.queue", "import public.front"),
        ("public.front", "from handlers.delivery import Delivery"),
        ("storage.cases", "from bot.wording import say"),
        ("storage.cases", "def late() -> None:\n    import handlers.intake"),
    ],
)
def test_a_forbidden_import_is_noticed(importer: str, line: str) -> None:
    """The rule fails for a planted crossing of each line."""
    assert any(breaks_house_rule(found) for found in imports_in(line, importer))


def test_a_second_file_that_speaks_to_telegrams_library_is_noticed() -> None:
    assert any(imports_telegrams_library(found) for found in imports_in("from aiogram import Bot", "handlers.intake"))
    assert not any(
        imports_telegrams_library(found)
        for found in imports_in("from aiogram import Bot", "handlers.channels.telegram_uploads")
    )


def test_every_room_is_seen() -> None:
    """A moved folder must not make these tests pass by seeing nothing."""
    seen = modules()
    for room in ROOMS:
        assert sum(within(name, room) for name in seen) >= 3, f"no modules found in {room}/"
    assert any(found.imported == "aiogram" or within(found.imported, "aiogram") for found in all_imports())
    assert len(all_imports()) > 200


@pytest.mark.parametrize("rule", [breaks_house_rule, imports_telegrams_library], ids=["rooms", "aiogram"])
def test_no_import_crosses_a_line(rule: Callable[[Import], bool]) -> None:
    assert [str(found) for found in all_imports() if rule(found)] == []


@pytest.mark.parametrize("module", ["bot.app", "bot.cli", "handlers.intake", "handlers.channels.telegram", "admin"])
def test_what_uploads_nothing_does_not_load_aiogram(module: str) -> None:
    """aiogram costs seconds and memory: importing the program, its Telegram included, must not pull it in."""
    code = f"import sys, {module}; print(sorted(m for m in sys.modules if m.split('.')[0] == 'aiogram')[:3])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_every_package_says_what_it_is_for() -> None:
    """STYLE §4: each module opens with what it is for; each package says in which order to read it."""
    import ast

    silent = [
        name
        for name, path in modules().items()
        if "versions" not in name
        and path.stat().st_size
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []
