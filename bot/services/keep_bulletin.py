"""Keep what staff made of a ward's bulletin, or let it begin anew. Nothing is sent: somebody reads it out."""

from datetime import datetime

from bot.domain.bulletin import Bulletin
from bot.domain.case import Desk
from bot.domain.people import WARD_ROLES, StaffMember
from bot.domain.rights import DESKS, Right
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork, Viewer
from bot.services.setting import BadFields, GoneMeanwhile, NotAllowed, holds

LONGEST = 8000  # characters: ten minutes


class BulletinChanged(GoneMeanwhile):
    """Somebody else has changed it since the form was opened."""

    wording_key = "bulletin_changed_meanwhile"


def may_tell(viewer: Viewer, ward_code: WardCode) -> bool:
    """Whether they see what a ward's bulletin is made of: its general desk."""
    return viewer.may(Right.DASHBOARD) and any(
        Desk.GENERAL in DESKS.get(one.role, ()) and (one.role not in WARD_ROLES or one.ward_code == ward_code)
        for one in viewer.standings()
    )


def may_write(viewer: Viewer, ward_code: WardCode) -> bool:
    """Whether they speak for this ward."""
    return may_tell(viewer, ward_code) and holds(viewer, Right.ANSWER, ward_code)


async def keep_bulletin(uow: UnitOfWork, bulletin: Bulletin, *, staff: StaffMember, viewer: Viewer, now: datetime) -> None:
    """Keep its text in place of what its version says.

    Raises:
        NotAllowed: It is not their ward.
        BadFields: `text` is empty or too long.
        BulletinChanged: Somebody was quicker.
    """
    if not may_write(viewer, bulletin.ward_code):
        raise NotAllowed(ward=bulletin.ward_code)
    if not bulletin.text.strip():
        raise BadFields(text="text_is_empty")
    if len(bulletin.text) > LONGEST:
        raise BadFields(text="bulletin_too_long")
    if not await uow.bulletins.put(bulletin, staff.id, now):
        raise BulletinChanged
    await _record(uow, "bulletin_changed", bulletin, staff, now)


async def begin_bulletin_anew(
    uow: UnitOfWork, bulletin: Bulletin, *, staff: StaffMember, viewer: Viewer, now: datetime
) -> None:
    """Forget what was kept. Raises as `keep_bulletin` does."""
    if not may_write(viewer, bulletin.ward_code):
        raise NotAllowed(ward=bulletin.ward_code)
    if bulletin.version and not await uow.bulletins.drop(bulletin):
        raise BulletinChanged
    await _record(uow, "bulletin_begun_anew", bulletin, staff, now)


async def _record(uow: UnitOfWork, action: str, bulletin: Bulletin, staff: StaffMember, now: datetime) -> None:
    days = {"from": bulletin.first.isoformat(), "until": bulletin.last.isoformat()}
    await uow.audit.record(action=action, now=now, staff_id=staff.id, subject=bulletin.ward_code, details=days)
