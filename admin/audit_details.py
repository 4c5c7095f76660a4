"""What was recorded beside an act, in words: names of settings, roles, wards, desks. Never a resident's sentences."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from admin.guard import Visit
from admin.settings.choices import ward_of
from bot.wording import has

# What these hold is one of a list; each thing on it has a name of its own.
_NAMED = {"role": "settings_role_", "unit": "settings_unit_", "desk": "desk_desk_", "outcome": "outcome_", "by": "audit_by_"}
_YES_OR_NO = {
    "is_worked": ("settings_day_worked", "settings_day_off"),
    "is_active": ("settings_template_active", "settings_template_away"),
}
_SHOWN = (
    "role",
    "ward",
    "unit",
    "desk",
    "outcome",
    "deputy",
    "from",
    "until",
    "is_worked",
    "working_days",
    "is_active",
    "at_night",
    "by",
    "which",
    "how_many",
    "discard_reason",
)


def told(visit: Visit, details: Mapping[str, Any]) -> str:
    """ "Cán bộ phường, xã · Phường Phú Thượng": what is shown of the details; what has no words yet, as recorded."""
    return " · ".join(_said(visit, name, details[name]) for name in _SHOWN if details.get(name) not in (None, ""))


def _said(visit: Visit, name: str, value: Any) -> str:
    if name in _NAMED and has(visit.language, key := f"{_NAMED[name]}{value}"):
        return visit.say(key)
    if name in _YES_OR_NO:
        return visit.say(_YES_OR_NO[name][0 if value else 1])
    if name == "ward":
        ward = ward_of(visit, str(value)) or str(value)
        return ward[:1].upper() + ward[1:]
    if name in ("from", "until"):
        return visit.say(f"audit_{name}", day=_day(str(value)))
    if name == "deputy":
        return visit.say("audit_deputy", who=value)
    if name == "which":
        return visit.say(f"trouble_{value}")
    if name in ("how_many", "discard_reason"):
        return str(value)
    if name == "at_night":
        return visit.say("audit_at_night")
    if name == "working_days":
        return visit.say("audit_working_days", n=value)
    return f"{name}={value}"


def _day(written: str) -> str:
    """As people write it; what is no day, as it is."""
    try:
        return f"{date.fromisoformat(written):%d/%m/%Y}"
    except ValueError:
        return written
