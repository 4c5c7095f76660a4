"""Every name a ward goes by: the current ones, and the old units that residents still say.

Read from `data/wards.csv` and `data/ward_history.csv`. How a text is searched for them is `bot.routing.matching`.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.domain.ward import WardCode
from bot.routing.folding import words_of
from bot.routing.wards import DATA, Wards, load_wards

Receivers = list[tuple[WardCode, bool]]  # (ward, did residents go there)


class UnitKind(StrEnum):
    """What a unit is or was called: townships are gone, but not from speech."""

    PHUONG = "phuong"
    XA = "xa"
    THI_TRAN = "thi_tran"


@dataclass(frozen=True, slots=True)
class Unit:
    """A current ward, or an old unit and the wards that received its residents."""

    kind: UnitKind
    name: str
    district: str  # old units only, folded; empty for a current ward
    codes: tuple[WardCode, ...]

    @property
    def is_current(self) -> bool:
        return not self.district


@dataclass(frozen=True, slots=True)
class Name:
    """A name and every unit that bears or bore it."""

    plain: tuple[str, ...]
    marked: tuple[str, ...]
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class District:
    """An abolished district: a hint at its wards."""

    plain: tuple[str, ...]
    marked: tuple[str, ...]
    codes: tuple[WardCode, ...]

    @property
    def key(self) -> str:
        return " ".join(self.plain)


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """All names by their first plain word, longest first."""

    names: dict[str, tuple[Name, ...]]
    districts: dict[str, tuple[District, ...]]


def load_gazetteer(wards: Wards | None = None, folder: Path = DATA) -> Gazetteer:
    """Read both tables; about 900 lines, a few milliseconds."""
    wards = load_wards() if wards is None else wards
    history = _read_history(folder)
    units = [Unit(UnitKind(ward.kind.value), ward.name, "", (ward.code,)) for ward in wards]
    units += [
        Unit(UnitKind(kind), name, _key(district), _receivers(rows)) for (kind, name, district), rows in history.items()
    ]
    return Gazetteer(_index_names(units), _index_districts(history))


def _read_history(folder: Path) -> dict[tuple[str, str, str], Receivers]:
    found: dict[tuple[str, str, str], Receivers] = defaultdict(list)
    with (folder / "ward_history.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            old = (row["old_kind"], row["old_name"], row["old_district"])
            found[old].append((WardCode(row["new_code"]), row["population"] != "none"))
    return found


def _receivers(rows: Receivers) -> tuple[WardCode, ...]:
    """Where the residents went; a unit that lost only land keeps that."""
    peopled = tuple(dict.fromkeys(code for code, has_people in rows if has_people))
    return peopled or tuple(dict.fromkeys(code for code, _ in rows))


def _key(name: str) -> str:
    return " ".join(word.plain for word in words_of(name))


def _faces(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words = words_of(name)
    return tuple(word.plain for word in words), tuple(word.marked for word in words)


def _index_names(units: list[Unit]) -> dict[str, tuple[Name, ...]]:
    by_name: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Unit]] = defaultdict(list)
    for unit in units:
        by_name[_faces(unit.name)].append(unit)
    by_first: dict[str, list[Name]] = defaultdict(list)
    for (plain, marked), same in by_name.items():
        by_first[plain[0]].append(Name(plain, marked, tuple(same)))
    return {first: tuple(sorted(names, key=lambda name: -len(name.plain))) for first, names in by_first.items()}


def _index_districts(history: dict[tuple[str, str, str], Receivers]) -> dict[str, tuple[District, ...]]:
    codes: dict[str, dict[WardCode, None]] = defaultdict(dict)
    for (_, _, district), rows in history.items():
        codes[district].update(dict.fromkeys(_receivers(rows)))
    by_first: dict[str, list[District]] = defaultdict(list)
    for district, found in codes.items():
        plain, marked = _faces(district)
        by_first[plain[0]].append(District(plain, marked, tuple(found)))
    return {first: tuple(sorted(same, key=lambda one: -len(one.plain))) for first, same in by_first.items()}
