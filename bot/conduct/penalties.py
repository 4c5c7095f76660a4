"""Fines that other rules know for what the public code advises against, for reference only.

The codes themselves carry no fine. An amount is shown only where `data/penalties.json` has one with a source; rows that
nobody checked (status U) say so and have none, and `load_penalties` refuses a file that gives them one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.conduct.codes import DATA
from bot.domain.people import Language
from bot.routing.folding import folded

READ, STATED = "V", "S"  # as in LEGAL.md: the provision itself was read; a newspaper or a law portal states it
UNCHECKED = "U"


@dataclass(frozen=True, slots=True)
class Penalty:
    """What one behaviour may cost an individual.

    `amount` is from and to, in dong, None where it was not checked; `or_warning`: a warning is possible instead.
    `is_from_the_press`: the amount was read in a newspaper or law portal (`source`), not in the decree.
    """

    id: str
    vi: str
    en: str
    items: tuple[str, ...]  # ids of the code's items that speak of the same behaviour
    amount: tuple[int, int] | None
    or_warning: bool
    decree: str
    article: int | None
    is_from_the_press: bool
    source: str

    def text(self, language: Language) -> str:
        return self.en if language is Language.EN else self.vi


@cache
def load_penalties() -> tuple[Penalty, ...]:
    """Every row, in the file's order."""
    return read_penalties(json.loads((DATA / "penalties.json").read_text(encoding="utf-8")))


def read_penalties(found: Mapping[str, Any]) -> tuple[Penalty, ...]:
    """The rows in the shape of `penalties.json`.

    Raises:
        ValueError: An amount that was not checked, or one without a decree or a source.
    """
    return tuple(_penalty(row) for row in found["rows"])


def _penalty(row: Mapping[str, Any]) -> Penalty:
    has_amount = row["low"] is not None or row["high"] is not None
    status = row["status"]
    if status not in (READ, STATED, UNCHECKED) or (status == UNCHECKED) == has_amount:
        raise ValueError(f"{row['id']}: an amount needs the status V or S, and a status V or S an amount")
    if has_amount and not (row["decree"] and row["source"] and 0 < row["low"] <= row["high"]):
        raise ValueError(f"{row['id']}: an amount needs a decree, a source and two numbers in order")
    return Penalty(
        id=row["id"],
        vi=row["vi"],
        en=row["en"],
        items=tuple(row["items"]),
        amount=(row["low"], row["high"]) if has_amount else None,
        or_warning=row["or_warning"],
        decree=row["decree"] or "",
        article=row["article"],
        is_from_the_press=status == STATED,
        source=row["source"] or "",
    )


def penalties_of(item: str, query: str = "") -> tuple[Penalty, ...]:
    """The fines that may concern what this item speaks of, those first that share most words with the query."""
    asked = set(folded(query[:600]).split())
    found = [penalty for penalty in load_penalties() if item in penalty.items]
    return tuple(sorted(found, key=lambda one: -len(asked & set(folded(f"{one.vi} {one.en}").split()))))
