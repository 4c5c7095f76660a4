"""What can be known about a photo that is to prove something: was it here before, and do its time and place fit the case?

Findings are shown to people and kept; nothing here forbids anything. A camera's clock and place can be changed by anybody,
and most channels take both away: what is missing is said, and held against nobody.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from bot.domain.case import CaseId
from bot.domain.ward import Point

CLOCK_SLIP = timedelta(hours=26)  # a camera's clock may be wrong, or that of another time zone
TOO_OLD = timedelta(days=60)  # before the case was filed: not "yesterday's photo of it", but another time altogether
FAR = 1500.0  # metres from where the resident says it is; phones are often some hundreds off
_EARTH = 6_371_000.0  # metres


class FindingKind(StrEnum):
    """What was found about a photo."""

    EXACT = "exact"  # the very same file or picture was here before
    ALIKE = "alike"  # the same photo, changed
    BEFORE = "before"  # taken before the case was filed
    LONG_BEFORE = "long_before"  # months before
    AFTER = "after"  # taken after now
    FAR = "far"  # taken far from the case's place
    NO_DATA = "no_data"  # says neither when nor where
    NONE = "none"  # nothing is wrong


REUSED = frozenset({FindingKind.EXACT, FindingKind.ALIKE})
DOUBTS = REUSED | {FindingKind.BEFORE, FindingKind.LONG_BEFORE, FindingKind.AFTER, FindingKind.FAR}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether two pictures are the same photo. `share`: of its parts that look the same, 0 to 1."""

    is_same: bool
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """When and where the camera says it was. `at` without a time zone is the local time of wherever that was."""

    at: datetime | None = None
    point: Point | None = None

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> "Taken":
        """From what `bot.prints.taken` says; what makes no sense is not there."""
        lat, lon = found.get("lat"), found.get("lon")
        point = None
        if isinstance(lat, int | float) and isinstance(lon, int | float) and abs(lat) <= 90 and abs(lon) <= 180:
            point = Point(float(lat), float(lon))
        return cls(_moment(found.get("at"), found.get("offset")), point)

    def at_in(self, zone: tzinfo) -> datetime | None:
        """The moment, in UTC, if the camera was in this zone or says in which."""
        if self.at is None:
            return None
        at = self.at if self.at.tzinfo else self.at.replace(tzinfo=zone)
        try:
            return at.astimezone(UTC)
        except (OverflowError, ValueError):
            return None


def _moment(at: object, offset: object) -> datetime | None:
    if not isinstance(at, str):
        return None
    try:
        if isinstance(offset, str) and offset:
            return datetime.strptime(at + offset, "%Y:%m:%d %H:%M:%S%z")
        return datetime.strptime(at, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the camera's zone is not known
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a photo's time and place are held against: when the case was filed, and where it is, if it says."""

    filed_at: datetime
    point: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found about one photo of a closing.

    `earlier_*` only for a photo that was here before: the attachment it is, the case it belongs to, and when it came. To a
    viewer who may not see that case, `earlier_case` and `earlier_file` are None: only the time may be said.
    """

    photo: str  # the key of the copy that is shown
    kind: FindingKind
    earlier_file: int | None = None
    earlier_case: CaseId | None = None
    earlier_at: datetime | None = None
    taken_at: datetime | None = None
    metres: int | None = None  # from the case's place

    @property
    def is_reused(self) -> bool:
        return self.kind in REUSED


def told_by_the_camera(photo: str, taken: Taken, scene: Scene, *, zone: tzinfo, now: datetime) -> list[Finding]:
    """What the photo's own time and place say, held against the case's; at least one finding."""
    at = taken.at_in(zone)
    if at is None and taken.point is None:
        return [Finding(photo=photo, kind=FindingKind.NO_DATA)]
    found = []
    if at is not None and (kind := _time_kind(at, scene.filed_at, now)):
        found.append(Finding(photo=photo, kind=kind, taken_at=at))
    if taken.point and scene.point:
        metres = distance(taken.point, scene.point)
        if metres > FAR + (scene.point.accuracy or 0.0):
            found.append(Finding(photo=photo, kind=FindingKind.FAR, metres=round(metres), taken_at=at))
    return found or [Finding(photo=photo, kind=FindingKind.NONE, taken_at=at)]


def _time_kind(at: datetime, filed_at: datetime, now: datetime) -> FindingKind | None:
    if at > now + CLOCK_SLIP:
        return FindingKind.AFTER
    if at < filed_at - TOO_OLD:
        return FindingKind.LONG_BEFORE
    if at < filed_at - timedelta(hours=1):
        return FindingKind.BEFORE
    return None


def distance(one: Point, other: Point) -> float:
    """Metres over the ground."""
    lat, other_lat = math.radians(one.lat), math.radians(other.lat)
    half = math.sin((other_lat - lat) / 2) ** 2
    half += math.cos(lat) * math.cos(other_lat) * math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    return 2 * _EARTH * math.asin(math.sqrt(min(1.0, half)))
