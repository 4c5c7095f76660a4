"""The dashboard's charts: bars from the top, drawn by the server; each has its numbers in words for who cannot see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from admin.figures.lines import Line
from admin.guard import Visit

MOST_BARS = 12  # of a chart; its table has every group
BAR_ROOM = 300  # units of the chart's width that the longest bar takes
BAR_HEIGHT = 44  # with its name above it


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


def waiting_chart(lines: Sequence[Line]) -> Chart:
    """Where most cases wait; what is late is marked."""
    busy = sorted((line for line in lines if line.figures.waiting), key=lambda line: -line.figures.waiting)[:MOST_BARS]
    most = max((line.figures.waiting for line in busy), default=1)
    bars = [
        Bar(
            line.name,
            f"{line.figures.waiting} ({line.figures.overdue})",
            max(line.figures.waiting * BAR_ROOM // most, 2),
            line.figures.overdue * BAR_ROOM // most,
            number * BAR_HEIGHT,
        )
        for number, line in enumerate(busy)
    ]
    return Chart("dashboard_waiting", "dashboard_waiting_chart", bars, len(bars) * BAR_HEIGHT)


def answer_chart(visit: Visit, lines: Sequence[Line]) -> Chart:
    """Where residents wait longest for a first answer; half of them is marked."""
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
            number * BAR_HEIGHT,
        )
        for number, (line, middle, most) in enumerate(known)
    ]
    return Chart("dashboard_answer", "dashboard_answer_chart", bars, len(bars) * BAR_HEIGHT)
