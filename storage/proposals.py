"""What waits for a second person. The report travels whole, with its files, and becomes a closing once it is confirmed."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from bot.domain.case import CaseCode, CaseId
from bot.domain.closing import ClosingReport, Ground
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.outcome import Outcome
from bot.domain.people import StaffId
from bot.domain.proposal import NewProposal, Proposal, ProposalKind, Verdict
from bot.ports.closings import Waiting
from storage.link import Link
from storage.tables import proposals, staff
from storage.types import Id, UtcDateTime

_case = bindparam("case", type_=Id)
_row = bindparam("row", type_=Id)
_waits = proposals.c.verdict.is_(None)
_add = insert(proposals).returning(proposals.c.id)
_every = select(proposals, staff.c.full_name).select_from(proposals.join(staff, staff.c.id == proposals.c.staff_id))
_get = _every.where(proposals.c.id == _row, proposals.c.case_id == _case)
_waiting = _every.where(proposals.c.case_id == _case, _waits)
_waiting_of = select(proposals.c.case_id, proposals.c.staff_id, proposals.c.kind, proposals.c.version).where(
    proposals.c.case_id.in_(bindparam("cases", expanding=True)), _waits
)
_decided = {
    "verdict": bindparam("becomes"),
    "decided_by": bindparam("by", type_=Id),
    "decided_at": bindparam("when", type_=UtcDateTime),
    "answer": bindparam("said"),
}
_decide = update(proposals).where(proposals.c.id == _row, _waits).values(_decided)
_void = update(proposals).where(proposals.c.case_id == _case, _waits).values(_decided)


class SqlProposals:
    """See `bot.ports.Proposals`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(self, proposal: NewProposal) -> int:
        gone = {"becomes": Verdict.VOID.value, "by": None, "when": proposal.at, "said": ""}
        await self._link.run(_void, {"case": proposal.case_id, **gone})
        added: int = await self._link.value(
            _add,
            {
                "case_id": proposal.case_id,
                "kind": proposal.kind.value,
                "staff_id": proposal.by,
                "at": proposal.at,
                "version": proposal.version,
                "content": packed(proposal.report) if proposal.report else None,
                "override_reason": proposal.override_reason,
                "due_at": proposal.due_at,
                "words": proposal.words,
            },
        )
        return added

    async def get(self, case_id: CaseId, proposal_id: int) -> Proposal | None:
        row = await self._link.row(_get, {"case": case_id, "row": proposal_id})
        return _proposal(row) if row else None

    async def waiting(self, case_id: CaseId) -> Proposal | None:
        row = await self._link.row(_waiting, {"case": case_id})
        return _proposal(row) if row else None

    async def waiting_of(self, case_ids: Collection[CaseId]) -> Mapping[CaseId, Waiting]:
        if not case_ids:
            return {}
        rows = await self._link.rows(_waiting_of, {"cases": list(case_ids)})
        return {CaseId(row.case_id): Waiting(StaffId(row.staff_id), ProposalKind(row.kind), row.version) for row in rows}

    async def decide(
        self, proposal_id: int, verdict: Verdict, *, by: StaffId | None, now: datetime, answer: str = ""
    ) -> bool:
        values = {"row": proposal_id, "becomes": verdict.value, "by": by, "when": now, "said": answer}
        return bool(await self._link.run(_decide, values))


def packed(report: ClosingReport) -> dict[str, Any]:
    """The report as JSON holds it."""
    return {
        "outcome": report.outcome.value,
        "text": report.text,
        "what": report.what,
        "unit": report.unit,
        "done_on": report.done_on.isoformat() if report.done_on else None,
        "planned_for": report.planned_for.isoformat() if report.planned_for else None,
        "handed_to": report.handed_to,
        "is_handed_over": report.is_handed_over,
        "ground": report.ground.value if report.ground else None,
        "basis": report.basis,
        "duplicate_of": report.duplicate_of,
        "files": [[f.key, f.kind.value, f.name, f.media_type, f.size, f.shown_key] for f in report.files],
    }


def unpacked(content: Mapping[str, Any]) -> ClosingReport:
    """The report that was packed."""
    return ClosingReport(
        outcome=Outcome(content["outcome"]),
        text=content["text"],
        what=content["what"],
        unit=content["unit"],
        done_on=_day(content["done_on"]),
        planned_for=_day(content["planned_for"]),
        handed_to=content["handed_to"],
        is_handed_over=content["is_handed_over"],
        ground=Ground(content["ground"]) if content["ground"] else None,
        basis=content["basis"],
        duplicate_of=CaseCode(content["duplicate_of"]) if content["duplicate_of"] else None,
        files=tuple(
            StoredFile(key, FileKind(kind), name, media_type, size, shown_key)
            for key, kind, name, media_type, size, shown_key in content["files"]
        ),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        id=row.id,
        case_id=CaseId(row.case_id),
        kind=ProposalKind(row.kind),
        by=StaffId(row.staff_id),
        by_name=row.full_name,
        at=row.at,
        version=row.version,
        report=unpacked(row.content) if row.content else None,
        override_reason=row.override_reason,
        due_at=row.due_at,
        words=row.words,
        verdict=Verdict(row.verdict) if row.verdict else None,
        decided_by=StaffId(row.decided_by) if row.decided_by is not None else None,
        decided_at=row.decided_at,
        answer=row.answer,
    )
