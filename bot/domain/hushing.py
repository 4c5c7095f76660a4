"""What a review does not tell, because it would point at somebody who wrote about an official.

A number below five in a line about the conduct of officials is written "< 5". Where the sum and the lines that are told
would give it away, further lines are left untold, in as many tables as needed. What is not told is 0 in the figures.
A pure function of the tables; it protects what a document says, not its reader, who may well be allowed to read the cases.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

from bot.domain.case import CaseKind
from bot.domain.figures import SMALL, Figures, Hours, Outcomes
from bot.domain.outcome import Outcome
from bot.domain.review import Review, Row

SENSITIVE_KINDS = frozenset({CaseKind.CONDUCT.value})
_HOURS = ("to_answer", "to_close")
_NUMBERS = tuple(one.name for one in fields(Figures) if one.default == 0)
COLUMNS = (*_NUMBERS, *_HOURS, *(f"outcomes.{one.value}" for one in Outcome))
# In one line these follow from each other, where nothing is open: of each set all are told, or none.
_TOGETHER = (frozenset({"kept", "missed"}), frozenset(name for name in COLUMNS if name.startswith("outcomes.")))

Cell = tuple[str, str]  # "kind" or "category", and its key


def value_of(figures: Figures, column: str) -> int:
    """The number of a column; of times, of how many cases they are."""
    if column.startswith("outcomes."):
        return figures.outcomes.of(Outcome(column.removeprefix("outcomes.")))
    if column in _HOURS:
        return int(getattr(figures, column).number)
    return int(getattr(figures, column))


def hush(review: Review, kind_of: Mapping[str, str]) -> Review:
    """The same review with what must not be told taken out of `kinds` and `categories`.

    Args:
        kind_of: Category to the kind it belongs to.
    """
    now = _hush_side(review.kinds, review.categories, review.total.now, kind_of, is_before=False)
    before = _hush_side(now[0], now[1], review.total.before, kind_of, is_before=True)
    return replace(review, kinds=before[0], categories=before[1])


def _hush_side(
    kinds: Sequence[Row], categories: Sequence[Row], total: Figures, kind_of: Mapping[str, str], *, is_before: bool
) -> tuple[list[Row], list[Row]]:
    """Of the term, or of the one before it."""
    sides = {("kind", row.key): row.before if is_before else row.now for row in kinds}
    sides |= {("category", row.key): row.before if is_before else row.now for row in categories}
    few: dict[Cell, set[str]] = {cell: set() for cell in sides}
    untold: dict[Cell, set[str]] = {cell: set() for cell in sides}
    forced = _forced(sides, kind_of)
    for column in COLUMNS:
        table = _Table(
            {cell: value_of(figures, column) for cell, figures in sides.items()}, value_of(total, column), kind_of
        )
        primary = {cell for cell, columns in forced.items() if column in columns}
        for cell in table.hide(primary):
            few.setdefault(cell, set())
            untold.setdefault(cell, set())
            (few if cell in primary and table.values[cell] < SMALL else untold)[cell].add(column)
    return (
        _marked("kind", kinds, few, untold, is_before=is_before),
        _marked("category", categories, few, untold, is_before=is_before),
    )


def _forced(sides: Mapping[Cell, Figures], kind_of: Mapping[str, str]) -> dict[Cell, set[str]]:
    """Which columns of which sensitive lines are hidden for their own sake. That there is nothing may be told."""
    found = {}
    for cell, figures in sides.items():
        if _kind(cell, kind_of) not in SENSITIVE_KINDS:
            continue
        told = {column for column in COLUMNS if value_of(figures, column) > 0}
        small = {column for column in told if value_of(figures, column) < SMALL}
        if "accepted" in small:
            small |= told - {"waiting", "overdue"}  # those are of cases of any age
        for together in _TOGETHER:
            small |= together & told if together & small else set()
        found[cell] = small
    return found


def _kind(cell: Cell, kind_of: Mapping[str, str]) -> str:
    table, key = cell
    return key if table == "kind" else kind_of.get(key, "")


@dataclass(slots=True)
class _Table:
    """One column of both tables, with what a reader can add up: each table to the total, categories to their kind."""

    values: dict[Cell, int]
    total: int
    kind_of: Mapping[str, str]

    def hide(self, primary: Collection[Cell]) -> set[Cell]:
        """These, and as many others as are needed so that none of these can be reckoned from what is left."""
        hidden = set(primary)
        while sums := self._giving_away(hidden, primary):
            partner = next((one for among in sums if (one := self._partner(among, hidden)) is not None), None)
            if partner is None:
                break
            hidden.add(partner)
        return hidden

    def _relations(self) -> Iterator[tuple[set[Cell], int]]:
        """Cells whose sum a reader knows, and that sum; the sum of a kind is known as far as its own cell is."""
        for table in ("kind", "category"):
            yield {cell for cell in self.values if cell[0] == table}, self.total

    def _families(self) -> Iterator[tuple[Cell, set[Cell]]]:
        """A kind, and its categories, where they add up to it."""
        for kind in [cell for cell in self.values if cell[0] == "kind"]:
            own = {cell for cell in self.values if cell[0] == "category" and self.kind_of.get(cell[1], "") == kind[1]}
            if own and sum(self.values[cell] for cell in own) == self.values[kind]:
                yield kind, own

    def equations(self, hidden: Collection[Cell]) -> list[tuple[dict[Cell, int], int]]:
        """What a reader knows of the hidden cells: coefficients, and what they come to."""
        found = []
        for cells, whole in self._relations():
            unknown = dict.fromkeys(sorted(cells & set(hidden)), 1)
            found.append((unknown, whole - sum(self.values[cell] for cell in cells if cell not in unknown)))
        for kind, own in self._families():
            signs = {**dict.fromkeys(sorted(own), 1), kind: -1}
            unknown = {cell: sign for cell, sign in signs.items() if cell in hidden}
            found.append((unknown, -sum(sign * self.values[cell] for cell, sign in signs.items() if cell not in unknown)))
        return [(unknown, whole) for unknown, whole in found if unknown]

    def _giving_away(self, hidden: Collection[Cell], primary: Collection[Cell]) -> list[set[Cell]]:
        """The hidden cells of each sum that gives one of `primary` away, shortest first; empty when none does."""
        equations = self.equations(hidden)
        known = determined([unknown for unknown, _ in equations]) & set(primary)
        found = [set(unknown) for unknown, _ in equations if known & set(unknown)]
        for unknown, whole in equations:  # all of them small: their sum may leave them no choice
            small = [cell for cell in unknown if cell in primary and 0 < self.values[cell] < SMALL]
            is_sum = len(small) == len(unknown) and set(unknown.values()) == {1}
            if is_sum and whole in (len(small), (SMALL - 1) * len(small)):
                found.append(set(unknown))
        return sorted(found, key=lambda cells: (len(cells), sorted(cells)))

    def _partner(self, among: Collection[Cell], hidden: Collection[Cell]) -> Cell | None:
        """Who hides with them: of the same kind if there is one, the least that is not small, else the greatest."""
        kinds = {_kind(cell, self.kind_of) for cell in among}
        tables = {cell[0] for cell in among}
        free = [cell for cell in self.values if cell not in hidden]
        close = [cell for cell in free if cell[0] in tables and _kind(cell, self.kind_of) in kinds]
        for cells in (close, [cell for cell in free if cell[0] in tables], free):
            if cells:
                return min(cells, key=lambda cell: (self.values[cell] < SMALL, abs(self.values[cell] - SMALL), cell))
        return self._nobody(tables, hidden)

    def _nobody(self, tables: Collection[str], hidden: Collection[Cell]) -> Cell | None:
        """A line that nobody is in, where there is no other: without it the total alone would tell."""
        for table in sorted(tables):
            for key in ("other", ""):
                if (table, key) not in hidden and (table, key) not in self.values:
                    self.values[table, key] = 0
                    return table, key
        return None


def determined(equations: Iterable[Mapping[Cell, int]]) -> set[Cell]:
    """The unknowns that these sums, taken together, fix: by elimination."""
    rows = [{cell: Fraction(number) for cell, number in one.items()} for one in equations]
    done: list[dict[Cell, Fraction]] = []
    while rows:
        row = {cell: number for cell, number in rows.pop().items() if number}
        if not row:
            continue
        pivot = min(row)
        row = {cell: number / row[pivot] for cell, number in row.items()}
        rows = [_without(other, pivot, row) for other in rows]
        done = [_without(other, pivot, row) for other in done]
        done.append(row)
    return {next(iter(row)) for row in done if len(row) == 1}


def _without(row: Mapping[Cell, Fraction], pivot: Cell, by: Mapping[Cell, Fraction]) -> dict[Cell, Fraction]:
    times = row.get(pivot, Fraction(0))
    left = {cell: row.get(cell, Fraction(0)) - times * by.get(cell, Fraction(0)) for cell in {*row, *by}}
    return {cell: number for cell, number in left.items() if number}


def _marked(
    table: str, rows: Sequence[Row], few: Mapping[Cell, set[str]], untold: Mapping[Cell, set[str]], *, is_before: bool
) -> list[Row]:
    keys = {row.key: row for row in rows}
    for name, key in [*few, *untold]:
        if name == table and key not in keys:
            keys[key] = Row(key=key, now=Figures(), before=Figures())
    return [
        _mark(row, few.get((table, row.key), set()), untold.get((table, row.key), set()), is_before) for row in keys.values()
    ]


def _mark(row: Row, few: Collection[str], untold: Collection[str], is_before: bool) -> Row:
    if not few and not untold:
        return row
    if is_before:
        left = _blanked(row.before, {*few, *untold})
        return replace(row, before=left, few_before=frozenset(few), untold_before=frozenset(untold))
    return replace(row, now=_blanked(row.now, {*few, *untold}), few=frozenset(few), untold=frozenset(untold))


def _blanked(figures: Figures, columns: Collection[str]) -> Figures:
    """Without those numbers; times of too few cases are gone with them."""
    left: dict[str, Any] = {name: 0 for name in _NUMBERS if name in columns}
    left |= {name: Hours() for name in _HOURS if name in columns}
    outcomes = {one: number for one, number in figures.outcomes.counts.items() if f"outcomes.{one.value}" not in columns}
    return replace(figures, outcomes=Outcomes(outcomes), **left)
