"""The machine's clock; everything else is told the time."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The one place that asks the machine what time it is."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def steady() -> float:
    """Seconds on the running loop's own clock, for how long something took: it goes on evenly when the machine's is set.

    A loop that simulates time is believed here too, which `time.monotonic` would not do.
    """
    return asyncio.get_running_loop().time()
