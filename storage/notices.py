"""What waits to be told to staff. Who may know of a case is asked of `storage.visible_cases` when it is told, never before.

One process at a time spreads and tells (`take_turn`); beside it, any number of them note facts.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    exists,
    false,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from bot.domain.case import CaseCode, CaseId, CaseStatus, Desk
from bot.domain.notices import Choices, Fact, Notice, Post, Reason, Told
from bot.domain.people import Role, StaffId
from bot.domain.rights import Right
from bot.domain.thread import EventKind
from bot.domain.ward import WardCode
from bot.ports import Viewer
from storage.claiming import claim_lock
from storage.link import Link, by_engine
from storage.staff import member_from
from storage.tables import absences, cases, notice_choices, notice_facts, notices, proposals, staff, staff_chats
from storage.types import Id, UtcDateTime
from storage.visible_cases import visible_to

MOST = 1_000  # notices of one person that are looked at together
_OF_A_DESK: list[ColumnElement[str]] = [literal_column(f"'{reason.value}'") for reason in (Reason.ARRIVED, Reason.EMERGENCY)]
_FIELDS = tuple(Choices.__dataclass_fields__)

_now = bindparam("now", type_=UtcDateTime)
_most = bindparam("most", type_=Id)
_is_linked = staff_chats.c.linked_at.is_not(None)
_has_chat = staff.c.id.in_(
    select(notice_choices.c.staff_id)
    .select_from(notice_choices.join(staff_chats, staff_chats.c.staff_id == notice_choices.c.staff_id))
    .where(_is_linked)
)
_note = insert(notice_facts).from_select(
    ["case_id", "kind", "by_id", "about_id", "at"],
    select(
        bindparam("case", type_=Id),
        bindparam("what", type_=notice_facts.c.kind.type),
        bindparam("by", type_=Id),
        bindparam("about", type_=Id),
        _now,
    ).where(exists().where(_is_linked)),
)
_note_void = insert(notice_facts).from_select(
    ["case_id", "kind", "by_id", "about_id", "at"],
    select(
        proposals.c.case_id,
        literal_column(f"'{EventKind.UNPROPOSED.value}'"),
        bindparam("by", type_=Id),
        proposals.c.staff_id,
        _now,
    ).where(
        proposals.c.case_id == bindparam("case", type_=Id),
        proposals.c.verdict.is_(None),
        proposals.c.staff_id != bindparam("but", type_=Id),
        exists().where(_is_linked),
    ),
)
_is_anything_due = select(
    or_(
        exists(select(notice_facts.c.id)),
        exists(select(notice_choices.c.staff_id).where(notice_choices.c.due_at <= _now)),
    )
)
_facts = (
    select(notice_facts, cases.c.ward_code, cases.c.desk, cases.c.owner_id, cases.c.is_emergency)
    .select_from(notice_facts.join(cases, cases.c.id == notice_facts.c.case_id))
    .order_by(notice_facts.c.id)
    .limit(_most)
)
_forget_facts = delete(notice_facts).where(notice_facts.c.id.in_(bindparam("facts", expanding=True)))
_own = select(staff).where(_has_chat, staff.c.is_disabled == false())
_deputies = (
    select(staff, absences.c.deputy_id)
    .select_from(absences.join(staff, staff.c.id == absences.c.staff_id))
    .where(
        absences.c.from_at <= _now,
        absences.c.until_at > _now,
        absences.c.deputy_id.in_(select(staff_chats.c.staff_id).where(_is_linked)),
    )
)
_add = by_engine(lambda insert_into: insert_into(notices).on_conflict_do_nothing())
_make_due = (
    update(notice_choices)
    .where(
        notice_choices.c.staff_id.in_(bindparam("readers", expanding=True)),
        or_(notice_choices.c.due_at.is_(None), notice_choices.c.due_at > _now),
    )
    .values(due_at=bindparam("now", type_=UtcDateTime))
)
_due = select(notice_choices).where(notice_choices.c.due_at <= _now).order_by(notice_choices.c.due_at).limit(_most)
_waiting = (
    select(
        notices.c.case_id,
        notices.c.reason,
        cases.c.code,
        cases.c.status,
        cases.c.owner_id,
        cases.c.main_case_id,
        cases.c.reach_since,
        cases.c.ward_code,
        exists()
        .where(proposals.c.case_id == cases.c.id, proposals.c.verdict.is_(None), proposals.c.version == cases.c.version)
        .label("is_proposed"),
    )
    .select_from(notices.join(cases, cases.c.id == notices.c.case_id))
    .where(notices.c.staff_id == bindparam("member", type_=Id))
    .order_by(notices.c.at, notices.c.case_id)
    .limit(MOST)
)
_forget_all = delete(notices).where(notices.c.staff_id == bindparam("member", type_=Id))
_forget = _forget_all.where(notices.c.reason.in_(bindparam("reasons", expanding=True)))
_told = (
    update(notice_choices)
    .where(notice_choices.c.staff_id == bindparam("member", type_=Id))
    .values(pinged_at=bindparam("pinged", type_=UtcDateTime), due_at=bindparam("due", type_=UtcDateTime))
)
_digests = (
    select(notice_choices.c.staff_id)
    .where(notice_choices.c.digest_at <= _now)
    .order_by(notice_choices.c.digest_at)
    .limit(_most)
)
_digest_next = (
    update(notice_choices)
    .where(notice_choices.c.staff_id == bindparam("member", type_=Id))
    .values(digest_at=bindparam("next", type_=UtcDateTime))
)
_choices = select(notice_choices).where(notice_choices.c.staff_id == bindparam("member", type_=Id))
_choose = by_engine(
    lambda insert_into: (new := insert_into(notice_choices)).on_conflict_do_update(
        index_elements=["staff_id"], set_={name: new.excluded[name] for name in (*_FIELDS, "digest_at")}
    )
)


class SqlNotices:
    """See `bot.ports.Notices`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def note(
        self,
        case_id: CaseId,
        kind: EventKind,
        now: datetime,
        *,
        by: StaffId | None = None,
        about: StaffId | None = None,
    ) -> None:
        await self._link.run(_note, {"case": case_id, "what": kind.value, "by": by, "about": about, "now": now})

    async def note_void(self, case_id: CaseId, now: datetime, *, by: StaffId | None = None) -> None:
        await self._link.run(_note_void, {"case": case_id, "by": by, "but": by or 0, "now": now})

    async def is_anything_due(self, now: datetime) -> bool:
        return bool(await self._link.value(_is_anything_due, {"now": now}))

    async def take_turn(self) -> None:
        await claim_lock(self._link, "notices")

    async def facts(self, *, most: int) -> list[Fact]:
        return [_fact(row) for row in await self._link.rows(_facts, {"most": most})]

    async def posts(self, now: datetime) -> list[Post]:
        own = [Post(to=StaffId(row.id), stands=member_from(row)) for row in await self._link.rows(_own)]
        away = await self._link.rows(_deputies, {"now": now})
        return own + [Post(to=StaffId(row.deputy_id), stands=member_from(row)) for row in away]

    async def spread(
        self, facts: Sequence[Fact], found: Mapping[StaffId, Sequence[tuple[CaseId, Reason]]], now: datetime
    ) -> None:
        rows = [
            {"staff_id": reader, "case_id": case_id, "reason": reason.value, "at": now}
            for reader, wanted in found.items()
            for case_id, reason in wanted
        ]
        if rows:
            await self._link.run(_add, rows)
            await self._link.run(_make_due, {"readers": sorted(found), "now": now})
        if facts:
            await self._link.run(_forget_facts, {"facts": [fact.id for fact in facts]})

    async def due(self, now: datetime, *, most: int) -> list[Told]:
        return [
            Told(staff_id=StaffId(row.staff_id), choices=_choices_of(row), pinged_at=row.pinged_at)
            for row in await self._link.rows(_due, {"now": now, "most": most})
        ]

    async def of(self, viewer: Viewer) -> list[Notice]:
        return [_notice(row) for row in await self._link.rows(_waiting_for(viewer), {"member": viewer.staff_id})]

    async def told(
        self, staff_id: StaffId, reasons: Sequence[Reason], *, pinged_at: datetime | None, due_at: datetime | None
    ) -> None:
        if set(reasons) == set(Reason):
            await self._link.run(_forget_all, {"member": staff_id})
        elif reasons:
            await self._link.run(_forget, {"member": staff_id, "reasons": [reason.value for reason in reasons]})
        await self._link.run(_told, {"member": staff_id, "pinged": pinged_at, "due": due_at})

    async def digests_due(self, now: datetime, *, most: int) -> list[StaffId]:
        return [StaffId(row.staff_id) for row in await self._link.rows(_digests, {"now": now, "most": most})]

    async def digest_next(self, staff_id: StaffId, at: datetime) -> None:
        await self._link.run(_digest_next, {"member": staff_id, "next": at})

    async def choices(self, staff_id: StaffId) -> Choices | None:
        row = await self._link.row(_choices, {"member": staff_id})
        return _choices_of(row) if row else None

    async def choose(self, staff_id: StaffId, choices: Choices, *, digest_at: datetime) -> None:
        values = {name: getattr(choices, name) for name in _FIELDS}
        values |= {"staff_id": staff_id, "digest_at": digest_at if choices.digest else None}
        await self._link.run(_choose, values | {"pinged_at": None, "due_at": None})


