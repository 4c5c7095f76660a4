"""When and where a camera says that a picture was taken. What that is worth, `bot.domain.evidence` decides."""

import io
from typing import Any

from PIL import Image

_CAMERA, _PLACE = 0x8769, 0x8825  # EXIF's own directories. JEITA CP-3451
_TAKEN_AT, _DIGITISED_AT, _OFFSET = 0x9003, 0x9004, 0x9011
_LAT_SIDE, _LAT, _LON_SIDE, _LON = 1, 2, 3, 4
_LONGEST = 40  # characters of a time


def taken(data: bytes, format_name: str) -> dict[str, str | float]:
    """`at` ("2026:11:20 10:00:00" as the camera wrote it), `offset` ("+07:00"), `lat`, `lon`: those that there are."""
    with Image.open(io.BytesIO(data), formats=[format_name]) as image:
        exif = image.getexif()
        camera, place = exif.get_ifd(_CAMERA), exif.get_ifd(_PLACE)
    found: dict[str, str | float] = {}
    at = camera.get(_TAKEN_AT) or camera.get(_DIGITISED_AT)
    if isinstance(at, str) and at.strip():
        found["at"] = at.strip("\0 ")[:_LONGEST]
        offset = camera.get(_OFFSET)
        if isinstance(offset, str):
            found["offset"] = offset.strip("\0 ")[:_LONGEST]
    lat, lon = _degrees(place.get(_LAT), place.get(_LAT_SIDE)), _degrees(place.get(_LON), place.get(_LON_SIDE))
    if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180 and (lat or lon):
        found |= {"lat": lat, "lon": lon}
    return found


def _degrees(parts: Any, side: Any) -> float | None:
    """Degrees, minutes and seconds as one number, south and west below zero. None for what is none."""
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
        value = degrees + minutes / 60 + seconds / 3600
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if value != value or abs(value) > 180:
        return None
    return -value if str(side).strip("\0 ").upper() in ("S", "W") else value
