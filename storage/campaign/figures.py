"""Counts the campaign figures of a term: seven statements, whatever the size and however many wards.

What a board was like on the last day is its last look until then, so that a past term counts as it stood. Whose ledger is
counted says `storage.campaign.scope`; of cases about boards, only those that the viewer may see.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sqlalchemy import Executable, Row, and_, case, exists, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.campaign import BoardFigures, CampaignFigures, Commended
from bot.domain.case import CaseKind
from bot.domain.ledger import Condition, Consent, EntryKind, EssayState, LedgerDue, Look
from bot.domain.ward import WardCode
from bot.ports import Viewer
from storage.campaign.scope import in_scope
from storage.link import Link
from storage.tables import (
    board_cases,
    board_checks,
    boards,
    cases,
    entry_groups,
    ledger_entries,
    praises,
    residential_groups,
)
from storage.visible_cases import visible_to

MOST_NAMED = 1000  # people and groups in one review
_SUMS = ("number", "found", "reminded", "criticised", "disciplined")


class SqlCampaign:
    """See `bot.ports.Campaign`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def figures(
        self, viewer: Viewer, ward_code: WardCode | None, first: date, last: date, *, zone: tzinfo
    ) -> CampaignFigures:
        done = {row.kind: row for row in await self._link.rows(_entries(viewer, ward_code, first, last))}
        doubtful = await self._link.rows(_doubted(viewer, ward_code, first, last))
        groups = await self._link.row(_groups(viewer, ward_code, first, last))
        essays = await self._link.row(_essays(viewer, ward_code, first, last))
        named = await self._link.rows(_commended(viewer, ward_code, first, last))
        inspections = done.get(EntryKind.INSPECTION.value)
        return CampaignFigures(
            boards=await self._boards(viewer, ward_code, first, last, zone),
            inspections=_count(done, EntryKind.INSPECTION),
            violations_found=int(inspections.found) if inspections else 0,
            reminded=int(inspections.reminded) if inspections else 0,
            criticised=int(inspections.criticised) if inspections else 0,
            disciplined=int(inspections.disciplined) if inspections else 0,
            panels=_sum(done, EntryKind.PANELS),
            seminars=_count(done, EntryKind.SEMINAR),
            seminar_people=_sum(done, EntryKind.SEMINAR),
            groups_reached=_number(groups, "reached"),
            groups=_number(groups, "there"),
            leaflets=_sum(done, EntryKind.LEAFLETS),
            radio_slots=_sum(done, EntryKind.RADIO),
            unit_meetings=_count(done, EntryKind.MEETING),
            essays=_number(essays, "submitted"),
            essays_shortlisted=_number(essays, "shortlisted"),
            commended_people=_number(essays, "people"),
            commended_groups=_number(essays, "groups"),
            commended=_named(named),
            doubtful=tuple(sorted(key for row in doubtful for key in row.doubts.split())),
        )

    async def due(self, viewer: Viewer, ward_code: WardCode | None, *, today: date) -> LedgerDue:
        first, last = date(today.year, 1, 1), date(today.year, 12, 31)
        board = await self._link.row(
            select(
                func.count().label("there"),
                _total(boards.c.due_on <= today, "due"),
                _total(boards.c.condition != Condition.GOOD.value, "broken"),
            ).where(in_scope(boards.c.ward_code, viewer, ward_code), boards.c.removed_on.is_(None))
        )
        groups = await self._link.row(_groups(viewer, ward_code, first, last))
        done = await self._link.rows(
            select(ledger_entries.c.kind, ledger_entries.c.day, ledger_entries.c.number)
            .where(*_of_term(viewer, ward_code, first, last))
            .limit(5000)
        )
        waiting = (EssayState.SUBMITTED.value, EssayState.SHORTLISTED.value)
        essays = await self._link.value(
            select(func.count()).where(in_scope(praises.c.ward_code, viewer, ward_code), praises.c.state.in_(waiting))
        )
        return LedgerDue(
            boards_due=_number(board, "due"),
            boards_broken=_number(board, "broken"),
            boards=_number(board, "there"),
            groups=_number(groups, "there"),
            groups_reached=_number(groups, "reached"),
            essays_open=essays,
            months_met=frozenset(row.day.month for row in done if row.kind == EntryKind.MEETING.value),
            counts={kind: _as_reviewed(kind, [row.number for row in done if row.kind == kind.value]) for kind in EntryKind},
        )

    async def _boards(
        self, viewer: Viewer, ward_code: WardCode | None, first: date, last: date, zone: tzinfo
    ) -> BoardFigures:
        row = await self._link.row(_boards(viewer, ward_code, first, last))
        reported = await self._link.value(_reported(viewer, ward_code, first, last, zone))
        names = ("standing", "good", "worn", "torn", "missing", "posted", "checked", "repaired", "overdue")
        return BoardFigures(**{name: _number(row, name) for name in names}, reported=reported)


def _boards(viewer: Viewer, ward_code: WardCode | None, first: date, last: date) -> Executable:
    newest = func.row_number().over(
        partition_by=board_checks.c.board_id, order_by=(board_checks.c.day.desc(), board_checks.c.id.desc())
    )
    then = (
        select(board_checks.c.board_id, board_checks.c.condition, board_checks.c.due_on, newest.label("nth"))
        .where(board_checks.c.day <= last)
        .subquery()
    )
    stands = and_(boards.c.posted_on <= last, or_(boards.c.removed_on.is_(None), boards.c.removed_on > last))

    def was(*looks: Look) -> ColumnElement[bool]:
        return exists(
            select(board_checks.c.id).where(
                board_checks.c.board_id == boards.c.id,
                board_checks.c.look.in_([look.value for look in looks]),
                board_checks.c.day >= first,
                board_checks.c.day <= last,
            )
        )

    return (
        select(
            _total(stands, "standing"),
            *(_total(and_(stands, then.c.condition == one.value), one.value) for one in Condition),
            _total(and_(boards.c.posted_on >= first, boards.c.posted_on <= last), "posted"),
            _total(was(Look.LOOKED, Look.REPAIRED), "checked"),
            _total(was(Look.REPAIRED), "repaired"),
            _total(and_(stands, then.c.due_on <= last), "overdue"),
        )
        .select_from(boards.outerjoin(then, and_(then.c.board_id == boards.c.id, then.c.nth == 1)))
        .where(in_scope(boards.c.ward_code, viewer, ward_code))
    )


