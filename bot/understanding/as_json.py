"""What `homthu understand` prints for one text."""

from typing import Any

from bot.routing import Router
from bot.routing.lines import as_dict
from bot.understanding.understand import understand_text


def as_json(text: str, places: Router) -> dict[str, Any]:
    """The proposal for a text as plain values; `start` and `end` are character offsets in it."""
    found = understand_text(text)
    return {
        "kind": found.kind.value,
        "category": found.category,
        "confidence": found.confidence,
        "emergency": found.is_emergency,
        "emergency_kind": found.emergency_kind,
        "sensitive": found.is_sensitive,
        "alternatives": [{"category": category, "confidence": sure} for category, sure in found.alternatives],
        "why": list(found.why),
        "personal_data": [{"type": span.type, "start": span.start, "end": span.end} for span in found.personal_data],
        "route": as_dict(places.route(text)),
    }
