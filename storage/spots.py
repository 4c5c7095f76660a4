"""Where a case is, as it lies in the database: exactly and sealed, and coarsely where neighbours are looked up by it.

A point may be somebody's door. What lies open is cut to a thousandth of a degree, some hundred metres, and of a case about
an official nothing: a dump of the database must not lead to whoever wrote.
"""

from typing import Any

from sqlalchemy import Row

from bot.domain.case import Desk
from bot.domain.ward import Point

DECIMALS = 3  # of a degree
COARSE = 0.5 * 10**-DECIMALS  # degrees that what lies open is off at most
TELLS_NOTHING = (Desk.LEADERS.value, Desk.RESTRICTED.value)  # desks


def spot_values(point: Point | None, *, desk: str, is_sensitive: bool) -> dict[str, Any]:
    """The columns of a case."""
    if point is None:
        return {"spot": None, "lat": None, "lon": None, "accuracy": None}
    hides = is_sensitive or desk in TELLS_NOTHING
    return {
        "spot": sealed_point(point),
        "lat": None if hides else round(point.lat, DECIMALS),
        "lon": None if hides else round(point.lon, DECIMALS),
        "accuracy": None,
    }


def sealed_point(point: Point) -> list[float | None]:
    """For a column that lies sealed."""
    return [point.lat, point.lon, point.accuracy]


def point_of(row: Row[Any]) -> Point | None:
    """The exact one; of what was kept before points were sealed, until `sealing_up` has come there, what lies open."""
    if row.spot is not None:
        lat, lon, accuracy = row.spot
        return Point(lat, lon, accuracy)
    if row.lat is None:
        return None
    accuracy = getattr(row, "accuracy", None)
    # SQLite hands 21.0 back as 21 from an UPDATE … RETURNING.
    return Point(float(row.lat), float(row.lon), None if accuracy is None else float(accuracy))
