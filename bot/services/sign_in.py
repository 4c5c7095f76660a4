"""Sign staff in and out: a session of our own for each sign-in, known by a hash alone, ended by time whatever happens."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.people import Session, StaffMember
from bot.domain.signing_in import HALF_LASTS, HalfSession
from bot.ports import Storage, UnitOfWork
from bot.services.passwords import hash_password, is_password, trouble_with

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)  # from sign-in, however busy
TOUCH_EVERY = timedelta(minutes=1)  # a page view writes at most this often
_CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in gives: `session_id` goes into the cookie and nowhere else."""

    session_id: str
    session: Session
    staff: StaffMember
    must_be_told: bool = False  # somebody else took the second factor away, and they do not know yet


@dataclass(frozen=True, slots=True)
class CodeAwaited:
    """The password was right, a code is to follow. `half_id` goes into a cookie of its own; it opens nothing."""

    half_id: str
    staff: StaffMember


def id_hash(session_id: str) -> str:
    """How a session is stored and looked up."""
    return hashlib.sha256(session_id.encode("utf-8", "replace")).hexdigest()


def is_live(session: Session, now: datetime) -> bool:
    """Not idle too long, not too old, and not from a future that a clock jump left behind."""
    from_future = session.created_at > now + _CLOCK_SLACK or session.seen_at > now + _CLOCK_SLACK
    return not from_future and now - session.seen_at < IDLE and now - session.created_at < LONGEST


def needs_touch(session: Session, now: datetime) -> bool:
    return now - session.seen_at >= TOUCH_EVERY


async def sign_in(
    storage: Storage,
    *,
    username: str,
    password: str,
    now: datetime,
    earlier_session_id: str = "",
    browser: str = "",
    device: str = "",
) -> SignedIn | CodeAwaited | None:
    """A fresh session, or the wait for a code where there is a second factor (see `bot.services.giving_code`).

    None: the name is unknown, the password wrong or the account disabled, in equal time. Takes the storage and not a unit
    of work: hashing takes a tenth of a second, and no transaction waits for that.

    Args:
        browser: The cookie that ties the form to its browser; only that browser may give the code.
        device: What the browser is called in the list of its owner's sessions.
    """
    async with storage.reading() as uow:
        found = await uow.staff.by_username(username)
    if not await is_password(password, found[1] if found else None) or found is None:
        return None
    async with storage.begin() as uow:
        again = await uow.staff.by_username(username)
        if again is None or again[1] != found[1] or again[0].is_disabled:
            return None
        staff = again[0]
        if staff.has_code:
            awaited = await _await_code(uow, staff, browser, now)
            await uow.commit()
            return awaited
        if earlier_session_id:
            await uow.sessions.end(id_hash(earlier_session_id))
        made = await begin_session(uow, staff, now, device)
        factor = await uow.second_factors.get(staff.id)
        await uow.audit.record(action="signed_in", now=now, staff_id=staff.id)
        await uow.commit()
    return replace(made, must_be_told=factor is not None and factor.reset_at is not None)


async def sign_out(uow: UnitOfWork, *, session: Session, now: datetime) -> None:
    """End the session for good."""
    await uow.sessions.end(session.id_hash)
    await uow.audit.record(action="signed_out", now=now, staff_id=session.staff_id)


async def end_session(uow: UnitOfWork, *, session: Session, now: datetime) -> None:
    """End one of one's own sessions from another."""
    await uow.sessions.end(session.id_hash)
    await uow.audit.record(action="session_ended", now=now, staff_id=session.staff_id)


async def sign_out_everywhere(
    uow: UnitOfWork, *, staff: StaffMember, now: datetime, by: StaffMember | None = None, is_own: bool = True
) -> None:
    """End every session of a member, and every wait for a code.

    Args:
        by: Whoever did it, where it was not the member; None then is the command line.
    """
    await uow.sessions.end_all(staff.id)
    who = staff.id if is_own else by.id if by else None
    subject = "" if is_own else staff.username
    await uow.audit.record(action="signed_out_everywhere", now=now, staff_id=who, subject=subject)


async def change_password(
    storage: Storage, *, staff: StaffMember, current: str, new: str, now: datetime, ward_name: str = "", device: str = ""
) -> SignedIn | str:
    """Replace the password, end every session of this member and begin a new one.

    Returns:
        The new session, or the wording key of what is wrong.
    """
    if trouble := trouble_with(new, username=staff.username, full_name=staff.full_name, ward_name=ward_name):
        return trouble
    async with storage.reading() as uow:
        found = await uow.staff.by_username(staff.username)
    if found is None or not await is_password(current, found[1]):
        return "desk_password_wrong"
    if await is_password(new, found[1]):
        return "desk_password_same"
    new_hash = await hash_password(new)
    async with storage.begin() as uow:
        again = await uow.staff.by_username(staff.username)
        if again is None or again[1] != found[1] or again[0].is_disabled:
            return "desk_password_wrong"
        await uow.staff.set_password(staff.id, new_hash, must_change=False)
        made = await begin_session(uow, again[0], now, device)
        await uow.audit.record(action="password_changed", now=now, staff_id=staff.id)
        await uow.commit()
    return made


async def begin_session(uow: UnitOfWork, staff: StaffMember, now: datetime, device: str = "") -> SignedIn:
    """A new session under a new id. Those of the same member that time has ended are cleared away."""
    for old in await uow.sessions.of(staff.id):
        if not is_live(old, now):
            await uow.sessions.end(old.id_hash)
    session_id = secrets.token_urlsafe(32)
    session = Session(id_hash(session_id), staff.id, secrets.token_urlsafe(32), now, now, device)
    await uow.sessions.add(session)
    return SignedIn(session_id, session, staff)


async def _await_code(uow: UnitOfWork, staff: StaffMember, browser: str, now: datetime) -> CodeAwaited:
    half_id = secrets.token_urlsafe(32)
    half = HalfSession(id_hash=id_hash(half_id), staff_id=staff.id, browser_hash=id_hash(browser), created_at=now)
    await uow.sessions.add_half(half, drop_before=now - HALF_LASTS)
    return CodeAwaited(half_id, staff)
