"""Cases that are one matter: those that may be the same, and those that joined another ("me too").

A case that joined another waits in no queue itself. Whoever writes to both of two cases takes the main one first, so that
no two writers wait for each other.
"""

from datetime import datetime

from sqlalchemy import bindparam, literal_column, null, select, update

from bot.domain.case import Case, CaseId, CaseStatus
from bot.domain.ward import WardCode
from bot.errors import StaleVersion
from storage.case_rows import case_from
from storage.case_words import CaseWords
from storage.link import Link
from storage.tables import cases
from storage.types import Id, UtcDateTime

_by_id = select(cases).where(cases.c.id == bindparam("row", type_=Id))
# Written out, not bound: an engine uses a partial index only when it sees the values.
_alike = (
    select(cases)
    .where(
        cases.c.ward_code == bindparam("ward"),
        cases.c.category == bindparam("category"),
        cases.c.created_at >= bindparam("since", type_=UtcDateTime),
        cases.c.status == literal_column("'open'"),
        cases.c.desk == literal_column("'general'"),
        cases.c.main_case_id.is_(None),
    )
    .order_by(cases.c.created_at.desc())
    .limit(bindparam("most", type_=Id))
)
_joined = (
    select(cases)
    .where(cases.c.main_case_id == bindparam("main", type_=Id), cases.c.main_case_id.is_not(None))
    .order_by(cases.c.id)
)
_count = (
    update(cases)
    .where(cases.c.id == bindparam("row", type_=Id))
    .values(joined_count=cases.c.joined_count + bindparam("by", type_=Id), version=cases.c.version + 1)
    .returning(cases)
)
_reopen = (
    update(cases)
    .where(cases.c.id == bindparam("row", type_=Id), cases.c.version == bindparam("seen_version", type_=Id))
    .values(
        status=CaseStatus.OPEN.value,
        outcome=null(),
        closed_at=null(),
        main_case_id=null(),
        due_at=bindparam("due", type_=UtcDateTime),
        disputes=cases.c.disputes + bindparam("disputed", type_=Id),
        version=cases.c.version + 1,
    )
    .returning(cases)
)


class JoinedCases:
    """The part of `bot.ports.Cases` that is about several cases of one matter."""

    _link: Link
    _words: CaseWords

    async def by_id(self, case_id: CaseId, *, for_update: bool = False) -> Case | None:
        row = await self._link.row(_by_id.with_for_update() if for_update else _by_id, {"row": case_id})
        return case_from(row) if row else None

    async def alike(self, *, ward_code: WardCode, category: str, since: datetime, most: int = 30) -> list[Case]:
        values = {"ward": ward_code, "category": category, "since": since, "most": most}
        return [case_from(row) for row in await self._link.rows(_alike, values)]

    async def joined(self, main_id: CaseId, *, for_update: bool = False) -> list[Case]:
        statement = _joined.with_for_update() if for_update else _joined
        return [case_from(row) for row in await self._link.rows(statement, {"main": main_id})]

    async def count_joined(self, main_id: CaseId, by: int) -> Case | None:
        row = await self._link.row(_count, {"row": main_id, "by": by})
        return case_from(row) if row else None

    async def reopen(self, case: Case, *, due_at: datetime, is_disputed: bool) -> Case:
        values = {"row": case.id, "seen_version": case.version, "due": due_at, "disputed": int(is_disputed)}
        row = await self._link.row(_reopen, values)
        if row is None:
            raise StaleVersion(code=case.code, version=case.version)
        reopened = case_from(row)
        self._words.changed(reopened)
        return reopened
