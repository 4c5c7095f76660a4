"""S9, 1.3.7: all that residents wrote, in every file that staff or operators take away: read by a spreadsheet, nothing runs.

Every payload that is not made for browsers is filed as a message of its own, moved by staff (so that it becomes a
correction), and taken out by the commands themselves. A spreadsheet's separator is its country's: each of three is tried.
"""

import csv
import io
import json
from collections.abc import Iterator

import pytest

from bot.bell import Bell
from bot.domain.correction import Correction
from tests.admin.desk import HOAN_KIEM, open_desk
from tests.conftest import Place
from tests.ops.homthu import Homthu
from tests.security.payloads import acting, payloads

FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
SEPARATORS = ",;\t"
FAMILIES = ("formula", "document", "header", "log", "direction", "telegram")


def cells(text: str) -> Iterator[str]:
    """Every cell that any spreadsheet might find in it."""
    for separator in SEPARATORS:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield from row


def formulas(text: str) -> list[str]:
    return [cell for cell in cells(text) if cell.lstrip(" ")[:1] in FORMULA and not _is_number(cell)]


def _is_number(cell: str) -> bool:
    try:
        return float(cell) == float(cell)
    except ValueError:
        return False


async def test_nothing_that_is_taken_away_begins_a_formula(sqlite_place: Place) -> None:
    """S9: `homthu route --corrections`, `homthu export`, and the figures of staff whose names are formulas."""
    known, database = payloads(*FAMILIES), sqlite_place.database(Bell())
    await database.open()
    async with open_desk(database, Bell()) as desk:
        for text in known:
            case = await desk.case(text)
            async with database.begin() as uow:
                moved = Correction(case_id=case.id, text=text, point=None, guess=(), truth=HOAN_KIEM, at=desk.clock.now())
                await uow.corrections.add(moved)
                await uow.commit()
        await desk.staff("formula", full_name='=HYPERLINK("//evil.example";"x");=1+1')
        chief = await desk.signed_in("chief")
        for by in ("closer", "ward", "category", "desk"):
            answer = await chief.opens(f"/staff/dashboard?by={by}&as=csv")
            assert answer.status == 200
            assert formulas((await answer.read()).decode("utf-8-sig")) == []
    await database.close()
    homthu = Homthu(sqlite_place.data_dir)
    taken = homthu.does("route", "--corrections")
    assert taken.returncode == 0, taken.stderr
    assert len(list(csv.reader(io.StringIO(taken.stdout, newline="")))) == len(known) + 1
    assert formulas(taken.stdout) == []
    exported = homthu.does("export", "--format", "jsonl")
    rows = [json.loads(line) for line in exported.stdout.splitlines()]  # also where a line ends for Unicode alone
    assert len(rows) == len(known)
    assert acting(exported.stdout) == set(), "on a terminal, or in a viewer of logs, they would act"


@pytest.mark.parametrize("text", ["=1", " =1", "x;=1+1", "x\t=1", "x,=1", "x;@SUM(1)", "x\n=1"])
def test_the_check_finds_what_was_written_without_care(text: str) -> None:
    """That it can fail: neither quotes nor an apostrophe."""
    assert formulas(text)
