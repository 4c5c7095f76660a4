"""What is due without anybody asking: old mail, files that nothing points to, drafts nobody goes on with.

Every list is taken by an index that holds only what may be due, and on PostgreSQL held against other processes.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, delete, literal_column, or_, select, update
from sqlalchemy import text as sql

from bot.domain.draft import Conversation
from storage.claiming import is_state
from storage.conversations import ROWS, conversation_from
from storage.link import Link, by_engine
from storage.tables import HANDLED, attachments, board_checks, conversations, doomed_files, inbox, proposals
from storage.types import Id, SealedKey, UtcDateTime, pack_json

_most = bindparam("most", type_=Id)
_now = bindparam("now", type_=UtcDateTime)
_old = (
    select(inbox.c.id)
    .where(sql(HANDLED), is_state("handled", inbox), inbox.c.handled_at < bindparam("before", type_=UtcDateTime))
    .order_by(inbox.c.handled_at)
    .limit(_most)
    .with_for_update(skip_locked=True)
)
_blank = update(inbox).where(inbox.c.id.in_(_old)).values(body="")

_doom = by_engine(
    lambda insert_into: (new := insert_into(doomed_files)).on_conflict_do_update(
        index_elements=["key"], set_={"due_at": new.excluded.due_at}
    )
)
_doomed = (
    select(doomed_files.c.key)
    .where(doomed_files.c.due_at <= _now)
    .order_by(doomed_files.c.due_at)
    .limit(_most)
    .with_for_update(skip_locked=True)
)
_spare = delete(doomed_files).where(doomed_files.c.key.in_(bindparam("keys", expanding=True)))
_key = bindparam("key", type_=SealedKey())
_is_attached: Select[tuple[int]] = select(literal_column("1")).where(
    or_(
        select(literal_column("1")).where(attachments.c.key == _key, attachments.c.key != literal_column("''")).exists(),
        select(literal_column("1"))
        .where(attachments.c.shown_key == _key, attachments.c.shown_key != literal_column("''"))
        .exists(),
    )
)
_is_on_a_board: Select[tuple[int]] = select(literal_column("1")).where(
    or_(
        select(literal_column("1"))
        .where(board_checks.c.photo == _key, board_checks.c.photo != literal_column("''"))
        .exists(),
        select(literal_column("1"))
        .where(board_checks.c.shown_photo == _key, board_checks.c.shown_photo != literal_column("''"))
        .exists(),
    )
)
# Open drafts only: they have a due time.
_is_drafted: Select[tuple[int]] = select(literal_column("1")).where(
    conversations.c.draft_due_at.is_not(None),
    conversations.c.draft_files.contains(_key),
)
# Of proposals that wait: what is confirmed is attached to a message, what is sent back is nobody's.
_proposed = select(proposals.c.content).where(proposals.c.verdict.is_(None), proposals.c.content.is_not(None))

_writes_now = (
    select(literal_column("1"))
    .where(
        is_state("waiting", inbox),
        inbox.c.channel == conversations.c.channel,
        inbox.c.address_id == conversations.c.external_id,
    )
    .exists()
)
_due_drafts = (
    ROWS.where(conversations.c.draft_due_at <= _now, ~_writes_now)
    .order_by(conversations.c.draft_due_at)
    .limit(_most)
    .with_for_update(skip_locked=True, of=conversations)
)


class SqlRetention:
    """See `bot.ports.Retention`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def blank_old_mail(self, *, handled_before: datetime, most: int) -> int:
        return await self._link.run(_blank, {"before": handled_before, "most": most})

    async def doom(self, keys: Sequence[str], due_at: datetime) -> None:
        if keys:
            await self._link.run(_doom, [{"key": key, "due_at": due_at} for key in sorted(set(keys))])

    async def doomed(self, *, now: datetime, most: int) -> list[str]:
        return [row.key for row in await self._link.rows(_doomed, {"now": now, "most": most})]

    async def is_needed(self, key: str) -> bool:
        for statement in (_is_attached, _is_drafted, _is_on_a_board):
            if await self._link.value(statement, {"key": key}):
                return True
        return any(key in pack_json(row.content) for row in await self._link.rows(_proposed))  # few wait, and lie sealed

    async def spare(self, keys: Sequence[str]) -> None:
        if keys:
            await self._link.run(_spare, {"keys": list(keys)})

    async def due_drafts(self, *, now: datetime, most: int) -> list[Conversation]:
        return [
            conversation_from(row, self._link.vault)
            for row in await self._link.rows(_due_drafts, {"now": now, "most": most})
        ]
