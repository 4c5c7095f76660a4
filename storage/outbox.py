"""Every reply, until the channel took it or it never can be delivered. When to try again is `bot.domain.retry`'s."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    Select,
    String,
    Text,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy import text as sql

from bot.domain.case import CaseId
from bot.domain.people import Address, Channel
from bot.domain.reply import HELD_AFTER_RESTORE, DeliveryResult, DeliveryState, NewReply, QueuedReply, Reply
from bot.domain.thread import Answer
from bot.ports import Backlog
from bot.ports.mail import DeadReply
from storage.claiming import at_address, claim_lock, is_state
from storage.conversations import pack_choices
from storage.link import Link
from storage.reaching import Reaching
from storage.recording import Recording
from storage.tables import FINISHED, conversations, inbox, outbox
from storage.types import Id, SealedJson, UtcDateTime, clean, open_json

WHOLE_SECONDS = timedelta(seconds=1.5)  # messengers cut the time of a message
NOTED_WITHIN = timedelta(seconds=3)  # that a reply went out
LISTEN_MOST = timedelta(seconds=8)  # a held question waits so long for the resident's messages that are still to be read

_CHANNELS = [f"channel_{number}" for number in range(len(Channel))]  # so many places, empty where fewer are meant

_earlier = outbox.alias("earlier")
_now = bindparam("now", type_=UtcDateTime)
_same_address = (
    is_state("waiting", _earlier),
    _earlier.c.channel == outbox.c.channel,
    _earlier.c.external_id == outbox.c.external_id,
    _earlier.c.id != outbox.c.id,
)
_same_address_is_busy = (
    select(literal_column("1"))
    # A later one can be in somebody's hands when this one was replayed, or was committed after it.
    .where(*_same_address, or_(_earlier.c.id < outbox.c.id, _earlier.c.leased_until > _now))
    .exists()
)
_has_an_earlier = select(literal_column("1")).where(*_same_address, _earlier.c.id < outbox.c.id).exists()
_more_was_said = (
    select(literal_column("1"))
    .where(is_state("waiting", inbox), inbox.c.channel == outbox.c.channel, inbox.c.address_id == outbox.c.external_id)
    .exists()
)
# Of a burst, photos are still being fetched when the hold is over: a question about half of it would be put in vain.
_still_listens = and_(
    outbox.c.about != literal_column("''"),
    outbox.c.due_at.is_not(None),
    outbox.c.created_at > bindparam("listening", type_=UtcDateTime),
    _more_was_said,
)
_heads = (
    select(outbox.c.id)
    .where(
        is_state("waiting", outbox),
        # Joined to nothing, so that no engine takes the addresses' index for it and sorts all that waits.
        outbox.c.channel.concat(literal_column("''")).in_([bindparam(name, type_=String) for name in _CHANNELS]),
        or_(outbox.c.due_at.is_(None), outbox.c.due_at <= _now),
        or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= _now),
        ~_same_address_is_busy,
        ~_still_listens,
    )
    .order_by(outbox.c.id)
    .limit(bindparam("most", type_=Id))
    .with_for_update(skip_locked=True)  # PostgreSQL only; SQLite has one writer and drops it
)
_add = insert(outbox).returning(outbox.c.id)
# A DELETE that finds nothing costs as much as three that are not asked for: it opens every index.
_has_earlier = (
    select(outbox.c.id)
    .where(
        is_state("waiting", outbox),
        *at_address(outbox),
        outbox.c.about == bindparam("about"),
    )
    .limit(1)
)
_offer = (
    update(conversations)
    .where(conversations.c.channel == bindparam("on"), conversations.c.external_id == bindparam("whom"))
    .values(offered=bindparam("choices", type_=SealedJson))
)
_drop_earlier = delete(outbox).where(
    is_state("waiting", outbox),
    *at_address(outbox),
    outbox.c.about == bindparam("about"),
    outbox.c.id < bindparam("than", type_=Id),
    or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= _now),
)
_take_back = delete(outbox).where(
    is_state("waiting", outbox),
    *at_address(outbox),
    outbox.c.about == bindparam("about"),
    or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= _now),
)
# Two reads of the address's own rows, each by an index made for them; one statement over both would take neither.
_still_waits: Select[tuple[str]] = (
    select(literal_column("1"))
    .where(
        is_state("waiting", outbox),
        outbox.c.channel == bindparam("channel"),
        outbox.c.external_id == bindparam("external_id"),
        or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= _now),
        or_(outbox.c.due_at > _now, outbox.c.attempts > 0, outbox.c.created_at < bindparam("late", type_=UtcDateTime)),
    )
    .limit(1)
)
_went_last = (
    select(outbox.c.created_at, outbox.c.finished_at)
    .where(
        sql(FINISHED),
        outbox.c.channel == bindparam("channel"),
        outbox.c.external_id == bindparam("external_id"),
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_claim = (
    update(outbox)
    .where(outbox.c.id.in_(_heads))
    .values(owner=bindparam("by"), leased_until=bindparam("until"), attempts=outbox.c.attempts + 1)
    .returning(
        outbox.c.id,
        outbox.c.channel,
        outbox.c.external_id,
        type_coerce(outbox.c.body, Text).label("body"),  # opened only where it is not known
        outbox.c.attempts,
        outbox.c.created_at,
    )
)
_since = func.coalesce(outbox.c.due_at, outbox.c.created_at, type_=UtcDateTime)
_next_due = select(
    func.min(case((outbox.c.leased_until > _since, outbox.c.leased_until), else_=_since), type_=UtcDateTime)
).where(is_state("waiting", outbox), ~_has_an_earlier)
_next_due_of = _next_due.where(outbox.c.channel.in_(bindparam("channels", expanding=True)))
_is_due = and_(
    is_state("waiting", outbox),
    or_(outbox.c.due_at.is_(None), outbox.c.due_at <= _now),
    ~select(literal_column("1")).where(*_same_address, _earlier.c.id < outbox.c.id, _earlier.c.due_at > _now).exists(),
)
_is_held = outbox.c.error == literal(HELD_AFTER_RESTORE)
# Staff's own words that did not arrive are shown on their case, to those who may see it.
_is_dead = and_(is_state("failed", outbox), or_(outbox.c.message_id.is_(None), _is_held))
_dead = (
    select(outbox.c.id, outbox.c.channel, outbox.c.created_at, outbox.c.error)
    .where(_is_dead)
    .order_by(outbox.c.id.desc())
    .limit(bindparam("most", type_=Id))
)
_chosen = outbox.c.id.in_(bindparam("rows", expanding=True))
_drop_dead = delete(outbox).where(_chosen, is_state("failed", outbox), outbox.c.message_id.is_(None))
_count_as_sent = (
    update(outbox)
    .where(_chosen, is_state("failed", outbox), _is_held)
    .values(state="sent", error="", finished_at=bindparam("at"))
)
_backlog = select(
    select(func.count()).select_from(outbox).where(_is_due).scalar_subquery().label("waiting"),
    select(func.min(_since, type_=UtcDateTime)).where(_is_due).scalar_subquery().label("oldest"),
    select(func.count()).select_from(outbox).where(_is_dead).scalar_subquery().label("failed"),
)
_failed_with = (
    select(outbox.c.id)
    .where(
        outbox.c.message_id == bindparam("message", type_=Id), outbox.c.message_id.is_not(None), is_state("failed", outbox)
    )
    .order_by(outbox.c.id)
)
_replay = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("rows", expanding=True)), is_state("failed", outbox))
    .values(state="waiting", attempts=0, error="", finished_at=None, due_at=bindparam("due"), owner="", leased_until=None)
    .returning(outbox.c.channel, outbox.c.external_id)
)


class SqlOutbox:
    """See `bot.ports.Outbox`."""

    __slots__ = ("_claimed", "_ids", "_link", "_queued", "_reach", "_recording")

    def __init__(self, link: Link) -> None:
        self._link = link
        self._reach = Reaching(link)
        self._claimed: dict[int, QueuedReply] = {}  # in this very unit of work
        self._recording = Recording(link, self._reach, self._claimed)
        self._queued: dict[int, Reply] = {}  # in it: they need not be read back
        self._ids: set[int] = set()  # of all that was queued in it

    async def add(self, replies: Sequence[NewReply], now: datetime, *, keeps_offer: bool = True) -> list[int]:
        # One by one, so that the ids rise in this order on either engine.
        ids = [await self._queue(new, now) for new in replies]
        for new in replies if keeps_offer else ():
            key = {"on": new.address.channel.value, "whom": new.address.external_id}
            await self._link.run(_offer, {**key, "choices": pack_choices(new.reply.offered)})
        return ids

    async def is_ahead(self, address: Address, *, wrote_at: datetime, now: datetime) -> bool:
        key = {"channel": address.channel.value, "external_id": address.external_id}
        if await self._link.row(_still_waits, {**key, "now": now, "late": now - NOTED_WITHIN}) is not None:
            return True
        last = await self._link.row(_went_last, key)
        if last is None:
            return False
        return bool(last.created_at > wrote_at + WHOLE_SECONDS or last.finished_at > wrote_at + NOTED_WITHIN)

    async def _queue(self, new: NewReply, now: datetime) -> int:
        values = {
            "channel": new.address.channel.value,
            "external_id": new.address.external_id,
            "body": new.reply.to_dict(),
            "message_id": new.message_id,
            "case_id": new.case_id,
            "about": new.about if new.may_be_replaced else "",
            "state": DeliveryState.WAITING.value,
            "attempts": 0,
            "owner": "",
            "due_at": now + new.hold if new.hold else None,
            "provider_id": "",
            "error": "",
            "created_at": now,
        }
        key = {"channel": values["channel"], "external_id": values["external_id"], "about": new.about}
        has_earlier = bool(new.about) and await self._link.row(_has_earlier, key) is not None
        reply_id: int = await self._link.value(_add, values)
        self._ids.add(reply_id)
        if _comes_back_the_same(new.reply):
            self._queued[reply_id] = new.reply
        if has_earlier:
            # After the new one is there: SQLite would give the id of a newest row that was deleted a second time.
            await self._link.run(_drop_earlier, {**key, "than": reply_id, "now": now})
        if new.hold:
            self._link.rung_after.setdefault(new.hold, set()).add(new.address)
        else:
            self._link.rung.add(new.address)
        return reply_id

    async def claim(
        self, *, owner: str, channels: Sequence[Channel], now: datetime, lease: timedelta, most: int
    ) -> list[QueuedReply]:
        await claim_lock(self._link, "outbox")
        values = {
            **dict.fromkeys(_CHANNELS, ""),
            **dict(zip(_CHANNELS, (channel.value for channel in channels), strict=False)),
            "by": owner,
            "now": now,
            "until": now + lease,
            "listening": now - LISTEN_MOST,
            "most": most,
        }
        found = sorted(
            (
                QueuedReply(
                    id=row.id,
                    address=Address(Channel(row.channel), row.external_id),
                    reply=self._queued.get(row.id) or Reply.from_dict(open_json(row.body, self._link.vault)),
                    attempts=row.attempts - 1,
                    created_at=row.created_at,
                )
                for row in await self._link.rows(_claim, values)
            ),
            key=lambda queued: queued.id,
        )
        self._claimed.update((queued.id, queued) for queued in found)
        return found

    def queued(self) -> Collection[int]:
        return self._ids

    async def take_back(self, address: Address, about: str, now: datetime) -> bool:
        key = {"channel": address.channel.value, "external_id": address.external_id, "about": about, "now": now}
        return bool(about) and await self._link.run(_take_back, key) > 0

    async def record(self, results: Sequence[DeliveryResult]) -> None:
        await self._recording.record(results)

    async def missed(self, case_id: CaseId) -> list[Answer]:
        return await self._reach.missed_by(case_id)

    async def reached(self, case_id: CaseId, at: datetime) -> bool:
        return await self._reach.reached(case_id, at)

    async def send_missed(self, address: Address, now: datetime) -> int:
        return await self.replay(await self._reach.missed_at(address), now)

    async def next_due(self, channels: Sequence[Channel] | None = None) -> datetime | None:
        if channels is None:
            found: datetime | None = await self._link.value(_next_due)
        else:
            found = await self._link.value(_next_due_of, {"channels": [channel.value for channel in channels]})
        return found

    async def backlog(self, now: datetime) -> Backlog:
        [row] = await self._link.rows(_backlog, {"now": now})
        return Backlog(waiting=row.waiting, oldest=row.oldest, failed=row.failed)

    async def dead(self, *, most: int = 100) -> list[DeadReply]:
        return [
            DeadReply(
                id=row.id,
                channel=Channel(row.channel),
                created_at=row.created_at,
                error=row.error,
                is_held=row.error == HELD_AFTER_RESTORE,
            )
            for row in await self._link.rows(_dead, {"most": most})
        ]

    async def discard(self, reply_ids: Sequence[int], now: datetime) -> int:
        if not reply_ids:
            return 0
        which = {"rows": list(reply_ids)}
        dropped = await self._link.run(_drop_dead, which)
        return dropped + await self._link.run(_count_as_sent, {**which, "at": now})

    async def failed_with(self, message_id: int) -> list[int]:
        return [row.id for row in await self._link.rows(_failed_with, {"message": message_id})]

    async def replay(self, reply_ids: Sequence[int], now: datetime) -> int:
        if not reply_ids:
            return 0
        rows = await self._link.rows(_replay, {"rows": list(reply_ids), "due": now})
        self._link.rung.update(Address(Channel(row.channel), row.external_id) for row in rows)
        return len(rows)


def _comes_back_the_same(reply: Reply) -> bool:
    """What the database would change on its way (`storage.types.clean`) is read back; of files not everything is kept."""
    words = "\n".join([reply.text, *(word for choice in reply.offered for word in (choice.label, choice.data))])
    return not reply.files and clean(words) == words
