"""Whom a clock that runs out concerns: the owner or the people of the desk, then the ward's leader, then the city.

Plain values and rules. Whether they may know of the case is asked of `storage.visible_cases` when they are told: whom a
report accuses is never told of it this way either.
"""

from bot.domain.case import WARD_DESKS, Case
from bot.domain.clocks.state import Step
from bot.domain.notices import works_at
from bot.domain.people import Role, StaffMember


def is_warned(member: StaffMember, case: Case, step: Step) -> bool:
    """Whether this step concerns them, at the place where they stand."""
    if step is Step.OWNER:
        return member.id == case.owner_id if case.owner_id is not None else works_at(member, case.desk, case.ward_code)
    if step is Step.LEADER and case.desk in WARD_DESKS:
        return member.role is Role.WARD_LEADER and member.ward_code == case.ward_code
    if step is Step.LEADER:  # at the city's own desks
        return member.role is Role.CITY_COORDINATOR
    return member.role in (Role.CITY_COORDINATOR, Role.INSPECTOR)
