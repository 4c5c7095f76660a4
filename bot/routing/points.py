"""A point on the map → the wards it lies in, or so near to that nobody can say.

The polygons and the geometry library (and numpy behind it) cost memory and time, so both are loaded with the first point
and never before: most residents write a name.
"""

import json
import math
from pathlib import Path
from typing import Any

from bot.domain.ward import Point, WardCode
from bot.routing.wards import DATA

NEAR_BORDER = 25.0  # metres; the least that a phone's position may be off
FARTHEST = 1_000.0  # metres; a position less exact than that names no ward, it only hints
_MOST = 5  # wards a vague position may hint at
_METRES_PER_LAT = 110_574.0
_METRES_PER_LON = 111_320.0 * math.cos(math.radians(21.0))  # the city spans less than a degree: 0.3 % at its edges


class WardMap:
    """The wards' polygons, in metres, in a search tree."""

    def __init__(self, folder: Path = DATA) -> None:
        self._folder = folder
        self._tree: Any = None  # shapely has no types; see `_load`
        self._codes: list[WardCode] = []

    @property
    def is_loaded(self) -> bool:
        return self._tree is not None

    def wards_at(self, point: Point) -> tuple[tuple[WardCode, float], ...]:
        """Wards within the point's accuracy, with their distance in metres (0: inside), nearest first.

        Empty outside the city, and for what is no place on earth.
        """
        if not _is_on_earth(point):
            return ()
        if self._tree is None:
            self._load()
        from shapely import Point as Place

        place = Place(point.lon * _METRES_PER_LON, point.lat * _METRES_PER_LAT)
        near = self._tree.query(place, predicate="dwithin", distance=_radius(point))
        found = [(self._codes[at], float(self._tree.geometries[at].distance(place))) for at in near]
        return tuple(sorted(found, key=lambda ward: (ward[1], ward[0]))[:_MOST])

    def _load(self) -> None:
        from shapely import STRtree, transform
        from shapely.geometry import shape

        features = json.loads((self._folder / "ward_boundaries.geojson").read_bytes())["features"]
        self._codes = [WardCode(feature["properties"]["code"]) for feature in features]
        metres = [_METRES_PER_LON, _METRES_PER_LAT]
        self._tree = STRtree([transform(shape(feature["geometry"]), lambda xy: xy * metres) for feature in features])


def _is_on_earth(point: Point) -> bool:
    return math.isfinite(point.lat) and math.isfinite(point.lon) and abs(point.lat) <= 90 and abs(point.lon) <= 180


def _radius(point: Point) -> float:
    stated = point.accuracy if point.accuracy is not None and math.isfinite(point.accuracy) else NEAR_BORDER
    return min(max(stated, NEAR_BORDER), FARTHEST)
