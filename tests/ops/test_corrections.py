"""What `homthu route --corrections` prints: rows of the set that routing is measured on, and nothing of anybody else."""

from dataclasses import replace

import pytest

from bot.commands import correction_rows
from bot.domain.correction import Correction
from bot.domain.ward import Point
from bot.exporting import as_cell
from bot.routing import load_router
from storage import Database
from tests.storage.cast import BA_DINH, NOW, TAY_HO, a_case


async def test_a_row_has_the_columns_of_the_set_and_no_other(database: Database) -> None:
    case, unplaced = await a_case(database), await a_case(database)
    first = Correction(
        case_id=case.id, text="Rác, ngõ 12\nThụy Khuê", point=Point(21.05, -0.5), guess=(TAY_HO,), truth=BA_DINH, at=NOW
    )
    async with database.begin() as uow:
        await uow.corrections.add(first)
        await uow.corrections.add(replace(first, case_id=unplaced.id, text="=1+1", point=None, guess=(), truth=TAY_HO))
        await uow.commit()
    rows = [row async for row in correction_rows(database)]
    assert [list(row) for row in rows] == [["text", "lat", "lon", "expected_codes", "kind"]] * 2
    assert [list(row.values()) for row in rows] == [
        ["Rác, ngõ 12\nThụy Khuê", "21.05", "-0.5", BA_DINH, "correction"],
        ["'=1+1", "", "", TAY_HO, "correction"],
    ]


async def test_without_corrections_there_is_no_row(sqlite_database: Database) -> None:
    await a_case(sqlite_database)
    assert [row async for row in correction_rows(sqlite_database)] == []


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "  ="])
def test_no_cell_begins_a_formula_and_routing_reads_it_all_the_same(sign: str) -> None:
    text = f"{sign} Rác ở phường Tây Hồ"
    assert as_cell(text) == f"'{text}"
    assert load_router().route(as_cell(text)).codes == ("00103",)


def test_every_other_text_stays_as_it_is() -> None:
    for text in ("", " ", "Rác = bẩn", "'=1+1", "\u202e=1"):
        assert as_cell(text) == text
