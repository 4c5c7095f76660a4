"""Counts a term's cases for the review: a third of a year at a time, each in one walk (`storage.tallying`).

All tables of a review come from the same walk, so they have the same total. Memory is that of such a portion, however long
the term is.
"""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, or_, select, true

from bot.domain.case import CaseKind
from bot.domain.counting import Counted
from bot.domain.figures import SMALL, Figures
from bot.domain.review import HotSpot
from bot.domain.ward import Point, WardCode
from bot.ports import Viewer
from storage.figures import Breakdown, take_period, take_waiting
from storage.link import Link
from storage.spots import TELLS_NOTHING
from storage.tables import cases, ratings
from storage.tallying import Tally
from storage.visible_cases import visible_to

Tell = Callable[[], Awaitable[None]]  # called once for each portion that was counted

SEASON = timedelta(days=124)  # a portion of a term: a third of a year
MOST_SPOTS = 20  # on a map; more would be no help to anybody
_NEXT = "\x1d"  # no kind, category, ward or channel has it
_WARD = func.coalesce(cases.c.ward_code, "")
_IS_MAIN = cases.c.main_case_id.is_(None)


def _joined_up(*parts: ColumnElement[str]) -> ColumnElement[str]:
    text = parts[0]
    for part in parts[1:]:
        text = text.op("||", precedence=20)(literal(_NEXT, String)).op("||", precedence=20)(part)
    return text


_MATTER = _joined_up(cases.c.kind, cases.c.category)  # one breakdown for both: nearly always a category has one kind
# Nothing of a case about an official, whatever desk it waits at by now; its place does not lie open anyway.
_MAY_TELL_WHERE = and_(
    cases.c.lat.is_not(None),
    cases.c.kind != CaseKind.CONDUCT.value,
    ~cases.c.is_sensitive,
    cases.c.accused == "",
    cases.c.desk.not_in(TELLS_NOTHING),
)
_WHERE = _joined_up(cast(cases.c.lat, String), cast(cases.c.lon, String), _WARD, cases.c.category)
_SPOT = case((_MAY_TELL_WHERE, _WHERE))
_IS_WORDLESS = case((or_(cases.c.erased_at.is_not(None), cases.c.faded_at.is_not(None)), literal("1", String)))


