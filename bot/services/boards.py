"""The boards of the codes: put one up, look at it, mend it, change or take it down, and say which board a case is about.

When the next look is due is reckoned from the day of the look and the ward's own rhythm, and stored: a change of the rhythm
changes what is due from the next look on. Who may do so: `Right.LEDGER` over the board's ward.
"""

from dataclasses import replace
from datetime import date, datetime, tzinfo

from bot.domain.case import CaseCode
from bot.domain.keeping import months_before
from bot.domain.ledger import LONGEST_PLACE, LONGEST_WORDS, Board, CodeOf, Condition, Look, NewBoard, Photo
from bot.domain.people import StaffMember
from bot.domain.rights import Right
from bot.domain.ward import Point, WardCode
from bot.errors import BotError, LedgerChanged
from bot.ports import UnitOfWork, Viewer
from bot.services.setting import BadFields, GoneMeanwhile, NotAllowed, holds, one_line, read_day, trouble_with_line
from bot.services.staff_change import case_to_change


class BoardUnknown(BotError):
    """There is no board of this number for them."""

    wording_key = "campaign_board_unknown"


async def put_up_board(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    ward_code: WardCode,
    code: str,
    place: str,
    spot: str,
    day: str,
    photo: Photo | None,
    zone: tzinfo,
    now: datetime,
) -> int:
    """Enter a board that hangs. Returns its id.

    Args:
        spot: "21.07, 105.82", or empty.
        day: When it was put up; empty: today.

    Raises:
        NotAllowed: It is not their ward.
        BadFields: `code`, `place`, `spot` or `day`.
    """
    if not holds(viewer, Right.LEDGER, ward_code):
        raise NotAllowed(ward=ward_code)
    posted, troubles = _past_day(day, zone, now)
    where, point = one_line(place), read_spot(spot)
    if (trouble := trouble_with_line(where, LONGEST_PLACE, is_needed=True)) or not _is_code(code):
        troubles |= {"place": trouble} if trouble else {"code": "settings_choice_unknown"}
    if spot.strip() and point is None:
        troubles["spot"] = "campaign_spot_malformed"
    if troubles:
        raise BadFields(**troubles)
    setting = await uow.ledger.setting(ward_code)
    new = NewBoard(
        ward_code=ward_code,
        code=CodeOf(code),
        place=where,
        point=point,
        posted_on=posted,
        due_on=months_after(posted, setting.check_months),
        photo=photo,
    )
    board_id = await uow.boards.add(new, staff_id=staff.id, now=now)
    details = {"ward": ward_code, "day": posted.isoformat()}
    await uow.audit.record(action="board_put_up", now=now, staff_id=staff.id, subject=f"{board_id}", details=details)
    return board_id


async def look_at_board(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    board_id: int,
    version: int,
    condition: str,
    is_repair: bool,
    note: str,
    day: str,
    photo: Photo | None,
    zone: tzinfo,
    now: datetime,
) -> None:
    """Note how it was found, or that it was mended; the next look is due from that day on.

    Raises:
        GoneMeanwhile: There is no such board for them, or it was taken down.
        NotAllowed: It is not their ward.
        LedgerChanged: Somebody was there since the form was opened.
        BadFields: `condition`, `note` or `day`.
    """
    board = await _theirs(uow, viewer, board_id, version)
    seen, troubles = _past_day(day, zone, now)
    if condition not in {one.value for one in Condition}:
        troubles["condition"] = "settings_choice_unknown"
    if trouble := trouble_with_line(note.strip(), LONGEST_WORDS):
        troubles["note"] = trouble
    if seen < board.posted_on and "day" not in troubles:
        troubles["day"] = "campaign_day_before_posted"
    if troubles:
        raise BadFields(**troubles)
    setting = await uow.ledger.setting(board.ward_code)
    await uow.boards.look(
        board,
        day=seen,
        look=Look.REPAIRED if is_repair else Look.LOOKED,
        condition=Condition(condition),
        due_on=months_after(seen, setting.check_months),
        note=note.strip(),
        photo=photo,
        staff_id=staff.id,
        now=now,
    )
    details = {"ward": board.ward_code, "condition": condition, "repair": is_repair, "day": seen.isoformat()}
    await uow.audit.record(action="board_looked_at", now=now, staff_id=staff.id, subject=f"{board_id}", details=details)


