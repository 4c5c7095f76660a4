"""A paper that takes seconds to make: who asked for it, how far it is, and how long it may be fetched.

Nothing waits its turn: whoever asks while there is no room is told so and asks again. What makes it is `bot.long_work`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.people import StaffId
from bot.domain.rights import Right

KEPT_FOR = timedelta(hours=1)  # after it is done
BEATS_WITHIN = timedelta(minutes=2)  # whoever makes it and says nothing for so long is dead
MOST_AT_ONCE = 4  # in the whole installation: each takes a processor for some seconds


class WorkKind(StrEnum):
    """What is made."""

    EXPORT = "export"
    REGISTER = "register"
    REVIEW = "review"


class WorkState(StrEnum):
    """How it stands."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by whoever asked for it
    FAILED = "failed"


# Asked at the start, by the one who makes it, and again when it is fetched.
RIGHT_OF: Mapping[WorkKind, Right] = {
    WorkKind.EXPORT: Right.EXPORT,
    WorkKind.REGISTER: Right.EXPORT,
    WorkKind.REVIEW: Right.DASHBOARD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWork:
    """What somebody asks for. `asked` is for whoever makes it: a ward, days, a format."""

    staff_id: StaffId
    kind: WorkKind
    asked: Mapping[str, str]
    file_name: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LongWork(NewWork):
    """One as it stands. `done` of `total` are whatever its maker counts; a total of 0 is not known yet."""

    id: int
    state: WorkState
    done: int
    total: int
    size: int  # bytes so far
    keys: Sequence[str]  # its pieces in the file store, in order
    begun_at: datetime
    beat_at: datetime
    ended_at: datetime | None

    def state_at(self, now: datetime) -> WorkState:
        """How it stands at this moment: one whose maker is dead has failed, though nobody could say so."""
        is_dead = self.state is WorkState.RUNNING and now - self.beat_at > BEATS_WITHIN
        return WorkState.FAILED if is_dead else self.state

    def is_kept(self, now: datetime) -> bool:
        """Whether it can be fetched."""
        return self.state is WorkState.DONE and self.ended_at is not None and now < self.ended_at + KEPT_FOR
