"""Every name a ward goes by, and every name that hints at one: current wards, old units, old districts, streets, villages,
bus stops; and the names of other provinces, so that their wards are not taken for ours.

Read from the tables in `data/` (sources there). Names are found by `bot.routing.names`; what they mean in a text is decided
in `bot.routing.reading`.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

from bot.domain.ward import WardCode
from bot.routing.tokens import tokens_of
from bot.routing.wards import DATA, Wards, load_wards

LEAST_STOPS = 2  # a street seen at one stop only may be a slip of the map
LONGEST_NAME = 8  # tokens
_LANDMARK = re.compile(
    r"(?:(?:Đối diện|Trước|Sau|Qua|Gần|Cạnh|Cổng|\d+m?)\s+)*"
    r"((?:Trường|Bệnh viện|Chợ|Công viên|Đền|Chùa|Đình|Khu đô thị|KĐT|Học viện|Đại học|Cầu|Bến xe|Ga|Khu công nghiệp|"
    r"Nhà máy|Siêu thị|Trung tâm|Bảo tàng|Sân vận động|Nhà hát|Hồ|Cảng|Chung cư|Tòa nhà)\s[^\d,(/\-–]+)"
)


class UnitKind(StrEnum):
    """What a unit is or was called: townships are gone, but not from speech."""

    PHUONG = "phuong"
    XA = "xa"
    THI_TRAN = "thi_tran"


KIND_WORDS = {UnitKind.PHUONG: "phường", UnitKind.XA: "xã", UnitKind.THI_TRAN: "thị trấn"}
DISTRICT_WORDS = {"quan": "quận", "huyen": "huyện", "thi_xa": "thị xã"}


class Sort(StrEnum):
    """What a name names."""

    UNIT = "unit"
    DISTRICT = "district"
    STREET = "street"
    VILLAGE = "village"
    LANDMARK = "landmark"
    PROVINCE = "province"  # another one
    ABROAD = "abroad"  # a town or district of another province
    CITY = "city"  # this one


@dataclass(frozen=True, slots=True)
class Unit:
    """A current ward, or an old unit and the wards that received its residents."""

    kind: UnitKind
    name: str
    district: str  # old units only: the key of its district; empty for a current ward
    codes: tuple[WardCode, ...]
    shown: str  # "phường Bưởi (quận Tây Hồ)", for the trace
    is_whole: bool = True

    @property
    def is_current(self) -> bool:
        return not self.district


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """One name of one sort. `plain` and `canon` are written together; `units` for units, `codes` for everything else."""

    sort: Sort
    shown: str
    plain: str
    canon: str
    words: tuple[str, ...]  # without marks
    units: tuple[Unit, ...] = ()
    codes: tuple[WardCode, ...] = ()

    @property
    def size(self) -> int:
        """In tokens."""
        return len(self.words)


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """`by_plain`: names written together without marks. `by_gap`: units and districts with one letter left out."""

    by_plain: dict[str, tuple[Name, ...]]
    by_gap: dict[str, tuple[Name, ...]]
    starts: dict[str, int]  # first tokens of all names, without marks, and the length of the longest such name
    prefixes: frozenset[str]  # names of units that begin a longer one: "lang" of "lang ha"


def load_gazetteer(wards: Wards | None = None, folder: Path = DATA) -> Gazetteer:
    """Read all tables; about 4,500 lines. Hints that a folder lacks are done without."""
    wards = load_wards() if wards is None else wards
    rows = list(_rows(folder / "ward_history.csv"))
    units = [*_current_units(wards), *_old_units(rows)]
    names = [*_unit_names(units), *_district_names(rows, wards)]
    names += _hint_names(folder, wards)
    names += _foreign_names()
    names += [_name(Sort.CITY, shown) for shown in ("Hà Nội", "HN", "Hà Tây")]
    return _indexed(names)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _name(sort: Sort, shown: str, units: Iterable[Unit] = (), codes: Iterable[WardCode] = ()) -> Name:
    tokens = tokens_of(shown)
    plain, canon = "".join(token.plain for token in tokens), "".join(token.canon for token in tokens)
    return Name(sort, shown, plain, canon, tuple(token.plain for token in tokens), tuple(units), tuple(dict.fromkeys(codes)))


def key_of(name: str) -> str:
    """The key by which a district is known: canonical, written together."""
    return "".join(token.canon for token in tokens_of(name))


def _current_units(wards: Wards) -> Iterator[Unit]:
    for ward in wards:
        yield Unit(UnitKind(ward.kind.value), ward.name, "", (ward.code,), ward.full_name)


def _old_units(rows: list[dict[str, str]]) -> Iterator[Unit]:
    found: dict[tuple[str, str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        found[row["old_kind"], row["old_name"], row["old_district"]].append(row)
    for (kind, name, district), pieces in found.items():
        word = DISTRICT_WORDS.get(pieces[0]["old_district_kind"], "")
        shown = f"{KIND_WORDS[UnitKind(kind)]} {name} ({word} {district})"
        is_whole = all(piece["share"] == "whole" for piece in pieces)
        yield Unit(UnitKind(kind), name, key_of(district), _receivers(pieces), shown, is_whole)


def _receivers(pieces: Iterable[dict[str, str]]) -> tuple[WardCode, ...]:
    """Where the residents went; a unit that lost only land keeps that."""
    rows = list(pieces)
    peopled = [row for row in rows if row["population"] != "none"]
    return tuple(dict.fromkeys(WardCode(row["new_code"]) for row in peopled or rows))


def _unit_names(units: list[Unit]) -> Iterator[Name]:
    by_name: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        by_name[unit.name].append(unit)
    aliases: dict[str, list[Unit]] = defaultdict(list)
    for name, same in by_name.items():
        for alias in _aliases(name):
            if alias not in by_name:
                aliases[alias] += same
    for name, same in (by_name | aliases).items():
        yield _name(Sort.UNIT, name, same)


def _aliases(name: str) -> Iterator[str]:
    """Shorter ways to say it: a half of "A - B"; "Mỹ Đình" and "Mỹ Đình I" for "Mỹ Đình 1"."""
    if " - " in name:
        yield from name.split(" - ")
    if name[-1].isdigit():
        yield name[:-2]
        yield name[:-1] + "I" * int(name[-1])


def _district_names(rows: list[dict[str, str]], wards: Wards) -> Iterator[Name]:
    pieces: dict[str, list[dict[str, str]]] = defaultdict(list)
    kinds: dict[str, str] = {}
    for row in rows:
        pieces[row["old_district"]].append(row)
        kinds[row["old_district"]] = DISTRICT_WORDS.get(row["old_district_kind"], "")
    for district in [name for name in pieces if name.startswith("Bắc ")]:
        # A district that had been divided itself is still called by its first name.
        whole = district.removeprefix("Bắc ")
        if f"Nam {whole}" in pieces and whole not in pieces:
            pieces[whole] = pieces[district] + pieces[f"Nam {whole}"]
    for district, found in pieces.items():
        # Unit by unit: a unit that left only land to a ward sent no residents there.
        by_unit: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
        for row in found:
            by_unit[row["old_kind"], row["old_name"]].append(row)
        codes = dict.fromkeys(code for unit in by_unit.values() for code in _receivers(unit) if code in wards)
        yield _name(Sort.DISTRICT, district, codes=codes)


def _hint_names(folder: Path, wards: Wards) -> list[Name]:
    streets: dict[str, list[WardCode]] = defaultdict(list)
    seen: dict[str, int] = defaultdict(int)
    for row in _rows(folder / "street_ward_hints.csv"):
        streets[row["street"]].append(WardCode(row["ward_code"]))
        seen[row["street"]] += int(row["stops_seen"])
    villages: dict[str, list[WardCode]] = defaultdict(list)
    for row in _rows(folder / "village_ward_hints.csv"):
        villages[row["village"]].append(WardCode(row["ward_code"]))
    marks: dict[str, list[WardCode]] = defaultdict(list)
    for row in _rows(folder / "osm_bus_stops.csv"):
        found = _LANDMARK.match(row["name"])
        if found and found[1].split()[-1][0].isupper():  # "Trường tiểu học" alone is every school
            marks[found[1].strip()].append(WardCode(row["ward_code"]))
    names = [_name(Sort.STREET, name, codes=codes) for name, codes in streets.items() if seen[name] >= LEAST_STOPS]
    names += [_name(Sort.VILLAGE, name, codes=codes) for name, codes in villages.items() if " " in name]
    names += [name for name in (_name(Sort.LANDMARK, mark, codes=codes) for mark, codes in marks.items()) if name.size > 2]
    return [name for name in names if name.size <= LONGEST_NAME and all(code in wards for code in name.codes)]


def _foreign_names() -> Iterator[Name]:
    for row in _rows(DATA / "elsewhere.csv"):
        yield _name(Sort.PROVINCE if row["kind"] == "province" else Sort.ABROAD, row["name"])


def _indexed(names: list[Name]) -> Gazetteer:
    by_plain: dict[str, list[Name]] = defaultdict(list)
    by_gap: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        by_plain[name.plain].append(name)
        if name.sort in (Sort.UNIT, Sort.DISTRICT) and len(name.plain) > 3:
            for gap in gaps_of(name.plain):
                by_gap[gap].append(name)
    starts: dict[str, int] = defaultdict(int)
    for name in names:
        starts[name.words[0]] = max(starts[name.words[0]], name.size)
    units = sorted(name.words for name in names if name.sort is Sort.UNIT)
    prefixes = {"".join(first) for first, second in pairwise(units) if second[: len(first)] == first != second}
    return Gazetteer(
        {plain: tuple(same) for plain, same in by_plain.items()},
        {gap: tuple(same) for gap, same in by_gap.items()},
        dict(starts),
        frozenset(prefixes),
    )


def gaps_of(plain: str) -> set[str]:
    """The word itself and the word with one letter left out, each."""
    return {plain, *(plain[:at] + plain[at + 1 :] for at in range(len(plain)))}
