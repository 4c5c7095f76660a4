"""Takes over another city's tables, or this city's newer ones, after looking at all of them first.

Every problem is one clear line; as long as there is one, nothing changes. Which folder a router reads is the caller's choice
(`load_router(folder=…)`); maps are looked at in `bot.routing.importing_map`.
"""

import csv
import io
import math
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.routing.importing_map import problems_of_map

MOST_PROBLEMS = 200  # lines; who has more wants to see the first ones
WARDS, HISTORY, MAP = "wards.csv", "ward_history.csv", "ward_boundaries.geojson"
_NEEDED = (WARDS, HISTORY, MAP)
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    WARDS: ("code", "name", "kind", "name_en", "lat", "lon"),
    HISTORY: ("old_kind", "old_name", "old_district", "new_code", "share", "population", "old_district_kind"),
    "street_ward_hints.csv": ("street", "ward_code", "stops_seen"),
    "village_ward_hints.csv": ("village", "ward_code"),
    "osm_bus_stops.csv": ("name", "ward_code"),
}
_ALLOWED: Mapping[str, Mapping[str, frozenset[str]]] = {
    WARDS: {"kind": frozenset({"phuong", "xa"})},
    HISTORY: {
        "old_kind": frozenset({"phuong", "xa", "thi_tran"}),
        "share": frozenset({"whole", "part"}),
        "population": frozenset({"all", "part", "none"}),
        "old_district_kind": frozenset({"quan", "huyen", "thi_xa"}),
    },
}
_Rows = list[tuple[int, dict[str, str]]]  # the line in the file, and what it says


def import_city(folder: Path, target: Path) -> list[str]:
    """Copy the tables into `target`, which then holds exactly them.

    Returns:
        What is wrong, a line each, at most `MOST_PROBLEMS`; nothing was changed then. Empty: done.
    """
    problems = problems_of(folder)
    if not problems:
        _replace(folder, target)
    return problems


def problems_of(folder: Path) -> list[str]:
    """Everything that is wrong with the tables in a folder; empty: they can be used."""
    found: list[str] = []
    for problem in _problems(folder):
        found.append(problem)
        if len(found) == MOST_PROBLEMS:
            return [*found, "… and more"]
    return found


def _problems(folder: Path) -> Iterator[str]:
    tables: dict[str, _Rows] = {}
    for name in _COLUMNS:
        if (folder / name).is_file():
            rows, wrong = _read(folder / name)
            tables[name] = rows
            yield from wrong
        elif name in _NEEDED:
            yield f"{name}: the file is missing"
    if not (folder / MAP).is_file():
        yield f"{MAP}: the file is missing"
    if not tables.get(WARDS):
        return
    yield from _problems_of_wards(tables[WARDS])
    codes = {row["code"] for _, row in tables[WARDS]}
    for name, rows in tables.items():
        if name != WARDS:
            yield from _problems_of_targets(name, rows, codes)
    points = {row["code"]: point for _, row in tables[WARDS] if (point := _point(row)) is not None}
    if (folder / MAP).is_file():
        yield from problems_of_map(folder / MAP, codes, points)


def _read(path: Path) -> tuple[_Rows, list[str]]:
    """The rows of a table, and what keeps it from being read."""
    data = path.read_bytes()
    try:
        text = data.decode()
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        return [], [f"{path.name}:{line}: not UTF-8; save the file as UTF-8 (not Windows-1258 or TCVN3)"]
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    missing = [column for column in _COLUMNS[path.name] if column not in (reader.fieldnames or ())]
    if missing:
        return [], [f"{path.name}:1: no column {', '.join(missing)}"]
    rows: _Rows = []
    problems: list[str] = []
    try:
        for row in reader:
            if None in row or None in row.values():
                problems.append(f"{path.name}:{reader.line_num}: not as many values as columns")
            else:
                rows.append((reader.line_num, row))
                problems += _problems_of_values(path.name, reader.line_num, row)
    except csv.Error as wrong:
        problems.append(f"{path.name}:{reader.line_num}: {wrong}")
    if not rows and not problems:
        problems.append(f"{path.name}: no rows")
    return rows, problems


def _problems_of_values(name: str, line: int, row: Mapping[str, str]) -> Iterator[str]:
    for column, allowed in _ALLOWED.get(name, {}).items():
        if row[column] not in allowed:
            yield f"{name}:{line}: {column} is {row[column]!r}, not one of {', '.join(sorted(allowed))}"
    if "stops_seen" in row and not (row["stops_seen"].isascii() and row["stops_seen"].isdigit()):
        yield f"{name}:{line}: stops_seen is no number"
    for column in ("code", "name", "name_en", "old_name", "old_district", "street", "village"):
        if column in row and column in _COLUMNS[name] and not row[column].strip():
            yield f"{name}:{line}: {column} is empty"


def _problems_of_wards(rows: _Rows) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for line, row in rows:
        code = row["code"]
        seen[code] += 1
        if seen[code] > 1:
            yield f"{WARDS}:{line}: code {code} stands there twice"
        if not (code.isascii() and code.isdigit() and len(code) == 5):
            yield f"{WARDS}:{line}: code {code!r} is not five digits (keep it as text, with its zeros)"
        if _point(row) is None:
            yield f"{WARDS}:{line}: lat or lon is no place on earth"


def _problems_of_targets(name: str, rows: _Rows, codes: set[str]) -> Iterator[str]:
    column = "new_code" if name == HISTORY else "ward_code"
    for line, row in rows:
        if row[column] not in codes:
            yield f"{name}:{line}: {row[column]!r} is no ward of {WARDS}"


def _point(row: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        lat, lon = float(row["lat"]), float(row["lon"])
    except ValueError:
        return None
    return (lat, lon) if math.isfinite(lat + lon) and abs(lat) <= 90 and abs(lon) <= 180 else None


def _replace(folder: Path, target: Path) -> None:
    """Copied beside the target first, so that a full disk leaves the old data where it was."""
    fresh, old = target.with_name(f"{target.name}.new"), target.with_name(f"{target.name}.old")
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name in (*_COLUMNS, MAP, "SOURCES.md"):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, fresh / name)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    shutil.rmtree(old, ignore_errors=True)
