"""Faults that are put into the children of a test, which has to find them. Each is one rule of the claims, taken away."""

from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.sql.elements import ColumnElement

from storage import inbox as inbox_of
from storage import outbox as outbox_of
from storage.claiming import is_state
from storage.tables import inbox, outbox
from storage.types import UtcDateTime

_now = bindparam("now", type_=UtcDateTime)


def claims_ignore_the_address() -> None:
    """Two updates of one address may be in two processes' hands."""
    free = or_(inbox.c.leased_until.is_(None), inbox.c.leased_until <= _now)
    due = or_(inbox.c.due_at.is_(None), inbox.c.due_at <= _now)
    heads = select(inbox.c.id).where(is_state("waiting", inbox), due, free).order_by(inbox.c.id)
    one = heads.limit(1).with_for_update(skip_locked=True)  # a handful would be taken in order by one process
    inbox_of._claim = _claimed(inbox_of._claim, inbox.c.id.in_(one))


def leases_are_ignored() -> None:
    """What one process is sending, another sends too."""
    heads = select(outbox.c.id).where(is_state("waiting", outbox), or_(outbox.c.due_at.is_(None), outbox.c.due_at <= _now))
    outbox_of._claim = _claimed(outbox_of._claim, outbox.c.id.in_(heads.order_by(outbox.c.id).limit(20)))


def _claimed(claim: Any, which: ColumnElement[bool]) -> Any:
    """The same statement over other rows."""
    changed = claim._clone()
    changed._where_criteria = (which,)
    return changed
