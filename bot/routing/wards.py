"""The city's current wards, from `data/wards.csv`. Names shown anywhere come from here."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from bot.domain.ward import Ward, WardCode, WardKind
from bot.errors import UnknownWard

DATA = Path(__file__).parent / "data"


class Wards:
    """Every current ward by its code, in the order of the file."""

    def __init__(self, wards: list[Ward]) -> None:
        self._by_code = {ward.code: ward for ward in wards}

    def __iter__(self) -> Iterator[Ward]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Ward:
        """Raises UnknownWard."""
        try:
            return self._by_code[WardCode(code)]
        except KeyError:
            raise UnknownWard(code=code) from None


def city_folder(data_dir: Path) -> Path:
    """Where the city's tables are: what `homthu wards import` took over, else those of Hanoi, which are shipped."""
    imported = data_dir / "city"
    return imported if (imported / "wards.csv").is_file() else DATA


@cache
def load_wards(folder: Path = DATA) -> Wards:
    with (folder / "wards.csv").open(encoding="utf-8", newline="") as file:
        return Wards(
            [
                Ward(
                    WardCode(row["code"]),
                    row["name"],
                    WardKind(row["kind"]),
                    row["name_en"],
                    float(row["lat"]),
                    float(row["lon"]),
                )
                for row in csv.DictReader(file)
            ]
        )
