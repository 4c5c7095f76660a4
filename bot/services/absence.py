"""Say that somebody is away and who stands in for them, and end it again.

Who can stand in for whom is `bot.domain.staffing.may_deputise`; what a deputy then sees, `storage.visible_cases`.
"""

from datetime import datetime, time, timedelta, tzinfo

from bot.domain.people import WARD_ROLES, StaffMember
from bot.domain.rights import Right
from bot.domain.staffing import Absence, may_deputise
from bot.ports import UnitOfWork, Viewer
from bot.services.setting import BadFields, GoneMeanwhile, NotAllowed, holds, read_day

LONGEST = timedelta(days=366)


def may_set_absence(viewer: Viewer, absent: StaffMember) -> bool:
    """One's own; a leader those of the ward."""
    if absent.id == viewer.staff_id:
        return True
    return holds(viewer, Right.ABSENCES, absent.ward_code if absent.role in WARD_ROLES else None)


async def make_absence(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    absent: str,
    deputy: str,
    first: str,
    last: str,
    zone: tzinfo,
    now: datetime,
) -> Absence:
    """Keep it. From the first day's beginning to the last day's end, in the city's time; today begins at once.

    Args:
        absent, deputy: User names.
        first, last: Days, "2026-11-22" or "22/11/2026".

    Raises:
        NotAllowed: It is not theirs to say.
        BadFields: `absent`, `deputy`, `first` or `last`.
    """
    away, stand_in = await _named(uow, absent), await _named(uow, deputy)
    from_day, last_day = read_day(first), read_day(last)
    troubles = {}
    if away is None:
        troubles["absent"] = "staff_unknown"
    elif not may_set_absence(viewer, away):
        raise NotAllowed(absent=away.id)
    if stand_in is None:
        troubles["deputy"] = "staff_unknown"
    elif away is not None and not may_deputise(away, stand_in):
        troubles["deputy"] = "settings_deputy_unfit"
    if from_day is None:
        troubles["first"] = "settings_day_malformed"
    if last_day is None:
        troubles["last"] = "settings_day_malformed"
    elif last_day < now.astimezone(zone).date() or (from_day is not None and last_day < from_day):
        troubles["last"] = "settings_day_order"
    elif from_day is not None and last_day - from_day > LONGEST:
        troubles["last"] = "settings_day_far"
    if troubles or away is None or stand_in is None or from_day is None or last_day is None:
        raise BadFields(**troubles)
    from_at = max(datetime.combine(from_day, time(), zone), now)
    until_at = datetime.combine(last_day + timedelta(days=1), time(), zone)
    made = await uow.absences.add(
        staff_id=away.id, deputy_id=stand_in.id, from_at=from_at, until_at=until_at, made_by=staff.id, now=now
    )
    details = {"deputy": stand_in.username, "from": from_day.isoformat(), "until": last_day.isoformat()}
    await uow.audit.record(action="absence_made", now=now, staff_id=staff.id, subject=away.username, details=details)
    return made


async def end_absence(uow: UnitOfWork, *, staff: StaffMember, viewer: Viewer, absence_id: int, now: datetime) -> None:
    """Over from now on.

    Raises:
        GoneMeanwhile: It was over, or there is none.
        NotAllowed: It is not theirs to say.
    """
    absence = next((one for one in await uow.absences.not_over(now) if one.id == absence_id), None)
    away = await uow.staff.get(absence.staff_id) if absence else None
    if absence is None or away is None:
        raise GoneMeanwhile(absence=absence_id)
    if not may_set_absence(viewer, away):
        raise NotAllowed(absent=away.id)
    await uow.absences.end(absence.id, now)
    await uow.audit.record(action="absence_ended", now=now, staff_id=staff.id, subject=away.username)


async def _named(uow: UnitOfWork, username: str) -> StaffMember | None:
    found = await uow.staff.by_username(username[:200]) if username.strip() else None
    return found[0] if found and not found[0].is_disabled else None
