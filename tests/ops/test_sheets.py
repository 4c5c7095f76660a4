"""Exports and registers as an operator and a ward leader have them: by the command, and by a process of its own."""

import asyncio
import io
import json
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot import app
from bot.app.workshop import ProcessWorkshop
from bot.clock import SystemClock
from bot.domain.case import CaseStatus
from bot.domain.long_work import LongWork, NewWork, WorkKind, WorkState
from bot.domain.outcome import Outcome
from bot.domain.people import Address, Channel, Role
from bot.exporting import VERSION
from bot.long_work import pieces
from bot.settings import Settings, load_settings
from bot.sheet_commands import export_schema, progress_line
from storage import Database
from tests.conftest import Place
from tests.house.imports import ROOT
from tests.ops.homthu import Homthu
from tests.storage.cast import TAY_HO, a_case, file_case, hire

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "null": (type(None),),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
MOMENT = {"date-time": datetime.fromisoformat, "date": date.fromisoformat}


def troubles(value: Any, schema: dict[str, Any], at: str = "") -> list[str]:
    """A plain reading of as much of JSON Schema as ours uses; each rule that is not kept, and where."""
    known = {"type", "enum", "const", "pattern", "format", "minimum", "items", "properties", "required"}
    assert not set(schema) - known - {"additionalProperties", "description", "$schema", "title", "version"}, "read it too"
    named = schema.get("type", [])
    kinds = [named] if isinstance(named, str) else named
    fits = any(type(value) in TYPES[kind] for kind in kinds)
    wrong = [f"{at} type"] if kinds and not fits else []
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        wrong.append(f"{at} value")
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            wrong.append(f"{at} pattern")
        if "format" in schema:
            MOMENT[schema["format"]](value)
    if isinstance(value, int) and value < schema.get("minimum", value):
        wrong.append(f"{at} minimum")
    if isinstance(value, list):
        wrong += [line for n, one in enumerate(value) for line in troubles(one, schema["items"], f"{at}[{n}]")]
    if isinstance(value, dict):
        wrong += [f"{at}.{name} missing" for name in schema["required"] if name not in value]
        wrong += [f"{at}.{name} unknown" for name in value if name not in schema["properties"]]
        for name, of in schema["properties"].items():
            wrong += troubles(value[name], of, f"{at}.{name}") if name in value else []
    return wrong


async def three_cases(place: Place) -> None:
    """One closed, one restricted to few, one that joined the first."""
    async with app.open_database(settings_of(place)) as database:
        first = await a_case(database, text='=HYPERLINK("x")\nNgõ 12 tối')
        closed = await a_case(database, text="Đống rác")
        async with database.begin() as uow:
            await file_case(uow, address=Address(Channel.ZALO, "77"), text="Ngõ 12 vẫn tối", main_case_id=first.id)
            await uow.cases.change(closed, status=CaseStatus.CLOSED, outcome=Outcome.DONE, closed_at=datetime.now(UTC))
            await uow.commit()


def settings_of(place: Place) -> Settings:
    return load_settings(data_dir=place.data_dir, database_url=place.url)


async def test_an_export_keeps_to_its_schema_and_comes_in_three_forms(sqlite_place: Place, tmp_path: Path) -> None:
    """Each line has what the schema says, in its order; the other forms have the same cases."""
    await three_cases(sqlite_place)
    homthu = Homthu.at(sqlite_place)
    told = json.loads((await asyncio.to_thread(homthu.does, "export", "--schema")).stdout)
    assert told == export_schema()
    assert told["version"] == told["properties"]["v"]["const"] == VERSION
    lines = (await asyncio.to_thread(homthu.does, "export")).stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    assert [list(row) for row in rows] == [list(told["properties"])] * 3
    assert [troubles(row, told) for row in rows] == [[], [], []]
    assert troubles(rows[0] | {"desk": "x", "messages": [{}]}, told), "the reading sees what is wrong"
    for form in ("csv", "xlsx"):
        file = tmp_path / f"cases.{form}"
        done = await asyncio.to_thread(homthu.does, "export", "--format", form, "--out", str(file))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "cases.csv").read_bytes().startswith("\ufeff".encode())
    sheet = openpyxl.load_workbook(tmp_path / "cases.xlsx").active
    table = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert table[0] == [name for name in told["properties"] if name != "v"]
    assert [row[0] for row in table[1:]] == [row["code"] for row in rows]
    assert table[1][10] == rows[0]["text"]


async def test_the_register_is_form_03(sqlite_place: Place, tmp_path: Path) -> None:
    """Thirteen columns, a row a matter, and how many people had it; the days and the ward stand above."""
    await three_cases(sqlite_place)
    homthu, file = Homthu.at(sqlite_place), tmp_path / "so.xlsx"
    far = ("register", "--from", "0001-01-01", "--to", "9999-12-31", "--format", "csv")
    assert (await asyncio.to_thread(homthu.does, *far)).stdout.count('"KN-PA') == 2
    words = ("register", "--ward", TAY_HO, "--from", "2020-01-01", "--to", "2030-12-31", "--out", str(file))
    assert (await asyncio.to_thread(homthu.does, *words)).returncode == 0
    sheet = openpyxl.load_workbook(file).active
    table = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert table[2][0] == "Phường Phú Thượng · Từ ngày 01/01/2020 đến ngày 31/12/2030"
    assert table[4] == [f"({n})" for n in range(1, 14)]
    assert [(row[0], row[4], row[6], row[8]) for row in table[5:]] == [
        (1, '=HYPERLINK("x")\nNgõ 12 tối', 2, "x"),
        (2, "Đống rác", 1, "x"),
    ]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_title_rows == "$4:$5"
    assert "đã giải quyết xong" in table[6][11]
    assert (await asyncio.to_thread(homthu.does, "register", "--ward", "12345")).returncode == 2


