"""What is put into the children of a test before they start: faults that it has to find, and ways to see what they do."""

import asyncio
import os
import time
from pathlib import Path
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
    """Two updates of one address may be in two processes' hands, and nobody looks which of them came first."""
    free = or_(inbox.c.leased_until.is_(None), inbox.c.leased_until <= _now)
    due = or_(inbox.c.due_at.is_(None), inbox.c.due_at <= _now)
    heads = select(inbox.c.id).where(is_state("waiting", inbox), due, free).order_by(inbox.c.id.desc())
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


def nobody_looks_by_themselves() -> None:
    """Pages hear only what they are told."""
    from admin.live import hub
    from handlers.channels import webchat_events

    hub.LOOK_AMONG_OTHERS = webchat_events.LOOK_EVERY = 3600.0


def timers_tell_who_they_are() -> None:
    """Each look at a kind of due work is a line in the data folder: when, which process, what."""
    from handlers.timekeeping.timekeeper import DueWork, Timekeeper

    do = Timekeeper._do

    async def tell(timer: Timekeeper, work: DueWork, stop: asyncio.Event) -> None:
        timer._look_every = 0.2
        with (Path(os.environ["HOMTHU_DATA_DIR"]) / "timers.txt").open("a") as file:
            file.write(f"{time.time()} {os.getpid()} {work.name}\n")
        await do(timer, work, stop)

    Timekeeper._do = tell  # type: ignore[method-assign,assignment]  # for this process
