"""Every raw update, once, until it was handled. Who handles it, and when to give up, is decided in `handlers.intake`."""

from collections.abc import Sequence, Set
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, func, literal, literal_column, or_, select, update

from bot.domain.people import Channel
from bot.ports import Backlog, FailedUpdate, KeptUpdate, RawUpdate
from storage.among import among
from storage.claiming import claim_lock, is_state
from storage.link import Link, by_engine
from storage.tables import inbox
from storage.types import Id, SealedText, UtcDateTime

LONGEST_REASON = 2000  # characters

_earlier = inbox.alias("earlier")
_now = bindparam("now", type_=UtcDateTime)


_same_address_is_busy = (
    select(literal_column("1"))
    .where(
        is_state("waiting", _earlier),
        _earlier.c.channel == inbox.c.channel,
        _earlier.c.address_id == inbox.c.address_id,
        _earlier.c.id != inbox.c.id,
        # A later one can be in somebody's hands when this one was replayed, or was committed after it.
        or_(_earlier.c.id < inbox.c.id, _earlier.c.leased_until > _now),
    )
    .exists()
)
_heads = (
    select(inbox.c.id)
    .where(
        is_state("waiting", inbox),
        or_(inbox.c.due_at.is_(None), inbox.c.due_at <= _now),
        or_(inbox.c.leased_until.is_(None), inbox.c.leased_until <= _now),
        or_(inbox.c.address_id == literal_column("''"), ~_same_address_is_busy),
    )
    .order_by(inbox.c.id)
    .limit(bindparam("most", type_=Id))
    .with_for_update(skip_locked=True)  # PostgreSQL only; SQLite has one writer and drops it
)
_keep = by_engine(
    lambda insert_into: (
        insert_into(inbox).on_conflict_do_nothing(index_elements=["channel", "external_id"]).returning(inbox.c.id)
    )
)
_claim = (
    update(inbox)
    .where(inbox.c.id.in_(_heads))
    .values(owner=bindparam("by"), leased_until=bindparam("until"), attempts=inbox.c.attempts + 1)
    .returning(
        inbox.c.id,
        inbox.c.channel,
        inbox.c.external_id,
        inbox.c.address_id,
        inbox.c.body,
        inbox.c.received_at,
        inbox.c.attempts,
    )
)
_mine = and_(among(inbox.c.id, "rows"), inbox.c.owner == bindparam("by"), is_state("waiting", inbox))
_mark_handled = (
    update(inbox)
    .where(_mine)
    .values(state="handled", handled_at=bindparam("at"), owner="", leased_until=None, due_at=None)
    .returning(inbox.c.id)
)
_waiting_addresses = (
    select(inbox.c.channel, inbox.c.address_id)
    .where(is_state("waiting", inbox))
    .distinct()
    .limit(bindparam("most", type_=Id))
)
_mark_failed = (
    update(inbox)
    .where(inbox.c.id == bindparam("row"), is_state("waiting", inbox))
    .values(state="failed", reason=bindparam("why"), handled_at=bindparam("at"), owner="", leased_until=None, due_at=None)
)
_release = (
    update(inbox)
    .where(inbox.c.id == bindparam("row"), is_state("waiting", inbox))
    .values(due_at=bindparam("due"), owner="", leased_until=None)
)
_replay = (
    update(inbox)
    .where(inbox.c.id.in_(bindparam("rows", expanding=True)), is_state("failed", inbox))
    .values(state="waiting", attempts=0, reason="", handled_at=None, due_at=None, owner="", leased_until=None)
)
# Its row stays: what is brought again is known by it. A web chat's page reads its own lines from the body.
_discard = (
    update(inbox)
    .where(inbox.c.id.in_(bindparam("rows", expanding=True)), is_state("failed", inbox))
    .values(
        state="handled",
        reason="",
        handled_at=bindparam("at"),
        body=case((inbox.c.channel == literal_column("'webchat'"), inbox.c.body), else_=literal("", SealedText)),
    )
)
_failed = (
    select(inbox.c.id, inbox.c.channel, inbox.c.external_id, inbox.c.received_at, inbox.c.reason)
    .where(is_state("failed", inbox))
    .order_by(inbox.c.id.desc())
    .limit(bindparam("most", type_=Id))
)
_backlog = select(
    select(func.count()).select_from(inbox).where(is_state("waiting", inbox)).label("waiting"),
    select(inbox.c.received_at).where(is_state("waiting", inbox)).order_by(inbox.c.id).limit(1).label("oldest"),
    select(func.count()).select_from(inbox).where(is_state("failed", inbox)).label("failed"),
)
_NEWEST = 2000  # rows; no index leads from a channel to its newest
_newest = select(inbox.c.channel, inbox.c.received_at).order_by(inbox.c.id.desc()).limit(_NEWEST).subquery()
_last_received = select(_newest.c.channel, func.max(_newest.c.received_at, type_=UtcDateTime).label("at")).group_by(
    _newest.c.channel
)
_last = select(inbox.c.external_id).where(inbox.c.channel == bindparam("channel")).order_by(inbox.c.id.desc()).limit(1)


