"""Does an order to one case, or undoes it: each in a transaction of its own, through the same services as a single act."""

from dataclasses import dataclass
from datetime import timedelta

from admin.case_page import CITY_OPTION
from admin.guard import Visit
from admin.queueing.bulk.order import Act, Order
from bot.domain.case import CaseCode
from bot.domain.correction import MoveReason
from bot.domain.ward import WardCode
from bot.errors import BotError, CaseNotFound
from bot.ports import UnitOfWork
from bot.services.answer_case import answer_case
from bot.services.move_case import move_case
from bot.services.own_case import assign_case
from bot.services.take_back import Before, take_back_answer, take_back_assignment, take_back_move
from bot.web import keys

# How long an act can be undone, and how long its resident is not told.
UNDO_WITHIN = {Act.ASSIGN: timedelta(seconds=60), Act.MOVE: timedelta(seconds=60), Act.ANSWER: timedelta(seconds=30)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One case, and what it takes to undo what was done to it."""

    code: CaseCode
    version: int  # right after it
    before: Before
    message_id: int = 0  # of an answer
    can_be_undone: bool = True


async def do_one(visit: Visit, order: Order, code: CaseCode, version: int) -> Done:
    """Do it and commit.

    Raises:
        BotError: Nothing was done; its wording key says why.
    """
    async with visit.request.app[keys.STORAGE].begin() as uow:
        case = await uow.cases.visible(visit.viewer, code, for_update=True)
        if case is None:
            raise CaseNotFound(code=code)
        message_id = await _act(uow, visit, order, code, version)
        after = await uow.cases.by_code(code)
        if after is None:
            raise CaseNotFound(code=code)
        await uow.commit()
    return Done(
        code=code,
        version=after.version,
        before=Before.of(case),
        message_id=message_id,
        can_be_undone=order.act is Act.ASSIGN or not case.joined_count,
    )


async def _act(uow: UnitOfWork, visit: Visit, order: Order, code: CaseCode, version: int) -> int:
    """The id of the message that it wrote, 0 for none."""
    app, hold = visit.request.app, UNDO_WITHIN[order.act]
    if order.act is Act.ASSIGN:
        await assign_case(
            uow,
            staff=visit.staff,
            code=code,
            version=version,
            username=order.username,
            now=visit.now,
            calendar=app[keys.CALENDAR],
        )
        return 0
    if order.act is Act.MOVE:
        await move_case(
            uow,
            staff=visit.staff,
            code=code,
            version=version,
            ward_code=None if order.ward == CITY_OPTION else WardCode(order.ward),
            now=visit.now,
            wards=app[keys.WARDS],
            reason=order.reason or MoveReason.WRONG_WARD,
            hold=hold,
        )
        return 0
    return await answer_case(
        uow,
        staff=visit.staff,
        code=code,
        version=version,
        text=order.text,
        now=visit.now,
        wards=app[keys.WARDS],
        hold=hold,
    )


async def undo_one(visit: Visit, act: Act, reason: MoveReason, done: Done) -> str:
    """Undo it and commit; the wording key of why it could not be, empty when it was."""
    staff, code, version, before, now = visit.staff, done.code, done.version, done.before, visit.now
    try:
        async with visit.request.app[keys.STORAGE].begin() as uow:
            if act is Act.ASSIGN:
                await take_back_assignment(uow, staff=staff, code=code, version=version, before=before, now=now)
            elif act is Act.MOVE:
                await take_back_move(uow, staff=staff, code=code, version=version, before=before, reason=reason, now=now)
            else:
                await take_back_answer(
                    uow,
                    staff=staff,
                    code=code,
                    version=version,
                    before=before,
                    message_id=done.message_id,
                    now=now,
                )
            await uow.commit()
    except BotError as refused:
        return refused.wording_key
    return ""
