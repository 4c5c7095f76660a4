"""The audit trail, page by page: for inspectors, and for leaders what their own ward's staff did. It shows no content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from admin.audit_details import told
from admin.guard import Visit
from admin.pages import Frame
from bot.domain.rights import Right
from bot.domain.trail import TrailEntry
from bot.web import keys, render
from bot.wording import has

AUDIT = "/staff/audit"
MOST = 50  # rows of a page


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A row of the trail, in words. `action_key` is empty for an act that has no words yet: then `action` is shown."""

    at: datetime
    who: str
    action_key: str
    action: str
    subject: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    """Everything `staff/audit.html` may use."""

    frame: Frame
    lines: Sequence[AuditLine]  # newest first
    older: str  # a link; empty on the last page
    is_first: bool


async def show_audit(visit: Visit) -> web.StreamResponse:
    viewer = visit.viewer
    if not viewer.may(Right.AUDIT):
        raise web.HTTPForbidden
    asked = visit.request.query.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 15 else None
    async with visit.request.app[keys.STORAGE].reading() as uow:
        found = await uow.audit.page(viewer, before=before, most=MOST + 1)
    shown = found[:MOST]
    page = AuditPage(
        frame=visit.frame,
        lines=[_line(visit, entry) for entry in shown],
        older=f"{AUDIT}?before={shown[-1].id}" if len(found) > MOST else "",
        is_first=before is None,
    )
    return render(visit.request, "staff/audit.html", page)


def _line(visit: Visit, entry: TrailEntry) -> AuditLine:
    key = f"audit_{entry.action}"
    before, after = entry.details.get("before"), entry.details.get("after")
    return AuditLine(
        entry.at,
        entry.who,
        key if has(visit.language, key) else "",
        entry.action,
        entry.subject,
        told(visit, before) if isinstance(before, Mapping) else "",
        told(visit, after) if isinstance(after, Mapping) else told(visit, entry.details),
    )
