"""The matters of a register: what was received on some days, each reception once, those of one matter together.

A case that joined another stands with it; where that one was received before, or is not for these eyes, the first of those
that joined it stands for them all. So whoever adds the people of all rows has everybody who came, each matter for itself.
"""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Executable, bindparam, distinct, func, or_, select

from bot.domain.case import Case, CaseCode, CaseId
from bot.ports import EVERY_CASE, Chosen, Received, ReceivedPage
from storage.case_rows import case_from
from storage.chosen_cases import is_chosen, page_of
from storage.link import Link
from storage.tables import cases

_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_codes = select(cases.c.id, cases.c.code).where(cases.c.id.in_(_ids))


class CaseMatters:
    """The part of `bot.ports.Cases` that is about registers."""

    _link: Link

    async def matters(self, chosen: Chosen = EVERY_CASE, *, after_id: int = 0, most: int = 500) -> ReceivedPage:
        rows = await self._link.rows(page_of(chosen), {"after": after_id, "most": most})
        found = [case_from(row) for row in rows]
        elsewhere = await self._not_chosen(chosen, {case.main_case_id for case in found if case.main_case_id is not None})
        standing = [case for case in found if case.main_case_id is None or elsewhere.get(case.main_case_id) == case.id]
        people = await self._each(_people_of(chosen), {_matter(case) for case in standing})
        codes = await self._each(_codes, elsewhere)
        return ReceivedPage(
            [Received(case, people[_matter(case)], _code(codes, case)) for case in standing],
            scanned=len(found),
            last_id=found[-1].id if found else CaseId(0),
        )

    async def _not_chosen(self, chosen: Chosen, mains: AbstractSet[CaseId]) -> dict[CaseId, CaseId]:
        """Which of these are not in this register, and the first of those that joined each and are."""
        there = await self._each(_there_of(chosen), mains)
        return {
            CaseId(main): first for main, first in (await self._each(_first_of(chosen), mains)).items() if main not in there
        }

    async def _each(self, statement: Executable, ids: Collection[int]) -> Mapping[int, Any]:
        found = await self._link.rows(statement, {"ids": list(ids)}) if ids else ()
        return dict(tuple(row) for row in found)


def _matter(case: Case) -> CaseId:
    return case.main_case_id or case.id


def _code(codes: Mapping[int, str], case: Case) -> CaseCode:
    return CaseCode(codes.get(case.main_case_id, "")) if case.main_case_id is not None else CaseCode("")


@lru_cache(maxsize=64)
def _there_of(chosen: Chosen) -> Executable:
    return select(cases.c.id, cases.c.code).where(cases.c.id.in_(_ids), is_chosen(chosen))


@lru_cache(maxsize=64)
def _first_of(chosen: Chosen) -> Executable:
    joined = cases.c.main_case_id
    return select(joined, func.min(cases.c.id)).where(joined.in_(_ids), is_chosen(chosen)).group_by(joined)


@lru_cache(maxsize=64)
def _people_of(chosen: Chosen) -> Executable:
    matter = func.coalesce(cases.c.main_case_id, cases.c.id)
    return (
        select(matter, func.count(distinct(cases.c.resident_id)))
        .where(or_(cases.c.id.in_(_ids), cases.c.main_case_id.in_(_ids)), is_chosen(chosen))
        .group_by(matter)
    )
