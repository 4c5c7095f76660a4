"""What comes after filing: what a resident thinks of a closing, and wrong secrets that are counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.case import CaseId
from bot.domain.people import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What a resident says of one closing. `stars` is 1 to 5, None where nobody gave any."""

    case_id: CaseId
    closed_at: datetime  # which closing: a case that was opened again may be closed again
    is_resolved: bool
    stars: int | None
    at: datetime


class Ratings(Protocol):
    """One for each closing of a case."""

    async def get(self, case_id: CaseId, closed_at: datetime) -> Rating | None: ...

    async def put(self, rating: Rating) -> bool:
        """Keep it in place of an earlier one of the same closing. True when it is the first."""
        ...


class Tries(Protocol):
    """Wrong guesses of an address, so that nobody tries secrets one after the other."""

    async def since(self, address: Address, *, now: datetime, window: timedelta) -> int:
        """How many in the window that began with the first of them; 0 once it is over."""
        ...

    async def add(self, address: Address, *, now: datetime, window: timedelta) -> None:
        """Count one more; the first after a window begins a new one."""
        ...
