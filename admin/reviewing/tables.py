"""A review as its page shows it: tables with the term before in brackets, bars, hot spots, what residents said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from admin.figures.charts import BAR_HEIGHT, BAR_ROOM, MOST_BARS, Bar, Chart
from admin.guard import Visit
from admin.labels import grouped, map_url, sorting_key
from bot.domain.hushing import value_of
from bot.domain.review import FEW, Left, Review, Row
from bot.review_facts import FACTS, TABLES, row_name
from bot.web import keys

_WITHOUT_BEFORE = ("waiting", "overdue")


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, or the mark in its place. `before` is empty where there is none."""

    now: str
    before: str


@dataclass(frozen=True, slots=True)
class TableRow:
    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the review."""

    name: str
    title_key: str
    rows: Sequence[TableRow]
    chart: Chart


@dataclass(frozen=True, slots=True)
class SpotLine:
    """A hot spot."""

    ward: str
    category: str
    cases: int
    map_url: str


@dataclass(frozen=True, slots=True)
class LeftLine:
    """What is not in the figures, or is in spite of something."""

    wording_key: str
    number: str


COLUMNS = tuple(f"review_fact_{name}" for name in FACTS)


def tables_of(visit: Visit, review: Review) -> list[Table]:
    """Those that have a row; of one ward, not the table of wards."""
    found = []
    for table in TABLES:
        rows: Sequence[Row] = getattr(review, table)
        if not rows or (table == "wards" and review.ward_code):
            continue
        named = [(_name(visit, table, row.key), row) for row in rows]
        if table == "wards":
            named.sort(key=lambda one: (not one[1].key, sorting_key(one[0])))
        title = f"review_table_{table}"
        lines = [TableRow(name, [*_cells(visit, row)]) for name, row in named]
        found.append(Table(table, title, lines, _chart(visit, title, named)))
    return found


def total_cells(visit: Visit, review: Review) -> Sequence[Cell]:
    return [*_cells(visit, review.total)]


def _name(visit: Visit, table: str, key: str) -> str:
    return row_name(visit.language, table, key, visit.request.app[keys.WARDS])


def _cells(visit: Visit, row: Row) -> Iterator[Cell]:
    for name in FACTS:
        now = row.mark(name) or grouped(visit.language, value_of(row.now, name))
        if name in _WITHOUT_BEFORE:
            yield Cell(now, "")
        else:
            yield Cell(now, row.mark(name, before=True) or grouped(visit.language, value_of(row.before, name)))


def _chart(visit: Visit, title_key: str, named: Sequence[tuple[str, Row]]) -> Chart:
    """Where most came from; a line behind which somebody hides has no bar."""
    told = [(name, row) for name, row in named if not row.mark("accepted") and not row.mark("closed")]
    most = sorted(told, key=lambda one: -one[1].now.accepted)[:MOST_BARS]
    longest = max((row.now.accepted for _, row in most), default=1) or 1
    bars = [
        Bar(
            name,
            f"{grouped(visit.language, row.now.accepted)} ({grouped(visit.language, row.now.closed)})",
            max(row.now.accepted * BAR_ROOM // longest, 2),
            row.now.closed * BAR_ROOM // longest,
            number * BAR_HEIGHT,
        )
        for number, (name, row) in enumerate(most)
        if row.now.accepted
    ]
    return Chart(title_key, "review_chart", bars, len(bars) * BAR_HEIGHT)


def spots_of(visit: Visit, review: Review) -> list[SpotLine]:
    return [
        SpotLine(
            _name(visit, "wards", one.ward_code or ""),
            _name(visit, "categories", one.category),
            one.cases,
            map_url(one.point),
        )
        for one in review.hot_spots
    ]


def left_of(visit: Visit, review: Review) -> list[LeftLine]:
    lines = []
    for reason, number in review.left_out.items():
        told = FEW if reason is Left.HIDDEN and not number else grouped(visit.language, number)
        lines.append(LeftLine(f"review_left_{reason.value}", told))
    return [*lines, LeftLine("review_left_wordless", grouped(visit.language, review.wordless))]