def portions(start: datetime, end: datetime, length: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """The term in pieces of this length, the last one shorter; nothing where it is empty."""
    while start < end:
        until = min(start + length, end)
        yield start, until
        start = until


@dataclass(slots=True)
class _Sums:
    """What is counted so far."""

    matters: Breakdown = field(default_factory=lambda: Breakdown(_MATTER))
    wards: Breakdown = field(default_factory=lambda: Breakdown(_WARD))
    channels: Breakdown = field(default_factory=lambda: Breakdown(cases.c.channel))
    spots: Tally = field(default_factory=Counter)
    wordless: int = 0

    @property
    def breakdowns(self) -> tuple[Breakdown, ...]:
        return self.matters, self.wards, self.channels

    def by_matter(self) -> tuple[dict[str, Figures], dict[str, Figures]]:
        """By kind, and by category."""
        kinds: dict[str, Figures] = {}
        categories: dict[str, Figures] = {}
        for matter, figures in _figures(self.matters).items():
            for key, sums in zip(matter.split(_NEXT), (kinds, categories), strict=True):
                sums[key] = sums.get(key, Figures()) + figures
        return kinds, categories


def _figures(breakdown: Breakdown) -> dict[str, Figures]:
    return {name: group.figures() for name, group in breakdown.found.items()}


async def count_term(
    link: Link,
    viewer: Viewer,
    *,
    ward_code: WardCode | None,
    start: datetime,
    end: datetime,
    late_at: datetime,
    counts_waiting: bool = True,
    tell: Tell | None = None,
) -> Counted:
    """See `bot.ports.Reviews.count`."""
    place = cases.c.ward_code == ward_code if ward_code else true()
    mine, sums = and_(visible_to(viewer), place), _Sums()
    if counts_waiting:
        await take_waiting(link, sums.breakdowns, mine, late_at)
    for portion in portions(start, end, SEASON):
        more = [(_SPOT,), (_IS_WORDLESS,)]
        spots, wordless = await take_period(link, sums.breakdowns, mine, portion, late_at, more)
        sums.spots.update(spots)
        sums.wordless += wordless.total()
        if tell is not None:
            await tell()
    in_term = and_(place, cases.c.created_at >= start, cases.c.created_at < end)
    (kinds, categories), channels = sums.by_matter(), _figures(sums.channels)
    total = reduce(add, channels.values(), Figures())
    joined, hidden = await _left_out(link, in_term, mine, total)
    return Counted(
        total=total,
        kinds=kinds,
        categories=categories,
        wards=_figures(sums.wards),
        channels=channels,
        spots=_hot(sums.spots),
        joined=joined,
        hidden=hidden,
        wordless=sums.wordless,
        **await _ratings(link, and_(in_term, mine)),
    )


async def _left_out(link: Link, in_term: ColumnElement[bool], mine: ColumnElement[bool], total: Figures) -> tuple[int, int]:
    """How many joined another, and how many may not be seen; of these, whether they joined one is not asked."""
    mains = select(func.count()).select_from(cases).where(in_term, _IS_MAIN)
    # Each a question of its own: for a sum of all three an engine would walk the whole table.
    others = select(func.count()).select_from(cases).where(in_term, ~_IS_MAIN)
    asked = (mains, others, others.where(mine))
    row = await link.row(select(*(one.scalar_subquery().label(f"count_{at}") for at, one in enumerate(asked))))
    main, all_joined, joined = (int(number) for number in row or (0, 0, 0))
    return joined, max(main - total.accepted, 0) + all_joined - joined


async def _ratings(link: Link, which: ColumnElement[bool]) -> dict[str, Any]:
    rows = await link.rows(
        select(ratings.c.is_resolved, ratings.c.stars, func.count().label("number"))
        .select_from(ratings.join(cases, cases.c.id == ratings.c.case_id))
        .where(which, _IS_MAIN)
        .group_by(ratings.c.is_resolved, ratings.c.stars)
    )
    stars: Counter[int] = Counter()
    for row in rows:
        if row.stars is not None:
            stars[row.stars] += row.number
    return {
        "resolved": sum(row.number for row in rows if row.is_resolved),
        "unresolved": sum(row.number for row in rows if not row.is_resolved),
        "stars": dict(sorted(stars.items())),
    }


def _hot(told: Tally) -> Sequence[HotSpot]:
    """Those that many cases came from; where two are alike, the southern and western one first."""
    cells: Counter[str] = Counter()
    for (written,), number in told.items():
        cells[_cell(written)] += number
    many = {cell: number for cell, number in cells.items() if number >= SMALL}
    inside: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for (written,), number in told.items():
        if (cell := _cell(written)) in many:
            _, _, ward, category = written.split(_NEXT)
            inside[cell][ward, category] += number
    found = [(-number, _place(cell), inside[cell]) for cell, number in many.items()]
    return tuple(_spot(where, counted) for _, where, counted in sorted(found, key=lambda one: one[:2])[:MOST_SPOTS])


def _cell(written: str) -> str:
    return written[: written.index(_NEXT, written.index(_NEXT) + 1)]


def _place(cell: str) -> tuple[float, float]:
    lat, lon = cell.split(_NEXT)
    return float(lat), float(lon)


def _spot(where: tuple[float, float], counted: Counter[tuple[str, str]]) -> HotSpot:
    """Its ward and its category are those of most of its cases."""
    wards: Counter[str] = Counter()
    categories: Counter[str] = Counter()
    for (ward, category), number in counted.items():
        wards[ward] += number
        categories[category] += number
    ward = _most(wards)
    return HotSpot(
        point=Point(*where), ward_code=WardCode(ward) if ward else None, category=_most(categories), cases=counted.total()
    )


def _most(counted: Counter[str]) -> str:
    return min(counted, key=lambda key: (-counted[key], key))
