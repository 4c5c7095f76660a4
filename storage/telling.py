"""Which of the counter's cases have an answer that nobody has told the resident yet."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, literal_column, null, select, update

from bot.domain.case import Case, CaseId
from bot.domain.thread import Author, EventKind
from bot.ports import Viewer
from storage.case_rows import case_from
from storage.link import Link
from storage.tables import case_events, cases, messages
from storage.types import Id
from storage.visible_cases import visible_to

_told = update(cases).where(cases.c.id == bindparam("row", type_=Id)).values(tell_since=null())
_told_since = (
    select(literal_column("1"))
    .where(
        case_events.c.case_id == cases.c.id, case_events.c.kind == EventKind.TOLD.value, case_events.c.at >= messages.c.at
    )
    .correlate(cases, messages)
    .exists()
)
# An answer may have been taken back: then there is nothing to tell after all.
_has_untold = (
    select(literal_column("1"))
    .where(messages.c.case_id == cases.c.id, messages.c.author == Author.STAFF.value, ~_told_since)
    .correlate(cases)
    .exists()
)
_waiting = (
    select(cases)
    .where(cases.c.tell_since.is_not(None), cases.c.erased_at.is_(None), _has_untold)
    .order_by(cases.c.tell_since, cases.c.id)
    .limit(bindparam("most", type_=Id))
)


def waiting_for(viewer: Viewer) -> Select[Any]:
    """The statement, for this viewer's eyes; `most` is to be given."""
    return _waiting.where(visible_to(viewer))


class Telling:
    """The part of `bot.ports.Cases` that is about answers told by mouth."""

    _link: Link

    async def to_tell(self, viewer: Viewer, *, most: int) -> Sequence[Case]:
        return [case_from(row) for row in await self._link.rows(waiting_for(viewer), {"most": most})]

    async def told(self, case_id: CaseId) -> None:
        await self._link.run(_told, {"row": case_id})
