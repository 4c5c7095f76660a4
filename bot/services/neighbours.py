"""Programs that are told of cases: subscribed, tested, given another secret, replayed, disabled; each act on the trail.

Only operators do any of it. The secret is told when it is made and shown to nobody again; it is kept sealed, because it
signs. An address is looked at before it is kept: `bot.outward` says which may be asked, and is asked again at each sending.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.neighbours import (
    CHOICES,
    LONGEST_NAME,
    MOST_SECRETS,
    MOST_SUBSCRIPTIONS,
    Ended,
    NewSubscription,
    Subscription,
    Told,
    new_event_id,
    new_secret,
)
from bot.domain.people import StaffId, StaffMember
from bot.domain.rights import Right, may
from bot.errors import BotError
from bot.ports import UnitOfWork
from bot.services.setting import BadFields, GoneMeanwhile, NotAllowed, one_line, trouble_with_line
from bot.services.tell_operators import tell_of_disabled_neighbour


class TooManySubscriptions(BotError):
    """There are as many as there may be."""

    wording_key = "neighbours_too_many"


@dataclass(frozen=True, slots=True)
class MadeSubscription:
    """A subscription and its newest secret, which nobody can ask for again."""

    subscription: Subscription
    secret: str


async def subscribe(
    uow: UnitOfWork,
    *,
    name: str,
    address: str,
    address_trouble: str,
    kinds: Collection[str],
    now: datetime,
    by: StaffMember | None = None,
) -> MadeSubscription:
    """Tell this address of what happens from now on; a test goes out at once.

    Args:
        address_trouble: What `bot.outward.look_at_address` said.
        kinds: Of `CHOICES`; none: all of them.
        by: The operator; None: by command line.

    Raises:
        NotAllowed: This member runs nothing.
        BadFields: A name or address that is none.
        TooManySubscriptions: There are 20.
    """
    staff_id = _operator(by)
    called = one_line(name)
    wanted = {kind for kind in CHOICES if kind.value in kinds} or set(CHOICES)
    troubles = {"name": trouble_with_line(called, LONGEST_NAME, is_needed=True), "address": address_trouble}
    if any(troubles.values()):
        raise BadFields(**{field: key for field, key in troubles.items() if key})
    if len([one for one in await uow.neighbours.all() if one.disabled_at is None]) >= MOST_SUBSCRIPTIONS:
        raise TooManySubscriptions
    secret = new_secret()
    new = NewSubscription(name=called, address=address, secret=secret, kinds=frozenset(wanted), made_by=staff_id)
    made = await uow.neighbours.add(new, now)
    await uow.neighbours.ping(made.id, new_event_id(), now)
    details = {"subscription": made.id, "name": called, "kinds": sorted(kind.value for kind in wanted)}
    await uow.audit.record(action="neighbour_added", now=now, staff_id=staff_id, details=details)
    return MadeSubscription(made, secret)


async def ping(uow: UnitOfWork, subscription_id: int, *, now: datetime, by: StaffMember | None = None) -> None:
    """Send a test.

    Raises:
        NotAllowed, GoneMeanwhile: There is no such subscription that is told anything.
    """
    staff_id = _operator(by)
    await _told(uow, subscription_id)
    await uow.neighbours.ping(subscription_id, new_event_id(), now)
    await _record(uow, "neighbour_tested", subscription_id, staff_id, now)


async def change_secret(
    uow: UnitOfWork, subscription_id: int, *, now: datetime, by: StaffMember | None = None
) -> MadeSubscription:
    """Make another secret; the two before it go on signing beside it, until `drop_old_secrets`.

    Raises:
        NotAllowed, GoneMeanwhile: As `ping` does.
    """
    staff_id = _operator(by)
    found = await _told(uow, subscription_id)
    secret = new_secret()
    await uow.neighbours.put_secrets(subscription_id, [secret, *found.secrets][:MOST_SECRETS])
    await _record(uow, "neighbour_secret_made", subscription_id, staff_id, now)
    return MadeSubscription(found, secret)


async def drop_old_secrets(uow: UnitOfWork, subscription_id: int, *, now: datetime, by: StaffMember | None = None) -> None:
    """From now on the newest secret alone signs.

    Raises:
        NotAllowed, GoneMeanwhile: As `ping` does.
    """
    staff_id = _operator(by)
    found = await _told(uow, subscription_id)
    await uow.neighbours.put_secrets(subscription_id, found.secrets[:1])
    await _record(uow, "neighbour_secrets_dropped", subscription_id, staff_id, now)


async def disable(uow: UnitOfWork, subscription_id: int, *, now: datetime, by: StaffMember | None = None) -> None:
    """Tell it nothing more. What was on its way waits.

    Raises:
        NotAllowed, GoneMeanwhile: There is none, or it was disabled before.
    """
    staff_id = _operator(by)
    if not await uow.neighbours.disable(subscription_id, Ended.OPERATOR, now):
        raise GoneMeanwhile
    await _record(uow, "neighbour_disabled", subscription_id, staff_id, now, by="operator")


async def disable_failing(uow: UnitOfWork, subscription_id: int, *, now: datetime) -> None:
    """It took nothing for days: nobody tries any more until an operator says so, and each of them hears of it, once."""
    if not await uow.neighbours.disable(subscription_id, Ended.FAILING, now):
        return
    await _record(uow, "neighbour_disabled", subscription_id, None, now, by="failing")
    found = await uow.neighbours.get(subscription_id)
    if found is not None:
        await tell_of_disabled_neighbour(uow, found.name, now=now)


async def enable(uow: UnitOfWork, subscription_id: int, *, now: datetime, by: StaffMember | None = None) -> None:
    """Tell it again, also of what happened meanwhile.

    Raises:
        NotAllowed, GoneMeanwhile: There is none, or it is not disabled.
    """
    staff_id = _operator(by)
    if not await uow.neighbours.enable(subscription_id, now):
        raise GoneMeanwhile
    await _record(uow, "neighbour_enabled", subscription_id, staff_id, now)


async def replay(
    uow: UnitOfWork,
    subscription_id: int,
    *,
    now: datetime,
    by: StaffMember | None = None,
    delivery_id: int | None = None,
    days: int | None = None,
) -> int:
    """Have it told again: one event, all of the last days, or (neither) all that are parked. How many.

    Raises:
        NotAllowed, GoneMeanwhile: As `ping` does.
    """
    staff_id = _operator(by)
    await _told(uow, subscription_id)
    since = now - timedelta(days=days) if days is not None else None
    count = await uow.neighbours.replay(subscription_id, now, delivery_id=delivery_id, since=since)
    await _record(uow, "neighbour_replayed", subscription_id, staff_id, now, count=count)
    return count


async def _told(uow: UnitOfWork, subscription_id: int) -> Subscription:
    found = await uow.neighbours.get(subscription_id, for_update=True) if 0 < subscription_id < 1 << 31 else None
    if found is None or found.disabled_at is not None:
        raise GoneMeanwhile
    return found


async def _record(
    uow: UnitOfWork, action: str, subscription_id: int, staff_id: StaffId | None, now: datetime, **more: object
) -> None:
    details = {"subscription": subscription_id, **more}
    await uow.audit.record(action=action, now=now, staff_id=staff_id, details=details)


def _operator(by: StaffMember | None) -> StaffId | None:
    if by is not None and not may(by.role, Right.OPERATE):
        raise NotAllowed
    return by.id if by else None


def kinds_in(text: str) -> list[str]:
    """The kinds a command line names, "filed,closed".

    Raises:
        ValueError: One is none.
    """
    return [Told(kind.strip()).value for kind in text.split(",") if kind.strip()]
