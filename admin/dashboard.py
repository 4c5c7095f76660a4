"""The dashboard: what waits, and how long residents waited, over what the viewer may see; charts, each with its table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import reduce
from operator import add

from aiohttp import web

from admin.guard import Visit
from admin.labels import category_name, sorting_key
from admin.pages import Frame
from admin.settings.choices import ward_of
from bot.domain.figures import By, Figures, Hours, Period
from bot.domain.rights import Right
from bot.services.setting import read_day
from bot.web import keys, render

DASHBOARD = "/staff/dashboard"
MOST_BARS = 12  # of a chart; its table has every group
BAR_ROOM = 300  # units of the chart's width that the longest bar takes


@dataclass(frozen=True, slots=True)
class Line:
    """A group's row. Hours are None where no case has come so far."""

    name: str
    figures: Figures
    answer_median: int | None
    answer_most: int | None  # nine of ten were answered within
    close_median: int | None
    close_most: int | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart: the whole, and the part of it that is marked, in units of the chart."""

    name: str
    value: str
    width: int
    marked: int
    y: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from the top. `height` is in units of the chart."""

    title_key: str
    text_key: str
    bars: Sequence[Bar]
    height: int


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
    by: str
    links: Sequence[ByLink]
    total: Line
    lines: Sequence[Line]
    charts: Sequence[Chart]


async def show_dashboard(visit: Visit) -> web.StreamResponse:
    viewer = visit.viewer.wanting(Right.DASHBOARD)
    if not viewer.may(Right.DASHBOARD):
        raise web.HTTPForbidden
    query, zone = visit.request.query, visit.request.app[keys.SETTINGS].zone
    period = Period.read(
        read_day(query.get("from", "")[:20]), read_day(query.get("to", "")[:20]), visit.now.astimezone(zone).date()
    )
    by = _asked(query.get("by", ""))
    start = datetime.combine(period.first, time(), zone)
    end = datetime.combine(period.last + timedelta(days=1), time(), zone)
    async with visit.request.app[keys.STORAGE].reading() as uow:
        found = await uow.figures.by(viewer, by, start=start, end=end, now=visit.now)
    lines = _lines(visit, by, found)
    first, last = period.first.isoformat(), period.last.isoformat()
    page = DashboardPage(
        frame=visit.frame,
        first=first,
        last=last,
        by=by.value,
        links=[
            ByLink(f"dashboard_by_{one.value}", f"{DASHBOARD}?from={first}&to={last}&by={one.value}", one is by)
            for one in By
        ],
        total=_line("", reduce(add, found.values(), Figures())),
        lines=lines,
        charts=[_waiting_chart(lines), _answer_chart(visit, lines)],
    )
    return render(visit.request, "staff/dashboard.html", page)


def _asked(text: str) -> By:
    return By(text) if text in {one.value for one in By} else By.WARD


def _lines(visit: Visit, by: By, found: Mapping[str, Figures]) -> list[Line]:
    lines = [_line(_name(visit, by, key), figures) for key, figures in found.items()]
    return sorted(lines, key=lambda line: sorting_key(line.name))


def _line(name: str, figures: Figures) -> Line:
    answer, close = figures.to_answer, figures.to_close
    return Line(name, figures, *_middle_and_most(answer), *_middle_and_most(close))


def _middle_and_most(hours: Hours) -> tuple[int | None, int | None]:
    return hours.within(0.5), hours.within(0.9)


def _name(visit: Visit, by: By, key: str) -> str:
    if not key:
        return visit.say("desk_no_ward" if by is By.WARD else "dashboard_none")
    if by is By.WARD:
        name = ward_of(visit, key) or key
        return name[:1].upper() + name[1:]
    if by is By.CATEGORY:
        return category_name(key, visit.language)
    return visit.say(f"desk_{by.value}_{key}")


def _waiting_chart(lines: Sequence[Line]) -> Chart:
    busy = sorted((line for line in lines if line.figures.waiting), key=lambda line: -line.figures.waiting)[:MOST_BARS]
    most = max((line.figures.waiting for line in busy), default=1)
    bars = [
        Bar(
            line.name,
            f"{line.figures.waiting} ({line.figures.overdue})",
            max(line.figures.waiting * BAR_ROOM // most, 2),
            line.figures.overdue * BAR_ROOM // most,
            number * 44,
        )
        for number, line in enumerate(busy)
    ]
    return Chart("dashboard_waiting", "dashboard_waiting_chart", bars, len(bars) * 44)


def _answer_chart(visit: Visit, lines: Sequence[Line]) -> Chart:
    slow = [(line, line.answer_median, line.answer_most) for line in lines]
    known = [(line, middle, most) for line, middle, most in slow if middle is not None and most is not None]
    known = sorted(known, key=lambda row: -row[2])[:MOST_BARS]
    longest = max((most for _, _, most in known), default=1) or 1
    bars = [
        Bar(
            line.name,
            visit.say("dashboard_hours", n=middle) + " · " + visit.say("dashboard_hours", n=most),
            max(most * BAR_ROOM // longest, 2),
            max(middle * BAR_ROOM // longest, 1),
            number * 44,
        )
        for number, (line, middle, most) in enumerate(known)
    ]
    return Chart("dashboard_answer", "dashboard_answer_chart", bars, len(bars) * 44)
