"""Enter what was done for the codes, strike what was entered wrongly, keep the ward's residential groups and its rhythm.

A number that is not credible is asked back about once; "it is right" is recorded with who said it and when, and the review
shows the entry as doubtful. Nothing is changed silently, nothing refused for being large.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, tzinfo

from bot.domain.ledger import LONGEST_NAME, LONGEST_WORDS, CodeOf, EntryKind, LedgerSetting, NewEntry
from bot.domain.people import StaffMember
from bot.domain.plausible import doubts, read_number
from bot.domain.rights import Right
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork, Viewer
from bot.services.setting import BadFields, GoneMeanwhile, NotAllowed, holds, one_line, read_day, trouble_with_line

MOST_GROUPS = 300  # of a ward; Hanoi's have some forty
MONTHS = range(1, 25)  # between two looks at a board
NUMBERS = ("number", "found", "reminded", "criticised", "disciplined")
_FIELD_OF = {
    "doubt_future": "day",
    "doubt_before_codes": "day",
    "doubt_found_many": "found",
    "doubt_outcomes": "found",
}


class Doubted(BadFields):
    """Something of the entry is not credible. It is taken as it is once somebody says that it is right."""

    wording_key = "campaign_doubted"

    def __init__(self, keys: Sequence[str]) -> None:
        super().__init__(**{_FIELD_OF.get(key, "number"): key for key in reversed(keys)})
        self.keys = tuple(keys)


async def enter(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    ward_code: WardCode,
    typed: Mapping[str, str],
    groups: Sequence[int],
    is_sure: bool,
    zone: tzinfo,
    now: datetime,
) -> int:
    """Enter something done; returns its id.

    Args:
        typed: `kind day code words`, `is_planned` ("yes", "no"), and `NUMBERS`, as they were typed.
        groups: Ids of the residential groups that a seminar was held for; each counts once.
        is_sure: They were told of the doubts and say that it is right.

    Raises:
        NotAllowed: It is not their ward.
        BadFields: One of `typed`, or `groups`.
        Doubted: See there; it is a BadFields too.
    """
    if not holds(viewer, Right.LEDGER, ward_code):
        raise NotAllowed(ward=ward_code)
    today = now.astimezone(zone).date()
    new = _read(ward_code, typed, today)
    if new.kind is EntryKind.SEMINAR:
        there = {group.id for group in await uow.ledger.groups(ward_code, first=today, last=today)}
        if not set(groups) <= there:
            raise BadFields(groups="settings_choice_unknown")
        new = replace(new, groups=tuple(sorted(set(groups))))
    earlier = await uow.ledger.numbers(ward_code, new.kind)
    found = doubts(
        new,
        setting=await uow.ledger.setting(ward_code),
        year_before=sum(number for day, number in earlier if day.year == new.day.year),
        earlier=[number for _, number in earlier],
        today=today,
    )
    if found and not is_sure:
        raise Doubted(found)
    entry_id = await uow.ledger.add(new, doubts=found, staff_id=staff.id, now=now)
    details = {"ward": ward_code, "kind": new.kind.value, "day": new.day.isoformat(), "number": new.number}
    details |= {"sure_of": " ".join(found)} if found else {}
    await uow.audit.record(action="ledger_entered", now=now, staff_id=staff.id, subject=f"{entry_id}", details=details)
    return entry_id


async def strike_entry(uow: UnitOfWork, *, staff: StaffMember, viewer: Viewer, entry_id: int, now: datetime) -> None:
    """It was entered wrongly and counts no more; the trail keeps that it was there.

    Raises:
        GoneMeanwhile: There is none for them, or it was struck before.
        NotAllowed: It is not their ward.
    """
    entry = await uow.ledger.get(viewer, entry_id)
    if entry is None:
        raise GoneMeanwhile(entry=entry_id)
    if not holds(viewer, Right.LEDGER, entry.new.ward_code):
        raise NotAllowed(ward=entry.new.ward_code)
    if not await uow.ledger.strike(entry_id, now):
        raise GoneMeanwhile(entry=entry_id)
    details = {"ward": entry.new.ward_code, "kind": entry.new.kind.value, "number": entry.new.number}
    await uow.audit.record(action="ledger_struck", now=now, staff_id=staff.id, subject=f"{entry_id}", details=details)


async def add_groups(
    uow: UnitOfWork, *, staff: StaffMember, viewer: Viewer, ward_code: WardCode, lines: str, now: datetime
) -> int:
    """Enter the ward's residential groups, a line each; those that are there already stay. Returns how many are new.

    Raises:
        NotAllowed: It is not their ward.
        BadFields: `lines`.
    """
    if not holds(viewer, Right.LEDGER, ward_code):
        raise NotAllowed(ward=ward_code)
    names = list(dict.fromkeys(name for line in lines.splitlines() if (name := one_line(line).strip(" ,;-•"))))
    if not names:
        raise BadFields(lines="settings_needed")
    if trouble := next((found for name in names if (found := trouble_with_line(name, LONGEST_NAME))), ""):
        raise BadFields(lines=trouble)
    there = await uow.ledger.groups(ward_code, first=date.min, last=date.max)
    known = {group.name.casefold() for group in there}
    new = [name for name in names if name.casefold() not in known]
    if len(there) + len(new) > MOST_GROUPS:
        raise BadFields(lines="campaign_groups_many")
    await uow.ledger.add_groups(ward_code, new)
    details = {"ward": ward_code, "groups": len(new)}
    await uow.audit.record(action="groups_entered", now=now, staff_id=staff.id, subject=ward_code, details=details)
    return len(new)


async def drop_group(
    uow: UnitOfWork, *, staff: StaffMember, viewer: Viewer, ward_code: WardCode, group_id: int, now: datetime
) -> None:
    """There is no such group any more: it was merged, or never was.

    Raises:
        NotAllowed: It is not their ward.
        GoneMeanwhile: It was not there.
    """
    if not holds(viewer, Right.LEDGER, ward_code):
        raise NotAllowed(ward=ward_code)
    if not await uow.ledger.drop_group(ward_code, group_id):
        raise GoneMeanwhile(group=group_id)
    details = {"ward": ward_code, "group": group_id}
    await uow.audit.record(action="group_dropped", now=now, staff_id=staff.id, subject=ward_code, details=details)


async def decide_ledger(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    ward_code: WardCode,
    check_months: str,
    inhabitants: str,
    now: datetime,
) -> None:
    """How often boards are looked at, and how many people live there, which is what numbers are held against.

    Raises:
        NotAllowed: It is not their ward.
        BadFields: `check_months` or `inhabitants`.
    """
    if not holds(viewer, Right.LEDGER, ward_code):
        raise NotAllowed(ward=ward_code)
    months, people = read_number(check_months), read_number(inhabitants)
    troubles = {name: found for name, found in (("check_months", months), ("inhabitants", people)) if isinstance(found, str)}
    if isinstance(months, int) and months not in MONTHS:
        troubles["check_months"] = "campaign_months_range"
    if isinstance(people, int) and people > 2_000_000:
        troubles["inhabitants"] = "campaign_inhabitants_range"
    if troubles or isinstance(months, str) or isinstance(people, str):
        raise BadFields(**troubles)
    setting = LedgerSetting(check_months=months, inhabitants=people or None)
    await uow.ledger.decide(ward_code, setting, now)
    details = {"ward": ward_code, "check_months": months, "inhabitants": people}
    await uow.audit.record(action="ledger_decided", now=now, staff_id=staff.id, subject=ward_code, details=details)


def _read(ward_code: WardCode, typed: Mapping[str, str], today: date) -> NewEntry:
    troubles: dict[str, str] = {}
    kind, code = typed.get("kind", ""), typed.get("code", CodeOf.BOTH.value)
    if kind not in {one.value for one in EntryKind}:
        raise BadFields(kind="settings_choice_unknown")
    if code not in {one.value for one in CodeOf}:
        troubles["code"] = "settings_choice_unknown"
    day = read_day(typed.get("day", "")) if typed.get("day", "").strip() else today
    if day is None or day.year < 2000:
        troubles["day"] = "settings_day_malformed"
    numbers: dict[str, int] = {}
    for name in NUMBERS if kind == EntryKind.INSPECTION.value else NUMBERS[:1]:
        found = read_number(typed.get(name, ""))
        if isinstance(found, str):
            troubles[name] = found
        else:
            numbers[name] = found
    if not typed.get("number", "").strip():
        troubles["number"] = "settings_needed"
    words = typed.get("words", "").strip()
    if trouble := trouble_with_line(words, LONGEST_WORDS):
        troubles["words"] = trouble
    if troubles or day is None:
        raise BadFields(**troubles)
    is_planned = typed.get("is_planned", "yes") != "no"
    return NewEntry(
        ward_code=ward_code,
        kind=EntryKind(kind),
        day=day,
        code=CodeOf(code),
        is_planned=is_planned,
        words=words,
        number=numbers.get("number", 0),
        found=numbers.get("found", 0),
        reminded=numbers.get("reminded", 0),
        criticised=numbers.get("criticised", 0),
        disciplined=numbers.get("disciplined", 0),
    )
