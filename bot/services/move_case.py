"""Hand a case on to the ward it belongs to, or back to the city's unplaced desk. The deadline does not change.

A case that moves because its ward was wrong is also kept as a correction of routing: see `bot.domain.correction`. One that
came to the city because its closing was disputed goes back to a ward once, with a reason the resident reads.
"""

from datetime import datetime, timedelta

from bot.domain.case import CITY_DESKS, WARD_DESKS, Case, CaseCode, Desk, choose_desk
from bot.domain.correction import MoveReason, correction_of
from bot.domain.disputing import city_desk, was_sent_back, went_to_city
from bot.domain.people import Language, StaffMember
from bot.domain.reply import NewReply, Reply
from bot.domain.rights import Right
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.ward import WardCode
from bot.errors import BotError
from bot.ports import UnitOfWork
from bot.services.held import held
from bot.services.joined import move_joined
from bot.services.next_hand import barred_from, has_another
from bot.services.staff_change import WardNames, case_to_change, residents_language, short_details, ward_name
from bot.wording import say

LONGEST_WHY = 300  # characters of a reason
MOST_HOPS = 2  # wards that hand a case on a third time do not agree whose it is: the city decides


class WordsTooLong(BotError):
    """The reason in staff's own words is longer than a line or two."""

    wording_key = "desk_page_move_words_too_long"


class SentBackBefore(BotError):
    """The city has given this disputed case back to a ward once already: now it decides itself."""

    wording_key = "dispute_sent_back_before"


class ReasonMissing(BotError):
    """A disputed case goes back to a ward only with a reason in the city's own words."""

    wording_key = "dispute_reason_missing"


class NobodyElseThere(BotError):
    """Whoever of that ward could look at the disputed case has closed it before."""

    wording_key = "dispute_nobody_else"


class AlreadyThere(BotError):
    """The case is at that desk already."""

    wording_key = "case_already_there"


async def move_case(
    uow: UnitOfWork,
    *,
    staff: StaffMember,
    code: CaseCode,
    version: int,
    ward_code: WardCode | None,
    now: datetime,
    wards: WardNames,
    reason: MoveReason = MoveReason.WRONG_WARD,
    words: str = "",
    hold: timedelta | None = None,
) -> Case:
    """Move it, and tell the resident in one line who has it now.

    The third time that a ward hands it to another, it goes to the city instead, which decides between them.

    Args:
        ward_code: The new ward; None gives the case back to the city.
        reason: Only a wrong ward becomes a correction, and never in a report about an official.
        words: Why, in staff's own words; the resident reads them.
        hold: Tell the resident only after so long; until then `bot.services.take_back` can undo it. Where neighbours joined
            the case they are told at once.

    Raises:
        UnknownWard: There is no such ward.
        WordsTooLong: More than `LONGEST_WHY` characters of why.
        AlreadyThere: It would not move at all.
        SentBackBefore, ReasonMissing, NobodyElseThere: See there; for what the city decides because it was disputed.
        CaseNotFound, StaleVersion, CaseAlreadyClosed: See `case_to_change`.
    """
    ward = wards[ward_code] if ward_code is not None else None
    why = " ".join(words.split())
    if len(why) > LONGEST_WHY:
        raise WordsTooLong(code=code)
    case = await case_to_change(uow, staff, code, version, right=Right.MOVE, now=now)
    is_hop = ward_code is not None and case.desk in WARD_DESKS
    is_contested = is_hop and case.hops >= MOST_HOPS and ward_code != case.ward_code
    wished = ward_code
    if is_contested:
        ward, ward_code = None, None
    desk = choose_desk(case.kind, ward_code, is_sensitive=case.is_sensitive, accused=case.accused)
    timeline = await uow.cases.timeline(case.id)
    is_disputed = went_to_city(timeline)
    if is_disputed and desk is Desk.UNPLACED:
        desk = city_desk(case)
    stays_about = case.ward_code if desk in (Desk.LEADERS, Desk.DISPUTED) and ward_code is None else ward_code
    if (case.ward_code, case.desk) == (stays_about, desk):
        raise AlreadyThere(code=code)
    is_sent_back = is_disputed and case.desk in CITY_DESKS and desk in WARD_DESKS
    if is_sent_back and was_sent_back(timeline):
        raise SentBackBefore(code=code)
    if is_sent_back and not why:
        raise ReasonMissing(code=code)
    if is_sent_back and not await has_another(uow, case, ward_code, desk, await barred_from(uow, case)):
        raise NobodyElseThere(code=code)
    correction = correction_of(case, timeline=timeline, reason=reason, truth=ward_code, at=now)
    moved = await uow.cases.change(case, ward_code=ward_code, desk=desk, is_hop=is_hop)
    if correction is not None:
        await uow.corrections.add(correction)
    if ward_code is not None and reason is MoveReason.WRONG_WARD and desk in WARD_DESKS:
        await uow.conversations.settle(case.address, ward_code)  # what is offered first the next time

    def said(language: Language, told: Case) -> Reply:
        if ward and desk in WARD_DESKS:
            key = "dispute_answer_sent_back" if is_sent_back else "answer_moved"
            text = say(language, key, code=told.code, ward=ward_name(language, ward))
        else:
            text = say(language, "answer_moved_to_decide" if is_contested else "answer_moved_to_city", code=told.code)
        if why:
            text = f"{text}\n{say(language, 'answer_moved_why', words=why)}"
        return Reply(text=text, language=language)

    reply = said(await residents_language(uow, case), case)
    told = NewReply(address=case.address, reply=reply, case_id=case.id)
    await uow.outbox.add([held(told, case, hold)], now)
    if case.joined_count:
        await move_joined(uow, case, staff_id=staff.id, ward_code=ward_code, desk=desk, now=now, said=said)
    details = short_details(
        from_ward=case.ward_code,
        from_desk=case.desk.value,
        ward=ward_code,
        desk=desk.value,
        why=reason.value,
        wished=wished if is_contested else None,
    )
    told_why = short_details(**details, words=why)  # in the timeline alone: the audit holds nobody's sentences
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.MOVED, at=now, staff_id=staff.id, details=told_why))
    await uow.audit.record(action="case_moved", now=now, staff_id=staff.id, subject=case.code, details=dict(details))
    return moved
