"""Subscriptions of other programs, and what an operator asks about them. See `bot.ports.Neighbours`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, null, or_, select, update

from bot.domain.neighbours import (
    DeliveryLine,
    DeliveryOf,
    Ended,
    Lag,
    NewSubscription,
    Subscription,
    Telling,
    Told,
    Tried,
)
from bot.ports.neighbours import Standing
from storage.claiming import is_state
from storage.deliveries import claim, record
from storage.link import Link
from storage.tables import case_events, deliveries, subscriptions
from storage.tellable_events import collect, waiting
from storage.types import Id, SealedJson, UtcDateTime

_this = subscriptions.c.id == bindparam("row", type_=Id)
_all = select(subscriptions).order_by(subscriptions.c.id)
_one = select(subscriptions).where(_this)
_hold = _one.with_for_update()
_newest_event = select(func.coalesce(func.max(case_events.c.id), 0))
_add = insert(subscriptions).returning(subscriptions.c.id)
_put_secrets = update(subscriptions).where(_this).values(secrets=bindparam("list", type_=SealedJson))
_disable = (
    update(subscriptions)
    .where(_this, subscriptions.c.disabled_at.is_(None))
    .values(disabled_at=bindparam("at", type_=UtcDateTime), ended=bindparam("why"))
    .returning(subscriptions.c.id)
)
_enable = (
    update(subscriptions)
    .where(_this, subscriptions.c.disabled_at.is_not(None))
    .values(
        disabled_at=null(),
        ended="",
        failures=0,
        failing_since=null(),
        paused_until=null(),
    )
    .returning(subscriptions.c.id)
)
_again = {
    "state": "waiting",
    "attempts": 0,
    "first_tried_at": None,
    "finished_at": None,
    "due_at": bindparam("now", type_=UtcDateTime),
}
_of = deliveries.c.subscription_id == bindparam("row", type_=Id)
_wake = update(deliveries).where(_of, is_state("waiting", deliveries)).values(_again)
_ping = insert(deliveries)
_now = bindparam("now", type_=UtcDateTime)
_standings = (
    select(
        subscriptions.c.id,
        select(case_events.c.id).where(case_events.c.id > subscriptions.c.seen).exists().label("is_behind"),
        select(deliveries.c.id)
        .where(
            deliveries.c.subscription_id == subscriptions.c.id, is_state("waiting", deliveries), deliveries.c.due_at <= _now
        )
        .exists()
        .label("is_due"),
    )
    .where(
        subscriptions.c.disabled_at.is_(None),
    )
    .order_by(subscriptions.c.id)
)
_lines = select(deliveries).where(_of).order_by(deliveries.c.id.desc()).limit(bindparam("most", type_=Id))
_replay = update(deliveries).where(_of, ~is_state("waiting", deliveries)).values(_again)
_replay_one = _replay.where(deliveries.c.id == bindparam("delivery", type_=Id))
_replay_since = _replay.where(deliveries.c.at >= bindparam("since", type_=UtcDateTime))
_replay_parked = _replay.where(is_state("parked", deliveries))
_hurry = update(subscriptions).where(_this).values(paused_until=null())
_count = select(func.count()).where(deliveries.c.subscription_id == subscriptions.c.id)
_lags = (
    select(
        subscriptions.c.id,
        _count.where(is_state("waiting", deliveries)).scalar_subquery().label("waiting"),
        _count.where(is_state("parked", deliveries)).scalar_subquery().label("parked"),
        select(func.min(deliveries.c.at, type_=UtcDateTime))
        .where(deliveries.c.subscription_id == subscriptions.c.id, is_state("waiting", deliveries))
        .scalar_subquery()
        .label("oldest"),
        subscriptions.c.failures,
        subscriptions.c.ended,
    )
    .where(or_(subscriptions.c.disabled_at.is_(None), subscriptions.c.ended == Ended.FAILING.value))
    .order_by(subscriptions.c.id)
)
_old = (
    select(deliveries.c.id)
    .where(deliveries.c.finished_at.is_not(None), deliveries.c.finished_at < bindparam("before", type_=UtcDateTime))
    .order_by(deliveries.c.finished_at)
    .limit(bindparam("most", type_=Id))
)
_forget = delete(deliveries).where(deliveries.c.id.in_(_old))


class SqlNeighbours:
    """See `bot.ports.Neighbours`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def all(self) -> list[Subscription]:
        return [subscription_from(row) for row in await self._link.rows(_all)]

    async def get(self, subscription_id: int, *, for_update: bool = False) -> Subscription | None:
        row = await self._link.row(_hold if for_update else _one, {"row": subscription_id})
        return subscription_from(row) if row else None

    async def add(self, new: NewSubscription, now: datetime) -> Subscription:
        values = {
            "name": new.name,
            "address": new.address,
            "secrets": [new.secret],
            "kinds": " ".join(sorted(kind.value for kind in new.kinds)),
            "made_at": now,
            "made_by": new.made_by,
            "seen": await self._link.value(_newest_event),
        }
        found = await self.get(await self._link.value(_add, values))
        assert found is not None  # it was added just now
        return found

    async def put_secrets(self, subscription_id: int, secrets: Sequence[str]) -> None:
        await self._link.run(_put_secrets, {"row": subscription_id, "list": list(secrets)})

    async def disable(self, subscription_id: int, ended: Ended, now: datetime) -> bool:
        return await self._link.row(_disable, {"row": subscription_id, "at": now, "why": ended.value}) is not None

    async def enable(self, subscription_id: int, now: datetime) -> bool:
        if await self._link.row(_enable, {"row": subscription_id}) is None:
            return False
        await self._link.run(_wake, {"row": subscription_id, "now": now})
        return True

    async def ping(self, subscription_id: int, event_id: str, now: datetime) -> None:
        await self._link.run(_ping, waiting(subscription_id, Told.PING, now, now) | {"event_id": event_id})
        await self._link.run(_hurry, {"row": subscription_id})

    async def standings(self, now: datetime) -> list[Standing]:
        rows = await self._link.rows(_standings, {"now": now})
        return [Standing(row.id, bool(row.is_behind), bool(row.is_due)) for row in rows]

    async def collect(self, now: datetime, most: int) -> int:
        return await collect(self._link, now, most)

    async def claim(
        self, subscription_id: int, *, owner: str, now: datetime, lease: timedelta
    ) -> tuple[Subscription, Telling] | None:
        found = await claim(self._link, subscription_id, owner=owner, now=now, lease=lease)
        if found is None:
            return None
        subscription = await self.get(subscription_id)
        assert subscription is not None  # it was claimed
        return subscription, found

    async def record(
        self, subscription_id: int, telling: Telling, tried: Tried, *, owner: str, due_at: datetime | None, pause: datetime
    ) -> Subscription | None:
        if not await record(self._link, subscription_id, telling, tried, owner=owner, due_at=due_at, pause=pause):
            return None
        return await self.get(subscription_id)

    async def lines(self, subscription_id: int, most: int) -> list[DeliveryLine]:
        return [_line(row) for row in await self._link.rows(_lines, {"row": subscription_id, "most": most})]

    async def replay(
        self, subscription_id: int, now: datetime, *, delivery_id: int | None = None, since: datetime | None = None
    ) -> int:
        values: dict[str, Any] = {"row": subscription_id, "now": now}
        if delivery_id is not None:
            count = await self._link.run(_replay_one, values | {"delivery": delivery_id})
        elif since is not None:
            count = await self._link.run(_replay_since, values | {"since": since})
        else:
            count = await self._link.run(_replay_parked, values)
        if count:
            await self._link.run(_hurry, {"row": subscription_id})
        return count

    async def lags(self) -> list[Lag]:
        return [
            Lag(
                subscription_id=row.id,
                waiting=row.waiting,
                parked=row.parked,
                oldest=row.oldest,
                failures=row.failures,
                is_disabled=bool(row.ended),
            )
            for row in await self._link.rows(_lags)
        ]

    async def forget(self, before: datetime, most: int) -> int:
        return await self._link.run(_forget, {"before": before, "most": most})


def subscription_from(row: Row[Any]) -> Subscription:
    """A row as the domain has it."""
    return Subscription(
        id=row.id,
        name=row.name,
        address=row.address,
        secrets=tuple(row.secrets),
        kinds=frozenset(Told(kind) for kind in row.kinds.split()),
        made_at=row.made_at,
        disabled_at=row.disabled_at,
        ended=Ended(row.ended) if row.ended else None,
        accepted=row.accepted,
        failures=row.failures,
        failing_since=row.failing_since,
    )


def _line(row: Row[Any]) -> DeliveryLine:
    return DeliveryLine(
        id=row.id,
        event_id=row.event_id,
        kind=Told(row.kind),
        at=row.at,
        state=DeliveryOf(row.state),
        attempts=row.attempts,
        due_at=row.due_at if row.state == "waiting" else None,
        finished_at=row.finished_at,
        status=row.status,
        error=row.error,
        milliseconds=row.milliseconds,
    )
