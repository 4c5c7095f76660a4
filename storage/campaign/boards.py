"""The boards of the codes, what was seen of each, and which cases came through them or are about them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)

from bot.domain.case import CaseCode, CaseId
from bot.domain.ledger import Board, BoardCheck, CodeOf, Condition, Look, NewBoard, Photo
from bot.domain.people import StaffId
from bot.domain.ward import Point, WardCode
from bot.errors import LedgerChanged
from bot.ports import Viewer
from storage.campaign.scope import in_scope
from storage.link import Link, by_engine
from storage.tables import board_cases, board_checks, boards, cases, staff
from storage.types import Id, UtcDateTime
from storage.visible_cases import visible_to

_board = bindparam("board", type_=Id)
_add = insert(boards).returning(boards.c.id)
_note = insert(board_checks)
_newest_photo = (
    select(func.max(board_checks.c.id))
    .where(board_checks.c.board_id == boards.c.id, board_checks.c.shown_photo != literal(""))
    .scalar_subquery()
    .label("photo_of")
)
_checks = (
    select(board_checks, staff.c.full_name)
    .join(staff, staff.c.id == board_checks.c.staff_id)
    .where(board_checks.c.board_id == _board)
    .order_by(board_checks.c.day.desc(), board_checks.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_seen = (
    update(boards)
    .where(boards.c.id == _board, boards.c.version == bindparam("seen_version", type_=Integer))
    .values(
        condition=bindparam("found_in"),
        checked_on=bindparam("seen_on", type_=Date),
        due_on=bindparam("next_on", type_=Date),
        version=boards.c.version + 1,
    )
)
_change = (
    update(boards)
    .where(boards.c.id == _board, boards.c.version == bindparam("seen_version", type_=Integer))
    .values(
        place=bindparam("where_it_is", type_=boards.c.place.type),
        code=bindparam("which"),
        lat=bindparam("at_lat"),
        lon=bindparam("at_lon"),
        removed_on=bindparam("gone_on", type_=Date),
        version=boards.c.version + 1,
    )
)
_old_photos = (
    select(board_checks.c.id, board_checks.c.photo, board_checks.c.shown_photo)
    .where(board_checks.c.at <= bindparam("before", type_=UtcDateTime), board_checks.c.photo != literal_column("''"))
    .order_by(board_checks.c.at)
    .limit(bindparam("most", type_=Integer))
)
_drop_photo = update(board_checks).where(board_checks.c.id == bindparam("check", type_=Id)).values(photo="", shown_photo="")
_unlink = board_cases.delete().where(board_cases.c.case_id == bindparam("case", type_=Id), board_cases.c.is_about)
_is_there = select(exists(select(boards.c.id).where(boards.c.id == _board)))
_tie = by_engine(lambda insert_into: insert_into(board_cases).on_conflict_do_nothing(index_elements=["case_id", "is_about"]))
_of_case = (
    select(boards, board_cases.c.is_about, literal(None).label("photo_of"))
    .join(board_cases, board_cases.c.board_id == boards.c.id)
    .where(board_cases.c.case_id == bindparam("case", type_=Id))
    .order_by(board_cases.c.is_about)
)


class SqlBoards:
    """See `bot.ports.Boards`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def add(self, new: NewBoard, *, staff_id: StaffId, now: datetime) -> int:
        values = {
            "ward_code": new.ward_code,
            "code": new.code.value,
            "place": new.place,
            "lat": new.point.lat if new.point else None,
            "lon": new.point.lon if new.point else None,
            "condition": Condition.GOOD.value,
            "posted_on": new.posted_on,
            "checked_on": new.posted_on,
            "due_on": new.due_on,
        }
        board_id = int(await self._link.value(_add, values))
        await self._write(board_id, new.posted_on, Look.POSTED, Condition.GOOD, new.due_on, "", new.photo, staff_id, now)
        return board_id

    async def look(
        self,
        board: Board,
        *,
        day: date,
        look: Look,
        condition: Condition,
        due_on: date,
        note: str,
        photo: Photo | None,
        staff_id: StaffId,
        now: datetime,
    ) -> None:
        is_newest = day >= board.checked_on  # a look that is entered late tells nothing of today
        values = {
            "board": board.id,
            "seen_version": board.version,
            "found_in": (condition if is_newest else board.condition).value,
            "seen_on": day if is_newest else board.checked_on,
            "next_on": due_on if is_newest else board.due_on,
        }
        if not await self._link.run(_seen, values):
            raise LedgerChanged(board=board.id)
        await self._write(board.id, day, look, condition, due_on, note, photo, staff_id, now)

    async def change(self, board: Board) -> None:
        values = {
            "board": board.id,
            "seen_version": board.version,
            "where_it_is": board.place,
            "which": board.code.value,
            "at_lat": board.point.lat if board.point else None,
            "at_lon": board.point.lon if board.point else None,
            "gone_on": board.removed_on,
        }
        if not await self._link.run(_change, values):
            raise LedgerChanged(board=board.id)

    async def of(self, viewer: Viewer, ward_code: WardCode | None = None, *, most: int = 1000) -> list[Board]:
        statement = (
            _with_reports(viewer)
            .where(in_scope(boards.c.ward_code, viewer, ward_code), boards.c.removed_on.is_(None))
            .order_by(boards.c.due_on, boards.c.id)
            .limit(most)
        )
        return [board_from(row) for row in await self._link.rows(statement)]

    async def get(self, viewer: Viewer, board_id: int) -> Board | None:
        statement = _with_reports(viewer).where(in_scope(boards.c.ward_code, viewer), boards.c.id == board_id)
        row = await self._link.row(statement)
        return board_from(row) if row else None

    async def history(self, board_id: int, *, most: int = 200) -> list[BoardCheck]:
        return [
            BoardCheck(
                id=row.id,
                day=row.day,
                look=Look(row.look),
                condition=Condition(row.condition),
                due_on=row.due_on,
                note=row.note,
                staff_name=row.full_name,
                has_photo=bool(row.shown_photo),
            )
            for row in await self._link.rows(_checks, {"board": board_id, "most": most})
        ]

    async def photo(self, viewer: Viewer, board_id: int, check_id: int) -> Photo | None:
        statement = (
            select(board_checks.c.photo, board_checks.c.shown_photo)
            .join(boards, boards.c.id == board_checks.c.board_id)
            .where(in_scope(boards.c.ward_code, viewer), boards.c.id == board_id, board_checks.c.id == check_id)
        )
        row = await self._link.row(statement)
        return Photo(key=row.photo, shown_key=row.shown_photo) if row and row.shown_photo else None

    async def drop_photos(self, before: datetime, *, most: int) -> tuple[int, list[str]]:
        rows = await self._link.rows(_old_photos, {"before": before, "most": most})
        for row in rows:
            await self._link.run(_drop_photo, {"check": row.id})
        return len(rows), [key for row in rows for key in (row.photo, row.shown_photo) if key]

    async def came_from(self, case_id: CaseId, board_id: int, now: datetime) -> bool:
        if not await self._link.value(_is_there, {"board": board_id}):
            return False
        await self._link.run(_tie, {"case_id": case_id, "is_about": False, "board_id": board_id, "at": now})
        return True

    async def is_about(self, case_id: CaseId, board_id: int | None, now: datetime) -> None:
        await self._link.run(_unlink, {"case": case_id})
        if board_id is not None:
            await self._link.run(_tie, {"case_id": case_id, "is_about": True, "board_id": board_id, "at": now})

    async def of_case(self, case_id: CaseId) -> tuple[Board | None, Board | None]:
        found = {row.is_about: board_from(row) for row in await self._link.rows(_of_case, {"case": case_id})}
        return found.get(False), found.get(True)

    async def cases_of(self, viewer: Viewer, board_id: int, *, most: int = 50) -> list[tuple[CaseCode, bool, datetime]]:
        statement = (
            select(cases.c.code, board_cases.c.is_about, cases.c.created_at)
            .join(board_cases, board_cases.c.case_id == cases.c.id)
            .where(board_cases.c.board_id == board_id, visible_to(viewer))
            .order_by(cases.c.id.desc(), board_cases.c.is_about)
            .limit(most)
        )
        return [(CaseCode(row.code), row.is_about, row.created_at) for row in await self._link.rows(statement)]

    async def _write(
        self,
        board_id: int,
        day: date,
        look: Look,
        condition: Condition,
        due_on: date,
        note: str,
        photo: Photo | None,
        staff_id: StaffId,
        now: datetime,
    ) -> None:
        values = {"board_id": board_id, "day": day, "look": look.value, "condition": condition.value, "due_on": due_on}
        values |= {"note": note, "photo": photo.key if photo else "", "shown_photo": photo.shown_key if photo else ""}
        await self._link.run(_note, values | {"staff_id": staff_id, "at": now})


def _with_reports(viewer: Viewer) -> Select[Any]:
    """Boards, each with how many cases came through its code, of those that the viewer may see."""
    reports = (
        select(func.count())
        .select_from(board_cases.join(cases, cases.c.id == board_cases.c.case_id))
        .where(and_(board_cases.c.board_id == boards.c.id, board_cases.c.is_about == literal(False, Boolean())))
        .where(visible_to(viewer))
        .correlate(boards)
        .scalar_subquery()
        .label("reports")
    )
    return select(boards, _newest_photo, reports)


def board_from(row: Row[Any]) -> Board:
    return Board(
        id=row.id,
        ward_code=WardCode(row.ward_code),
        code=CodeOf(row.code),
        place=row.place,
        point=None if row.lat is None else Point(float(row.lat), float(row.lon)),
        condition=Condition(row.condition),
        posted_on=row.posted_on,
        checked_on=row.checked_on,
        due_on=row.due_on,
        removed_on=row.removed_on,
        version=row.version,
        photo_of=row.photo_of,
        reports=getattr(row, "reports", 0),
    )
