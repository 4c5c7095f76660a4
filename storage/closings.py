"""How cases were closed: one row each. Its words and files are those of the message that the resident was sent."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from bot.domain.case import CaseCode, CaseId
from bot.domain.closing import Closing, ClosingPart, ClosingReport, Ground, NewClosing
from bot.domain.figures import QUICK_MINUTES
from bot.domain.incoming import FileKind, FileTrouble, StoredFile
from bot.domain.outcome import Outcome
from bot.domain.people import StaffId
from bot.domain.sheet_rows import LastClosing
from storage.among import among
from storage.case_tally import count_closing
from storage.link import Link
from storage.tables import attachments, cases, closings
from storage.types import Id, UtcDateTime

_OUTCOMES = {outcome.value: outcome for outcome in Outcome}  # quicker than to call it

_case = bindparam("case", type_=Id)
_add = insert(closings).returning(closings.c.id)
_other = cases.alias("other")
_all = select(closings, _other.c.code.label("other_code")).select_from(
    closings.outerjoin(_other, _other.c.id == closings.c.duplicate_of)
)
_every = _all.where(closings.c.case_id == _case)
_of_cases = _all.where(closings.c.case_id.in_(bindparam("cases", expanding=True))).order_by(closings.c.id)
_closed = (
    select(func.max(closings.c.id).label("last"), func.count().label("times"))
    .where(among(closings.c.case_id, "cases"))
    .group_by(closings.c.case_id)
    .subquery()
)
# After the case in the order of `LastClosing`: what is not told is not opened.
_last_of_cases = select(
    *(closings.c.case_id, _closed.c.times, closings.c.is_gated, closings.c.outcome, closings.c.what, closings.c.unit),
    *(closings.c.done_on, closings.c.planned_for, closings.c.handed_to, closings.c.is_handed_over, closings.c.ground),
    *(closings.c.basis, closings.c.has_evidence, closings.c.overridden_by.is_not(None).label("is_overridden")),
).select_from(_closed.join(closings, closings.c.id == _closed.c.last))
_of_case = _every.order_by(closings.c.id)
_newest = _every.order_by(closings.c.id.desc()).limit(1)
_files = (
    select(attachments).where(attachments.c.message_id.in_(bindparam("messages", expanding=True))).order_by(attachments.c.id)
)
_last_of = select(closings.c.id).where(closings.c.case_id == _case).order_by(closings.c.id.desc()).limit(1)
_dispute = (
    update(closings)
    .where(closings.c.id == _last_of.scalar_subquery(), closings.c.disputed_at.is_(None))
    .values(disputed_at=bindparam("when", type_=UtcDateTime))
)
_asking = (
    select(closings.c.id, closings.c.case_id, closings.c.asked, closings.c.at)
    .where(closings.c.ask_due_at <= bindparam("now", type_=UtcDateTime))
    .order_by(closings.c.ask_due_at)
    .limit(bindparam("most", type_=Id))
    .with_for_update(skip_locked=True)
)
_asked = (
    update(closings)
    .where(closings.c.id == bindparam("row", type_=Id))
    .values(asked=closings.c.asked + 1, ask_due_at=bindparam("next", type_=UtcDateTime))
)
_returning = (
    select(closings.c.case_id)
    .where(closings.c.returns_at <= bindparam("now", type_=UtcDateTime))
    .order_by(closings.c.returns_at, closings.c.id)
    .limit(bindparam("most", type_=Id))
    .with_for_update(skip_locked=True)
)
_returned = (
    update(closings)
    .where(closings.c.case_id == _case, closings.c.returns_at <= bindparam("now", type_=UtcDateTime))
    .values(returns_at=None)
)


class SqlClosings:
    """See `bot.ports.Closings`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(self, closing: NewClosing) -> int:
        added: int = await self._link.value(_add, _values(closing))
        report, is_by_staff = closing.report, closing.closer_id is not None
        await count_closing(
            self._link,
            closing.case_id,
            is_bare=is_by_staff and report.outcome is Outcome.DONE and not report.has_evidence,
            is_quick=is_by_staff and closing.minutes_open < QUICK_MINUTES,
            is_overridden=closing.overridden_by is not None,
        )
        return added

    async def of_case(self, case_id: CaseId) -> list[Closing]:
        return await self._closings(await self._link.rows(_of_case, {"case": case_id}))

    async def of_cases(self, case_ids: Collection[CaseId]) -> Mapping[CaseId, Sequence[Closing]]:
        found: dict[CaseId, list[Closing]] = {}
        for row in await self._link.rows(_of_cases, {"cases": list(case_ids)}) if case_ids else ():
            found.setdefault(CaseId(row.case_id), []).append(_closing(row, ()))
        return found

    async def last_of(self, case_ids: Collection[CaseId]) -> Mapping[CaseId, LastClosing]:
        rows = await self._link.tuples(_last_of_cases, {"cases": list(case_ids)}) if case_ids else ()
        return {
            case_id: LastClosing(times, is_gated, _OUTCOMES[outcome], *told)
            for case_id, times, is_gated, outcome, *told in rows
        }

    async def newest(self, case_id: CaseId) -> Closing | None:
        found = await self._closings(await self._link.rows(_newest, {"case": case_id}))
        return found[0] if found else None

    async def mark_disputed(self, case_id: CaseId, at: datetime) -> bool:
        return bool(await self._link.run(_dispute, {"case": case_id, "when": at}))

    async def asking(self, *, now: datetime, most: int) -> Sequence[tuple[int, CaseId, int, datetime]]:
        rows = await self._link.rows(_asking, {"now": now, "most": most})
        return [(row.id, CaseId(row.case_id), row.asked, row.at) for row in rows]

    async def asked(self, closing_id: int, next_at: datetime | None) -> None:
        await self._link.run(_asked, {"row": closing_id, "next": next_at})

    async def returning(self, *, now: datetime, most: int) -> Sequence[CaseId]:
        return [CaseId(row.case_id) for row in await self._link.rows(_returning, {"now": now, "most": most})]

    async def returned(self, case_id: CaseId, now: datetime) -> None:
        await self._link.run(_returned, {"case": case_id, "now": now})

    async def _closings(self, rows: Sequence[Row[Any]]) -> list[Closing]:
        messages = [row.message_id for row in rows if row.message_id is not None]
        files: dict[int, list[StoredFile]] = {}
        for row in await self._link.rows(_files, {"messages": messages}) if messages else ():
            files.setdefault(row.message_id, []).append(_file(row))
        return [_closing(row, files.get(row.message_id, [])) for row in rows]


