"""What staff typed and have not sent. It outlives the sign-out, the session and whose case it was."""

from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, select

from bot.domain.case import CaseCode, CaseId
from bot.domain.people import StaffId
from bot.domain.staffing import DraftForm, StaffDraft
from bot.ports import Viewer
from storage.link import Link, by_engine
from storage.tables import cases, staff_drafts
from storage.types import Id
from storage.visible_cases import visible_to

_KEY = ("staff_id", "case_id", "form")
_put = by_engine(
    lambda insert_into: (new := insert_into(staff_drafts)).on_conflict_do_update(
        index_elements=_KEY, set_={name: new.excluded[name] for name in ("text", "fields", "updated_at")}
    )
)
_mine = staff_drafts.c.staff_id == bindparam("member", type_=Id)
_of_case = select(staff_drafts).where(_mine, staff_drafts.c.case_id == bindparam("case", type_=Id))
_drop = delete(staff_drafts).where(
    _mine, staff_drafts.c.case_id == bindparam("case", type_=Id), staff_drafts.c.form == bindparam("form")
)


class SqlStaffDrafts:
    """See `bot.ports.StaffDrafts`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def put(self, draft: StaffDraft) -> None:
        if not draft.text.strip() and not draft.fields:
            await self.drop(draft.staff_id, draft.case_id, draft.form)
            return
        values = {"staff_id": draft.staff_id, "case_id": draft.case_id, "form": draft.form.value}
        await self._link.run(
            _put, values | {"text": draft.text, "fields": dict(draft.fields) or None, "updated_at": draft.updated_at}
        )

    async def get(self, staff_id: StaffId, case_id: CaseId) -> dict[DraftForm, StaffDraft]:
        rows = await self._link.rows(_of_case, {"member": staff_id, "case": case_id})
        return {(draft := _draft(row)).form: draft for row in rows}

    async def drop(self, staff_id: StaffId, case_id: CaseId, form: DraftForm) -> None:
        await self._link.run(_drop, {"member": staff_id, "case": case_id, "form": form.value})

    async def of(self, viewer: Viewer, *, most: int = 50) -> list[tuple[CaseCode | None, StaffDraft]]:
        mine = (
            select(staff_drafts, cases.c.code)
            .select_from(staff_drafts.outerjoin(cases, and_(cases.c.id == staff_drafts.c.case_id, visible_to(viewer))))
            .where(_mine)
            .order_by(staff_drafts.c.updated_at.desc(), staff_drafts.c.case_id)
            .limit(most)
        )
        rows = await self._link.rows(mine, {"member": viewer.staff_id})
        return [(CaseCode(row.code) if row.code else None, _draft(row)) for row in rows]


def _draft(row: Row[Any]) -> StaffDraft:
    return StaffDraft(
        staff_id=StaffId(row.staff_id),
        case_id=CaseId(row.case_id),
        form=DraftForm(row.form),
        text=row.text,
        updated_at=row.updated_at,
        fields=row.fields or {},
    )
