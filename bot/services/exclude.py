"""Keep a report from those it is about: staff whose name stands in its words, and the unit that the words name.

Only reports about officials are looked at. A name counts when it is whole ("Nguyễn Văn An", "Văn An"), or the given name
behind a title ("ông An", "đồng chí An") where one person of the ward alone has it. Too many barred is repaired by the
ward's leader; too few is not. What being barred means is in `storage.visible_cases`.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Self

from bot.domain.case import Case, CaseCode
from bot.domain.people import Role, StaffId, StaffMember, Unit
from bot.domain.rights import Right
from bot.domain.staffing import Exclusion, Why
from bot.domain.thread import CaseEvent, EventKind
from bot.errors import BotError
from bot.ports import UnitOfWork
from bot.routing.folding import Word, folded, stands_at, words_of
from bot.services.staff_change import case_to_change

# What stands before a given name and says that it is a person's.
_TITLES = (
    *("ông", "bà", "anh", "chị", "cô", "chú", "bác", "thầy", "đồng chí", "cán bộ", "công chức", "viên chức", "nhân viên"),
    *("chuyên viên", "chiến sĩ", "trung tá", "đại úy", "thiếu tá", "trưởng", "phó", "tên là", "tên", "mr", "mrs", "ms"),
    *("officer", "named"),
)
# What people call a ward's units. Folded, whole words.
_UNITS: dict[Unit, tuple[str, ...]] = {
    Unit.ONE_STOP: ("mot cua", "1 cua", "bo phan mot cua", "one stop", "tiep nhan va tra ket qua", "hanh chinh cong"),
    Unit.POLICE: ("cong an", "canh sat", "police"),
    Unit.ORDER_TEAM: ("trat tu", "doi quy tac", "order team", "public order"),
    Unit.INFRASTRUCTURE: (
        "dia chinh",
        "xay dung",
        "ha tang do thi",
        "kinh te ha tang",
        "land registry",
        "construction unit",
    ),
    Unit.CULTURE: ("van hoa xa hoi", "can bo van hoa", "culture unit"),
    Unit.JUSTICE: ("tu phap", "ho tich", "justice unit", "civil status"),
    Unit.OFFICE: ("van phong uy ban", "van phong ubnd", "van phong hdnd", "committee office"),
}


class NobodyToBar(BotError):
    """There is no such colleague in this ward, or it is oneself."""

    wording_key = "desk_case_exclude_unknown"


@dataclass(frozen=True, slots=True)
class _Name:
    """A name's words as they are compared: without marks, and with."""

    plain: tuple[str, ...]
    marked: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        words = words_of(text)
        return cls(tuple(word.plain for word in words), tuple(word.marked for word in words))

    def last(self, count: int) -> Self:
        return type(self)(self.plain[-count:], self.marked[-count:])

    def stands_in(self, words: Sequence[Word], place: int) -> bool:
        return place >= 0 and stands_at(words, place, self.plain, self.marked)


@cache
def _titles() -> tuple[_Name, ...]:
    return tuple(_Name.of(title) for title in _TITLES)


def named_in(text: str, staff: Iterable[StaffMember]) -> list[StaffMember]:
    """Those of the staff whom the words name: in full, or by a given name that only one of them has, behind a title."""
    members = [(member, name) for member in staff if (name := _Name.of(member.full_name)).plain]
    words = words_of(text)
    given = Counter(name.plain[-1] for _, name in members)
    titled = [place for place in range(1, len(words)) if _follows_title(words, place)]
    return [member for member, name in members if _is_named(words, name, titled, is_alone=given[name.plain[-1]] == 1)]


def _is_named(words: Sequence[Word], name: _Name, titled: Sequence[int], *, is_alone: bool) -> bool:
    length = len(name.plain)
    parts = [name] if length > 1 else []
    if length > 2:
        parts.append(name.last(2))
    if any(part.stands_in(words, place) for part in parts for place in range(len(words))):
        return True
    return is_alone and any(name.last(1).stands_in(words, place) for place in titled)


def _follows_title(words: Sequence[Word], place: int) -> bool:
    return any(title.stands_in(words, place - len(title.plain)) for title in _titles())


