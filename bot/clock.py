"""The machine's clock; everything else is told the time."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The one place that asks the machine what time it is."""

    def now(self) -> datetime:
        return datetime.now(UTC)
