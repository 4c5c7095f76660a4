"""The audit trail as it is read: who did what, when, to what. Writing and verifying it is `bot.ports.Audit`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """A row of the trail. `who` is a name, empty for a resident or the clock; `details` are as they were recorded."""

    id: int
    at: datetime
    who: str
    action: str
    subject: str
    details: Mapping[str, Any]