@lru_cache(maxsize=512)
def _waiting_for(viewer: Viewer) -> Select[Any]:
    """Asked whenever somebody is due: kept, so that it is written out once (`storage.straight`)."""
    may_take = or_(notices.c.reason.not_in(_OF_A_DESK), visible_to(viewer.wanting(Right.TAKE)))
    return _waiting.where(or_(and_(visible_to(viewer), may_take), _of_wards(viewer)))


def _of_wards(viewer: Viewer) -> ColumnElement[bool]:
    """That a ward's case is late, which its reader may not see: told as a number (`Reason.WARD_LATE`)."""
    if all(standing.role is not Role.CITY_COORDINATOR for standing in viewer.standings()):
        return false()
    is_late = notices.c.reason == literal_column(f"'{Reason.WARD_LATE.value}'")
    return and_(is_late, cases.c.desk == literal_column(f"'{Desk.GENERAL.value}'"))


def _choices_of(row: Row[Any]) -> Choices:
    return Choices(**{name: getattr(row, name) for name in _FIELDS})


def _fact(row: Row[Any]) -> Fact:
    return Fact(
        id=row.id,
        case_id=CaseId(row.case_id),
        kind=EventKind(row.kind),
        by=StaffId(row.by_id) if row.by_id is not None else None,
        about=StaffId(row.about_id) if row.about_id is not None else None,
        ward_code=WardCode(row.ward_code) if row.ward_code else None,
        desk=Desk(row.desk),
        owner_id=StaffId(row.owner_id) if row.owner_id is not None else None,
        is_emergency=row.is_emergency,
    )


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        case_id=CaseId(row.case_id),
        code=CaseCode(row.code),
        reason=Reason(row.reason),
        status=CaseStatus(row.status),
        owner_id=StaffId(row.owner_id) if row.owner_id is not None else None,
        has_joined=row.main_case_id is not None,
        is_unreached=row.reach_since is not None,
        is_proposed=bool(row.is_proposed),
        ward_code=WardCode(row.ward_code) if row.ward_code else None,
    )
