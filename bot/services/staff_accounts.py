"""Accounts of the desk: made, reset and disabled by an operator. A password made here works once."""

import re
import unicodedata
from datetime import datetime

from bot.domain.look_alike import is_plain_name, shape_of
from bot.domain.people import WARD_ROLES, Role, StaffMember, Unit
from bot.domain.ward import WardCode
from bot.errors import BotError, UnknownWard, UsernameTaken
from bot.ports import UnitOfWork
from bot.services.passwords import hash_password, one_time_password
from bot.services.second_factor import reset_second_factor
from bot.services.sign_in import sign_out_everywhere
from bot.services.staff_change import WardNames

_USERNAME = re.compile(r"[A-Za-z0-9._-]{3,40}", re.ASCII)  # ASCII alone: no name can look like another's
LONGEST_NAME = 100


class BadUsername(BotError):
    """A user name is 3 to 40 of the letters a-z, digits, dot, underscore and hyphen."""

    wording_key = "username_malformed"


class BadName(BotError):
    """The full name is missing, too long or holds control characters."""

    wording_key = "full_name_malformed"


class ForeignName(BotError):
    """The full name holds letters of another script, or signs that are not seen: it could look like anybody's."""

    wording_key = "full_name_foreign"


class UsernameAlike(BotError):
    """The name looks like that of another account."""

    wording_key = "username_alike"


class UnknownStaff(BotError):
    """There is no account with this name."""

    wording_key = "staff_unknown"


async def add_staff(
    uow: UnitOfWork,
    *,
    username: str,
    full_name: str,
    role: Role,
    ward_code: WardCode | None,
    now: datetime,
    wards: WardNames,
    must_change: bool = True,
    by: StaffMember | None = None,
    unit: Unit = Unit.NONE,
) -> tuple[StaffMember, str]:
    """Make an account; returns it with its random password, which is stored nowhere.

    Args:
        ward_code: Needed for the roles in `WARD_ROLES`, refused for the others.
        must_change: The password must be replaced at the first sign-in; False is for demonstrations.
        by: Who did it; None for the command line.
        unit: Where in the ward; only for the roles in `WARD_ROLES`.

    Raises:
        BadUsername, BadName, ForeignName, UsernameTaken, UsernameAlike: See there.
        UnknownWard: The ward is missing, unknown, or given to a role that has none.
    """
    if not _USERNAME.fullmatch(username):
        raise BadUsername(username=username[:60])
    name = unicodedata.normalize("NFC", " ".join(full_name.split()))
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadName(username=username)
    if not is_plain_name(name):
        raise ForeignName(username=username)
    if (role in WARD_ROLES) != (ward_code is not None):
        raise UnknownWard(code=ward_code, role=role.value)
    if ward_code is not None:
        wards[ward_code]
    if await uow.staff.by_username(username):
        raise UsernameTaken(username=username)
    if any(shape_of(other.username) == shape_of(username) for other in await uow.staff.everyone()):
        raise UsernameAlike(username=username)
    given = one_time_password()
    staff = await uow.staff.add(
        username=username,
        full_name=name,
        role=role,
        ward_code=ward_code,
        password_hash=await hash_password(given),
        must_change_password=must_change,
        now=now,
        unit=unit if role in WARD_ROLES else Unit.NONE,
    )
    details = {"role": role.value, "ward": ward_code or "", "unit": staff.unit.value}
    await uow.audit.record(
        action="staff_added", now=now, staff_id=by.id if by else None, subject=staff.username, details=details
    )
    return staff, given


async def list_staff(uow: UnitOfWork) -> list[StaffMember]:
    """Every account, disabled ones too."""
    return await uow.staff.everyone()


async def reset_password(
    uow: UnitOfWork, *, username: str, now: datetime, must_change: bool = True, by: StaffMember | None = None
) -> str:
    """A new random password; ends every session of this account.

    Raises:
        UnknownStaff: No such account.
    """
    staff = await _named(uow, username)
    given = one_time_password()
    await uow.staff.set_password(staff.id, await hash_password(given), must_change=must_change)
    await uow.audit.record(action="password_reset", now=now, staff_id=by.id if by else None, subject=staff.username)
    return given


async def disable_staff(
    uow: UnitOfWork, *, username: str, now: datetime, disabled: bool = True, by: StaffMember | None = None
) -> StaffMember:
    """Shut the account (its sessions end at once), or with `disabled=False` open it again.

    Raises:
        UnknownStaff: No such account.
    """
    staff = await _named(uow, username)
    await uow.staff.set_disabled(staff.id, disabled)
    await uow.audit.record(
        action="staff_disabled" if disabled else "staff_enabled",
        now=now,
        staff_id=by.id if by else None,
        subject=staff.username,
    )
    return staff


async def reset_code(uow: UnitOfWork, *, username: str, now: datetime) -> None:
    """Take away the second factor, from the command line: the last resort of an only operator without a phone.

    Raises:
        UnknownStaff: No such account.
    """
    await reset_second_factor(uow, member=await _named(uow, username), now=now)


async def sign_out_staff(uow: UnitOfWork, *, username: str, now: datetime) -> None:
    """End every session of the account, from the command line.

    Raises:
        UnknownStaff: No such account.
    """
    await sign_out_everywhere(uow, staff=await _named(uow, username), now=now, is_own=False)


async def _named(uow: UnitOfWork, username: str) -> StaffMember:
    found = await uow.staff.by_username(username)
    if found is None:
        raise UnknownStaff(username=username[:60])
    return found[0]
