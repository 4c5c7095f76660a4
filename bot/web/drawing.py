"""Degrees of the map to the units of a small drawing: what is drawn in a page is drawn here, asking nobody else."""

import math
from collections.abc import Iterable

from bot.routing.outlines import Ring

WIDTH, HEIGHT, EDGE = 320.0, 220.0, 12.0  # of the drawing; a pin near its border still shows whole


class Sheet:
    """Degrees to the drawing's units, north above, as wide as high."""

    def __init__(self, spots: list[tuple[float, float]]) -> None:
        self._west, self._north = min(x for x, _ in spots), max(y for _, y in spots)
        east, south = max(x for x, _ in spots), min(y for _, y in spots)
        self._squeeze = math.cos(math.radians((self._north + south) / 2))
        wide, high = max((east - self._west) * self._squeeze, 1e-9), max(self._north - south, 1e-9)
        self._scale = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high)
        self._left = (WIDTH - wide * self._scale) / 2
        self._top = (HEIGHT - high * self._scale) / 2

    def at(self, lon: float, lat: float) -> tuple[str, str]:
        x = self._left + (lon - self._west) * self._squeeze * self._scale
        y = self._top + (self._north - lat) * self._scale
        return f"{x:.1f}", f"{y:.1f}"

    def path(self, ring: Ring) -> str:
        return "M" + "L".join(" ".join(self.at(lon, lat)) for lon, lat in ring) + "Z"


def border(rings: Iterable[Ring]) -> str:
    """A ward's border as the path of an SVG of `WIDTH` by `HEIGHT`; empty where there is none."""
    known = list(rings)
    sheet = Sheet([spot for ring in known for spot in ring]) if known else None
    return " ".join(sheet.path(ring) for ring in known) if sheet else ""