async def test_a_bulletin_is_printed_with_its_length(sqlite_place: Place) -> None:
    await three_cases(sqlite_place)
    homthu = Homthu.at(sqlite_place)
    done = await asyncio.to_thread(homthu.does, "bulletin", "--ward", TAY_HO, "--from", "2020-01-01", "--to", "2030-12-31")
    assert done.returncode == 0
    assert done.stdout.startswith("Kính thưa bà con phường Phú Thượng.")
    assert re.fullmatch(r"\d+ syllables, about [234]\.\d minutes; a draft: .*\n", done.stderr)
    assert (await asyncio.to_thread(homthu.does, "bulletin", "--ward", "x")).returncode == 2


def test_a_stopped_export_leaves_no_file(sqlite_place: Place, tmp_path: Path) -> None:
    """Ctrl-C while it is at work: neither the file nor a half of it stays, and what was there before does."""
    asyncio.run(three_cases(sqlite_place))
    homthu, file = Homthu.at(sqlite_place), tmp_path / "cases.csv"
    file.write_text("before")
    slow = "import bot.sheet_making as m, asyncio, bot.cli, sys\n" + (
        "async def late(*_):\n await asyncio.sleep(60)\n yield []\nm.export_rows = late\n"
        "sys.exit(bot.cli.command(['export', '--format', 'csv', '--out', sys.argv[1]]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", slow, str(file)],
        cwd=ROOT,
        env=homthu.environment,
        stderr=subprocess.PIPE,
        # Whoever runs the tests in the background may have left Ctrl-C ignored, and a child inherits that.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads in between
    )
    until = time.monotonic() + 60
    while not list(tmp_path.glob("*.part")):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert [path.name for path in tmp_path.glob("cases*")] == ["cases.csv"]
    assert file.read_text() == "before"


def test_a_terminal_is_told_how_far_how_quick_and_how_long_yet() -> None:
    assert progress_line(12_400, 100_000, 2.0) == "12,400 of 100,000 cases (12 %), 6,200 a second, 14 s to go"
    assert progress_line(0, 7, 0.0) == "0 of 7 cases"


async def begun(database: Database, staff_id: Any, **asked: str) -> LongWork:
    async with database.begin() as uow:
        new = NewWork(staff_id=staff_id, kind=WorkKind.EXPORT, asked=asked, file_name="x", media_type="text/csv")
        work = await uow.long_works.begin(new, SystemClock().now())
        await uow.commit()
    assert work is not None
    return work


async def ended(database: Database, work: LongWork) -> LongWork:
    async with asyncio.timeout(120):
        while True:
            async with database.reading() as uow:
                found = await uow.long_works.get(work.id)
            if found and found.state is not WorkState.RUNNING:
                return found
            await asyncio.sleep(0.05)


async def test_a_process_of_its_own_makes_it_sealed_and_ends_when_it_is_told(database_place: Place) -> None:
    """On either engine: what a ward's leader may see and no more, nothing of it open on the disk; killed, it has failed."""
    await three_cases(database_place)
    settings = settings_of(database_place)
    async with app.open_database(settings) as database:
        async with database.begin() as uow:
            lead = await hire(uow, "lead", TAY_HO, Role.WARD_LEADER)
            await uow.commit()
        workshop = ProcessWorkshop(settings, database, SystemClock())
        work = await begun(database, lead.id, format="jsonl")
        await workshop.start(work.id)
        done = await ended(database, work)
        assert (done.state, done.done, done.total) == (WorkState.DONE, 3, 3)
        files = app.open_files(settings, database.keys)
        made = b"".join([part async for part in pieces(files, done)])
        assert [json.loads(line)["text"][:4] for line in io.BytesIO(made)] == ["=HYP", "Đống", "Ngõ "]
        for path in (settings.data_dir / "files").rglob("*"):
            assert not path.is_file() or "Đống".encode() not in path.read_bytes()
        again = await begun(database, lead.id, format="csv")
        await workshop.start(again.id)
        workshop.stop(again.id)
        assert (await ended(database, again)).state is WorkState.FAILED
        await workshop.close()


@pytest.mark.parametrize("asked", [{}, {"format": "pdf"}])
async def test_what_nobody_can_make_has_failed(sqlite_place: Place, asked: dict[str, str]) -> None:
    settings = settings_of(sqlite_place)
    async with app.open_database(settings) as database:
        async with database.begin() as uow:
            officer = await hire(uow, "officer", TAY_HO, Role.WARD_LEADER if asked else Role.WARD_OFFICER)
            await uow.commit()
        workshop = ProcessWorkshop(settings, database, SystemClock())
        work = await begun(database, officer.id, **asked)
        await workshop.start(work.id)
        assert (await ended(database, work)).state is WorkState.FAILED
        await workshop.close()
