"""The kinds and categories of `data/categories.json`, as values."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.domain.case import CaseKind

DATA = Path(__file__).parent / "data"
DEFAULT_DEADLINE = 10  # working days; law on citizen reception, art. 28(1), borrowed


@dataclass(frozen=True, slots=True)
class Category:
    """`deadline` is in working days, None where the table opens no case."""

    id: str
    kind: CaseKind
    vi: str
    en: str
    deadline: int | None
    is_sensitive: bool


@cache
def load_categories() -> dict[str, Category]:
    """Every category by its id."""
    found = json.loads((DATA / "categories.json").read_text(encoding="utf-8"))
    return {
        row["id"]: Category(
            row["id"], CaseKind(kind["id"]), row["vi"], row["en"], row["deadline_working_days"], row["sensitive"]
        )
        for kind in found["kinds"]
        for row in kind["categories"]
    }


def deadline_days(category: str) -> int:
    """Working days until an answer is due: the category's own, at least one, or the default."""
    known = load_categories().get(category)
    if known is None or known.deadline is None:
        return DEFAULT_DEADLINE
    return max(known.deadline, 1)
