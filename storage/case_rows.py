"""A case's own row: adding it, finding it, changing it. Its thread is in `storage.threads`, its queue in `storage.queue`."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, false, func, literal_column, null, or_, select, update
from sqlalchemy import case as case_when

from bot.domain.case import Accused, Case, CaseCode, CaseId, CaseKind, CaseStatus, Desk, NewCase, new_code
from bot.domain.clocks.state import Clocks
from bot.domain.outcome import Outcome
from bot.domain.people import Address, Channel, ResidentId, StaffId, Unit
from bot.domain.ward import WardCode
from bot.errors import StaleVersion
from bot.ports import Viewer
from storage.among import among
from storage.case_clocks import clock_values, clocks_from
from storage.case_words import CaseWords
from storage.link import Link, by_engine
from storage.spots import TELLS_NOTHING, point_of, spot_values
from storage.tables import cases
from storage.types import Id, clean
from storage.visible_cases import visible_to

_add = by_engine(lambda insert_into: insert_into(cases).on_conflict_do_nothing().returning(cases.c.id))
_by_source = select(cases).where(
    cases.c.channel == bindparam("channel"),
    cases.c.external_id == bindparam("external_id"),
    cases.c.source_id == bindparam("source_id"),
)
_by_code = select(cases).where(cases.c.code == bindparam("code"))
_of_resident = (
    select(cases)
    .where(cases.c.resident_id == bindparam("resident"))
    .order_by(cases.c.id.desc())
    .limit(bindparam("most", type_=Id))
)
_before = cases.c.id < bindparam("before", type_=Id)
_of_resident_before = _of_resident.where(_before)
# `bot.domain.bonds.is_shared`, as the engine says it; a test holds the two together.
_is_shared = and_(
    cases.c.is_sensitive == false(),
    cases.c.is_anonymous == false(),
    cases.c.accused == literal_column("''"),
    cases.c.desk.not_in(literal_column(f"'{desk}'") for desk in (Desk.RESTRICTED, Desk.LEADERS)),
    cases.c.erased_at.is_(None),
)
_of_person = (
    select(cases)
    .where(or_(cases.c.resident_id == bindparam("resident"), and_(among(cases.c.resident_id, "also"), _is_shared)))
    .order_by(cases.c.id.desc())
    .limit(bindparam("most", type_=Id))
)
_of_person_before = _of_person.where(_before)
_open_after = (
    select(cases)
    .where(cases.c.id > bindparam("after", type_=Id), cases.c.status == literal_column("'open'"))
    .order_by(cases.c.id)
    .limit(bindparam("most", type_=Id))
)
_by_serial = (
    select(cases)
    .where(cases.c.resident_id == bindparam("resident"), cases.c.draft_serial == bindparam("serial"))
    .order_by(cases.c.id.desc())
    .limit(1)
)
_new_desk = bindparam("new_desk", type_=cases.c.desk.type)
_new_status = bindparam("new_status", type_=cases.c.status.type)
_new_ward = bindparam("new_ward_code", type_=cases.c.ward_code.type)
_goes_elsewhere = or_(_new_desk.is_not(None), _new_ward.is_not(None))
_change = (
    update(cases)
    .where(cases.c.id == bindparam("row"), cases.c.version == bindparam("seen_version"))
    .values(
        {
            name: func.coalesce(bindparam(f"new_{name}", type_=cases.c[name].type), cases.c[name])
            for name in ("desk", "status")
        }
        | {
            # A case that is open again has not ended in any way; what it had ended in stays on its timeline.
            name: case_when(
                (_new_status == literal_column("'open'"), null()),
                else_=func.coalesce(bindparam(f"new_{name}", type_=cases.c[name].type), cases.c[name]),
            )
            for name in ("outcome", "closed_at")
        }
        | {"version": cases.c.version + 1}
        # Whoever had it may not even see it where it goes now; a closed one is not waited for.
        | {
            "owner_id": case_when((_goes_elsewhere, null()), else_=cases.c.owner_id),
            "owner_until": case_when(
                (or_(_goes_elsewhere, _new_status == literal_column("'closed'")), null()), else_=cases.c.owner_until
            ),
            "hops": cases.c.hops + bindparam("more_hops", type_=cases.c.hops.type),
        }
        # See `storage.spots`: where nobody but a few may read, nothing lies open.
        | {
            name: case_when(
                (_new_desk.in_(literal_column(f"'{desk}'") for desk in TELLS_NOTHING), null()), else_=cases.c[name]
            )
            for name in ("lat", "lon")
        }
        # No ward has a case that is unplaced. One about a ward's leader keeps the ward it is about.
        | {
            "ward_code": case_when(
                (_new_desk == literal_column("'unplaced'"), null()),
                else_=func.coalesce(_new_ward, cases.c.ward_code),
            )
        }
    )
    .returning(cases)
)


@lru_cache(maxsize=512)
def _visible(viewer: Viewer, for_update: bool) -> Select[Any]:
    """Every act of staff asks this first: a statement that stays the same is written out once (`storage.straight`)."""
    statement = _by_code.where(visible_to(viewer))
    return statement.with_for_update() if for_update else statement


def case_from(row: Row[Any]) -> Case:
    """The case of a row that holds every column of `cases`."""
    return Case(
        id=CaseId(row.id),
        code=CaseCode(row.code),
        kind=CaseKind(row.kind),
        category=row.category,
        ward_code=WardCode(row.ward_code) if row.ward_code else None,
        desk=Desk(row.desk),
        resident_id=ResidentId(row.resident_id),
        address=Address(Channel(row.channel), row.external_id),
        source_id=row.source_id,
        status=CaseStatus(row.status),
        outcome=Outcome(row.outcome) if row.outcome else None,
        text=row.text,
        point=point_of(row),
        created_at=row.created_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        clocks=clocks_from(row),
        version=row.version,
        is_sensitive=row.is_sensitive,
        is_anonymous=row.is_anonymous,
        is_emergency=row.is_emergency,
        accused=Accused(row.accused),
        draft_serial=row.draft_serial,
        main_case_id=CaseId(row.main_case_id) if row.main_case_id is not None else None,
        joined_count=row.joined_count,
        place_key=row.place_key,
        disputes=row.disputes,
        erased_at=row.erased_at,
        first_answer_at=row.first_answer_at,
        reach_since=row.reach_since,
        heard_at=row.heard_at,
        routing_trace=tuple(row.routing_trace or ()),
        accused_unit=Unit(row.accused_unit),
        owner_id=StaffId(row.owner_id) if row.owner_id is not None else None,
        owner_until=row.owner_until,
        hops=row.hops,
    )


class CaseRows:
    """The part of `bot.ports.Cases` that is about the case itself."""

    _link: Link
    _words: CaseWords
    _set: dict[CaseId, Clocks]  # the clocks that this unit of work gave cases when it added them

    async def add(self, case: NewCase) -> Case:
        """Add it, or find the one this message opened before. Its code is another when the given one is taken."""
        values = _values(case)
        while True:
            case_id = await self._link.value(_add, values)
            if case_id is not None:
                code = CaseCode(values["code"])
                added = _added(case, CaseId(case_id), code) or await self.by_code(code)
                assert added is not None, "it was added a moment ago"
                self._words.added(added)
                if case.clocks is not None:
                    self._set[added.id] = case.clocks
                return added
            known = await self.by_source(case.address, case.source_id)
            if known is not None:
                return known
            values["code"] = new_code()

    async def open_after(self, case_id: int, *, most: int) -> list[Case]:
        return [case_from(row) for row in await self._link.rows(_open_after, {"after": case_id, "most": most})]

    async def by_source(self, address: Address, source_id: str) -> Case | None:
        key = {"channel": address.channel.value, "external_id": address.external_id, "source_id": source_id}
        row = await self._link.row(_by_source, key)
        return case_from(row) if row else None

    async def of_resident(
        self, resident_id: ResidentId, *, most: int = 10, before: CaseId | None = None, also: Sequence[ResidentId] = ()
    ) -> list[Case]:
        statement = _of_resident
        values: dict[str, Any] = {"resident": resident_id, "most": most}
        if also:
            statement, values = _of_person, {**values, "also": list(also)}
        if before is not None:
            statement = _of_person_before if also else _of_resident_before
            values = {**values, "before": before}
        return [case_from(row) for row in await self._link.rows(statement, values)]

    async def by_serial(self, resident_id: ResidentId, serial: str) -> Case | None:
        if not serial:  # cases of before know no draft
            return None
        row = await self._link.row(_by_serial, {"resident": resident_id, "serial": serial})
        return case_from(row) if row else None

    async def by_code(self, code: CaseCode) -> Case | None:
        row = await self._link.row(_by_code, {"code": code})
        return case_from(row) if row else None

    async def visible(self, viewer: Viewer, code: CaseCode, *, for_update: bool = False) -> Case | None:
        row = await self._link.row(_visible(viewer, for_update), {"code": code})
        return case_from(row) if row else None

    async def change(
        self,
        case: Case,
        *,
        ward_code: WardCode | None = None,
        desk: Desk | None = None,
        status: CaseStatus | None = None,
        outcome: Outcome | None = None,
        closed_at: datetime | None = None,
        is_hop: bool = False,
    ) -> Case:
        row = await self._link.row(
            _change,
            {
                "row": case.id,
                "seen_version": case.version,
                "new_ward_code": ward_code,
                "new_desk": desk.value if desk else None,
                "new_status": status.value if status else None,
                "new_outcome": outcome.value if outcome else None,
                "new_closed_at": closed_at,
                "more_hops": int(is_hop),
            },
        )
        if row is None:
            raise StaleVersion(code=case.code, version=case.version)
        changed = case_from(row)
        self._words.changed(changed)
        return changed


def _added(case: NewCase, case_id: CaseId, code: CaseCode) -> Case | None:
    """The case as it would be read back, without opening again what was sealed a moment ago; None where its row tells more.

    What the row is given by default is `Case`'s own default.
    """
    if case.clocks is None or case.clocks.is_urgent is not case.is_emergency:
        return None
    return Case(
        id=case_id,
        code=code,
        kind=case.kind,
        category=clean(case.category),
        ward_code=case.ward_code,
        desk=case.desk,
        resident_id=case.resident_id,
        address=case.address,
        source_id=clean(case.source_id),
        status=CaseStatus.OPEN,
        outcome=None,
        text=clean(case.text),
        point=case.point,
        created_at=case.created_at,
        due_at=case.clocks.due_at,
        closed_at=None,
        clocks=case.clocks,
        version=1,
        is_sensitive=case.is_sensitive,
        is_anonymous=case.is_anonymous,
        is_emergency=case.is_emergency,
        accused=case.accused,
        draft_serial=case.draft_serial,
        main_case_id=case.main_case_id,
        place_key=clean(case.place_key),
        routing_trace=tuple(map(clean, case.routing_trace)),
        accused_unit=case.accused_unit,
    )


def _values(case: NewCase) -> dict[str, Any]:
    return {
        "code": case.code,
        "kind": case.kind.value,
        "category": case.category,
        "ward_code": case.ward_code,
        "desk": case.desk.value,
        "resident_id": case.resident_id,
        "channel": case.address.channel.value,
        "external_id": case.address.external_id,
        "source_id": case.source_id,
        "status": CaseStatus.OPEN.value,
        "text": case.text,
        **spot_values(case.point, desk=case.desk.value, is_sensitive=case.is_sensitive),
        "routing_trace": list(case.routing_trace),
        "created_at": case.created_at,
        "due_at": case.due_at,
        "version": 1,
        "is_sensitive": case.is_sensitive,
        "is_anonymous": case.is_anonymous,
        "is_emergency": case.is_emergency,
        "accused": case.accused.value,
        "draft_serial": case.draft_serial,
        "main_case_id": case.main_case_id,
        "joined_count": 0,
        "place_key": case.place_key,
        "disputes": 0,
        "accused_unit": case.accused_unit.value,
        "hops": 0,
        **(clock_values(case.clocks) if case.clocks is not None else {}),
    }
