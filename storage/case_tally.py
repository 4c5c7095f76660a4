"""What happened to a case, counted on its row: the figures are read from an index, and no event is fetched for them.

`cases.tally` is one number of ten digits in base 32, a digit for each thing that is counted: so an index holds them all in
a few bytes, and a year's cases are added up without fetching one. A digit stays at 31: what happened more often than that
to one case is no matter for statistics. It is written in the transaction of what happened, where that is recorded.
"""

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import bindparam, case, literal, update

from bot.domain.thread import CaseEvent
from storage.link import Link
from storage.tables import cases
from storage.types import Id

BASE = 32
# What is counted, lowest digit first. The closing itself comes first: most cases are closed once, and their number is 1.
COUNTED = (
    "closings",
    "objections",  # closings that the resident disputed
    "reopenings",  # closings after which the resident wrote more
    "bare",  # closed as done, with nothing to prove it
    "quick",  # closed within `QUICK_MINUTES` of being filed or opened again
    "overrides",  # closed although something was missing: a leader's word
    "came_back",  # planned, and the day went by
    "postponed",
    "escalated",
    "undelivered",  # answers and closings alone
    "untold",  # closings from before the gate: nobody knows whether they were bare, quick or overridden
)
WEIGHT: dict[str, int] = {name: BASE**place for place, name in enumerate(COUNTED)}
_BY_KIND = {
    "closed": "closings",
    "disputed": "objections",
    "came_back": "came_back",
    "postponed": "postponed",
    "escalated": "escalated",
    "undelivered": "undelivered",
}
_weight = bindparam("weight", type_=Id)
_has_room = (cases.c.tally / _weight) % literal(BASE, Id) < literal(BASE - 1, Id)
_count = (
    update(cases)
    .where(cases.c.id == bindparam("row", type_=Id))
    .values(tally=case((_has_room, cases.c.tally + _weight), else_=cases.c.tally))
)


@lru_cache(maxsize=4096)
def digits(tally: int) -> Mapping[str, int]:
    """The number taken apart: what happened, and how often."""
    return {name: tally // weight % BASE for name, weight in WEIGHT.items()}


async def count_event(link: Link, event: CaseEvent) -> None:
    """Add what this event is counted as, if anything."""
    name = _BY_KIND.get(event.kind.value)
    if event.kind.value in ("added", "edited") and (event.details or {}).get("reopened"):
        name = "reopenings"
    if name == "undelivered" and "answer" not in (event.details or {}):
        name = None  # a receipt or a reminder: no answer that the resident waits for
    if name is not None:
        await _add(link, event.case_id, name)


async def count_closing(link: Link, case_id: int, *, is_bare: bool, is_quick: bool, is_overridden: bool) -> None:
    """Add what there is to say against a closing. That it closed is told by its event."""
    for name, is_so in (("bare", is_bare), ("quick", is_quick), ("overrides", is_overridden)):
        if is_so:
            await _add(link, case_id, name)


async def _add(link: Link, case_id: int, name: str) -> None:
    await link.run(_count, {"row": case_id, "weight": WEIGHT[name]})
