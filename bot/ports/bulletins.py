"""Texts for loudspeakers that staff have changed."""

from datetime import date, datetime
from typing import Protocol

from bot.domain.bulletin import Bulletin
from bot.domain.people import StaffId
from bot.domain.ward import WardCode


class Bulletins(Protocol):
    """One for a ward and some days."""

    async def get(self, ward_code: WardCode, first: date, last: date) -> Bulletin | None: ...

    async def put(self, bulletin: Bulletin, by: StaffId, now: datetime) -> bool:
        """Keep it, one version further. False when it is not any more as this version was: nothing is kept."""
        ...

    async def drop(self, bulletin: Bulletin) -> bool:
        """Forget it. False when it is not any more as this version was."""
        ...
