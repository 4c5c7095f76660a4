"""Reads the audit trail for somebody's eyes. It is written and verified in `storage.audit`.

Who reads the whole city's sees every row; a ward's leader what the ward's own staff did. What is about a case that the
reader may not know of is left out, whoever did it: a row would tell that there is such a case.
"""

import json
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.people import WARD_ROLES
from bot.domain.rights import Right, may
from bot.domain.trail import TrailEntry
from bot.ports import Viewer
from storage.link import Link
from storage.tables import audit, cases, staff
from storage.visible_cases import visible_to

_LINE = (audit.c.id, audit.c.at, audit.c.action, audit.c.subject, audit.c.details, staff.c.full_name)


async def read_trail(link: Link, viewer: Viewer, *, before: int | None, most: int) -> list[TrailEntry]:
    """See `bot.ports.Audit.page`."""
    whose = _whose(viewer)
    if whose is None:
        return []
    about = select(cases.c.id).where(cases.c.code == audit.c.subject).correlate(audit)
    seen = about.where(visible_to(viewer.wanting(Right.READ_CASE)))
    query = (
        select(*_LINE)
        .select_from(audit.outerjoin(staff, staff.c.id == audit.c.staff_id))
        .where(*whose, or_(~about.exists(), seen.exists()))
        .order_by(audit.c.id.desc())
        .limit(most)
    )
    if before is not None:
        query = query.where(audit.c.id < before)
    return [_entry(row) for row in await link.rows(query)]


def _whose(viewer: Viewer) -> list[ColumnElement[bool]] | None:
    """The conditions on who acted; None: nothing is theirs to read."""
    standings = [standing for standing in viewer.standings() if may(standing.role, Right.AUDIT)]
    if any(standing.role not in WARD_ROLES for standing in standings):
        return []
    wards = sorted({standing.ward_code for standing in standings if standing.ward_code})
    if not wards:
        return None
    return [audit.c.staff_id.in_(select(staff.c.id).where(staff.c.ward_code.in_(wards)))]


def _entry(row: Row[Any]) -> TrailEntry:
    return TrailEntry(
        id=row.id,
        at=row.at,
        who=row.full_name or "",
        action=row.action,
        subject=row.subject,
        details=json.loads(row.details),
    )
