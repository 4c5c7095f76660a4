"""The other cases on a case's page: merged, linked, near; never one that the viewer may not see."""

from collections.abc import Iterable, Mapping, Sequence

from admin.case.parts import TiedLine, TiesPart
from admin.guard import Visit
from bot.domain.case import Case, CaseCode, CaseStatus
from bot.domain.rights import Right
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import UnitOfWork

NEAR = 200.0  # metres
EXCERPT = 90  # characters
_NAMED_BY = ("main", "joined", "left", "left_main", "other")  # details of events that hold another case's code
MOST = 200  # other cases that a page looks up


async def read_ties(
    visit: Visit, uow: UnitOfWork, case: Case, timeline: Sequence[CaseEvent]
) -> tuple[list[Case], list[Case]]:
    """The cases that the timeline names, and those that are near; as far as the viewer may see them."""
    codes = list(dict.fromkeys(code for event in reversed(timeline) for code in codes_in(event)))[:MOST]
    named = await uow.ties.among(visit.viewer, codes)
    return named, await uow.ties.near(visit.viewer, case, metres=NEAR)


def codes_in(event: CaseEvent) -> Iterable[CaseCode]:
    """The codes of other cases that this event holds."""
    details = event.details or {}
    return [CaseCode(details[name]) for name in _NAMED_BY if details.get(name)]


def may_be_told(event: CaseEvent, visible: Mapping[CaseCode, Case]) -> bool:
    """Whether the event may stand on the page: one about another case only to whoever may know of that."""
    if event.kind in (EventKind.LINKED, EventKind.JOINED, EventKind.SPLIT):
        return all(code in visible for code in codes_in(event))
    return True


def ties_part(
    visit: Visit, case: Case, named: Sequence[Case], near: Sequence[Case], timeline: Sequence[CaseEvent]
) -> TiesPart:
    """What the page shows; each case once, the closest tie first."""
    by_id = {other.id: other for other in named}
    main = by_id.get(case.main_case_id) if case.main_case_id is not None else None
    joined = [other for other in named if other.main_case_id == case.id]
    linked = linked_codes(timeline)
    lines = [_line(main, "desk_case_tie_main")] if main else []
    lines += [_line(other, "desk_case_tie_joined") for other in joined]
    lines += [_line(other, "desk_case_tie_linked", is_linked=True) for other in named if other.code in linked]
    known = {line.code for line in lines} | {case.code}
    lines += [_line(other, "desk_case_tie_near") for other in near if other.code not in known]
    return TiesPart(
        main_code=main.code if main else None,
        lines=list({line.code: line for line in reversed(lines)}.values())[::-1],
        may_tie=visit.viewer.may(Right.MERGE),
        is_joined=case.main_case_id is not None,
    )


def linked_codes(timeline: Sequence[CaseEvent]) -> set[CaseCode]:
    """The cases that this one is linked with at present."""
    found: set[CaseCode] = set()
    for event in timeline:
        details = event.details or {}
        if event.kind is EventKind.LINKED and (other := details.get("other")):
            (found.discard if details.get("off") else found.add)(CaseCode(other))
    return found


def _line(other: Case, how_key: str, *, is_linked: bool = False) -> TiedLine:
    words = " ".join(other.text.split())
    return TiedLine(
        code=other.code,
        how_key=how_key,
        is_linked=is_linked,
        is_open=other.status is CaseStatus.OPEN,
        excerpt=words if len(words) <= EXCERPT else f"{words[:EXCERPT].rstrip()}…",
        created_at=other.created_at,
    )
