"""Due times in working time, and how an event tells of them: the only part of the clocks that asks the calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Self

from bot.domain.clocks.state import Clocks
from bot.domain.working_hours import after_worked, worked_between
from bot.domain.working_time import WorkingCalendar, due_after

ACCEPT_WITHIN = timedelta(hours=8)  # of working time; iHanoi, Decision 1207/QĐ-UBND
URGENT_WITHIN = timedelta(hours=4)  # of working time; the same, for danger to people
FIRST_ANSWER_DAYS = 7  # working days; Decree 155/2026, art. 10, the shortest in which somebody must be told anything
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Due times as an event sets them; None leaves a clock as it is. See `Clocks` for how the deadline is counted."""

    due_at: datetime
    counted_from: datetime | None = None
    counted_days: int = 0
    counted_more: timedelta = timedelta()
    accept_due_at: datetime | None = None
    answer_due_at: datetime | None = None

    def details(self) -> dict[str, str]:
        """As an event's details: short, and enough to read the setting back."""
        found = {"due": _written(self.due_at)}
        if self.counted_days:
            found["days"] = str(self.counted_days)
        if self.counted_from is not None:
            found["from"] = _written(self.counted_from)
        if self.counted_more:
            found["more"] = str(self.counted_more // MINUTE)
        for name, moment in (("accept", self.accept_due_at), ("answer", self.answer_due_at)):
            if moment is not None:
                found[name] = _written(moment)
        return found

    @classmethod
    def read(cls, details: Mapping[str, str]) -> Self | None:
        """What `details` wrote; None where an event says nothing of a deadline."""
        due_at = _read(details, "due")
        if due_at is None:
            return None
        return cls(
            due_at=due_at,
            counted_from=_read(details, "from"),
            counted_days=int(details.get("days", 0)),
            counted_more=int(details.get("more", 0)) * MINUTE,
            accept_due_at=_read(details, "accept"),
            answer_due_at=_read(details, "answer"),
        )

    @classmethod
    def of(cls, clocks: Clocks) -> Self:
        """The deadline of a case as it stands, to be carried to another one."""
        return cls(
            due_at=clocks.due_at,
            counted_from=clocks.counted_from,
            counted_days=clocks.counted_days,
            counted_more=clocks.counted_more,
        )


@lru_cache(maxsize=64)  # residents whose cases are filed in one transaction are filed at one moment
def new_round(
    now: datetime, working_days: int, calendar: WorkingCalendar, *, is_urgent: bool, start: datetime | None = None
) -> Setting:
    """The due times of a case that is filed, disputed or opened again now.

    Args:
        working_days: The category's.
        is_urgent: Somebody may be in danger.
        start: When the deadline counts from, where that is not now (words that were split off another case).
    """
    due_at = due_after(start or now, working_days, calendar)
    if is_urgent:
        accept, answer = None, after_worked(now, URGENT_WITHIN, calendar)
    else:
        accept = after_worked(now, ACCEPT_WITHIN, calendar)
        answer = due_after(now, answer_days(working_days), calendar)
    return Setting(
        due_at=due_at,
        counted_from=start,  # else from the event itself
        counted_days=working_days,
        accept_due_at=accept,
        answer_due_at=answer,
    )


def answer_days(working_days: int) -> int:
    """Working days for the first answer, where the whole may take so many."""
    return min(working_days, FIRST_ANSWER_DAYS)


def stood_for(clocks: Clocks, since: datetime, now: datetime, calendar: WorkingCalendar) -> Setting:
    """The deadline after the clocks stood still from `since` to now: as much working time lies ahead of it as then.

    One that had passed is as late as it was then.
    """
    # Whole minutes: the details tell minutes, and a replay must give the same deadline. A pause of seconds moves no day.
    stood = worked_between(since, now, calendar) // MINUTE * MINUTE
    moved = replace(Setting.of(clocks), counted_more=clocks.counted_more + stood)
    return replace(moved, due_at=after_worked(clocks.due_at, stood, calendar))


def laid_again(clocks: Clocks, now: datetime, calendar: WorkingCalendar) -> Setting | None:
    """The due times that lie ahead, as a changed calendar has them; None where nothing moves.

    A date that was promised as such stays. What has passed stays, and nothing moves into the past.
    """
    due_at = _deadline(clocks, calendar) if clocks.counted_days else clocks.due_at
    accept = answer = None
    if clocks.accept_due_at and not clocks.accepted_at:
        accept = _ahead(clocks.accept_due_at, after_worked(clocks.began_at, ACCEPT_WITHIN, calendar), now)
    if clocks.answer_due_at and not clocks.answered_at and (clocks.is_urgent or clocks.answer_days):
        wanted = (
            after_worked(clocks.began_at, URGENT_WITHIN, calendar)
            if clocks.is_urgent
            else due_after(clocks.began_at, clocks.answer_days, calendar)
        )
        answer = _ahead(clocks.answer_due_at, wanted, now)
    moved = _ahead(clocks.due_at, due_at, now)
    if moved is None and accept is None and answer is None:
        return None
    return replace(Setting.of(clocks), due_at=moved or clocks.due_at, accept_due_at=accept, answer_due_at=answer)


def _deadline(clocks: Clocks, calendar: WorkingCalendar) -> datetime:
    return after_worked(due_after(clocks.counted_from, clocks.counted_days, calendar), clocks.counted_more, calendar)


def _ahead(stands: datetime, wanted: datetime, now: datetime) -> datetime | None:
    """Where a due time moves to, if it lies ahead and moves at all."""
    return wanted if stands > now and wanted > now and wanted != stands else None


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _read(details: Mapping[str, str], name: str) -> datetime | None:
    text = details.get(name)
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
