"""The dashboard: what waits, what became of a period's cases, and what speaks against it; over what the viewer may see.

The charts are `admin.figures.charts`, the facts with their explanations `admin.figures.facts`, the download
`admin.figures.download`. Whoever leads people also sees what each one's closings came to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import reduce
from operator import add

from aiohttp import web

from admin.figures.charts import Chart, answer_chart, waiting_chart
from admin.figures.download import as_csv
from admin.figures.facts import Fact, facts_of, outcomes_of
from admin.figures.lines import CloserLine, Line, closer_line, line_of
from admin.guard import Visit
from admin.labels import category_name, sorting_key
from admin.pages import Frame
from admin.settings.choices import ward_of
from bot.domain.figures import QUICK_MINUTES, By, Closer, Figures, Period
from bot.domain.rights import Right
from bot.services.setting import read_day
from bot.web import keys, render

DASHBOARD = "/staff/dashboard"


@dataclass(frozen=True, slots=True)
class ByLink:
    """A breakdown to choose."""

    wording_key: str
    address: str
    is_here: bool


@dataclass(frozen=True, kw_only=True)
class DashboardPage:
    """Everything `staff/dashboard.html` may use."""

    frame: Frame
    first: str  # days, as a date field has them
    last: str
    before_first: str  # of the period before, as long
    before_last: str
    by: str
    links: Sequence[ByLink]
    csv_address: str
    total: Line
    before: Line
    facts: Sequence[Fact]
    outcomes: Sequence[Fact]
    lines: Sequence[Line]
    charts: Sequence[Chart]
    closers: Sequence[CloserLine] | None  # None: the viewer leads nobody
    quick_minutes: int


async def show_dashboard(visit: Visit) -> web.StreamResponse:
    viewer = visit.viewer.wanting(Right.DASHBOARD)
    if not viewer.may(Right.DASHBOARD):
        raise web.HTTPForbidden
    query, zone = visit.request.query, visit.request.app[keys.SETTINGS].zone
    period = Period.read(
        read_day(query.get("from", "")[:20]), read_day(query.get("to", "")[:20]), visit.now.astimezone(zone).date()
    )
    by = _asked(query.get("by", ""))
    start, end = _moments(visit, period)
    before_start, before_end = _moments(visit, period.before)
    leads = visit.viewer.wanting(Right.CLOSERS)
    closers: list[Closer] | None = None
    async with visit.request.app[keys.STORAGE].reading() as uow:
        found = await uow.figures.by(viewer, by, start=start, end=end, now=visit.now)
        before = await uow.figures.total(viewer, start=before_start, end=before_end, now=visit.now)
        if leads.may(Right.CLOSERS):
            closers = await uow.figures.closers(leads, start=start, end=end)
    lines = _lines(visit, by, found)
    total = line_of("", reduce(add, found.values(), Figures()))
    first, last = period.first.isoformat(), period.last.isoformat()
    here = f"{DASHBOARD}?from={first}&to={last}"
    if query.get("as") == "csv":
        return as_csv(visit, f"{first}_{last}", [*lines, total])
    page = DashboardPage(
        frame=visit.frame,
        first=first,
        last=last,
        before_first=f"{period.before.first:%d/%m/%Y}",
        before_last=f"{period.before.last:%d/%m/%Y}",
        by=by.value,
        links=[ByLink(f"dashboard_by_{one.value}", f"{here}&by={one.value}", one is by) for one in By],
        csv_address=f"{here}&by={by.value}&as=csv",
        total=total,
        before=line_of("", before),
        facts=facts_of(total.figures, before),
        outcomes=outcomes_of(total.figures, before),
        lines=lines,
        charts=[waiting_chart(lines), answer_chart(visit, lines)],
        closers=None if closers is None else [closer_line(one) for one in closers],
        quick_minutes=QUICK_MINUTES,
    )
    return render(visit.request, "staff/dashboard.html", page)


def _moments(visit: Visit, period: Period) -> tuple[datetime, datetime]:
    """From the first moment of the period until just after its last."""
    zone = visit.request.app[keys.SETTINGS].zone
    after = period.last + timedelta(days=1)
    return datetime.combine(period.first, time(), zone), datetime.combine(after, time(), zone)


def _asked(text: str) -> By:
    return By(text) if text in {one.value for one in By} else By.WARD


def _lines(visit: Visit, by: By, found: Mapping[str, Figures]) -> list[Line]:
    lines = [line_of(_name(visit, by, key), figures) for key, figures in found.items()]
    return sorted(lines, key=lambda line: sorting_key(line.name))


def _name(visit: Visit, by: By, key: str) -> str:
    if not key:
        return visit.say("desk_no_ward" if by is By.WARD else "dashboard_none")
    if by is By.WARD:
        name = ward_of(visit, key) or key
        return name[:1].upper() + name[1:]
    if by is By.CATEGORY:
        return category_name(key, visit.language)
    return visit.say(f"desk_{by.value}_{key}")
