"""A viewer's cases in order, a page at a time."""

from typing import Any

from sqlalchemy import bindparam, func, literal_column, select, tuple_

from bot.domain.case import CaseCode, CaseStatus, Desk
from bot.domain.people import Channel
from bot.domain.ward import WardCode
from bot.ports import QueueKey, QueueLine, Viewer
from storage.claiming import is_state
from storage.link import Link
from storage.tables import attachments, cases, messages, outbox
from storage.types import Id, UtcDateTime
from storage.visible_cases import visible_to

EXCERPT = 160  # characters

_has_files = (
    select(literal_column("1"))
    .select_from(messages.join(attachments, attachments.c.message_id == messages.c.id))
    .where(messages.c.case_id == cases.c.id)
    .exists()
)
_undelivered = (
    select(func.count())
    .select_from(outbox)
    .where(outbox.c.case_id == cases.c.id, is_state("failed", outbox))
    .scalar_subquery()
)
_lines = (
    select(
        cases.c.id,
        cases.c.code,
        cases.c.kind,
        cases.c.ward_code,
        cases.c.desk,
        cases.c.channel,
        func.substr(cases.c.text, 1, 2 * EXCERPT).label("words"),
        cases.c.created_at,
        cases.c.due_at,
        _has_files.label("has_files"),
        _undelivered.label("undelivered"),
    )
    .where(cases.c.status == bindparam("status"), cases.c.main_case_id.is_(None))
    .order_by(cases.c.due_at, cases.c.id)
    .limit(bindparam("most", type_=Id))
)
_after = tuple_(cases.c.due_at, cases.c.id) > tuple_(
    bindparam("after_due", type_=UtcDateTime), bindparam("after_id", type_=Id)
)
_count = select(func.count()).select_from(cases).where(cases.c.status == bindparam("status"), cases.c.main_case_id.is_(None))


def excerpt(text: str) -> str:
    """One line of at most `EXCERPT` characters."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"


class CaseQueue:
    """The part of `bot.ports.Cases` that is about many cases at once."""

    _link: Link

    async def queue(
        self, viewer: Viewer, *, status: CaseStatus, after: QueueKey | None = None, most: int = 50
    ) -> tuple[list[QueueLine], QueueKey | None]:
        statement = _lines.where(visible_to(viewer))
        values: dict[str, Any] = {"status": status.value, "most": most + 1}  # one more tells whether there is a next page
        if after is not None:
            statement = statement.where(_after)
            values |= {"after_due": after.due_at, "after_id": after.case_id}
        rows = await self._link.rows(statement, values)
        lines = [
            QueueLine(
                code=CaseCode(row.code),
                kind=row.kind,
                ward_code=WardCode(row.ward_code) if row.ward_code else None,
                desk=Desk(row.desk),
                channel=Channel(row.channel),
                excerpt=excerpt(row.words),
                created_at=row.created_at,
                due_at=row.due_at,
                has_files=bool(row.has_files),
                undelivered=row.undelivered,
            )
            for row in rows[:most]
        ]
        return lines, QueueKey(due_at=rows[most - 1].due_at, case_id=rows[most - 1].id) if len(rows) > most else None

    async def count(self, viewer: Viewer, *, status: CaseStatus) -> int:
        return int(await self._link.value(_count.where(visible_to(viewer)), {"status": status.value}))
