"""A case as a line of the queue: its columns, and the value made of them."""

from typing import Any

from sqlalchemy import Row, Select, case, func, literal_column, or_, select

from bot.domain.case import CaseCode, CaseId, CaseStatus, Desk
from bot.domain.people import Channel, StaffId
from bot.domain.queueing import QueueLine, Sort
from bot.domain.thread import Author
from bot.domain.ward import WardCode
from storage.case_clocks import farthest_warned
from storage.claiming import is_state
from storage.queue_filter import order
from storage.tables import attachments, cases, messages, outbox, staff

EXCERPT = 160  # characters

_has_files = (
    select(literal_column("1"))
    .select_from(messages.join(attachments, attachments.c.message_id == messages.c.id))
    .where(messages.c.case_id == cases.c.id)
    .exists()
)
_undelivered = (
    select(func.count())
    .select_from(outbox)
    .where(
        outbox.c.case_id == cases.c.id,
        is_state("failed", outbox),
        outbox.c.message_id.is_not(None),
        cases.c.reach_since.is_not(None),
    )
    .scalar_subquery()
)
# Nothing where the newest words are still those it was filed with.
_newest_author = (
    select(case((or_(messages.c.at > cases.c.created_at, messages.c.author != Author.RESIDENT.value), messages.c.author)))
    .where(messages.c.case_id == cases.c.id, messages.c.author != Author.NOTE.value)
    .order_by(messages.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_owner_name = select(staff.c.full_name).where(staff.c.id == cases.c.owner_id).scalar_subquery()

LINE = (
    cases.c.id,
    cases.c.code,
    cases.c.version,
    cases.c.kind,
    cases.c.category,
    cases.c.ward_code,
    cases.c.desk,
    cases.c.status,
    cases.c.channel,
    cases.c.text.label("words"),
    cases.c.place_key,
    cases.c.created_at,
    cases.c.due_at,
    cases.c.closed_at,
    cases.c.owner_id,
    _owner_name.label("owner_name"),
    cases.c.is_emergency,
    cases.c.is_sensitive,
    cases.c.joined_count,
    cases.c.disputes,
    cases.c.hops,
    _has_files.label("has_files"),
    _newest_author.label("newest_author"),
    _undelivered.label("undelivered"),
    cases.c.waits_since,
    cases.c.warned,
)


def excerpt(text: str) -> str:
    """One line of at most `EXCERPT` characters."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"


def line_from(row: Row[Any]) -> QueueLine:
    """The line of a row that holds the columns of `LINE`."""
    return QueueLine(
        id=CaseId(row.id),
        code=CaseCode(row.code),
        version=row.version,
        kind=row.kind,
        category=row.category,
        ward_code=WardCode(row.ward_code) if row.ward_code else None,
        desk=Desk(row.desk),
        status=CaseStatus(row.status),
        channel=Channel(row.channel),
        excerpt=excerpt(row.words[: 2 * EXCERPT]),
        place=row.place_key,
        created_at=row.created_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        owner_id=StaffId(row.owner_id) if row.owner_id is not None else None,
        owner_name=row.owner_name or "",
        is_emergency=row.is_emergency,
        is_sensitive=row.is_sensitive,
        joined_count=row.joined_count,
        disputes=row.disputes,
        hops=row.hops,
        has_files=bool(row.has_files),
        is_unanswered=row.newest_author in (Author.RESIDENT.value, None),
        has_more=row.newest_author == Author.RESIDENT.value,
        undelivered=row.undelivered,
        waits_since=row.waits_since,
        warned=farthest_warned(row.warned),
    )


def lines_of(ids: Select[tuple[int]], sort: Sort) -> Select[Any]:
    """The lines of these few cases. Found first and told then: what a line tells is not looked up for one left out."""
    page = ids.subquery("page")
    return select(*LINE).select_from(page.join(cases, cases.c.id == page.c.id)).order_by(*order(sort))
