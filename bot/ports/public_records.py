"""What is counted of a ward for everybody's eyes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ward import WardCode


@dataclass(frozen=True, slots=True)
class CaseTimes:
    """A case that came in, and when staff first answered; None: not yet."""

    category: str
    created_at: datetime
    answered_at: datetime | None


class PublicRecords(Protocol):
    """Counts cases that are about nobody who works for the city, and no others."""

    async def received(self, ward_code: WardCode, *, start: datetime, end: datetime) -> Sequence[CaseTimes]:
        """What came in from `start` until just before `end`, in no order. As many as the ward had then."""
        ...

    async def waiting(self, ward_code: WardCode, *, start: datetime, at: datetime) -> int:
        """How many were open at that moment. One that was closed since is counted if it came in after `start`."""
        ...

    async def disputed(self, ward_code: WardCode, *, start: datetime, end: datetime) -> int:
        """Of how many cases residents said in that time that a closing is not true."""
        ...
