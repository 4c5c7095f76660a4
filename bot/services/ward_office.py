"""Say how a ward is reached: phone, hours, address. Residents read it when they ask for a person."""

import re
from datetime import datetime

from bot.domain.office import Office
from bot.domain.people import StaffMember
from bot.ports import UnitOfWork, Viewer
from bot.services.setting import BadFields, NotAllowed, may_set_ward, one_line, trouble_with_line
from bot.services.staff_change import WardNames

LONGEST = 200  # characters of hours and address
_PHONE = re.compile(r"\+?[0-9][0-9 .()-]{1,28}[0-9]", re.ASCII)


async def change_office(
    uow: UnitOfWork, *, staff: StaffMember, viewer: Viewer, office: Office, wards: WardNames, now: datetime
) -> Office:
    """Keep it in place of what was said before; any field may be empty.

    Raises:
        NotAllowed: It is not this member's ward.
        UnknownWard: There is no such ward.
        BadFields: `phone`, `hours`, `hours_en` or `address`.
    """
    ward = wards[office.ward_code]
    if not may_set_ward(viewer, ward.code):
        raise NotAllowed(ward=ward.code)
    new = Office(
        ward_code=ward.code,
        phone=one_line(office.phone),
        hours=one_line(office.hours),
        hours_en=one_line(office.hours_en),
        address=one_line(office.address),
    )
    troubles = {
        name: key
        for name, text in (("hours", new.hours), ("hours_en", new.hours_en), ("address", new.address))
        if (key := trouble_with_line(text, LONGEST))
    }
    if new.phone and not _PHONE.fullmatch(new.phone):
        troubles["phone"] = "settings_phone_malformed"
    if troubles:
        raise BadFields(**troubles)
    before = await uow.ward_settings.get(ward.code)
    await uow.ward_settings.put(new, now)
    await uow.audit.record(
        action="ward_settings_changed",
        now=now,
        staff_id=staff.id,
        subject=ward.code,
        details={"before": _told(before), "after": _told(new)},
    )
    return new


def _told(office: Office) -> dict[str, str]:
    return {"phone": office.phone, "hours": office.hours, "hours_en": office.hours_en, "address": office.address}
