"""Other programs that are told of cases, and how far each event has come with each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.neighbours import DeliveryLine, Ended, Lag, NewSubscription, Subscription, Telling, Tried


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is to do for one subscription."""

    subscription_id: int
    is_behind: bool  # something happened that was not looked at for it
    is_due: bool  # something waits to be told now


class Neighbours(Protocol):
    """Nothing is written here when something happens to a case: its timeline is the queue, and is walked behind it."""

    async def all(self) -> list[Subscription]:
        """Oldest first; those that are disabled too."""
        ...

    async def get(self, subscription_id: int, *, for_update: bool = False) -> Subscription | None: ...

    async def add(self, new: NewSubscription, now: datetime) -> Subscription:
        """It is told of what happens from now on."""
        ...

    async def put_secrets(self, subscription_id: int, secrets: Sequence[str]) -> None:
        """Newest first."""
        ...

    async def disable(self, subscription_id: int, ended: Ended, now: datetime) -> bool:
        """False: it was before, or there is none. What waits goes on waiting."""
        ...

    async def enable(self, subscription_id: int, now: datetime) -> bool:
        """Told again, also of what happened meanwhile. False: it is not disabled."""
        ...

    async def ping(self, subscription_id: int, event_id: str, now: datetime) -> None:
        """Put a test on its way."""
        ...

    async def standings(self, now: datetime) -> list[Standing]:
        """Of those that are told anything; one statement."""
        ...

    async def collect(self, now: datetime, most: int) -> int:
        """Walk on, by so many events at most for each; returns how many were walked in all."""
        ...

    async def claim(
        self, subscription_id: int, *, owner: str, now: datetime, lease: timedelta
    ) -> tuple[Subscription, Telling] | None:
        """The next that is due, of the cases in the order of their events; None: none, or somebody else is at it.

        What may not be told any more, as the case is now, is dropped without a trace.
        """
        ...

    async def record(
        self, subscription_id: int, telling: Telling, tried: Tried, *, owner: str, due_at: datetime | None, pause: datetime
    ) -> Subscription | None:
        """What came of it. `due_at` None: it is taken, or parked. None: it was recorded by somebody else."""
        ...

    async def lines(self, subscription_id: int, most: int) -> list[DeliveryLine]:
        """Newest first."""
        ...

    async def replay(
        self, subscription_id: int, now: datetime, *, delivery_id: int | None = None, since: datetime | None = None
    ) -> int:
        """Have it told again: that one, or all since then (None: all that are parked). How many."""
        ...

    async def lags(self) -> list[Lag]:
        """Of every subscription that is told anything."""
        ...

    async def forget(self, before: datetime, most: int) -> int:
        """Drop what was finished before then."""
        ...
