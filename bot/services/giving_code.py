"""The second step of signing in: the code. Until it is right there is no session, only a short wait for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.people import StaffMember
from bot.domain.signing_in import HALF_LASTS, HALF_TRIES, HalfSession
from bot.ports import Sealer, Storage
from bot.services.second_factor import Proof, judge
from bot.services.sign_in import SignedIn, begin_session, id_hash


@dataclass(frozen=True, slots=True)
class ByCode:
    """Signed in. `codes_left` is set where a recovery code was used."""

    signed_in: SignedIn
    codes_left: int | None


async def half_signed_in(storage: Storage, *, half_id: str, browser: str, now: datetime) -> StaffMember | None:
    """Whose code is awaited from this very browser; None: nobody's, or no longer."""
    if not half_id or not browser:
        return None
    async with storage.reading() as uow:
        found = await uow.sessions.half(id_hash(half_id))
    return found[1] if found and _is_awaited(found[0], browser, now) else None


async def give_code(
    storage: Storage,
    sealer: Sealer,
    *,
    half_id: str,
    browser: str,
    typed: str,
    device: str,
    now: datetime,
    earlier_session_id: str = "",
) -> ByCode | str:
    """A session for a right code, or a wording key: "verify_code_wrong", or "desk_sign_in_again" where all begins anew."""
    async with storage.begin() as uow:
        found = await uow.sessions.half(id_hash(half_id))
        if found is None or not _is_awaited(found[0], browser, now):
            return "desk_sign_in_again"
        half, staff = found
        proof = await judge(uow, sealer, staff.id, typed, now)
        if proof is None:
            is_over = await uow.sessions.tried_half(half.id_hash) >= HALF_TRIES
            if is_over:
                await uow.sessions.end_half(half.id_hash)
            await uow.audit.record(action="second_factor_refused", now=now, staff_id=staff.id)
            await uow.commit()
            return "desk_sign_in_again" if is_over else "verify_code_wrong"
        if not await uow.sessions.end_half(half.id_hash):
            return "desk_sign_in_again"
        if earlier_session_id:
            await uow.sessions.end(id_hash(earlier_session_id))
        made = await begin_session(uow, staff, now, device)
        await uow.audit.record(action="signed_in", now=now, staff_id=staff.id, details={"by": proof.value})
        left = await uow.second_factors.get(staff.id) if proof is Proof.RECOVERY else None
        await uow.commit()
    return ByCode(made, left.codes_left if left else None)


def _is_awaited(half: HalfSession, browser: str, now: datetime) -> bool:
    """Also not where a clock jumped back: it would be awaited for as long as the jump was."""
    return half.browser_hash == id_hash(browser) and timedelta(0) <= now - half.created_at < HALF_LASTS