class SqlInbox:
    """See `bot.ports.Inbox`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def keep(self, updates: Sequence[RawUpdate], now: datetime) -> int:
        if not updates:
            return 0
        kept = await self._link.rows(
            _keep, [_row(update, "failed" if update.unreadable else "waiting", now) for update in updates]
        )
        self._link.has_mail = bool(kept)
        return len(kept)

    async def keep_handled(self, update: RawUpdate, now: datetime) -> bool:
        row = {**_row(update, "handled", now), "attempts": 1, "handled_at": now}
        return await self._link.row(_keep, row) is not None

    async def waiting_addresses(self, *, most: int) -> Set[tuple[Channel, str]] | None:
        rows = await self._link.rows(_waiting_addresses, {"most": most + 1})
        return {(Channel(row.channel), row.address_id) for row in rows} if len(rows) <= most else None

    async def claim(self, *, owner: str, now: datetime, lease: timedelta, most: int) -> list[KeptUpdate]:
        await claim_lock(self._link, "inbox")
        rows = await self._link.rows(_claim, {"by": owner, "now": now, "until": now + lease, "most": most})
        return sorted(
            (
                KeptUpdate(
                    id=row.id,
                    channel=Channel(row.channel),
                    external_id=row.external_id,
                    address_id=row.address_id,
                    body=row.body,
                    received_at=row.received_at,
                    attempts=row.attempts - 1,
                )
                for row in rows
            ),
            key=lambda kept: kept.id,
        )

    async def mark_handled(self, update_ids: Sequence[int], *, owner: str, now: datetime) -> Set[int]:
        rows = await self._link.rows(_mark_handled, {"rows": update_ids, "by": owner, "at": now})
        return {row.id for row in rows}

    async def mark_failed(self, update_id: int, *, reason: str, now: datetime) -> None:
        await self._link.run(_mark_failed, {"row": update_id, "why": reason[:LONGEST_REASON], "at": now})

    async def release(self, update_id: int, *, due_at: datetime) -> None:
        await self._link.run(_release, {"row": update_id, "due": due_at})

    async def replay(self, update_ids: Sequence[int]) -> int:
        return await self._link.run(_replay, {"rows": list(update_ids)}) if update_ids else 0

    async def discard(self, update_ids: Sequence[int], now: datetime) -> int:
        return await self._link.run(_discard, {"rows": list(update_ids), "at": now}) if update_ids else 0

    async def failed(self, *, most: int = 100) -> list[FailedUpdate]:
        rows = await self._link.rows(_failed, {"most": most})
        return [
            FailedUpdate(
                id=row.id,
                channel=Channel(row.channel),
                external_id=row.external_id,
                received_at=row.received_at,
                reason=row.reason,
            )
            for row in rows
        ]

    async def backlog(self) -> Backlog:
        [row] = await self._link.rows(_backlog)
        return Backlog(waiting=row.waiting, oldest=row.oldest, failed=row.failed)

    async def last_received(self) -> dict[Channel, datetime]:
        return {Channel(row.channel): row.at for row in await self._link.rows(_last_received)}

    async def last_external_id(self, channel: Channel) -> str | None:
        found: str | None = await self._link.value(_last, {"channel": channel.value})
        return found


def _row(update: RawUpdate, state: str, now: datetime) -> dict[str, Any]:
    return {
        "channel": update.channel.value,
        "external_id": update.external_id,
        "address_id": update.address_id,
        "body": update.body,
        "state": state,
        "attempts": 0,
        "owner": "",
        "reason": update.unreadable[:LONGEST_REASON],
        "received_at": now,
    }
