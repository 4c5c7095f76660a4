"""Takes single values out of JSON that anybody may have written: the right type, within bounds, or nothing."""

from collections.abc import Mapping
from typing import Any

from bot.domain.ward import Point
from handlers.channels.telegram_updates import clean

_NOTHING: Mapping[str, Any] = {}
LARGEST_WHOLE = 1 << 53


def mapping(value: object) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def string(value: object) -> str:
    """Text without NUL and lone surrogates, or none."""
    return clean(value) if isinstance(value, str) else ""


def whole(value: object) -> int | None:
    """A whole number from 0 to 2^53; `True` is none."""
    return value if type(value) is int and 0 <= value < LARGEST_WHOLE else None


def point_of(value: object) -> Point | None:
    """A place on earth, or None. `horizontal_accuracy` is in metres, 0 to 1500."""
    place = mapping(value)
    lat, lon, accuracy = (_decimal(place.get(name)) for name in ("latitude", "longitude", "horizontal_accuracy"))
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return Point(lat, lon, accuracy if accuracy is not None and 0 <= accuracy <= 100_000 else None)


def _decimal(value: object) -> float | None:
    """NaN and the infinities come out as they are: every comparison with bounds refuses them."""
    if type(value) is float:
        return value
    return float(value) if type(value) is int and abs(value) < LARGEST_WHOLE else None
