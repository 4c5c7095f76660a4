"""The board of the codes that a case came through or is about, on the case's page. Saying so is `admin.case.acts`."""

from collections.abc import Sequence

from admin.case.parts import BoardOption, CaseBoardPart
from admin.guard import Visit
from bot.domain.case import Case, CaseKind
from bot.domain.ledger import Board
from bot.domain.rights import Right
from bot.domain.thread import CaseEvent
from bot.ports import UnitOfWork


async def read_board_part(visit: Visit, uow: UnitOfWork, case: Case, timeline: Sequence[CaseEvent]) -> CaseBoardPart | None:
    """None where the case has to do with no board: its timeline says whether it came through one."""
    is_panel = case.kind is CaseKind.PANEL
    if not is_panel and not any((event.details or {}).get("board") for event in timeline[:1]):
        return None
    came_from, about = await uow.boards.of_case(case.id)
    boards: list[Board] = []
    if is_panel and case.ward_code and visit.viewer.may(Right.NOTE):
        boards = await uow.boards.of(visit.viewer, case.ward_code)
    if came_from is None and about is None and not boards:
        return None
    return CaseBoardPart(
        came_from=came_from.place if came_from else "",
        came_from_id=came_from.id if came_from else None,
        about=about.place if about else "",
        about_id=about.id if about else None,
        choices=[BoardOption(id=board.id, place=board.place) for board in boards],
    )