async def change_board(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    viewer: Viewer,
    board_id: int,
    version: int,
    code: str,
    place: str,
    spot: str,
    removed: str,
    zone: tzinfo,
    now: datetime,
) -> None:
    """Put right where it is and of which code; a day in `removed` takes it down.

    Raises:
        GoneMeanwhile, NotAllowed, LedgerChanged: As `look_at_board`.
        BadFields: `code`, `place`, `spot` or `removed`.
    """
    board = await _theirs(uow, viewer, board_id, version)
    where, point, troubles = one_line(place), read_spot(spot), {}
    if trouble := trouble_with_line(where, LONGEST_PLACE, is_needed=True):
        troubles["place"] = trouble
    if not _is_code(code):
        troubles["code"] = "settings_choice_unknown"
    if spot.strip() and point is None:
        troubles["spot"] = "campaign_spot_malformed"
    gone = None
    if removed.strip():
        gone, wrong = _past_day(removed, zone, now)
        if wrong or gone < board.posted_on:
            troubles["removed"] = wrong.get("day", "campaign_day_before_posted")
    if troubles:
        raise BadFields(**troubles)
    await uow.boards.change(replace(board, place=where, code=CodeOf(code), point=point, removed_on=gone))
    details = {"ward": board.ward_code, "removed": gone.isoformat() if gone else ""}
    await uow.audit.record(action="board_changed", now=now, staff_id=staff.id, subject=f"{board_id}", details=details)


async def tie_board(
    uow: UnitOfWork, *, staff: StaffMember, viewer: Viewer, code: CaseCode, version: int, board: str, now: datetime
) -> None:
    """Say which board a case is about; empty: about none.

    Raises:
        CaseNotFound, StaleVersion: See `case_to_change`. A closed case may be tied too.
        BoardUnknown: See there.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.NOTE, now=now, must_be_open=False)
    number = board.strip()
    found = await uow.boards.get(viewer, int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
    if number and found is None:
        raise BoardUnknown(board=number[:20])
    await uow.boards.is_about(case.id, found.id if found else None, now)
    details = {"board": found.id if found else None}
    await uow.audit.record(action="board_tied", now=now, staff_id=staff.id, subject=case.code, details=details)


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of that month where it has no such day."""
    return months_before(day, -months)


def read_spot(text: str) -> Point | None:
    """The point of "21.07, 105.82", as maps give it; None for anything else, and for what is not near here."""
    lat, comma, lon = text.partition(",")
    try:
        point = Point(round(float(lat), 6), round(float(lon), 6))
    except ValueError:
        return None
    return point if comma and 8 <= point.lat <= 24 and 102 <= point.lon <= 110 else None


async def _theirs(uow: UnitOfWork, viewer: Viewer, board_id: int, version: int) -> Board:
    board = await uow.boards.get(viewer, board_id)
    if board is None or board.removed_on is not None:
        raise GoneMeanwhile(board=board_id)
    if not holds(viewer, Right.LEDGER, board.ward_code):
        raise NotAllowed(ward=board.ward_code)
    if board.version != version:
        raise LedgerChanged(board=board_id)
    return board


def _past_day(text: str, zone: tzinfo, now: datetime) -> tuple[date, dict[str, str]]:
    """The day, today for none; what happened has a day that is not to come."""
    today = now.astimezone(zone).date()
    if not text.strip():
        return today, {}
    day = read_day(text)
    if day is None or day.year < 2000:
        return today, {"day": "settings_day_malformed"}
    return day, {"day": "campaign_day_to_come"} if day > today else {}


def _is_code(code: str) -> bool:
    return code in {one.value for one in CodeOf}
