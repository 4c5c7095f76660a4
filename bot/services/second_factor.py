"""The second factor: is this code the right one, how one is set up, changed, switched off, and taken away by a colleague.

A code of the app is taken for its own half minute and the ones beside it, once, whatever process it is told to. Recovery
codes are digits too: a phone's number keys can type them, and no Vietnamese keyboard puts accents on them.
"""

import base64
import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pyotp import TOTP
from pyotp.exceptions import OTPVerificationError

from bot.domain.people import StaffId, StaffMember
from bot.domain.signing_in import RECOVERY_CODES, WINDOW, needs_code
from bot.errors import NotOurSeal
from bot.ports import Sealer, Storage, UnitOfWork
from bot.services.sign_in import SignedIn, begin_session

ISSUER = "Hòm Thư"
APP_DIGITS, RECOVERY_DIGITS = 6, 20  # 66 bits: too many to be found from their hashes
SECRET_BYTES = 20  # as RFC 4226 recommends


class Proof(StrEnum):
    """What a code was."""

    APP = "app"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A second factor is in place. `codes` are shown now and never again."""

    signed_in: SignedIn
    codes: list[str]


def secret_from(raw: bytes) -> str:
    """An app's secret of at least 20 random bytes, as apps take it (base32)."""
    return base64.b32encode(raw[:SECRET_BYTES]).decode()


def app_address(secret: str, username: str) -> str:
    """What the QR code says."""
    return TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The half minute whose code this is; None: it is none of those that are taken now."""
    digits = digits_in(typed)
    if len(digits) != APP_DIGITS:
        return None
    try:
        return TOTP(secret).verify_and_get_timecode(digits, for_time=now, valid_window=WINDOW)
    except OTPVerificationError:
        return None


def digits_in(typed: str) -> str:
    """Without the spaces and hyphens that people type, and with any script's digits as ours; empty if there are letters."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKC", typed[:100]) if not letter.isspace() and letter not in "-."
    )
    return "".join(str(unicodedata.decimal(letter)) for letter in plain) if plain.isdecimal() else ""


async def judge(uow: UnitOfWork, sealer: Sealer, staff_id: StaffId, typed: str, now: datetime) -> Proof | None:
    """Whether this code proves who it is. Right or not, it is used up: the caller commits."""
    digits = digits_in(typed)
    if len(digits) == RECOVERY_DIGITS:
        return Proof.RECOVERY if await uow.second_factors.use_code(staff_id, hash_of(staff_id, digits)) else None
    factor = await uow.second_factors.get(staff_id)
    if factor is None or not factor.sealed:
        return None
    try:
        step = step_of(sealer.open(factor.sealed), digits, now)
    except NotOurSeal:  # another secret key than it was sealed with: recovery codes still are right
        return None
    return Proof.APP if step is not None and await uow.second_factors.use_step(staff_id, step) else None


async def enrol(
    storage: Storage,
    sealer: Sealer,
    *,
    staff: StaffMember,
    device: str,
    secret: str,
    typed: str,
    current: str,
    now: datetime,
) -> Enrolled | str:
    """Make this the secret of their app; every other session of theirs ends, and this one becomes a new one.

    Args:
        typed: A code of the new secret: proof that the app has it.
        current: A code of the present one, where there is one.

    Returns:
        What is shown once, or the wording key of what is wrong.
    """
    step = step_of(secret, typed, now)
    if step is None:
        return "verify_code_wrong"
    async with storage.begin() as uow:
        again = await uow.staff.get(staff.id)
        if again is None or again.is_disabled:
            return "verify_code_wrong"
        if again.has_code and await judge(uow, sealer, staff.id, current, now) is None:
            return "verify_current_wrong"
        await uow.second_factors.put(staff.id, sealer.seal(secret), now)
        await uow.second_factors.use_step(staff.id, step)
        codes = await _new_codes(uow, staff.id)
        await uow.sessions.end_all(staff.id)
        made = await begin_session(uow, again, now, device)
        action = "second_factor_changed" if again.has_code else "second_factor_set"
        await uow.audit.record(action=action, now=now, staff_id=staff.id)
        await uow.commit()
    return Enrolled(made, codes)


async def renew_codes(storage: Storage, sealer: Sealer, *, staff: StaffMember, typed: str, now: datetime) -> list[str] | str:
    """Ten recovery codes instead of those that are left, or the wording key of what is wrong."""
    async with storage.begin() as uow:
        if await judge(uow, sealer, staff.id, typed, now) is None:
            return "verify_code_wrong"
        codes = await _new_codes(uow, staff.id)
        await uow.audit.record(action="recovery_codes_made", now=now, staff_id=staff.id)
        await uow.commit()
    return codes


async def switch_off(
    storage: Storage, sealer: Sealer, *, staff: StaffMember, device: str, typed: str, now: datetime
) -> SignedIn | str:
    """No second factor any more, for whom it is no duty; or the wording key of why not."""
    async with storage.begin() as uow:
        again = await uow.staff.get(staff.id)
        if again is None or needs_code([again.role]):
            return "verify_needed"
        if await judge(uow, sealer, staff.id, typed, now) is None:
            return "verify_code_wrong"
        await uow.second_factors.remove(staff.id)
        await uow.sessions.end_all(staff.id)
        made = await begin_session(uow, again, now, device)
        await uow.audit.record(action="second_factor_off", now=now, staff_id=staff.id)
        await uow.commit()
    return made


async def reset_second_factor(uow: UnitOfWork, *, member: StaffMember, now: datetime, by: StaffMember | None = None) -> None:
    """Take it away from somebody whose phone is gone: they sign in by password and set up another. They are told of it.

    Args:
        by: Who did it; None for the command line.
    """
    await uow.second_factors.remove(member.id, reset_at=now, reset_by=by.full_name if by else "")
    await uow.sessions.end_all(member.id)
    await uow.audit.record(action="second_factor_reset", now=now, staff_id=by.id if by else None, subject=member.username)


def hash_of(staff_id: StaffId, digits: str) -> str:
    """How a recovery code is stored: the same digits of two people are two hashes."""
    return hashlib.sha256(f"recovery {staff_id} {digits}".encode()).hexdigest()


async def _new_codes(uow: UnitOfWork, staff_id: StaffId) -> list[str]:
    codes = [f"{secrets.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}d}" for _ in range(RECOVERY_CODES)]
    await uow.second_factors.put_codes(staff_id, [hash_of(staff_id, code) for code in codes])
    return [" ".join(code[at : at + 4] for at in range(0, RECOVERY_DIGITS, 4)) for code in codes]
