"""What a web chat's page shows: the address's own updates and our replies, in the order they came to be."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, literal_column, or_, select, type_coerce
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.people import Address
from bot.ports import ChatLine, ChatPlace
from storage.claiming import is_state
from storage.link import Link
from storage.tables import inbox, outbox
from storage.types import Id, SealedText, UtcDateTime

_most = bindparam("most", type_=Id)
_written_out: ColumnElement[str] = literal_column(
    "'webchat'"
)  # not bound: an engine uses a partial index only when it sees the value

_theirs = (
    select(inbox.c.id, inbox.c.received_at, inbox.c.body)
    .where(inbox.c.channel == _written_out, inbox.c.address_id == bindparam("whose"))
    .order_by(inbox.c.id.desc())
    .limit(_most)
)
_ours_all = select(outbox.c.id, outbox.c.created_at, type_coerce(outbox.c.body, SealedText).label("body")).where(
    outbox.c.channel == _written_out, outbox.c.external_id == bindparam("whose"), is_state("sent", outbox)
)
_ours = _ours_all.order_by(outbox.c.id.desc()).limit(_most)
LATE = 10_000  # places: PostgreSQL gives them out before the commit, so a lower one may appear after a higher one
_ours_after = _ours_all.where(outbox.c.id > bindparam("after")).order_by(outbox.c.id).limit(_most)

_ours_after_and_late = (
    _ours_all.where(
        outbox.c.id > bindparam("floor", type_=Id),
        or_(outbox.c.id > bindparam("after", type_=Id), outbox.c.finished_at >= bindparam("since", type_=UtcDateTime)),
    )
    .order_by(outbox.c.id)
    .limit(_most)
)


class SqlChatLines:
    """See `bot.ports.ChatLines`. Only web chats have lines: the other channels keep their own."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def recent(self, address: Address, *, most: int = 200) -> list[ChatLine]:
        values = {"whose": address.external_id, "most": most}
        theirs = await self._link.rows(_theirs, values)
        ours = await self._link.rows(_ours, values)
        lines = [ChatLine(key=row.id, is_ours=False, at=row.received_at, body=row.body) for row in theirs]
        lines += [ChatLine(key=row.id, is_ours=True, at=row.created_at, body=row.body) for row in ours]
        # A reply made within the same clock tick still comes after what it answers.
        return sorted(lines, key=lambda line: (line.at, line.is_ours, line.key))[-most:]

    async def replies_after(
        self, address: Address, key: int, *, most: int = 50, since: datetime | None = None
    ) -> list[ChatLine]:
        [found] = await self.replies_after_each([ChatPlace(address=address, after=key, most=most)], since=since)
        return found

    async def replies_after_each(
        self, places: Sequence[ChatPlace], *, since: datetime | None = None
    ) -> list[list[ChatLine]]:
        values = [{"whose": at.address.external_id, "after": at.after, "most": at.most} for at in places]
        if since is None or not self._link.is_postgres:  # SQLite has one writer: no place appears late
            found = await self._link.rows_each(_ours_after, values)
        else:
            late = [{**one, "floor": at.after - LATE, "since": since} for one, at in zip(values, places, strict=True)]
            found = await self._link.rows_each(_ours_after_and_late, late)
        return [[ChatLine(key=row.id, is_ours=True, at=row.created_at, body=row.body) for row in rows] for rows in found]
