"""What can be wrong with the polygons of another city's wards. The tables are looked at in `bot.routing.importing`."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

MOST_SHARED = 1_000.0  # square metres; borders drawn twice differ by slivers
_METRES = 111_320.0  # a degree of latitude


def problems_of_map(path: Path, codes: set[str], points: Mapping[str, tuple[float, float]]) -> Iterator[str]:
    """Args:
    codes: The wards; each must have exactly one feature.
    points: (lat, lon) of wards; each must lie in its own polygon.
    """
    from shapely import Point

    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        found = [(str(feature["properties"]["code"]), feature["geometry"]) for feature in features]
    except UnicodeDecodeError:
        yield f"{path.name}: not UTF-8"
        return
    except (ValueError, KeyError, TypeError, RecursionError):
        yield f"{path.name}: not GeoJSON with a `code` among the properties of every feature"
        return
    shapes: dict[str, Any] = {}
    for code, geometry in found:
        if code not in codes:
            yield f"{path.name}: {code!r} is no ward of wards.csv"
        elif code in shapes:
            yield f"{path.name}: ward {code} stands there twice"
        else:
            shapes[code], wrong = _shape(geometry)
            if wrong:
                yield f"{path.name}: ward {code}: {wrong}"
    for code in sorted(codes - shapes.keys()):
        yield f"{path.name}: ward {code} has no polygon"
    valid = {code: shape for code, shape in shapes.items() if shape is not None}
    for code, (lat, lon) in points.items():
        if code in valid and not valid[code].covers(Point(lon, lat)):
            yield f"{path.name}: ward {code}: its point of wards.csv lies outside its polygon"
    yield from _overlaps(path.name, valid)


def _shape(geometry: Any) -> tuple[Any, str]:
    """The polygon, or what is wrong with it."""
    from shapely import is_valid_reason
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    try:
        found = shape(geometry)
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None, "not a polygon"
    if found.geom_type not in ("Polygon", "MultiPolygon") or found.is_empty:
        return None, "not a polygon"
    if not found.is_valid:
        return None, f"the polygon is invalid: {is_valid_reason(found)}"
    west, south, east, north = found.bounds
    if (
        not all(map(math.isfinite, found.bounds))
        or min(west, south) < -180
        or max(east, north) > 180
        or max(-south, north) > 90
    ):
        return None, "the polygon is no place on earth (degrees, longitude first)"
    return found, ""


def _overlaps(name: str, shapes: Mapping[str, Any]) -> Iterator[str]:
    from shapely import STRtree

    codes = list(shapes)
    tree = STRtree([shapes[code] for code in codes])
    for first, code in enumerate(codes):
        for second in sorted(int(at) for at in tree.query(shapes[code], predicate="intersects")):
            if second <= first:
                continue
            shared = shapes[code].intersection(shapes[codes[second]])
            metres = shared.area * _METRES**2 * math.cos(math.radians(shapes[code].centroid.y))
            if metres > MOST_SHARED:
                yield f"{name}: wards {code} and {codes[second]} overlap by {metres:,.0f} m²"
