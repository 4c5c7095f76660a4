"""Who is to be praised: submissions to the contest, how they were decided, and whether a name may be known."""

from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, Row, bindparam, insert, select, update

from bot.domain.case import CaseCode, CaseId
from bot.domain.ledger import Consent, EssayState, NewPraise, Praise, Source
from bot.domain.people import StaffId
from bot.domain.ward import WardCode
from bot.errors import LedgerChanged
from bot.ports import Viewer
from storage.campaign.scope import in_scope
from storage.link import Link, by_engine
from storage.tables import cases, praises, staff
from storage.types import Id, UtcDateTime

_add = by_engine(
    lambda insert_into: insert_into(praises).on_conflict_do_nothing(index_elements=["case_id"]).returning(praises.c.id)
)
_put = (
    update(praises)
    .where(praises.c.id == bindparam("praise", type_=Id), praises.c.version == bindparam("seen_version", type_=Integer))
    .values(
        name=bindparam("their_name", type_=praises.c.name.type),
        is_group=bindparam("group"),
        deed=bindparam("their_deed", type_=praises.c.deed.type),
        praised_id=bindparam("colleague", type_=Id),
        is_essay=bindparam("essay"),
        state=bindparam("stands"),
        consent=bindparam("agreed"),
        consent_how=bindparam("how", type_=praises.c.consent_how.type),
        consent_on=bindparam("agreed_on", type_=Date),
        shortlisted_on=bindparam("listed_on", type_=Date),
        decided_on=bindparam("settled_on", type_=Date),
        decided_by=bindparam("decider", type_=Id),
        reason=bindparam("why", type_=praises.c.reason.type),
        answered_at=bindparam("told_at", type_=UtcDateTime),
        version=praises.c.version + 1,
    )
)
_insert = insert(praises).returning(praises.c.id)
_of_case = select(praises.c.id).where(praises.c.case_id == bindparam("case", type_=Id))
_over = (
    select(praises.c.id)
    .where(~praises.c.is_faded, praises.c.decided_on.is_not(None), praises.c.decided_on <= bindparam("until", type_=Date))
    .order_by(praises.c.decided_on)
    .limit(bindparam("most", type_=Integer))
)
_NO_WORDS = dict.fromkeys(("name", "deed", "submitter", "consent_how", "reason"), "")
_fade = (
    update(praises)
    .where(praises.c.id.in_(_over))
    .values(**_NO_WORDS, praised_id=None, is_faded=True, version=praises.c.version + 1)
    .returning(praises.c.id)
)
_lines = (
    select(praises, staff.c.full_name.label("decider"), cases.c.code.label("case_code"))
    .outerjoin(staff, staff.c.id == praises.c.decided_by)
    .outerjoin(cases, cases.c.id == praises.c.case_id)
    .order_by(praises.c.day.desc(), praises.c.id.desc())
)


class SqlPraises:
    """See `bot.ports.Praises`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(self, new: NewPraise) -> int | None:
        values = {
            "ward_code": new.ward_code,
            "case_id": new.case_id,
            "name": new.name,
            "is_group": new.is_group,
            "deed": new.deed,
            "submitter": new.submitter,
            "agreed_at": new.agreed_at,
            "praised_id": new.praised_id,
            "source": new.source.value,
            "is_essay": new.is_essay,
            "day": new.day,
            "state": EssayState.SUBMITTED.value,
            "consent": Consent.UNASKED.value,
            "consent_how": "",
            "reason": "",
        }
        number: int | None = await self._link.value(_insert if new.case_id is None else _add, values)
        return number

    async def put(self, praise: Praise, *, decider: StaffId | None) -> None:
        values = {
            "praise": praise.id,
            "seen_version": praise.version,
            "their_name": praise.new.name,
            "group": praise.new.is_group,
            "their_deed": praise.new.deed,
            "colleague": praise.new.praised_id,
            "essay": praise.new.is_essay,
            "stands": praise.state.value,
            "agreed": praise.consent.value,
            "how": praise.consent_how,
            "agreed_on": praise.consent_on,
            "listed_on": praise.shortlisted_on,
            "settled_on": praise.decided_on,
            "decider": decider,
            "why": praise.reason,
            "told_at": praise.answered_at,
        }
        if not await self._link.run(_put, values):
            raise LedgerChanged(praise=praise.id)

    async def of(
        self, viewer: Viewer, ward_code: WardCode | None = None, *, first: date, last: date, most: int = 500
    ) -> list[Praise]:
        statement = _lines.where(
            in_scope(praises.c.ward_code, viewer, ward_code), praises.c.day >= first, praises.c.day <= last
        )
        return [praise_from(row) for row in await self._link.rows(statement.limit(most))]

    async def get(self, viewer: Viewer, praise_id: int) -> tuple[Praise, StaffId | None, CaseCode | None] | None:
        row = await self._link.row(_lines.where(in_scope(praises.c.ward_code, viewer), praises.c.id == praise_id))
        if row is None:
            return None
        decider = None if row.decided_by is None else StaffId(row.decided_by)
        return praise_from(row), decider, CaseCode(row.case_code) if row.case_code else None

    async def fade(self, decided_until: date, *, most: int) -> list[int]:
        values = {"until": decided_until, "most": most}
        return [row.id for row in await self._link.rows(_fade, values)]

    async def of_case(self, case_id: CaseId) -> int | None:
        number: int | None = await self._link.value(_of_case, {"case": case_id})
        return number


def praise_from(row: Row[Any]) -> Praise:
    new = NewPraise(
        ward_code=WardCode(row.ward_code) if row.ward_code else None,
        name=row.name,
        is_group=row.is_group,
        deed=row.deed,
        source=Source(row.source),
        day=row.day,
        case_id=None if row.case_id is None else CaseId(row.case_id),
        is_essay=row.is_essay,
        submitter=row.submitter,
        agreed_at=row.agreed_at,
        praised_id=None if row.praised_id is None else StaffId(row.praised_id),
    )
    return Praise(
        id=row.id,
        new=new,
        state=EssayState(row.state),
        consent=Consent(row.consent),
        consent_how=row.consent_how,
        consent_on=row.consent_on,
        shortlisted_on=row.shortlisted_on,
        decided_on=row.decided_on,
        decided_by=row.decider or "",
        reason=row.reason,
        answered_at=row.answered_at,
        is_faded=row.is_faded,
        version=row.version,
    )