def _values(closing: NewClosing) -> dict[str, Any]:
    report = closing.report
    return {
        "case_id": closing.case_id,
        "at": closing.at,
        "closer_id": closing.closer_id,
        "proposed_by": closing.proposed_by,
        "outcome": report.outcome.value,
        "message_id": closing.message_id,
        "words": report.text,
        "what": report.what,
        "unit": report.unit,
        "done_on": report.done_on,
        "planned_for": report.planned_for,
        "handed_to": report.handed_to,
        "is_handed_over": report.is_handed_over,
        "ground": report.ground.value if report.ground else None,
        "basis": report.basis,
        "duplicate_of": closing.duplicate_id,
        "has_evidence": report.has_evidence,
        "missing": ",".join(part.value for part in closing.missing),
        "override_reason": closing.override_reason,
        "overridden_by": closing.overridden_by,
        "minutes_open": closing.minutes_open,
        "returns_at": closing.returns_at,
        "is_gated": True,
        "ask_due_at": closing.ask_at,
    }


def _closing(row: Row[Any], files: Sequence[StoredFile]) -> Closing:
    report = ClosingReport(
        outcome=Outcome(row.outcome),
        text=row.words,
        what=row.what,
        unit=row.unit,
        done_on=row.done_on,
        planned_for=row.planned_for,
        handed_to=row.handed_to,
        is_handed_over=row.is_handed_over,
        ground=Ground(row.ground) if row.ground else None,
        basis=row.basis,
        duplicate_of=CaseCode(row.other_code) if row.other_code else None,
        files=tuple(files),
    )
    return Closing(
        id=row.id,
        case_id=CaseId(row.case_id),
        at=row.at,
        closer_id=_staff(row.closer_id),
        proposed_by=_staff(row.proposed_by),
        report=report,
        override_reason=row.override_reason,
        overridden_by=_staff(row.overridden_by),
        missing=tuple(ClosingPart(part) for part in row.missing.split(",") if part),
        has_evidence=row.has_evidence,
        minutes_open=row.minutes_open,
        disputed_at=row.disputed_at,
        is_gated=row.is_gated,
        message_id=row.message_id,
        returns_at=row.returns_at,
    )


def _staff(number: int | None) -> StaffId | None:
    return None if number is None else StaffId(number)


def _file(row: Row[Any]) -> StoredFile:
    return StoredFile(
        key=row.key,
        kind=FileKind(row.kind),
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        shown_key=row.shown_key,
        trouble=FileTrouble(row.trouble) if row.trouble else None,
    )
