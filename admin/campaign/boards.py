"""The boards of a ward, those longest due first; one tap says "looked at, good"; a new one is entered below."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aiohttp import web

from admin.campaign.common import (
    BOARDS,
    Head,
    asked_ward,
    codes,
    entered_ward,
    head_of,
    shown_day,
    submit,
)
from admin.campaign.common import today as today_of
from admin.campaign.drawing import WardMap, ward_map
from admin.guard import Visit
from admin.pages import Frame
from admin.settings.choices import ward_of
from admin.settings.fields import Field, Typed, ask
from bot.domain.ledger import LONGEST_PLACE, Board, Condition, Photo
from bot.ports import UnitOfWork
from bot.services.boards import put_up_board
from bot.web import keys, render
from bot.web.forms import Form

FORM = "board-form"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """A board of the list."""

    id: int
    version: int
    place: str
    ward: str  # its name where boards of several wards are shown
    code_key: str
    condition: str
    condition_key: str
    is_good: bool
    is_due: bool
    due: str
    checked: str
    reports: int
    small: str  # the path of its small picture; empty where there is none


@dataclass(frozen=True, kw_only=True)
class BoardsPage:
    """Everything `staff/campaign/boards.html` may use."""

    head: Head
    frame: Frame
    boards: Sequence[BoardLine]
    fields: Sequence[Field]
    map: WardMap | None
    is_open: bool  # the form for a new one


async def show_boards(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_board(visit: Visit) -> web.StreamResponse:
    async def act(uow: UnitOfWork, form: Form, photo: Photo | None) -> None:
        await put_up_board(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            ward_code=entered_ward(visit, form),
            code=form.text("code"),
            place=form.text("place"),
            spot=form.text("spot"),
            day=form.text("day"),
            photo=photo,
            zone=visit.request.app[keys.SETTINGS].zone,
            now=visit.now,
        )

    return await submit(visit, FORM, act, _show, then=BOARDS)


async def _show(visit: Visit, typed: Typed) -> web.Response:
    head, ward, today = head_of(visit, typed), asked_ward(visit), today_of(visit)
    async with visit.request.app[keys.STORAGE].reading() as uow:
        found = await uow.boards.of(visit.viewer, ward)
    page = BoardsPage(
        head=head,
        frame=visit.frame,
        boards=[board_line(visit, board, today, is_one_ward=ward is not None) for board in found],
        fields=board_fields(visit, typed, FORM, day=today.isoformat()) if head.may_enter else [],
        map=ward_map(ward, found) if ward else None,
        is_open=typed.form == FORM or not found,
    )
    return render(visit.request, "staff/campaign/boards.html", page)


def board_fields(
    visit: Visit, typed: Typed, form: str, *, day: str = "", code: str = "", place: str = "", spot: str = ""
) -> list[Field]:
    """What is told of a board; `day` only of a new one."""
    found = [
        ask(
            typed,
            form,
            "place",
            "campaign_place",
            kept=place,
            hint_key="campaign_place_hint",
            longest=LONGEST_PLACE,
            is_needed=True,
        ),
        ask(typed, form, "code", "campaign_code", kept=code, kind="select", options=codes(visit), is_needed=True),
        ask(typed, form, "spot", "campaign_spot", kept=spot, hint_key="campaign_spot_hint", longest=60),
    ]
    return [*found, ask(typed, form, "day", "campaign_posted_on", kept=day, kind="date")] if day else found


def board_line(visit: Visit, board: Board, today: date, *, is_one_ward: bool) -> BoardLine:
    return BoardLine(
        id=board.id,
        version=board.version,
        place=board.place,
        ward="" if is_one_ward else ward_of(visit, board.ward_code),
        code_key=f"campaign_code_{board.code.value}",
        condition=board.condition.value,
        condition_key=f"campaign_condition_{board.condition.value}",
        is_good=board.condition is Condition.GOOD,
        is_due=board.due_on <= today,
        due=shown_day(board.due_on),
        checked=shown_day(board.checked_on),
        reports=board.reports,
        small=f"{BOARDS}/{board.id}/photos/{board.photo_of}/small" if board.photo_of else "",
    )
