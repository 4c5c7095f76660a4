"""The boards of a ward on its border, drawn here; nothing is asked of anybody else for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.ledger import Board, Condition
from bot.domain.ward import WardCode
from bot.routing.outlines import outlines
from bot.web.drawing import Sheet


@dataclass(frozen=True, slots=True)
class Pin:
    """A board on the drawing."""

    id: int
    x: str
    y: str
    is_good: bool


@dataclass(frozen=True, slots=True)
class WardMap:
    """A border as an SVG path, and the boards whose point is known and near."""

    border: str
    pins: Sequence[Pin]


def ward_map(ward_code: WardCode, boards: Sequence[Board]) -> WardMap | None:
    """None where no board of it has a point, or the ward no border."""
    rings = outlines().get(ward_code, ())
    spots = [spot for ring in rings for spot in ring]
    if not rings:
        return None
    west, east = min(x for x, _ in spots) - 0.02, max(x for x, _ in spots) + 0.02
    south, north = min(y for _, y in spots) - 0.02, max(y for _, y in spots) + 0.02
    near = [
        (board, board.point)
        for board in boards
        if board.point and west <= board.point.lon <= east and south <= board.point.lat <= north
    ]
    if not near:
        return None
    sheet = Sheet([*spots, *((point.lon, point.lat) for _, point in near)])
    pins = [Pin(board.id, *sheet.at(point.lon, point.lat), board.condition is Condition.GOOD) for board, point in near]
    return WardMap(border=" ".join(sheet.path(ring) for ring in rings), pins=pins)
