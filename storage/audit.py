"""Who did what: append-only, each row carrying the hash of the one before, so that a change anywhere shows.

What was recorded is written just before the commit, behind the one row that says where the trail ends, which every writer
takes in turn: taken earlier it would hold up everybody else, and could meet another lock the wrong way round. Walking the
trail is `storage.audit_walk`, its signed heads are `storage.audit_heads`, reading it is `storage.trail`.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from bot.domain.people import StaffId
from bot.domain.trail import TrailBreak, TrailEntry, TrailHead, TrailPoint
from bot.ports import HeadSigner, Viewer
from storage import audit_heads, audit_walk
from storage.claiming import claim_lock
from storage.link import Link
from storage.tables import audit, audit_tip
from storage.trail import read_trail
from storage.types import Id, clean, pack_json

_last = select(audit.c.id.label("last_id"), audit.c.hash).order_by(audit.c.id.desc()).limit(1)
_take_tip = select(audit_tip.c.rows, audit_tip.c.last_id, audit_tip.c.hash).where(audit_tip.c.id == 1).with_for_update()
_add = insert(audit).returning(audit.c.id)
_move_tip = (
    update(audit_tip)
    .where(audit_tip.c.id == 1)
    .values(
        rows=audit_tip.c.rows + bindparam("more", type_=Id),
        last_id=bindparam("to_id", type_=Id),
        hash=bindparam("to_hash"),
    )
)


def hash_of(values: Mapping[str, Any]) -> str:
    """The SHA-256 of a row, in hex, over canonical JSON of everything but its id and its own hash."""
    told = {name: values[name] for name in ("staff_id", "action", "subject", "details", "prev_hash")}
    told["at"] = values["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(pack_json(told).encode()).hexdigest()


class SqlAudit:
    """See `bot.ports.Audit`."""

    __slots__ = ("_link", "_unwritten")

    def __init__(self, link: Link) -> None:
        self._link = link
        self._unwritten: list[dict[str, Any]] = []

    async def record(
        self,
        *,
        action: str,
        now: datetime,
        staff_id: StaffId | None = None,
        subject: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self._unwritten.append(
            {
                "at": now,
                "staff_id": staff_id,
                "action": clean(action),
                "subject": clean(subject),
                "details": pack_json(dict(details or {})),
            }
        )

    async def write(self) -> None:
        """Append what was recorded; the unit of work calls it just before it commits."""
        if not self._unwritten:
            return
        # Somebody took the tip away: acts are recorded all the same, and every walk says that it is gone.
        tip = await self._link.row(_take_tip) or await self._link.row(_last)
        last, last_id = (tip.hash, tip.last_id) if tip else ("", 0)
        for values in self._unwritten:
            values["prev_hash"] = last
            last = values["hash"] = hash_of(values)
            last_id = await self._link.value(_add, values)
        await self._link.run(_move_tip, {"more": len(self._unwritten), "to_id": last_id, "to_hash": last})
        self._unwritten = []

    async def page(self, viewer: Viewer, *, before: int | None = None, most: int = 50) -> list[TrailEntry]:
        return await read_trail(self._link, viewer, before=before, most=most)

    async def walk(self, start: TrailPoint, most: int) -> tuple[TrailPoint, TrailBreak | None]:
        return await audit_walk.walk(self._link, start, most, hash_of)

    async def verify(self, signer: HeadSigner | None = None, told: Callable[[int], None] | None = None) -> TrailBreak | None:
        return await audit_walk.verify(self._link, hash_of, signer, told or (lambda _: None))

    async def tip(self) -> TrailPoint | None:
        return await audit_walk.tip(self._link)

    async def heads(self, after: int = 0, most: int = 500) -> list[TrailHead]:
        return await audit_heads.page(self._link, after, most)

    async def newest_head(self, *, in_turn: bool = False) -> TrailHead | None:
        if in_turn:
            await claim_lock(self._link, "audit")
        return await audit_heads.newest(self._link)

    async def add_head(self, head: TrailHead) -> None:
        await audit_heads.add(self._link, head)
