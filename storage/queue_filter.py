"""A filter of the queue as conditions on `cases`, and its orders as the indexes have them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, literal, literal_column, select, tuple_
from sqlalchemy.sql.elements import UnaryExpression

from bot.domain.case import CaseStatus
from bot.domain.people import Role
from bot.domain.queueing import QueueFilter, QueueKey, Sort
from bot.ports import Viewer
from storage.tables import cases
from storage.unindexed import unindexed
from storage.visible_cases import visible_to

_is_emergency: ColumnElement[bool] = literal_column("cases.is_emergency")  # bare: that is how its partial index says it
_other = cases.alias("unreached")
_unreached = select(_other.c.id).where(_other.c.reach_since.is_not(None))
_is_disputed: ColumnElement[bool] = literal_column("cases.disputes > 0")


def conditions(viewer: Viewer, wanted: QueueFilter, sort: Sort = Sort.DUE) -> Iterator[ColumnElement[bool]]:
    """What holds for the wanted cases that this viewer may see, words apart."""
    yield visible_to(viewer)
    if not wanted.is_undelivered:  # a neighbour's answer has to reach the neighbour
        yield cases.c.main_case_id.is_(None)
    if wanted.status is not None:
        yield cases.c.status == wanted.status.value
    elif not wanted.words.strip() and wanted.is_undelivered:
        yield cases.c.status.in_([literal_column("'open'"), literal_column("'closed'")])  # said, so that an index is walked
    elif not wanted.words.strip():
        yield cases.c.status == CaseStatus.OPEN.value
    for column, value in (
        (cases.c.desk, wanted.desk),
        (cases.c.ward_code, wanted.ward_code),
        (cases.c.channel, wanted.channel),
    ):
        if value:
            yield column == str(value)
    yield from _about_its_matter(viewer, wanted, sort)
    yield from _about_its_owner(wanted)
    if wanted.is_disputed:
        yield _is_disputed
    if wanted.is_undelivered and viewer.ward_code is None:
        # Found first, from the index that holds nothing else: no other has every ward's and the neighbours'.
        yield cases.c.id.in_(_unreached)
    elif wanted.is_undelivered:
        yield cases.c.reach_since.is_not(None)


def _about_its_matter(viewer: Viewer, wanted: QueueFilter, sort: Sort) -> Iterator[ColumnElement[bool]]:
    """Category, kind, urgency and deadline: where their own indexes are the right ones, and hidden from them elsewhere."""
    is_due, is_everywhere = sort is Sort.DUE, viewer.role is Role.INSPECTOR and not wanted.ward_code
    for column, value in ((cases.c.category, wanted.category), (cases.c.kind, wanted.kind)):
        if value:
            yield (column if is_due and is_everywhere else unindexed(column)) == str(value)
            is_everywhere = False  # a category is of one kind: its index comes first
    if wanted.is_emergency:
        yield _is_emergency if is_due else unindexed(cases.c.is_emergency).is_(True)
    has_range = is_due and viewer.role is not Role.CITY_COORDINATOR  # what waits at the city is little, and has its own
    due_at: ColumnElement[Any] = cases.c.due_at if has_range else unindexed(cases.c.due_at)
    if wanted.due_from is not None:
        yield due_at >= wanted.due_from
    if wanted.due_before is not None:
        yield due_at < wanted.due_before


def _about_its_owner(wanted: QueueFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.owner_id is not None:
        yield cases.c.owner_id == wanted.owner_id
    if wanted.is_unowned:
        yield cases.c.owner_id.is_(None)


def order(sort: Sort, *, is_backwards: bool = False) -> list[UnaryExpression[Any]]:
    """The columns a queue is walked by; backwards to find the page before."""
    columns: list[ColumnElement[Any]] = [cases.c.due_at, cases.c.id] if sort is Sort.DUE else [cases.c.id]
    goes_down = (sort is Sort.NEWEST) != is_backwards
    return [column.desc() if goes_down else column.asc() for column in columns]


def beyond(sort: Sort, key: QueueKey, *, is_backwards: bool = False) -> ColumnElement[bool]:
    """Behind (or, backwards, before) that place. A key of another order is taken for what it knows: its case's id."""
    goes_down = (sort is Sort.NEWEST) != is_backwards
    if sort is Sort.DUE and key.due_at is not None:
        here = tuple_(cases.c.due_at, cases.c.id)
        there = tuple_(literal(key.due_at, cases.c.due_at.type), literal(key.case_id, cases.c.id.type))
        return here < there if goes_down else here > there
    return cases.c.id < key.case_id if goes_down else cases.c.id > key.case_id
