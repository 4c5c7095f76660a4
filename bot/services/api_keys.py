"""Keys for programs that send cases in: an operator makes one for each program and can end it; each has its own rate.

The secret is told once and stored nowhere: what is kept follows from it under the installation's key, so that a dump of the
database sends nothing. Uses are counted in the database, for all processes together. What a key may do, `public.open311`
says; the pages and commands that make one ask here.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from bot.domain.people import StaffId, StaffMember
from bot.domain.rights import Right, may
from bot.domain.serving import HIGHEST_RATE, LONGEST_KEY_NAME, USUAL_RATE, ApiKey
from bot.errors import BotError
from bot.ports import Receipts, Storage, UnitOfWork
from bot.services.setting import NotAllowed

_MARK = "ht_"  # so that a secret is known for one where it should not be: in a paste, in a repository
_PURPOSE = "api key"


class BadApiKey(BotError):
    """A key needs a name of 1 to 80 characters and a rate of 1 to 6,000 requests a minute."""

    wording_key = "api_key_bad"


class UnknownApiKey(BotError):
    """There is no such key, or it was revoked before."""

    wording_key = "api_key_unknown"


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key and its secret, which nobody can ask for again."""

    key: ApiKey
    secret: str


async def add_api_key(
    uow: UnitOfWork,
    receipts: Receipts,
    *,
    name: str,
    per_minute: int = USUAL_RATE,
    now: datetime,
    by: StaffMember | None = None,
) -> MadeKey:
    """Make a key.

    Args:
        name: Of whoever gets it, as operators will read it.
        by: The operator; None: by command line.

    Raises:
        NotAllowed: This member runs nothing.
        BadApiKey: Without a name, or with a rate that is none.
    """
    staff_id = _operator(by)
    called = " ".join(name.split())
    if not 0 < len(called) <= LONGEST_KEY_NAME or not called.isprintable() or not 0 < per_minute <= HIGHEST_RATE:
        raise BadApiKey
    secret = _MARK + secrets.token_urlsafe(24)
    key = await uow.api_keys.add(called, receipts.hash_of(_PURPOSE, secret), per_minute=per_minute, now=now, by=staff_id)
    details = {"key": key.id, "name": called, "rate": per_minute}
    await uow.audit.record(action="api_key_added", now=now, staff_id=staff_id, details=details)
    return MadeKey(key, secret)


async def list_api_keys(uow: UnitOfWork) -> list[ApiKey]:
    """The newest first; those that were revoked too."""
    return await uow.api_keys.all()


async def revoke_api_key(uow: UnitOfWork, key_id: int, *, now: datetime, by: StaffMember | None = None) -> None:
    """End a key; the next request with it is refused.

    Raises:
        NotAllowed: This member runs nothing.
        UnknownApiKey: There is none, or it was revoked before.
    """
    staff_id = _operator(by)
    if not 0 < key_id < 1 << 31 or not await uow.api_keys.revoke(key_id, now):
        raise UnknownApiKey(key=key_id)
    await uow.audit.record(action="api_key_revoked", now=now, staff_id=staff_id, details={"key": key_id})


async def find_api_key(uow: UnitOfWork, receipts: Receipts, secret: str) -> ApiKey | None:
    """The key of this secret, unless it was revoked. It is looked up by what follows from it, so time tells nothing."""
    if not secret.startswith(_MARK) or len(secret) > 100:
        return None
    key = await uow.api_keys.by_hash(receipts.hash_of(_PURPOSE, secret))
    return key if key is not None and key.is_good else None


async def use_api_key(storage: Storage, key: ApiKey, now: datetime) -> int:
    """Count one request. 0: go on; otherwise the seconds until the next one may be made.

    Whoever has to wait costs a look and no write.
    """
    minute, second = divmod(int(now.timestamp()), 60)
    async with storage.reading() as uow:
        if await uow.api_keys.used(key.id, minute) >= key.per_minute:
            return 60 - second
    async with storage.begin() as uow:
        used = await uow.api_keys.use(key.id, minute, now)
        await uow.commit()
    return 0 if used <= key.per_minute else 60 - second


def _operator(by: StaffMember | None) -> StaffId | None:
    if by is not None and not may(by.role, Right.OPERATE):
        raise NotAllowed
    return by.id if by else None