def unit_in(text: str) -> Unit:
    """The unit of the ward that the words name; none where they name several, or none."""
    words = f" {folded(text)} "
    found = [unit for unit, names in _UNITS.items() if any(f" {name} " in words for name in names)]
    return found[0] if len(found) == 1 else Unit.NONE


async def exclude_accused(uow: UnitOfWork, case: Case, text: str, now: datetime) -> list[StaffId]:
    """Bar from a report about an official whom its words name; called with every word that its resident sends.

    Args:
        text: The words as they were written, before anything in them was masked.

    Returns:
        Who is barred by these words.
    """
    if not case.is_sensitive or case.ward_code is None or not text.strip():
        return []
    known = {barred.staff_id for barred in await uow.exclusions.of_case(case.id)}
    named = [member for member in named_in(text, await uow.staff.of_ward(case.ward_code)) if member.id not in known]
    await uow.exclusions.add([Exclusion(case_id=case.id, staff_id=member.id, why=Why.ACCUSED) for member in named])
    unit = unit_in(text)
    if unit and not case.accused_unit:
        await uow.exclusions.name_unit(case.id, unit)
    if named or (unit and not case.accused_unit):
        # How many, never who: the timeline and the trail are read by people who need not know.
        details = {"count": str(len(named))} | ({"unit": unit.value} if unit else {})
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.EXCLUDED, at=now, details=details))
        await uow.audit.record(action="case_staff_excluded", now=now, subject=case.code, details=details)
    return [member.id for member in named]


async def bar_from_case(
    uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, username: str, why: Why, now: datetime
) -> StaffMember:
    """Bar a colleague of the ward from a case; whose it was, it is no longer.

    Raises:
        NobodyToBar: See there.
        CaseNotFound, StaleVersion: See `case_to_change`.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.EXCLUDE_STAFF, now=now, must_be_open=False)
    found = await uow.staff.by_username(username[:200]) if username.strip() else None
    if found is None or found[0].id == staff.id or not _may_be_barred(found[0], case):
        raise NobodyToBar(code=code)
    member = found[0]
    if case.owner_id == member.id:
        await uow.cases.own(case, None, None)
    await uow.exclusions.add([Exclusion(case_id=case.id, staff_id=member.id, why=why)])
    await _record(uow, case, staff, now, {"count": "1", "why": why.value}, member)
    return member


async def let_back_in(
    uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, staff_id: StaffId, now: datetime
) -> None:
    """Bar a colleague no longer. Nobody lets themselves in: who is barred does not see the case at all.

    Raises:
        NobodyToBar: They were not barred.
        CaseNotFound, StaleVersion: See `case_to_change`.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.EXCLUDE_STAFF, now=now, must_be_open=False)
    member = await uow.staff.get(staff_id)
    if member is None or not await uow.exclusions.remove(case.id, staff_id):
        raise NobodyToBar(code=code)
    await _record(uow, case, staff, now, {"count": "1", "off": "yes"}, member)


def barred_of(barred: Collection[Exclusion], members: Sequence[StaffMember]) -> list[tuple[StaffMember, Why]]:
    """Who is barred, and why, by name."""
    why = {one.staff_id: one.why for one in barred}
    return [(member, why[member.id]) for member in members if member.id in why]


def _may_be_barred(member: StaffMember, case: Case) -> bool:
    if case.ward_code is not None and member.ward_code == case.ward_code:
        return True
    return member.role in (Role.CITY_COORDINATOR, Role.INSPECTOR)


async def _record(
    uow: UnitOfWork, case: Case, staff: StaffMember, now: datetime, details: dict[str, str], member: StaffMember
) -> None:
    event = CaseEvent(case_id=case.id, kind=EventKind.EXCLUDED, at=now, staff_id=staff.id, details=details)
    await uow.cases.record(event)
    action = "case_staff_let_in" if details.get("off") else "case_staff_excluded"
    told = {**details, "staff": member.id}  # the trail is for those who must be able to prove it
    await uow.audit.record(action=action, now=now, staff_id=staff.id, subject=case.code, details=told)
