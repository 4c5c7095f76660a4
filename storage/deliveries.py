"""One event on its way to one neighbour: claimed by whoever sends it, and what came of it. See `bot.ports.Neighbours`.

A neighbour is told one thing at a time, by one process: the lease is the subscription's. A process that dies in between
leaves the event waiting; its lease runs out, and the event is told once more.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, delete, literal_column, null, or_, select, update

from bot.domain.case import CaseCode, CaseId
from bot.domain.neighbours import DeliveryOf, Telling, Told, Tried
from bot.domain.ward import WardCode
from storage.claiming import is_state
from storage.link import Link
from storage.tables import cases, deliveries, subscriptions
from storage.tellable_events import is_known_to_all, may_be_told
from storage.types import Id, UtcDateTime

MOST_DROPPED = 100  # in one claim, of cases that may not be told of any more

_now = bindparam("now", type_=UtcDateTime)
_this = subscriptions.c.id == bindparam("row", type_=Id)
_is_ours = and_(_this, subscriptions.c.owner == bindparam("by"))
_take = (
    update(subscriptions)
    .where(
        _this,
        subscriptions.c.disabled_at.is_(None),
        or_(subscriptions.c.leased_until.is_(None), subscriptions.c.leased_until <= _now),
        or_(subscriptions.c.paused_until.is_(None), subscriptions.c.paused_until <= _now),
    )
    .values(owner=bindparam("by"), leased_until=bindparam("until", type_=UtcDateTime))
    .returning(subscriptions.c.accepted)
)
_give_back = update(subscriptions).where(_is_ours).values(owner="", leased_until=null())
_earlier = deliveries.alias("earlier")
_waits_behind = (
    select(literal_column("1"))
    .where(
        _earlier.c.subscription_id == deliveries.c.subscription_id,
        is_state("waiting", _earlier),
        _earlier.c.case_id == deliveries.c.case_id,
        _earlier.c.id < deliveries.c.id,
    )
    .exists()
)
_next = (
    select(
        *(deliveries.c[name] for name in ("id", "event_id", "kind", "at", "attempts", "first_tried_at", "case_id")),
        *(cases.c[name] for name in ("ward_code", "category")),
        case((and_(cases.c.id.is_not(None), may_be_told()), literal_column("1")), else_=literal_column("0")).label("may_be"),
        case((is_known_to_all(), cases.c.code)).label("code"),
    )
    .select_from(deliveries.outerjoin(cases, cases.c.id == deliveries.c.case_id))
    .where(
        deliveries.c.subscription_id == bindparam("row", type_=Id),
        is_state("waiting", deliveries),
        deliveries.c.due_at <= _now,
        ~_waits_behind,
    )
    .order_by(deliveries.c.id)
    .limit(literal_column("1"))
)
_drop = delete(deliveries).where(deliveries.c.id == bindparam("delivery", type_=Id))
_came_of_it = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery", type_=Id), is_state("waiting", deliveries))
    .values(
        state=bindparam("new_state"),
        attempts=deliveries.c.attempts + 1,
        first_tried_at=bindparam("first", type_=UtcDateTime),
        due_at=bindparam("due", type_=UtcDateTime),
        finished_at=bindparam("finished", type_=UtcDateTime),
        status=bindparam("http"),
        error=bindparam("why"),
        milliseconds=bindparam("took"),
    )
    .returning(deliveries.c.id)
)
_taken = (
    update(subscriptions)
    .where(_is_ours)
    .values(
        accepted=subscriptions.c.accepted + 1,
        failures=0,
        failing_since=null(),
        paused_until=null(),
        owner="",
        leased_until=null(),
    )
)
_failed = (
    update(subscriptions)
    .where(_is_ours)
    .values(
        failures=subscriptions.c.failures + 1,
        failing_since=case(
            (subscriptions.c.failing_since.is_(None), bindparam("at", type_=UtcDateTime)),
            else_=subscriptions.c.failing_since,
        ),
        paused_until=bindparam("pause", type_=UtcDateTime),
        owner="",
        leased_until=null(),
    )
)


async def claim(link: Link, subscription_id: int, *, owner: str, now: datetime, lease: timedelta) -> Telling | None:
    """The next that is due; None: none, or somebody else is at it."""
    values = {"row": subscription_id, "by": owner, "now": now, "until": now + lease}
    row = await link.row(_take, values)
    if row is None:
        return None
    for _ in range(MOST_DROPPED):
        found = await link.row(_next, {"row": subscription_id, "now": now})
        if found is None:
            break
        if found.case_id is None or found.may_be:
            return _telling(found, row.accepted + 1)
        await link.run(_drop, {"delivery": found.id})
    await link.run(_give_back, {"row": subscription_id, "by": owner})
    return None


async def record(
    link: Link,
    subscription_id: int,
    telling: Telling,
    tried: Tried,
    *,
    owner: str,
    due_at: datetime | None,
    pause: datetime,
) -> bool:
    """Write down what came of it, and give the turn back. False: somebody else has it by now."""
    state = DeliveryOf.SENT if tried.is_taken else DeliveryOf.PARKED if due_at is None else DeliveryOf.WAITING
    statement, values = _failed, {"row": subscription_id, "by": owner, "at": tried.at, "pause": pause}
    if tried.is_taken:
        statement, values = _taken, {"row": subscription_id, "by": owner}
    if not await link.run(statement, values):
        return False
    await link.row(
        _came_of_it,
        {
            "delivery": telling.id,
            "new_state": state.value,
            "first": telling.first_tried_at or tried.at,
            "due": due_at or tried.at,
            "finished": None if state is DeliveryOf.WAITING else tried.at,
            "http": tried.status,
            "why": tried.error[:40],
            "took": tried.milliseconds,
        },
    )
    return True


def _telling(row: Row[Any], sequence: int) -> Telling:
    return Telling(
        id=row.id,
        event_id=row.event_id,
        kind=Told(row.kind),
        at=row.at,
        attempts=row.attempts,
        first_tried_at=row.first_tried_at,
        sequence=sequence,
        case_id=CaseId(row.case_id) if row.case_id is not None else None,
        ward_code=WardCode(row.ward_code) if row.ward_code else None,
        category=row.category or "",
        code=CaseCode(row.code) if row.code else None,
    )
