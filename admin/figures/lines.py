"""A group's row of the dashboard, and a closer's."""

from dataclasses import dataclass

from bot.domain.figures import Closer, Figures, Hours, share_of


@dataclass(frozen=True, slots=True)
class Line:
    """A group's row. Hours are None where no case has come so far, shares (percent) where too few have."""

    name: str
    figures: Figures
    answer_median: int | None
    answer_most: int | None  # nine of ten were answered within
    close_median: int | None
    close_most: int | None
    objection_share: int | None  # of the closings
    kept_share: int | None  # of the deadlines that were met or missed


@dataclass(frozen=True, slots=True)
class CloserLine:
    """Somebody's row; no share is reckoned of a handful of closings."""

    closer: Closer
    objection_share: int | None


def line_of(name: str, figures: Figures) -> Line:
    answer, close = _middle_and_most(figures.to_answer), _middle_and_most(figures.to_close)
    objections = share_of(figures.objections, figures.closings)
    return Line(name, figures, *answer, *close, objections, share_of(figures.kept, figures.kept + figures.missed))


def closer_line(closer: Closer) -> CloserLine:
    return CloserLine(closer, share_of(closer.objections, closer.closings))


def _middle_and_most(hours: Hours) -> tuple[int | None, int | None]:
    return hours.within(0.5), hours.within(0.9)
