"""What a ward was called before: the units whose people and places it took over. Finding is `bot.routing.routing`."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.domain.ward import WardCode
from bot.routing.gazetteer import DISTRICT_WORDS, KIND_WORDS, UnitKind
from bot.routing.wards import DATA


@dataclass(frozen=True, slots=True)
class Former:
    """A unit that is no more: "phường Phúc Xá", "quận Ba Đình". `is_whole`: all of it came to this ward."""

    code: str
    name: str
    district: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Formers:
    """`of` has those of the latest change alone, whole ones first; `now_at` every code that was ever given."""

    of: Mapping[WardCode, Sequence[Former]]
    now_at: Mapping[str, Sequence[WardCode]]


@cache
def load_formers(folder: Path = DATA) -> Formers:
    """Of a folder of tables; empty where it tells no history."""
    path = folder / "ward_history.csv"
    if not path.is_file():
        return Formers({}, {})
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    latest = max((row["last_day"] for row in rows), default="")
    of: defaultdict[WardCode, list[Former]] = defaultdict(list)
    now_at: defaultdict[str, dict[WardCode, None]] = defaultdict(dict)
    for row in rows:
        code = WardCode(row["new_code"])
        if row["old_code"]:
            now_at[row["old_code"]][code] = None
        if row["last_day"] == latest:
            of[code].append(_former(row))
    ordered = {code: tuple(sorted(found, key=lambda one: not one.is_whole)) for code, found in of.items()}
    return Formers(ordered, {old: tuple(codes) for old, codes in now_at.items()})


def _former(row: Mapping[str, str]) -> Former:
    district = DISTRICT_WORDS.get(row["old_district_kind"], "")
    return Former(
        row["old_code"],
        f"{KIND_WORDS[UnitKind(row['old_kind'])]} {row['old_name']}",
        f"{district} {row['old_district']}".strip(),
        row["share"] == "whole",
    )
