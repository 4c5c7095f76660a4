"""A process whose wall clock a file sets forward and back: put into it before it starts, see `tests.kills.quick_start`.

What measures how long something took (`bot.clock.steady`, the loop's own clock) goes on evenly, as on a real machine.
"""

import os
import time
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Self
from unittest.mock import patch

VARIABLE = "TEST_CLOCK_FILE"  # not a setting: the program knows nothing of it


def follows_a_file() -> None:
    """From now on this process's wall clock is so many seconds ahead as the file says."""
    path = Path(os.environ[VARIABLE])
    real = time.time

    def ahead() -> float:
        try:
            return real() + float(path.read_text() or 0)
        except (OSError, ValueError):  # just being written
            return real()

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(ahead(), tz)

    patch("bot.clock.datetime", Moved).start()
    patch("time.time", ahead).start()
