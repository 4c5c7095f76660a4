"""The map of places with many reports, as SVG: the wards' borders, and a circle each, larger where more came from.

A circle's number is its line's in the table beside the map. Circles that would lie on one another are moved apart, and a
line leads to where they belong. No place below five cases is ever on it, whatever was counted: few cases of one spot
may tell who lives there and wrote them.

Source of the borders: OpenStreetMap contributors, ODbL; the credit is in the picture.
"""

from collections.abc import Iterable, Sequence
from math import cos, hypot, isfinite, radians, sqrt

from bot.domain.figures import SMALL
from bot.domain.people import Language
from bot.domain.review import HotSpot
from bot.domain.ward import WardCode
from bot.papers.charts import Drawn, environment
from bot.papers.places import Places
from bot.routing.outlines import Ring
from bot.wording import say

MOST = 20  # spots on a map
_WIDTH, _TALLEST, _MARGIN = 640, 620, 14
_CLOSE = 1.2  # units between two corners of a border; nearer ones cannot be told apart on paper
_LEAST_RADIUS, _MOST_RADIUS = 9.0, 17.0
_ROUNDS = 60


def spots_shown(spots: Iterable[HotSpot]) -> list[HotSpot]:
    """Those that may be shown, most cases first and else as they were counted; their order numbers them."""
    fit = [one for one in spots if one.cases >= SMALL and isfinite(one.point.lat) and isfinite(one.point.lon)]
    return sorted(fit, key=lambda one: -one.cases)[:MOST]


class _Sheet:
    """Degrees to units of the picture: the frame of what is shown, north up."""

    def __init__(self, rings: Sequence[Ring]) -> None:
        xs = [x for ring in rings for x, _ in ring]
        ys = [y for ring in rings for _, y in ring]
        self._squeeze = cos(radians((min(ys) + max(ys)) / 2))
        self._west, self._north = min(xs), max(ys)
        wide = max((max(xs) - min(xs)) * self._squeeze, 1e-6)
        tall = max(max(ys) - min(ys), 1e-6)
        self._scale = min((_WIDTH - 2 * _MARGIN) / wide, (_TALLEST - 2 * _MARGIN) / tall)
        self._indent = (_WIDTH - wide * self._scale) / 2
        self.height = round(tall * self._scale + 2 * _MARGIN + 18)

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        x = (lon - self._west) * self._squeeze * self._scale + self._indent
        return x, (self._north - lat) * self._scale + _MARGIN

    def has(self, x: float, y: float) -> bool:
        return 0 <= x <= _WIDTH and 0 <= y <= self.height

    def path(self, rings: Sequence[Ring]) -> str:
        """Empty when nothing of it is on the sheet."""
        pieces, is_seen = [], False
        for ring in rings:
            last, steps = None, []
            for lon, lat in ring:
                x, y = self.place(lon, lat)
                is_seen = is_seen or self.has(x, y)
                if last is None or hypot(x - last[0], y - last[1]) >= _CLOSE:
                    steps.append(f"{x:.1f} {y:.1f}")
                    last = (x, y)
            if len(steps) > 2:
                pieces.append(f"M{'L'.join(steps)}Z")
        return "".join(pieces) if is_seen else ""


def draw_map(spots: Sequence[HotSpot], ward_code: str | None, places: Places, language: Language, said: str) -> Drawn | None:
    """A ward with its neighbours around it, or the whole city. None without borders.

    Args:
        spots: As `spots_shown` gives them.
        ward_code: None for the city.
        places: Whose borders are drawn.
        language: Of the credit.
        said: The map in words.
    """
    rings = places.rings
    own = [WardCode(ward_code)] if ward_code else list(rings)
    framed = [ring for code in own for ring in rings.get(code, ())]
    if not framed:
        return None
    sheet = _Sheet(framed)
    others = [code for code in rings if code not in own]
    drawn = (
        environment()
        .get_template("map.svg")
        .render(
            width=_WIDTH,
            height=sheet.height,
            said=said,
            around=[path for code in others if (path := sheet.path(rings[code]))],
            inside=[path for code in own if (path := sheet.path(rings.get(code, ())))],
            stroke=1.4 if ward_code else 0.6,
            spots=_circles(spots, sheet),
            credit=say(language, "paper_map_credit"),
        )
    )
    return Drawn(drawn, _WIDTH, sheet.height)


def _circles(spots: Sequence[HotSpot], sheet: _Sheet) -> list[dict[str, object]]:
    most = max((spot.cases for spot in spots), default=1)
    true = [sheet.place(spot.point.lon, spot.point.lat) for spot in spots]
    radii = [max(_LEAST_RADIUS, _MOST_RADIUS * sqrt(spot.cases / most)) for spot in spots]
    moved = _apart(true, radii, sheet)
    found: list[dict[str, object]] = []
    for number, ((true_x, true_y), (x, y), radius) in enumerate(zip(true, moved, radii, strict=True), start=1):
        if sheet.has(true_x, true_y):
            is_moved = hypot(x - true_x, y - true_y) > radius / 2
            found.append(
                {
                    "number": number,
                    "x": round(x, 1),
                    "y": round(y, 1),
                    "r": round(radius, 1),
                    "true_x": round(true_x, 1),
                    "true_y": round(true_y, 1),
                    "is_moved": is_moved,
                }
            )
    return found


def _apart(true: Sequence[tuple[float, float]], radii: Sequence[float], sheet: _Sheet) -> list[tuple[float, float]]:
    """Push circles that overlap away from each other, a little at a time; the same way each time."""
    at = [list(place) for place in true]
    for _ in range(_ROUNDS):
        is_still = True
        for one in range(len(at)):
            for other in range(one):
                dx, dy = at[one][0] - at[other][0], at[one][1] - at[other][1]
                far, wanted = hypot(dx, dy), radii[one] + radii[other] + 2
                if far >= wanted:
                    continue
                is_still = False
                if far < 1e-3:
                    dx, dy, far = 1.0, 0.3 * (one - other), 1.0
                push = (wanted - far) / 2 / far
                at[one][0] += dx * push
                at[one][1] += dy * push
                at[other][0] -= dx * push
                at[other][1] -= dy * push
        if is_still:
            break
    return [
        (min(max(x, radius), _WIDTH - radius), min(max(y, radius), sheet.height - 18 - radius))
        for (x, y), radius in zip(at, radii, strict=True)
    ]
