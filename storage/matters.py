"""The matters of a register: what was received on some days, each reception once, those of one matter together.

A case that joined another stands with it; where that one was received before, or is not for these eyes, the first of those
that joined it stands for them all. So whoever adds the people of all rows has everybody who came, each matter for itself.
"""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, Select, distinct, func, or_, select

from bot.domain.case import CaseCode, CaseId, CaseKind, CaseStatus, Desk
from bot.domain.outcome import Outcome
from bot.domain.people import Channel
from bot.domain.sheet_rows import Received, ReceivedCase, ReceivedPage
from bot.ports import EVERY_CASE, Chosen
from storage.among import among
from storage.chosen_cases import is_chosen, page_of
from storage.link import Link
from storage.tables import cases

# In the order of `ReceivedCase`.
_CASE = (
    *(cases.c.id, cases.c.code, cases.c.kind, cases.c.ward_code, cases.c.desk, cases.c.channel, cases.c.status),
    *(cases.c.outcome, cases.c.text, cases.c.created_at, cases.c.due_at, cases.c.closed_at, cases.c.is_anonymous),
    *(cases.c.disputes, cases.c.main_case_id),
)
# Quicker than to call them for every case.
_KINDS, _DESKS = {kind.value: kind for kind in CaseKind}, {desk.value: desk for desk in Desk}
_CHANNELS = {channel.value: channel for channel in Channel}
_STATUSES, _OUTCOMES = {status.value: status for status in CaseStatus}, {outcome.value: outcome for outcome in Outcome}
_codes = select(cases.c.id, cases.c.code).where(among(cases.c.id, "ids"))


class CaseMatters:
    """The part of `bot.ports.Cases` that is about registers."""

    _link: Link

    async def matters(self, chosen: Chosen = EVERY_CASE, *, after_id: int = 0, most: int = 500) -> ReceivedPage:
        found = [_received(row) for row in await self._link.tuples(_page_of(chosen), {"after": after_id, "most": most})]
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
        found = await self._link.tuples(statement, {"ids": list(ids)}) if ids else ()
        return dict(found)


def _received(row: tuple[Any, ...]) -> ReceivedCase:
    case_id, code, kind, ward_code, desk, channel, status, outcome, *told = row
    known = None if outcome is None else _OUTCOMES[outcome]
    return ReceivedCase(
        case_id, code, _KINDS[kind], ward_code, _DESKS[desk], _CHANNELS[channel], _STATUSES[status], known, *told
    )


def _matter(case: ReceivedCase) -> CaseId:
    return case.main_case_id or case.id


def _code(codes: Mapping[int, str], case: ReceivedCase) -> CaseCode:
    return CaseCode(codes.get(case.main_case_id, "")) if case.main_case_id is not None else CaseCode("")


@lru_cache(maxsize=64)
def _page_of(chosen: Chosen) -> Select[Any]:
    return page_of(chosen, _CASE)


@lru_cache(maxsize=64)
def _there_of(chosen: Chosen) -> Executable:
    return select(cases.c.id, cases.c.code).where(among(cases.c.id, "ids"), is_chosen(chosen))


@lru_cache(maxsize=64)
def _first_of(chosen: Chosen) -> Executable:
    joined = cases.c.main_case_id
    return select(joined, func.min(cases.c.id)).where(among(joined, "ids"), is_chosen(chosen)).group_by(joined)


@lru_cache(maxsize=64)
def _people_of(chosen: Chosen) -> Executable:
    matter = func.coalesce(cases.c.main_case_id, cases.c.id)
    return (
        select(matter, func.count(distinct(cases.c.resident_id)))
        .where(or_(among(cases.c.id, "ids"), among(cases.c.main_case_id, "ids")), is_chosen(chosen))
        .group_by(matter)
    )
