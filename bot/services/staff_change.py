"""What every change by staff begins with: the case, if they may see it and it is still as they saw it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.case import CITY_DESKS, WARD_DESKS, Case, CaseCode, CaseStatus, Desk
from bot.domain.people import Language, StaffMember
from bot.domain.rights import Right
from bot.domain.ward import Ward, WardCode
from bot.errors import CaseAlreadyClosed, CaseNotFound, StaleVersion
from bot.ports import UnitOfWork, Viewer
from bot.wording import say

LONGEST_WORDS = 10_000  # characters of an answer or a note; a form holds no more


class WardNames(Protocol):
    """Wards by their code; raises UnknownWard."""

    def __getitem__(self, code: str) -> Ward: ...


async def viewer_of(uow: UnitOfWork, staff: StaffMember, now: datetime) -> Viewer:
    """Whose eyes this member's questions are asked for: their own, and those of whom they stand in for now."""
    return Viewer.of(staff, await uow.absences.standings_of(staff, now))


async def case_to_change(
    uow: UnitOfWork,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    *,
    right: Right,
    now: datetime,
    must_be_open: bool = True,
) -> Case:
    """The case, held against other writers until the unit of work ends.

    Args:
        version: The version that the form carried.
        right: What is about to be done to it.
        must_be_open: False for what may be done to a closed case too.

    Raises:
        CaseNotFound: There is none, or this member may not know of it, or not do this to it.
        StaleVersion: It was changed since the form was opened.
        CaseAlreadyClosed: It is closed.
    """
    viewer = await viewer_of(uow, staff, now)
    case = await uow.cases.visible(viewer.wanting(right), code, for_update=True)
    if case is None:
        raise CaseNotFound(code=code)
    if case.version != version:
        raise StaleVersion(code=code, seen=version, found=case.version)
    if must_be_open and case.status is CaseStatus.CLOSED:
        raise CaseAlreadyClosed(code=code)
    return case


async def residents_language(uow: UnitOfWork, case: Case) -> Language:
    """What the resident of this case reads."""
    return (await uow.conversations.get(case.address)).language


def office_name(language: Language, ward_code: WardCode | None, wards: WardNames) -> str:
    """Who speaks to the resident: the ward's People's Committee, or the city's reception."""
    if ward_code is None:
        return say(language, "answer_from_city")
    return say(language, "answer_from_ward", ward=ward_name(language, wards[ward_code]))


def office_of(language: Language, case: Case, wards: WardNames) -> str:
    """Who speaks for this case: at a desk of the city the city does, also about a ward."""
    return office_name(language, case.ward_code if case.desk in WARD_DESKS else None, wards)


def who_has_it(language: Language, desk: Desk, ward: str) -> str:
    """Who a case at this desk waits for, as its resident may know it. `ward` as it stands in a sentence, or empty."""
    if desk is Desk.LEADERS:
        return say(language, "after_who_leaders")
    if not ward or desk in CITY_DESKS:
        return say(language, "after_who_city")
    return say(language, "after_who_named" if desk is Desk.RESTRICTED else "after_who_ward", ward=ward)


def ward_name(language: Language, ward: Ward) -> str:
    """The ward as it stands in a sentence of this language."""
    return ward.full_name if language is Language.VI else ward.name_en


def short_details(**details: str | None) -> Mapping[str, str]:
    """Event details without the empty ones."""
    return {name: value for name, value in details.items() if value}
