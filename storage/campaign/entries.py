"""What was done for the codes, day by day; the residential groups of a ward; and what the ward decided for its ledger."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Row, String, and_, bindparam, func, insert, select, update

from bot.domain.ledger import CodeOf, Entry, EntryKind, LedgerSetting, NewEntry, ResidentialGroup
from bot.domain.people import StaffId
from bot.domain.ward import WardCode
from bot.ports import Viewer
from storage.campaign.scope import in_scope
from storage.link import Link, by_engine
from storage.tables import entry_groups, ledger_entries, ledger_settings, residential_groups, staff
from storage.types import Id, UtcDateTime

_ward = bindparam("ward", type_=String(5))
_add = insert(ledger_entries).returning(ledger_entries.c.id)
_reach = insert(entry_groups)
_numbers = (
    select(ledger_entries.c.day, ledger_entries.c.number)
    .where(
        ledger_entries.c.ward_code == _ward,
        ledger_entries.c.kind == bindparam("kind"),
        ledger_entries.c.struck_at.is_(None),
    )
    .order_by(ledger_entries.c.day.desc())
    .limit(500)
)
_strike = (
    update(ledger_entries)
    .where(ledger_entries.c.id == bindparam("entry", type_=Id), ledger_entries.c.struck_at.is_(None))
    .values(struck_at=bindparam("when", type_=UtcDateTime))
)
_add_group = by_engine(
    lambda insert_into: insert_into(residential_groups).on_conflict_do_update(
        index_elements=["ward_code", "name"], set_={"is_gone": False}
    )
)
_drop_group = (
    update(residential_groups)
    .where(
        residential_groups.c.id == bindparam("group", type_=Id),
        residential_groups.c.ward_code == _ward,
        residential_groups.c.is_gone.is_(False),
    )
    .values(is_gone=True)
)
_groups = (
    select(residential_groups.c.id, residential_groups.c.name, func.max(ledger_entries.c.day).label("reached_on"))
    .select_from(
        residential_groups.outerjoin(entry_groups, entry_groups.c.group_id == residential_groups.c.id).outerjoin(
            ledger_entries,
            and_(
                ledger_entries.c.id == entry_groups.c.entry_id,
                ledger_entries.c.struck_at.is_(None),
                ledger_entries.c.day >= bindparam("first", type_=Date),
                ledger_entries.c.day <= bindparam("last", type_=Date),
            ),
        )
    )
    .where(residential_groups.c.ward_code == _ward, residential_groups.c.is_gone.is_(False))
    .group_by(residential_groups.c.id, residential_groups.c.name)
    .order_by(residential_groups.c.id)
)
_setting = select(ledger_settings).where(ledger_settings.c.ward_code == _ward)
_decide = by_engine(
    lambda insert_into: (new := insert_into(ledger_settings)).on_conflict_do_update(
        index_elements=["ward_code"],
        set_={name: new.excluded[name] for name in ("check_months", "inhabitants", "updated_at")},
    )
)
_made_by, _sure_by = staff.alias("made"), staff.alias("sure")
_entries = (
    select(ledger_entries, _made_by.c.full_name.label("maker"), _sure_by.c.full_name.label("vouches"))
    .join(_made_by, _made_by.c.id == ledger_entries.c.made_by)
    .outerjoin(_sure_by, _sure_by.c.id == ledger_entries.c.sure_by)
    .where(ledger_entries.c.struck_at.is_(None))
    .order_by(ledger_entries.c.day.desc(), ledger_entries.c.id.desc())
)
_reached = select(entry_groups.c.entry_id, entry_groups.c.group_id, residential_groups.c.name).join(
    residential_groups, residential_groups.c.id == entry_groups.c.group_id
)


class SqlLedger:
    """See `bot.ports.Ledger`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(self, new: NewEntry, *, doubts: Sequence[str], staff_id: StaffId, now: datetime) -> int:
        values = {
            "ward_code": new.ward_code,
            "kind": new.kind.value,
            "day": new.day,
            "code": new.code.value,
            "number": new.number,
            "is_planned": new.is_planned,
            "found": new.found,
            "reminded": new.reminded,
            "criticised": new.criticised,
            "disciplined": new.disciplined,
            "words": new.words,
            "doubts": " ".join(doubts),
            "sure_by": staff_id if doubts else None,
            "sure_at": now if doubts else None,
            "made_by": staff_id,
            "made_at": now,
        }
        entry_id = int(await self._link.value(_add, values))
        if new.groups:
            reached = [{"entry_id": entry_id, "group_id": group} for group in sorted(set(new.groups))]
            await self._link.run(_reach, reached)
        return entry_id

    async def strike(self, entry_id: int, now: datetime) -> bool:
        return bool(await self._link.run(_strike, {"entry": entry_id, "when": now}))

    async def numbers(self, ward_code: WardCode, kind: EntryKind) -> list[tuple[date, int]]:
        rows = await self._link.rows(_numbers, {"ward": ward_code, "kind": kind.value})
        return [(row.day, row.number) for row in rows]

    async def entries(
        self,
        viewer: Viewer,
        ward_code: WardCode | None = None,
        *,
        first: date,
        last: date,
        kind: EntryKind | None = None,
        most: int = 500,
    ) -> list[Entry]:
        statement = _entries.where(
            in_scope(ledger_entries.c.ward_code, viewer, ward_code),
            ledger_entries.c.day >= first,
            ledger_entries.c.day <= last,
            *([ledger_entries.c.kind == kind.value] if kind else []),
        )
        return await self._with_groups(list(await self._link.rows(statement.limit(most))))

    async def get(self, viewer: Viewer, entry_id: int) -> Entry | None:
        statement = _entries.where(in_scope(ledger_entries.c.ward_code, viewer), ledger_entries.c.id == entry_id)
        found = await self._with_groups(list(await self._link.rows(statement)))
        return found[0] if found else None

    async def add_groups(self, ward_code: WardCode, names: Sequence[str]) -> None:
        if names:
            await self._link.run(_add_group, [{"ward_code": ward_code, "name": name, "is_gone": False} for name in names])

    async def drop_group(self, ward_code: WardCode, group_id: int) -> bool:
        return bool(await self._link.run(_drop_group, {"ward": ward_code, "group": group_id}))

    async def groups(self, ward_code: WardCode, *, first: date, last: date) -> list[ResidentialGroup]:
        rows = await self._link.rows(_groups, {"ward": ward_code, "first": first, "last": last})
        return [ResidentialGroup(id=row.id, name=row.name, reached_on=_day(row.reached_on)) for row in rows]

    async def setting(self, ward_code: WardCode) -> LedgerSetting:
        row = await self._link.row(_setting, {"ward": ward_code})
        return LedgerSetting(check_months=row.check_months, inhabitants=row.inhabitants) if row else LedgerSetting()

    async def decide(self, ward_code: WardCode, setting: LedgerSetting, now: datetime) -> None:
        values = {"check_months": setting.check_months, "inhabitants": setting.inhabitants}
        await self._link.run(_decide, {"ward_code": ward_code, **values, "updated_at": now})

    async def _with_groups(self, rows: Sequence[Row[Any]]) -> list[Entry]:
        reached: dict[int, list[tuple[int, str]]] = {}
        if seminars := [row.id for row in rows if row.kind == EntryKind.SEMINAR.value]:
            for one in await self._link.rows(_reached.where(entry_groups.c.entry_id.in_(seminars))):
                reached.setdefault(one.entry_id, []).append((one.group_id, one.name))
        return [
            Entry(
                id=row.id,
                new=NewEntry(
                    ward_code=WardCode(row.ward_code),
                    kind=EntryKind(row.kind),
                    day=row.day,
                    code=CodeOf(row.code),
                    number=row.number,
                    is_planned=row.is_planned,
                    found=row.found,
                    reminded=row.reminded,
                    criticised=row.criticised,
                    disciplined=row.disciplined,
                    words=row.words,
                    groups=tuple(group for group, _ in reached.get(row.id, ())),
                ),
                doubts=tuple(row.doubts.split()),
                sure_by=row.vouches or "",
                sure_at=row.sure_at,
                made_by=row.maker,
                group_names=tuple(name for _, name in reached.get(row.id, ())),
            )
            for row in rows
        ]


def _day(found: date | str | None) -> date | None:
    """SQLite hands the greatest of its days back as text."""
    return date.fromisoformat(found) if isinstance(found, str) else found
