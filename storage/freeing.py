"""Makes claimable what nobody would come back to for long: claims of ours that we know nothing of, and waits that grew.

What a dead process had claimed is in `storage.presence`.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, literal_column, or_, update

from storage.claiming import claim_lock, is_state
from storage.link import Link
from storage.tables import inbox, outbox
from storage.types import UtcDateTime

# They run a few times in a life of the program.
_free = {
    claims.name: update(claims)
    .where(
        is_state("waiting", claims),
        claims.c.owner == bindparam("by"),
        claims.c.id.not_in(bindparam("known", expanding=True)),
    )
    .values(owner="", leased_until=None)
    for claims in (inbox, outbox)
}
# What was never tried waits for a reason of its own: unless it was queued by a clock that was ahead.
_now = bindparam("now", type_=UtcDateTime)
_wait_no_longer = {
    claims.name: update(claims)
    .where(
        is_state("waiting", claims), claims.c.due_at > _now, or_(claims.c.attempts > literal_column("0"), queued_at > _now)
    )
    .values(due_at=None)
    for claims, queued_at in ((inbox, inbox.c.received_at), (outbox, outbox.c.created_at))
}


async def free_claims(link: Link, owner: str, known: Collection[int]) -> int:
    """Hand back what was claimed by this name, but for what it knows of; returns how many."""
    freed = 0
    for name, free in _free.items():
        await claim_lock(link, name)  # a claim of ours may still be on its way
        freed += await link.run(free, {"by": owner, "known": list(known)})
    return freed


async def wait_no_longer(link: Link, now: datetime) -> int:
    """What was to be tried again later is due at once; returns how many."""
    changed = 0
    for name, statement in _wait_no_longer.items():
        await claim_lock(link, name)
        changed += await link.run(statement, {"now": now})
    return changed
