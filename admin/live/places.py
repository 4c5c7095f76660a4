"""Which facts were told already, although a lower place may appear after a higher one.

PostgreSQL gives a place out before the transaction commits; one that rolls back leaves its place empty for good. So a
missing place is waited for, and given up after a while.
"""

from collections.abc import Sequence

from bot.ports import CaseNews

GIVEN_UP_AFTER = 10.0  # seconds; no transaction of ours takes a fraction of that


class Places:
    """Everything up to `floor` is settled; above it, what was told is remembered by its place."""

    def __init__(self, floor: int) -> None:
        self.floor = floor
        self._told: set[int] = set()
        self._gap_since: float | None = None

    def take(self, found: Sequence[CaseNews], now: float) -> list[CaseNews]:
        """Those not told before, in the order found; from now on they are.

        Args:
            found: What stands after `floor`.
            now: Seconds of a clock that never goes back.
        """
        new = [news for news in found if news.id > self.floor and news.id not in self._told]
        self._told.update(news.id for news in new)
        self._settle(now)
        return new

    def give_up_gap(self) -> None:
        """Go on behind the lowest missing place."""
        if self._told:
            self.floor = min(self._told) - 1
            self._gap_since = None
            self._climb()

    def _settle(self, now: float) -> None:
        before = self.floor
        self._climb()
        if not self._told:
            self._gap_since = None
        elif self._gap_since is None or self.floor != before:
            self._gap_since = now
        elif now - self._gap_since >= GIVEN_UP_AFTER:
            self.give_up_gap()

    def _climb(self) -> None:
        while self.floor + 1 in self._told:
            self.floor += 1
            self._told.discard(self.floor)
