"""Who did what: append-only, each row carrying the hash of the one before, so that a change anywhere shows.

What was recorded is written just before the commit, under a lock that every writer of the trail takes in turn: taken
earlier it would hold up everybody else, and could meet another lock the wrong way round.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select

from bot.domain.people import StaffId
from bot.domain.trail import TrailEntry
from bot.ports import Viewer
from storage.claiming import claim_lock
from storage.link import Link
from storage.tables import audit
from storage.trail import read_trail
from storage.types import Id, clean, pack_json

PAGE = 500  # rows read at a time when the chain is walked

_last_hash = select(audit.c.hash).order_by(audit.c.id.desc()).limit(1)
_add = insert(audit)
_page = select(audit).where(audit.c.id > bindparam("after")).order_by(audit.c.id).limit(bindparam("most", type_=Id))


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
        await claim_lock(self._link, "audit")
        last = await self._link.value(_last_hash) or ""
        for values in self._unwritten:
            values["prev_hash"] = last
            last = values["hash"] = hash_of(values)
            await self._link.run(_add, values)
        self._unwritten = []

    async def page(self, viewer: Viewer, *, before: int | None = None, most: int = 50) -> list[TrailEntry]:
        return await read_trail(self._link, viewer, before=before, most=most)

    async def verify(self) -> int | None:
        last, after = "", 0
        while True:
            rows = await self._link.rows(_page, {"after": after, "most": PAGE})
            for row in rows:
                if row.prev_hash != last or row.hash != hash_of(row._asdict()):
                    return int(row.id)
                last, after = row.hash, row.id
            if len(rows) < PAGE:
                return None
