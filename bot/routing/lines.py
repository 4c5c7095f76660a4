"""One line in, one JSON line out: how `homthu route` and other programs ask where something belongs."""

import re
from typing import Any

from bot.domain.ward import Point
from bot.routing.routing import Router, Routing

_POINT = re.compile(r"\s*([-+]?\d{1,3}(?:\.\d{1,20})?)\s*,\s*([-+]?\d{1,3}(?:\.\d{1,20})?)\s*")


def route_line(router: Router, line: bytes) -> dict[str, Any]:
    """The routing of a text or of `lat,lon`, ready for JSON: `decision`, `wards` and `why`. Any bytes will do."""
    text = line.decode(errors="replace").strip()
    place = _POINT.fullmatch(text)
    return as_dict(router.route("", Point(float(place[1]), float(place[2])))) if place else as_dict(router.route(text))


def as_dict(found: Routing) -> dict[str, Any]:
    """A routing as the contract shows it."""
    wards = [{"code": ward.code, "name": ward.name, "score": ward.score} for ward in found.wards]
    return {"decision": found.decision, "wards": wards, "why": list(found.why)}
