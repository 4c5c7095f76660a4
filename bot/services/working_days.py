"""Say that a day is worked or not, where the yearly rule does not know it, and how many days a category may take.

A changed day moves the deadlines that lie ahead, soon after (`bot.services.lay_again`); how many days a category may take
holds for what is filed from then on.
"""

from datetime import date, datetime

from bot.domain.people import StaffMember
from bot.ports import UnitOfWork, Viewer
from bot.services.setting import BadFields, GoneMeanwhile, NotAllowed, may_set_city, one_line, read_day, trouble_with_line
from bot.understanding import deadline_days, load_categories

LONGEST_NOTE = 120  # characters
YEARS_AROUND = 3
MOST_DAYS = 90  # working days; no category of the table takes half as long


async def days_for(uow: UnitOfWork, category: str) -> int:
    """Working days until an answer is due: what the city decided, or what `categories.json` says."""
    decided = await uow.deadlines.days_of(category) if category else None
    return deadline_days(category) if decided is None else decided


async def set_days(uow: UnitOfWork, *, staff: StaffMember, viewer: Viewer, category: str, days: str, now: datetime) -> None:
    """Decide how long a category may take; empty leaves it to `categories.json` again. Only for cases filed from now on.

    Raises:
        NotAllowed: They do not keep the city's settings.
        BadFields: `category` or `days`.
    """
    if not may_set_city(viewer):
        raise NotAllowed()
    if category not in load_categories():
        raise BadFields(category="settings_choice_unknown")
    wanted, before = days.strip(), await uow.deadlines.days_of(category)
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) <= 3 else 0
    if wanted and not 1 <= number <= MOST_DAYS:
        raise BadFields(days="settings_days_malformed")
    if wanted:
        await uow.deadlines.put(category, number, now)
    else:
        await uow.deadlines.remove(category)
    await uow.audit.record(
        action="deadline_changed",
        now=now,
        staff_id=staff.id,
        subject=category,
        details={"before": {"working_days": before}, "after": {"working_days": number or None}},
    )


async def set_day(
    uow: UnitOfWork, *, staff: StaffMember, viewer: Viewer, day: str, is_worked: bool, note: str, now: datetime
) -> date:
    """Keep it in place of what was said of that day before; returns the day.

    Raises:
        NotAllowed: They do not keep the city's settings.
        BadFields: `day` or `note`.
    """
    if not may_set_city(viewer):
        raise NotAllowed()
    found, words, troubles = read_day(day), one_line(note), {}
    if found is None:
        troubles["day"] = "settings_day_malformed"
    elif abs(found.year - now.year) > YEARS_AROUND:
        troubles["day"] = "settings_day_far"
    if key := trouble_with_line(words, LONGEST_NOTE):
        troubles["note"] = key
    if troubles or found is None:
        raise BadFields(**troubles)
    before = (await uow.calendar.changes()).get(found)
    await uow.calendar.put(found, is_worked=is_worked, note=words)
    if before is not is_worked:
        await uow.calendar.sweep(found, now)
    await uow.audit.record(
        action="holiday_set",
        now=now,
        staff_id=staff.id,
        subject=found.isoformat(),
        details={"before": {"is_worked": before}, "after": {"is_worked": is_worked, "note": words}},
    )
    return found


async def forget_day(uow: UnitOfWork, *, staff: StaffMember, viewer: Viewer, day: str, now: datetime) -> None:
    """Leave that day to the yearly rule again.

    Raises:
        NotAllowed: They do not keep the city's settings.
        GoneMeanwhile: Nothing was said of that day.
    """
    if not may_set_city(viewer):
        raise NotAllowed()
    found = read_day(day)
    before = (await uow.calendar.changes()).get(found) if found else None
    if found is None or before is None:
        raise GoneMeanwhile(day=day[:20])
    await uow.calendar.remove(found)
    await uow.calendar.sweep(found, now)
    await uow.audit.record(
        action="holiday_forgotten",
        now=now,
        staff_id=staff.id,
        subject=found.isoformat(),
        details={"before": {"is_worked": before}},
    )
