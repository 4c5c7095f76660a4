"""Who can own the cases that a member sees."""

from bot.domain.people import WARD_ROLES, Role, StaffMember
from bot.ports import UnitOfWork


async def colleagues_of(uow: UnitOfWork, staff: StaffMember) -> list[StaffMember]:
    """Who can own a case that this member sees in their own place: the ward's staff, or the city's coordinators."""
    if staff.role in WARD_ROLES and staff.ward_code:
        return await uow.staff.of_ward(staff.ward_code)
    if staff.role is Role.CITY_COORDINATOR:
        return [member for member in await uow.staff.everyone() if member.role is Role.CITY_COORDINATOR]
    return []
