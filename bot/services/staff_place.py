"""Change where an account stands at the desk, from the settings' pages: who may do that to whom, and what is told of it.

Accounts themselves are `bot.services.staff_accounts`. Nobody changes their own place, and every change ends the sessions
of whom it is about: a right that was taken is gone at once.
"""

from datetime import datetime

from bot.domain.people import WARD_ROLES, Role, StaffId, StaffMember, Unit
from bot.domain.rights import Right, may_give
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork, Viewer
from bot.services.setting import BadFields, GoneMeanwhile, NotAllowed, holds
from bot.services.staff_change import WardNames

# Between these two a ward's leader decides: who of the ward reads its restricted desk.
NAMED_BY_LEADER = frozenset({Role.WARD_OFFICER, Role.RESTRICTED_OFFICER})


def may_manage(viewer: Viewer, member: StaffMember) -> bool:
    """Whether this account is theirs to change, reset and close. Never one's own."""
    return member.id != viewer.staff_id and any(may_give(one.role, member.role) for one in viewer.standings())


def may_name_restricted(viewer: Viewer, member: StaffMember) -> bool:
    """Whether they decide if this member reads the ward's restricted desk."""
    is_own_ward = holds(viewer, Right.NAME_RESTRICTED, member.ward_code)
    return member.id != viewer.staff_id and member.role in NAMED_BY_LEADER and is_own_ward


def roles_to_give(viewer: Viewer, member: StaffMember | None = None) -> list[Role]:
    """The roles they may give: to this member, or to an account about to be made."""
    if member is not None and not may_manage(viewer, member):
        return [role for role in Role if role in NAMED_BY_LEADER] if may_name_restricted(viewer, member) else []
    return [role for role in Role if any(may_give(one.role, role) for one in viewer.standings())]


async def managed(uow: UnitOfWork, viewer: Viewer, staff_id: int) -> StaffMember:
    """The account, if it is theirs to reset or close.

    Raises:
        GoneMeanwhile: There is none.
        NotAllowed: It is not theirs.
    """
    member = await uow.staff.get(StaffId(staff_id))
    if member is None:
        raise GoneMeanwhile(staff=staff_id)
    if not may_manage(viewer, member):
        raise NotAllowed(staff=member.id)
    return member


async def place_staff(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    staff_id: int,
    role: Role,
    ward_code: WardCode | None,
    unit: Unit,
    wards: WardNames,
    now: datetime,
) -> StaffMember:
    """Give it another role, ward or unit; returns it as it is then.

    A leader who only names restricted officers changes neither ward nor unit: what is given for those is left aside.

    Raises:
        GoneMeanwhile: There is no such account.
        NotAllowed: The account, or that role, is not theirs to give.
        UnknownWard: There is no such ward.
        BadFields: `ward` is missing for a role of a ward.
    """
    member = await uow.staff.get(StaffId(staff_id))
    if member is None:
        raise GoneMeanwhile(staff=staff_id)
    if role not in roles_to_give(viewer, member):
        raise NotAllowed(staff=member.id, role=role.value)
    if not may_manage(viewer, member):
        ward_code, unit = member.ward_code, member.unit
    if role not in WARD_ROLES:
        ward_code, unit = None, Unit.NONE
    elif ward_code is None:
        raise BadFields(ward="settings_ward_needed")
    else:
        wards[ward_code]
    before = _told(member.role, member.ward_code, member.unit)
    after = _told(role, ward_code, unit)
    if before != after:
        await uow.staff.place(member.id, role=role, ward_code=ward_code, unit=unit)
        details = {"before": before, "after": after}
        await uow.audit.record(action="staff_placed", now=now, staff_id=staff.id, subject=member.username, details=details)
    return await uow.staff.get(member.id) or member


def _told(role: Role, ward_code: WardCode | None, unit: Unit) -> dict[str, str]:
    return {"role": role.value, "ward": ward_code or "", "unit": unit.value}
