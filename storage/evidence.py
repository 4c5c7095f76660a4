"""What was found about the photos of closings. Only added to; an erasure blanks what a finding was about."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, insert, literal_column, null, select, update

from bot.domain.case import CaseCode, CaseId
from bot.domain.evidence import Finding, FindingKind
from bot.domain.people import StaffId
from bot.ports import Viewer
from bot.ports.evidence import KeptFinding
from storage.link import Link
from storage.tables import attachments, cases, evidence_checks, messages, staff
from storage.types import Id
from storage.visible_cases import visible_to

_case = bindparam("case", type_=Id)
_add = insert(evidence_checks)
_sent = attachments.alias("sent")
_file = (
    select(func.max(_sent.c.id))
    .join(messages, messages.c.id == _sent.c.message_id)
    .where(
        messages.c.case_id == evidence_checks.c.case_id,
        _sent.c.shown_key == evidence_checks.c.photo,
        _sent.c.shown_key != literal_column("''"),
    )
    .scalar_subquery()
)
_of_case = (
    select(
        evidence_checks,
        staff.c.full_name,
        _file.label("file_id"),
        cases.c.code.label("earlier_code"),
        attachments.c.id.label("earlier_picture"),
    )
    .join(staff, staff.c.id == evidence_checks.c.staff_id)
    .where(evidence_checks.c.case_id == _case)
    .order_by(evidence_checks.c.id)
)
_blank = (
    update(evidence_checks)
    .where(evidence_checks.c.case_id == _case)
    .values(photo="", earlier_file=null(), taken_at=null(), metres=null(), reason="")
)


class SqlEvidenceChecks:
    """See `bot.ports.evidence.EvidenceChecks`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(
        self, case_id: CaseId, findings: Sequence[Finding], *, staff_id: StaffId, reason: str, now: datetime
    ) -> None:
        rows = [
            {
                "case_id": case_id,
                "at": now,
                "staff_id": staff_id,
                "photo": found.photo,
                "kind": found.kind.value,
                "earlier_file": found.earlier_file,
                "earlier_case": found.earlier_case,
                "earlier_at": found.earlier_at,
                "taken_at": found.taken_at,
                "metres": found.metres,
                "reason": reason if found.is_reused else "",
            }
            for found in findings
        ]
        if rows:
            await self._link.run(_add, rows)

    async def of_case(self, case_id: CaseId, viewer: Viewer) -> list[KeptFinding]:
        earlier = and_(cases.c.id == evidence_checks.c.earlier_case, visible_to(viewer))
        statement = _of_case.outerjoin(cases, earlier).outerjoin(
            attachments, and_(attachments.c.id == evidence_checks.c.earlier_file, cases.c.id.is_not(None))
        )
        return [_kept(row) for row in await self._link.rows(statement, {"case": case_id})]

    async def codes(self, case_ids: Collection[CaseId], viewer: Viewer) -> Mapping[CaseId, CaseCode]:
        if not case_ids:
            return {}
        statement = select(cases.c.id, cases.c.code).where(cases.c.id.in_(sorted(set(case_ids))), visible_to(viewer))
        return {CaseId(row.id): CaseCode(row.code) for row in await self._link.rows(statement)}

    async def blank(self, case_id: CaseId) -> None:
        await self._link.run(_blank, {"case": case_id})


def _kept(row: Row[Any]) -> KeptFinding:
    code = CaseCode(row.earlier_code) if row.earlier_code else None
    return KeptFinding(
        id=row.id,
        at=row.at,
        staff_name=row.full_name,
        finding=Finding(
            photo=row.photo,
            kind=FindingKind(row.kind),
            earlier_file=row.earlier_picture,
            earlier_case=CaseId(row.earlier_case) if code else None,
            earlier_at=row.earlier_at,
            taken_at=row.taken_at,
            metres=row.metres,
        ),
        file_id=row.file_id,
        earlier_code=code,
        reason=row.reason,
    )
