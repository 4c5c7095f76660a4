"""Which events of which cases other programs may be told of, and the walk over the timelines that finds them.

A case counts as it is now, both when an event is found and when it is sent. One that became a matter of confidence since is
never told of again, and what waits of it is dropped. Denies by default: only a ward's general desk.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, insert, literal_column, not_, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.neighbours import WATCHED, Told, new_event_id, told_as
from bot.domain.thread import EventKind
from storage.link import Link
from storage.published import is_nobodys_secret, is_public
from storage.tables import case_events, case_exclusions, cases, deliveries, publications, subscriptions
from storage.types import Id


def may_be_told() -> ColumnElement[bool]:
    """The condition on `cases`: nobody works at it in confidence, nobody is barred from it, nothing secret joined it."""
    joined = cases.alias("joined")
    holds_such = exists().where(joined.c.main_case_id == cases.c.id, not_(and_(*is_nobodys_secret(joined))))
    is_barred = exists().where(case_exclusions.c.case_id == cases.c.id)
    return and_(*is_nobodys_secret(cases), cases.c.main_case_id.is_(None), not_(is_barred), not_(holds_such))


def is_known_to_all() -> ColumnElement[bool]:
    """The condition on `cases`: everybody may know its code. Looks at `storage.published.NOW`."""
    is_read_by_all = exists().where(publications.c.case_id == cases.c.id, is_public())
    return or_(cases.c.channel == literal_column("'open311'"), is_read_by_all)


# On PostgreSQL an id may be committed after a higher one: only what no transaction under way can come before is walked.
_SETTLED: ColumnElement[bool] = literal_column(
    "age(case_events.xmin) > age(((pg_snapshot_xmin(pg_current_snapshot())::text::numeric % 4294967296)::bigint)::text::xid)"
)
_seen = bindparam("seen", type_=Id)
_tip = select(func.max(case_events.c.id)).where(case_events.c.id > _seen)
_tip_on_postgres = _tip.where(_SETTLED)
_behind = (
    select(subscriptions.c.id, subscriptions.c.seen, subscriptions.c.kinds)
    .where(subscriptions.c.disabled_at.is_(None))
    .order_by(subscriptions.c.id)
    .with_for_update()
)
_events = (
    select(case_events.c.id, case_events.c.case_id, case_events.c.kind, case_events.c.at, case_events.c.details)
    .join(cases, cases.c.id == case_events.c.case_id)
    .where(
        case_events.c.id > _seen,
        case_events.c.id <= bindparam("upto", type_=Id),
        case_events.c.kind.in_([literal_column(f"'{kind.value}'") for kind in WATCHED]),
        may_be_told(),
    )
    .order_by(case_events.c.id)
)
_add = insert(deliveries)
_walk_on = (
    update(subscriptions).where(subscriptions.c.id == bindparam("row", type_=Id)).values(seen=bindparam("upto", type_=Id))
)


def tip_of(link: Link) -> Any:
    """The statement for the last event that may be walked to."""
    return _tip_on_postgres if link.is_postgres else _tip


async def collect(link: Link, now: datetime, most: int) -> int:
    """Walk each subscription on; what it is to be told waits in `deliveries` from the same commit on."""
    walked = 0
    for row in await link.rows(_behind):
        tip = await link.value(tip_of(link), {"seen": row.seen})
        if tip is None:
            continue
        upto = min(tip, row.seen + most)
        wanted = row.kinds.split()
        found = await link.rows(_events, {"seen": row.seen, "upto": upto})
        if values := _to_tell(found, row.id, wanted, now):
            await link.run(_add, values)
        await link.run(_walk_on, {"row": row.id, "upto": upto})
        walked += upto - row.seen
    return walked


def _to_tell(found: Sequence[Any], subscription_id: int, wanted: Sequence[str], now: datetime) -> list[dict[str, Any]]:
    return [
        waiting(subscription_id, kind, event.at, now) | {"case_event_id": event.id, "case_id": event.case_id}
        for event in found
        if (kind := told_as(EventKind(event.kind), event.details)) is not None and kind.value in wanted
    ]


def waiting(subscription_id: int, kind: Told, at: datetime, now: datetime) -> dict[str, Any]:
    """The values of a delivery that was never tried."""
    return {
        "subscription_id": subscription_id,
        "event_id": new_event_id(),
        "case_event_id": None,
        "case_id": None,
        "kind": kind.value,
        "at": at,
        "state": "waiting",
        "attempts": 0,
        "due_at": now,
        "status": 0,
        "error": "",
        "milliseconds": 0,
    }