def _reported(viewer: Viewer, ward_code: WardCode | None, first: date, last: date, zone: tzinfo) -> Executable:
    """Matters of residents about a board: by their kind, or because staff say so."""
    start = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    is_about = exists(select(board_cases.c.case_id).where(board_cases.c.case_id == cases.c.id, board_cases.c.is_about))
    return (
        select(func.count())
        .select_from(cases)
        .where(
            visible_to(viewer),
            cases.c.main_case_id.is_(None),
            cases.c.created_at >= start,
            cases.c.created_at < end,
            or_(cases.c.kind == literal(CaseKind.PANEL.value), is_about),
            *([cases.c.ward_code == ward_code] if ward_code else []),
        )
    )


def _of_term(viewer: Viewer, ward_code: WardCode | None, first: date, last: date) -> list[ColumnElement[bool]]:
    return [
        in_scope(ledger_entries.c.ward_code, viewer, ward_code),
        ledger_entries.c.day >= first,
        ledger_entries.c.day <= last,
        ledger_entries.c.struck_at.is_(None),
    ]


def _entries(viewer: Viewer, ward_code: WardCode | None, first: date, last: date) -> Executable:
    sums = [func.sum(ledger_entries.c[name]).label(name) for name in _SUMS]
    return (
        select(ledger_entries.c.kind, func.count().label("times"), *sums)
        .where(*_of_term(viewer, ward_code, first, last))
        .group_by(ledger_entries.c.kind)
    )


def _doubted(viewer: Viewer, ward_code: WardCode | None, first: date, last: date) -> Executable:
    return select(ledger_entries.c.doubts).where(*_of_term(viewer, ward_code, first, last), ledger_entries.c.doubts != "")


def _groups(viewer: Viewer, ward_code: WardCode | None, first: date, last: date) -> Executable:
    """Those there are, and those of them that were reached: a group counts once, and never after it is gone."""
    is_reached = exists(
        select(ledger_entries.c.id)
        .join(entry_groups, entry_groups.c.entry_id == ledger_entries.c.id)
        .where(
            entry_groups.c.group_id == residential_groups.c.id,
            ledger_entries.c.day >= first,
            ledger_entries.c.day <= last,
            ledger_entries.c.struck_at.is_(None),
        )
    )
    return select(func.count().label("there"), _total(is_reached, "reached")).where(
        in_scope(residential_groups.c.ward_code, viewer, ward_code), residential_groups.c.is_gone.is_(False)
    )


def _essays(viewer: Viewer, ward_code: WardCode | None, first: date, last: date) -> Executable:
    is_decided = and_(
        praises.c.state == EssayState.COMMENDED.value, praises.c.decided_on >= first, praises.c.decided_on <= last
    )
    return select(
        _total(and_(praises.c.is_essay, praises.c.day >= first, praises.c.day <= last), "submitted"),
        _total(and_(praises.c.is_essay, praises.c.shortlisted_on >= first, praises.c.shortlisted_on <= last), "shortlisted"),
        _total(and_(is_decided, praises.c.is_group.is_(False)), "people"),
        _total(and_(is_decided, praises.c.is_group.is_(True)), "groups"),
    ).where(in_scope(praises.c.ward_code, viewer, ward_code))


def _commended(viewer: Viewer, ward_code: WardCode | None, first: date, last: date) -> Executable:
    return (
        select(praises.c.name, praises.c.is_group, praises.c.deed, praises.c.ward_code)
        .where(
            in_scope(praises.c.ward_code, viewer, ward_code),
            praises.c.state == EssayState.COMMENDED.value,
            praises.c.decided_on >= first,
            praises.c.decided_on <= last,
            praises.c.consent == Consent.GIVEN.value,
            praises.c.is_faded.is_(False),
        )
        .order_by(praises.c.decided_on, praises.c.id)
        .limit(MOST_NAMED)
    )


def _as_reviewed(kind: EntryKind, numbers: Sequence[int]) -> int:
    """Things are added up; what took place is counted."""
    return sum(numbers) if kind in (EntryKind.LEAFLETS, EntryKind.RADIO, EntryKind.PANELS) else len(numbers)


def _named(rows: Sequence[Row[Any]]) -> tuple[Commended, ...]:
    return tuple(
        Commended(
            name=row.name,
            is_group=row.is_group,
            deed=row.deed,
            ward_code=WardCode(row.ward_code) if row.ward_code else None,
        )
        for row in rows
        if row.name
    )


def _total(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
    """Of how many rows that is true; NULL where there are no rows."""
    return func.sum(case((condition, 1), else_=0)).label(name)


def _number(row: Row[Any] | None, name: str) -> int:
    return int(getattr(row, name) or 0) if row is not None else 0


def _count(done: dict[str, Row[Any]], kind: EntryKind) -> int:
    row = done.get(kind.value)
    return int(row.times) if row is not None else 0


def _sum(done: dict[str, Row[Any]], kind: EntryKind) -> int:
    row = done.get(kind.value)
    return int(row.number) if row is not None else 0
