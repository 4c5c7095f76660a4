"""The places of the desk that stand in its bar: one row each, shown to those whose role may go there.

Being listed here opens nothing: every page asks for its right itself (`admin.guard`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.people import Role
from bot.domain.rights import Right, may


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the bar. `rights`: any of them is enough; none named: for everybody who is signed in."""

    path: str
    wording_key: str
    rights: tuple[Right, ...] = ()


PLACES: Sequence[Place] = (
    Place("/staff/", "desk_queue_title", (Right.READ_CASE,)),
    Place("/staff/counter", "counter_title", (Right.FILE_FOR_SOMEONE,)),
    Place("/staff/mentions", "desk_case_mentions", (Right.NOTE,)),
    Place("/staff/dashboard", "dashboard_title", (Right.DASHBOARD,)),
    Place("/staff/reports", "reports_title", (Right.DASHBOARD,)),
    Place("/staff/campaign", "campaign_title", (Right.DASHBOARD,)),
    Place("/staff/published", "publish_list", (Right.PUBLISH,)),
    Place("/staff/audit", "audit_title", (Right.AUDIT,)),
    Place("/staff/trouble", "trouble_title", (Right.OPERATE,)),
    Place("/staff/settings", "settings_title"),
)


def places_of(role: Role) -> list[Place]:
    """In the order of the bar."""
    return [place for place in PLACES if not place.rights or any(may(role, right) for right in place.rights)]


def is_at(place: Place, path: str) -> bool:
    """Whether the page at `path` belongs to this place: the cases belong to the queue."""
    if place.path == "/staff/":
        return path == "/staff/" or path.startswith(("/staff/cases/", "/staff/bulk"))
    return path == place.path or path.startswith(f"{place.path}/")
