"""After a closing the resident is asked twice more whether it is still so: after two days, after four weeks, then never."""

from datetime import datetime, time, timedelta, tzinfo

from bot.domain.city_day import city_moment

QUESTIONS: tuple[tuple[str, timedelta], ...] = (("2d", timedelta(days=2)), ("4w", timedelta(weeks=4)))
DAY_BEGINS, DAY_ENDS = time(8), time(20)  # nobody is asked at night


def question_at(closed_at: datetime, number: int, zone: tzinfo) -> datetime | None:
    """When that question (from 0) is due, by day in the city; None after the last one."""
    if number >= len(QUESTIONS):
        return None
    return by_day(closed_at + QUESTIONS[number][1], zone)


def by_day(moment: datetime, zone: tzinfo) -> datetime:
    """That moment, or the next morning's first hour where people sleep then."""
    here = moment.astimezone(zone)
    if DAY_BEGINS <= here.time() < DAY_ENDS:
        return moment
    day = here.date() if here.time() < DAY_BEGINS else here.date() + timedelta(days=1)
    return city_moment(day, DAY_BEGINS, zone)


def was_judged(closed_at: datetime, number: int, judged_at: datetime | None) -> bool:
    """Whether the resident said what they think since the question before; what they said earlier may have changed."""
    since = closed_at if number == 0 else closed_at + QUESTIONS[number - 1][1]
    return judged_at is not None and judged_at >= since
