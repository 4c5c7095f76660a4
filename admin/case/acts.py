"""What the smaller forms of a case do: whose it is, and what it has to do with other cases."""

from contextlib import suppress
from datetime import date

from aiohttp import web

from admin.actions import BadChoice, Posted, act_on_case, ticked
from admin.guard import Visit
from bot.domain.assisting import Way
from bot.domain.case import CaseCode, CaseKind, read_code
from bot.domain.reaching import BY_STAFF, ReachedBy
from bot.ports import UnitOfWork
from bot.services.boards import tie_board
from bot.services.dispute_for import dispute_for_resident
from bot.services.own_case import assign_case, hand_back_case, take_case
from bot.services.reach_resident import reach_resident
from bot.services.send_again import send_again
from bot.services.split_case import split_case
from bot.services.tell_resident import note_told
from bot.services.tie_cases import link_case, merge_case, part_case
from bot.web import keys


async def post_take(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "take", _take, done="taken")


async def post_hand_back(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "handback", _hand_back, done="handed_back")


async def post_assign(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "assign", _assign, done="assigned")


async def post_link(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "tie", _link, done="linked")


async def post_unlink(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "tie", _unlink, done="unlinked")


async def post_merge(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "tie", _merge, done="merged")


async def post_part(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "tie", _part, done="parted")


async def post_board(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "board", _board, done="board_tied")


async def _board(uow: UnitOfWork, posted: Posted) -> None:
    visit = posted.visit
    await tie_board(
        uow,
        staff=visit.staff,
        viewer=visit.viewer,
        code=posted.code,
        version=posted.version,
        board=posted.form.text("board"),
        now=visit.now,
    )


async def post_split(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "split", _split, done="split")


async def post_told(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "told", _told, done="told")


async def _told(uow: UnitOfWork, posted: Posted) -> None:
    try:
        way = Way(posted.form.text("way"))
    except ValueError:
        raise BadChoice("counter_way_missing") from None
    visit = posted.visit
    await note_told(uow, staff=visit.staff, code=posted.code, version=posted.version, way=way, now=visit.now)


async def post_dispute(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "dispute", _dispute, done="disputed")


async def _dispute(uow: UnitOfWork, posted: Posted) -> None:
    try:
        way = Way(posted.form.text("way"))
    except ValueError:
        raise BadChoice("counter_way_missing") from None
    visit = posted.visit
    await dispute_for_resident(
        uow,
        staff=visit.staff,
        code=posted.code,
        version=posted.version,
        text=posted.text,
        way=way,
        city=visit.request.app[keys.CITY],
        now=visit.now,
    )


async def post_reached(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "reach", _reached, done="reached")


async def _reached(uow: UnitOfWork, posted: Posted) -> None:
    by, visit = posted.form.text("way"), posted.visit
    day = None
    with suppress(ValueError):
        day = date.fromisoformat(posted.form.text("day"))
    await reach_resident(
        uow,
        staff=visit.staff,
        code=posted.code,
        version=posted.version,
        by=ReachedBy(by) if by in BY_STAFF else None,
        day=day,
        now=visit.now,
        zone=visit.request.app[keys.SETTINGS].zone,
    )


async def post_again(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "again", _again, done="sent_again")


async def _take(uow: UnitOfWork, posted: Posted) -> None:
    visit = posted.visit
    await take_case(
        uow,
        staff=visit.staff,
        code=posted.code,
        version=posted.version,
        now=visit.now,
        calendar=visit.request.app[keys.CALENDAR],
    )


async def _hand_back(uow: UnitOfWork, posted: Posted) -> None:
    visit = posted.visit
    await hand_back_case(uow, staff=visit.staff, code=posted.code, version=posted.version, now=visit.now)


async def _assign(uow: UnitOfWork, posted: Posted) -> None:
    visit = posted.visit
    await assign_case(
        uow,
        staff=visit.staff,
        code=posted.code,
        version=posted.version,
        username=posted.form.text("username"),
        now=visit.now,
        calendar=visit.request.app[keys.CALENDAR],
    )


async def _link(uow: UnitOfWork, posted: Posted, *, is_linked: bool = True) -> None:
    visit, other = posted.visit, _other(posted)
    await link_case(
        uow,
        staff=visit.staff,
        code=posted.code,
        version=posted.version,
        other=other,
        now=visit.now,
        is_linked=is_linked,
    )


async def _unlink(uow: UnitOfWork, posted: Posted) -> None:
    await _link(uow, posted, is_linked=False)


async def _merge(uow: UnitOfWork, posted: Posted) -> None:
    visit, into = posted.visit, _other(posted)
    await merge_case(uow, staff=visit.staff, code=posted.code, version=posted.version, into=into, now=visit.now)


async def _part(uow: UnitOfWork, posted: Posted) -> None:
    visit = posted.visit
    await part_case(uow, staff=visit.staff, code=posted.code, version=posted.version, now=visit.now)


async def _split(uow: UnitOfWork, posted: Posted) -> None:
    visit = posted.visit
    try:
        kind = CaseKind(posted.form.text("kind"))
    except ValueError:
        raise BadChoice("settings_choice_unknown") from None
    await split_case(
        uow,
        staff=visit.staff,
        code=posted.code,
        version=posted.version,
        message_ids=ticked(posted.form),
        kind=kind,
        now=visit.now,
        calendar=visit.request.app[keys.CALENDAR],
    )


async def _again(uow: UnitOfWork, posted: Posted) -> None:
    visit, message_id = posted.visit, posted.form.number("message")
    await send_again(uow, staff=visit.staff, code=posted.code, version=posted.version, message_id=message_id, now=visit.now)


def _other(posted: Posted) -> CaseCode:
    code = read_code(posted.form.text("other")[:40])
    if code is None:
        raise BadChoice("desk_case_other_not_found")
    return code
