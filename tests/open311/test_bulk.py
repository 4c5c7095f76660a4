"""One table of all cases of a span: the same cases as in the lists, safe for spreadsheets, however many there are."""

import csv
import io

import pytest

from bot.exporting import as_cell
from public.open311 import bulk
from tests.dialogue.driver import MONDAY
from tests.open311.cast import DAY, Program, publishes, turns, z

COLUMNS = (
    "service_request_id,requested_datetime,updated_datetime,closed_date,status_description,status_notes,source,"
    "service_name,service_subtype,description,agency_responsible,address,lat,long"
)


async def table(program: Program, query: str = "", status: int = 200) -> list[dict[str, str]]:
    async with program.client.get(f"/open311/v2/bulk.csv?{query}") as answer:
        raw = (await answer.read()).decode("utf-8-sig")
        assert answer.status == status, raw
        if status != 200:
            assert raw.startswith("<?xml")
            return []
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert raw.splitlines()[0] == COLUMNS
    assert raw.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(raw, newline="")))


async def test_the_table_has_what_the_lists_have(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in pages of two; what nobody published has no words, and what is about an official is not there."""
    monkeypatch.setattr(bulk, "ROWS", 2)
    published = await publishes(program, '=HYPERLINK("x"), "rác"\nở chợ', answer="+84 xong")
    codes = [await program.files(description=f"Rác {number}") for number in range(4)]
    await program.files(description="Cán bộ một cửa của phường quát mắng tôi và đòi tiền để làm hồ sơ")
    await turns(program, codes[0], status="closed", outcome="done", closed_at=MONDAY + DAY)
    rows = await table(program)
    assert {row["service_request_id"] for row in rows} == {published.code, *codes} == set(await program.ids())
    assert len(rows) == 5
    [first] = [row for row in rows if row["service_request_id"] == published.code]
    assert first["description"] == 'Rác ở cổng chợ\n=HYPERLINK("x"), "rác"\nở chợ'
    assert first["status_notes"] == as_cell("+84 xong") == "'+84 xong"
    assert (first["lat"], first["long"]) == ("21.045", "105.821")
    [closed] = [row for row in rows if row["service_request_id"] == codes[0]]
    assert closed["closed_date"] == closed["updated_datetime"] == z(MONDAY, DAY)
    assert closed["description"] == ""
    assert [row["closed_date"] for row in rows].count("") == 4


async def test_a_span_is_held_to_as_in_a_list(sqlite_program: Program) -> None:
    code = await sqlite_program.files()
    rows = await table(sqlite_program, f"start_date={z(MONDAY)}&end_date={z(MONDAY)}")
    assert [row["service_request_id"] for row in rows] == [code]
    assert await table(sqlite_program, f"end_date={z(MONDAY - DAY)}") == []
    await table(sqlite_program, "start_date=2020-01-01T00:00:00Z&end_date=2021-01-01T00:00:00Z", status=400)
    await table(sqlite_program, "start_date=yesterday", status=400)
