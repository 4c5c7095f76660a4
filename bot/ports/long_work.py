"""Papers that take long: what is kept of each, and who starts the making."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.long_work import LongWork, NewWork, WorkState
from bot.domain.people import StaffId


class LongWorks(Protocol):
    """A row for each; gone an hour after it ended."""

    async def begin(self, new: NewWork, now: datetime) -> LongWork | None:
        """One that runs from now on. None: another one of this member runs."""
        ...

    async def running(self, since: datetime) -> int:
        """How many run whose makers said something since then."""
        ...

    async def newest(self, staff_id: StaffId) -> LongWork | None: ...

    async def get(self, work_id: int) -> LongWork | None: ...

    async def beat(self, work: LongWork, now: datetime) -> bool:
        """Keep how far it is: `done`, `total`, `size` and `keys`. False when it does not run any more."""
        ...

    async def end(self, work_id: int, state: WorkState, now: datetime) -> bool:
        """It runs no more. False when it did not before."""
        ...

    async def forget(self, before: datetime, *, most: int) -> Sequence[LongWork]:
        """Remove those that said the last before that moment; returns them as they were."""
        ...


class Workshop(Protocol):
    """Makes what was begun, apart from the loop that serves pages."""

    async def start(self, work_id: int) -> None:
        """Begin with it, and return. What becomes of it stands in its row."""
        ...

    def stop(self, work_id: int) -> None:
        """Its row says that it is to stop: whoever makes it here need not find out by themselves."""
        ...
