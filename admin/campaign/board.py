"""One board: how it is, one tap to say that it was seen and is good, its history, and the cases that it brought."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.campaign.boards import BoardLine, board_fields, board_line
from admin.campaign.common import BOARDS, Head, head_of, options, shown_day, submit
from admin.campaign.common import today as today_of
from admin.case.photos import serve_small_of
from admin.files import inline
from admin.guard import Visit
from admin.pages import Frame
from admin.settings.choices import ward_of
from admin.settings.fields import Field, Typed, ask
from admin.settings.forms import number_in_path
from bot.domain.ledger import LONGEST_WORDS, Board, BoardCheck, Condition, Look, Photo
from bot.domain.rights import Right
from bot.ports import UnitOfWork
from bot.services.boards import change_board, look_at_board
from bot.services.setting import holds
from bot.web import keys, render
from bot.web.forms import Form

LOOK, CHANGE = "board-look-form", "board-change-form"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """A line of its history."""

    day: str
    look_key: str
    condition_key: str
    is_good: bool
    note: str
    who: str
    photo: str  # a path; empty for none
    small: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCase:
    """A case that it brought, or that is about it."""

    code: str
    is_about: bool
    day: str


@dataclass(frozen=True, kw_only=True)
class BoardPage:
    """Everything `staff/campaign/board.html` may use."""

    head: Head
    frame: Frame
    board: BoardLine
    ward_name: str
    posted: str
    removed: str
    has_point: bool
    history: Sequence[CheckLine]
    cases: Sequence[BoardCase]
    look_fields: Sequence[Field]
    change_fields: Sequence[Field]
    version: int
    typed_form: str
    photo_trouble: str


async def show_board(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_look(visit: Visit) -> web.StreamResponse:
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, form: Form, photo: Photo | None) -> None:
        await look_at_board(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            board_id=number,
            version=form.number("version"),
            condition=form.text("quick") or form.text("condition"),
            is_repair=form.text("is_repair") == "yes",
            note=form.text("note"),
            day=form.text("day"),
            photo=photo,
            zone=visit.request.app[keys.SETTINGS].zone,
            now=visit.now,
        )

    then = BOARDS if visit.request.query.get("from") == "list" else f"{BOARDS}/{number}"
    return await submit(visit, LOOK, act, _show, then=then)


async def post_change(visit: Visit) -> web.StreamResponse:
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, form: Form, _photo: Photo | None) -> None:
        await change_board(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            board_id=number,
            version=form.number("version"),
            code=form.text("code"),
            place=form.text("place"),
            spot=form.text("spot"),
            removed=form.text("removed"),
            zone=visit.request.app[keys.SETTINGS].zone,
            now=visit.now,
        )

    return await submit(visit, CHANGE, act, _show, then=f"{BOARDS}/{number}")


async def serve_photo(visit: Visit) -> web.StreamResponse:
    """The copy that was made to be shown; the original stays sealed."""
    try:
        return inline(await visit.request.app[keys.FILES].get(await _shown_key(visit)))
    except FileNotFoundError:
        raise web.HTTPNotFound from None


async def serve_small(visit: Visit) -> web.StreamResponse:
    return await serve_small_of(visit, await _shown_key(visit))


async def _shown_key(visit: Visit) -> str:
    board, check = number_in_path(visit, "id"), number_in_path(visit, "check")
    async with visit.request.app[keys.STORAGE].reading() as uow:
        photo = await uow.boards.photo(visit.viewer, board, check)
    if photo is None:
        raise web.HTTPNotFound
    return photo.shown_key


async def _show(visit: Visit, typed: Typed) -> web.Response:
    number = number_in_path(visit, "id")
    async with visit.request.app[keys.STORAGE].reading() as uow:
        board = await uow.boards.get(visit.viewer, number)
        if board is None:
            raise web.HTTPNotFound
        history = await uow.boards.history(number)
        cases = await uow.boards.cases_of(visit.viewer, number)
    may_enter = holds(visit.viewer, Right.LEDGER, board.ward_code) and board.removed_on is None
    zone = visit.request.app[keys.SETTINGS].zone
    page = BoardPage(
        head=head_of(visit, typed, board.ward_code),
        frame=visit.frame,
        board=board_line(visit, board, today_of(visit), is_one_ward=True),
        ward_name=ward_of(visit, board.ward_code),
        posted=shown_day(board.posted_on),
        removed=shown_day(board.removed_on),
        has_point=board.point is not None,
        history=[_line(board, check) for check in history],
        cases=[
            BoardCase(code=code, is_about=is_about, day=shown_day(at.astimezone(zone).date()))
            for code, is_about, at in cases
        ],
        look_fields=_look_fields(visit, typed, board) if may_enter else [],
        change_fields=_change_fields(visit, typed, board) if may_enter else [],
        version=board.version,
        typed_form=typed.form,
        photo_trouble=typed.trouble(LOOK, "photo"),
    )
    return render(visit.request, "staff/campaign/board.html", page)


def _look_fields(visit: Visit, typed: Typed, board: Board) -> list[Field]:
    conditions = options(visit, Condition, "campaign_condition_")
    day = today_of(visit).isoformat()
    return [
        ask(
            typed,
            LOOK,
            "condition",
            "campaign_condition",
            kept=board.condition.value,
            kind="select",
            options=conditions,
            is_needed=True,
        ),
        ask(typed, LOOK, "is_repair", "campaign_repaired", kind="tick"),
        ask(typed, LOOK, "note", "campaign_note", kind="textarea", longest=LONGEST_WORDS),
        ask(typed, LOOK, "day", "campaign_day", kept=day, kind="date"),
    ]


def _change_fields(visit: Visit, typed: Typed, board: Board) -> list[Field]:
    spot = f"{board.point.lat}, {board.point.lon}" if board.point else ""
    return [
        *board_fields(visit, typed, CHANGE, code=board.code.value, place=board.place, spot=spot),
        ask(typed, CHANGE, "removed", "campaign_removed_on", kind="date", hint_key="campaign_removed_hint"),
    ]


def _line(board: Board, check: BoardCheck) -> CheckLine:
    path = f"{BOARDS}/{board.id}/photos/{check.id}" if check.has_photo else ""
    return CheckLine(
        day=shown_day(check.day),
        look_key=f"campaign_look_{check.look.value}",
        condition_key="" if check.look is Look.POSTED else f"campaign_condition_{check.condition.value}",
        is_good=check.condition is Condition.GOOD,
        note=check.note,
        who=check.staff_name,
        photo=path,
        small=f"{path}/small" if path else "",
    )
