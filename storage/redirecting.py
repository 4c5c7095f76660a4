"""An answer goes from one address to another: a new row of the outbox takes the place of the old one, in one transaction.

A new one, because a chat's lines stand and are looked for in the order of their ids: an old one would come up among lines
that were read long ago, and a page that is open would not find it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select

from bot.domain.reply import DeliveryState, Move
from storage.claiming import is_state
from storage.link import Link
from storage.tables import outbox
from storage.types import Id, UtcDateTime

_this = outbox.c.id == bindparam("row", type_=Id)
_find = select(outbox.c.message_id, outbox.c.case_id).where(_this, is_state("waiting", outbox)).with_for_update()
_is_nobodys = or_(outbox.c.leased_until.is_(None), outbox.c.leased_until <= bindparam("at", type_=UtcDateTime))
_find_free = _find.where(_is_nobodys)
_put = insert(outbox).returning(outbox.c.id, outbox.c.channel, outbox.c.external_id, outbox.c.case_id, outbox.c.message_id)
_drop = delete(outbox).where(_this)


async def put_elsewhere(
    link: Link, reply_id: int, move: Move, *, at: datetime, failed_with: str | None = None, is_ours: bool = False
) -> Row[Any] | None:
    """Let it wait at the move's goal, with all its tries before it, or lie there as failed.

    Args:
        failed_with: Why it can never be delivered; None: it waits.
        is_ours: The caller holds it. Otherwise nobody may.

    Returns:
        The new row; None when there is none that waits.
    """
    held = await link.row(_find, {"row": reply_id}) if is_ours else await link.row(_find_free, {"row": reply_id, "at": at})
    if held is None:
        return None
    values = {
        "channel": move.goal.channel.value,
        "external_id": move.goal.external_id,
        "body": move.reply.to_dict(),
        "message_id": held.message_id,
        "case_id": held.case_id,
        "about": "",
        "state": (DeliveryState.WAITING if failed_with is None else DeliveryState.FAILED).value,
        "attempts": 0,
        "owner": "",
        "due_at": None,
        "provider_id": "",
        "error": failed_with or "",
        "created_at": at,
        "finished_at": None if failed_with is None else at,
    }
    row = await link.row(_put, values)
    # Only now: SQLite would give the id of a newest row that was deleted a second time.
    await link.run(_drop, {"row": reply_id})
    if failed_with is None:
        link.rung.add(move.goal)
    return row
