"""A case on the map: the ward's border and the pin as a drawing made here; nothing is asked of anybody else for it."""

import math

from admin.case.parts import MapPart
from bot.domain.case import Case
from bot.domain.ward import Point
from bot.routing.outlines import outlines, streets_of
from bot.web.drawing import Sheet

MOST_STREETS = 8


def map_part(case: Case) -> MapPart | None:
    """None where there is neither a ward's border nor a place on this earth."""
    rings = outlines().get(case.ward_code, ()) if case.ward_code else ()
    pin = case.point if case.point and _is_on_earth(case.point) else None
    if not rings:
        return None
    spots = [spot for ring in rings for spot in ring]
    if pin and not _is_far(pin, spots):
        spots.append((pin.lon, pin.lat))
    else:
        pin = None
    draw = Sheet(spots)
    return MapPart(
        border=" ".join(draw.path(ring) for ring in rings),
        pin=draw.at(pin.lon, pin.lat) if pin else None,
        streets=streets_of().get(case.ward_code, ())[:MOST_STREETS] if case.ward_code else (),
    )


def _is_on_earth(point: Point) -> bool:
    return abs(point.lat) <= 90 and abs(point.lon) <= 180


def _is_far(pin: Point, spots: list[tuple[float, float]]) -> bool:
    """A pin in another part of the city would leave nothing of the ward to see."""
    middle = (sum(x for x, _ in spots) / len(spots), sum(y for _, y in spots) / len(spots))
    return math.hypot(pin.lon - middle[0], pin.lat - middle[1]) > 0.25
