"""1.3, S24: what reads cases past the one condition, and what speaks to the net, is a short list with a reason each.

A module that is added to either side fails here until somebody has said why it may.
"""

import ast
from pathlib import Path

from tests.house.imports import ROOT

CASE_TABLES = {"cases", "messages", "case_events", "case_words", "attachments"}
# Asked by the clock, by a resident's own chat, or with a case that was found through the condition just before.
WITHOUT_IT = {
    "bonds": "answers on their way to their own resident",
    "case_alarms": "the clock's: which case is due for a warning",
    "case_clocks": "writes along with an event",
    "case_owners": "of a case in hand; the clock's",
    "case_tally": "writes along with an event",
    "case_words": "keeps what a search finds; `storage.search` has the condition",
    "closings": "of a case in hand",
    "corrections": "the operator's export",
    "erasure": "a resident's own words",
    "exclusions": "who is barred from a case in hand: what the condition itself reads",
    "exported": "`storage.chosen_cases` gives it the condition; threads of the cases that it let through",
    "fading": "the clock's: whose words have had their time",
    "finding_on_postgres": "`storage.search` gives it the condition",
    "finding_on_sqlite": "`storage.search` gives it the condition",
    "heard_again": "a resident's own words",
    "identities": "a resident's own consent",
    "matters": "`storage.chosen_cases` gives it the condition",
    "joined_cases": "of a case in hand; a resident's own",
    "deliveries": "what neighbours are told; `storage.tellable_events` has a narrower condition of its own",
    "prints": "which photos are alike; what is said of the other case is asked by the condition",
    "neighbours": "how far a subscription has walked; what it is told of is decided in `storage.tellable_events`",
    "public_records": "what everybody reads: it has a narrower condition of its own",
    "queue_lines": "columns for `storage.queue`, which has the condition",
    "reaching": "of a case in hand; a resident's own",
    "recording": "what came of a reply that was sent, and the case it belongs to",
    "retention": "the clock's: what nothing points to",
    "sealing_up": "what was written before there were keys, once",
    "served": "what everybody may see: it is a condition of its own, for nobody in particular",
    "shown_cases": "a resident's own",
    "taken_back": "of a case in hand",
    "tellable_cases": "`storage.chosen_cases` gives it the condition",
    "tellable_events": "what other programs are told of: a narrower condition of its own",
}
SPEAKS_TO_THE_NET = {
    *("bot/checks.py", "handlers/channels/telegram.py", "handlers/channels/zalo_fetching.py"),
    "handlers/neighbours/telling.py",
}
FOLLOWS_NOTHING = "handlers/channels/wire.py"  # to the Bot API of the settings; it knows no redirects
NEAR_BY = "bot/scanning.py"  # to the scanner of the settings, which has to be near


def imported(tree: ast.Module, module: str) -> set[str]:
    """What the file takes from modules that begin so, and which modules those are."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(module):
            found |= {alias.name for alias in node.names} | {str(node.module).rpartition(".")[2]}
    return found


def past_the_condition(folder: Path) -> set[str]:
    found = set()
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = imported(tree, "storage.visible_cases")
        if CASE_TABLES & imported(tree, "storage.tables") and not names and path.stem != "visible_cases":
            found.add(path.stem)
    return found


def test_every_read_of_the_cases_goes_through_the_one_condition_or_says_why_not() -> None:
    """1.3, S1: a deputy, a barred officer, another ward: it is decided in one place."""
    assert past_the_condition(ROOT / "storage") == WITHOUT_IT.keys()


def test_another_read_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "new_list.py").write_text("from storage.tables import cases, staff\n")
    (tmp_path / "good_list.py").write_text(
        "from storage.tables import cases\nfrom storage.visible_cases import visible_to\n"
    )
    (tmp_path / "people_list.py").write_text("from storage.tables import staff\n")
    assert past_the_condition(tmp_path) == {"new_list"}


def clients(root: Path) -> set[str]:
    """The files that make a connection of their own to somewhere."""
    marks = ["ClientSession(", "urlopen(", "import httpx", "import requests", "http.client"]
    marks += ["open_connection(", ".create_connection("]
    rooms = ("bot", "handlers", "storage", "admin", "public")
    every = [path for room in rooms for path in (root / room).rglob("*.py")]
    assert len(every) > 200
    return {str(path.relative_to(root)) for path in every if any(mark in path.read_text(encoding="utf-8") for mark in marks)}


def test_only_the_channels_and_the_operators_check_speak_to_the_net() -> None:
    """S24: no link of a resident is ever looked at; who speaks goes where the settings say, and nowhere it is sent on to."""
    found = clients(ROOT)
    assert found == SPEAKS_TO_THE_NET | {NEAR_BY, FOLLOWS_NOTHING}
    for name in SPEAKS_TO_THE_NET:
        assert "allow_redirects=False" in (ROOT / name).read_text(encoding="utf-8"), name
