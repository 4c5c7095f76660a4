"""A case as the page of its receipt shows it: to whoever has the code how it stands, to whoever has the secret all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.domain.case import Case, CaseStatus
from bot.domain.city_day import shown_day
from bot.domain.closing import STARS, closing_of, may_be_disputed
from bot.domain.thread import Answer, Author, ThreadMessage
from bot.ports import UnitOfWork
from bot.services.case_standing import Standing, standing_of
from bot.services.masking import own_words
from bot.services.track_case import Known, Tracked
from bot.web import keys
from bot.web.language import page_language
from public.track_pass import file_path


@dataclass(frozen=True, kw_only=True)
class Line:
    """One message of the thread."""

    is_own: bool  # the resident's
    day: str
    text: str
    was_missed: bool  # it had not reached them
    pictures: Sequence[str]  # addresses, for this browser and a short time
    others: int  # files that are no picture: they lie in the chat


@dataclass(frozen=True, kw_only=True)
class OpeningLine:
    """Two of staff agreed that what is sealed of this case may be read: on which day, why, and whether it was."""

    day: str
    reason: str
    read_on: str  # the day it was first read; empty until then


@dataclass(frozen=True, kw_only=True)
class PublicPart:
    """What everybody may read of it."""

    title: str
    text: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class CasePart:
    """A case as it may be seen. Of one known by its code alone there are no lines and nothing can be done."""

    code: str
    standing: Standing
    published: PublicPart | None = None
    lines: Sequence[Line] = ()
    openings: Sequence[OpeningLine] = ()
    granted: str = ""  # the pass of whoever showed the secret; empty: known by its code alone
    once: str = ""  # names what is written next, so that it counts once
    closing: str = ""  # names its closing, empty while it is open
    may_write: bool = False
    may_dispute: bool = False
    stars: Sequence[int] = STARS
    typed: str = ""  # what was written and could not be kept


def standing(request: web.Request, case: Case, *, has_answer: bool) -> Standing:
    app = request.app
    return standing_of(
        page_language(request),
        case,
        has_answer=has_answer,
        wards=app[keys.WARDS],
        zone=app[keys.SETTINGS].zone,
        now=app[keys.CLOCK].now(),
    )


def known_part(request: web.Request, known: Known) -> CasePart:
    one = known.published
    return CasePart(
        code=known.case.code,
        standing=standing(request, known.case, has_answer=known.has_answer),
        published=PublicPart(title=one.title, text=one.text, answer=one.answer) if one else None,
    )


async def whole_part(
    request: web.Request, uow: UnitOfWork, tracked: Tracked, missed: Sequence[Answer], *, granted: str, once: str
) -> CasePart:
    """All of it. `missed`: what no channel had brought, which is known from now on."""
    case, now = tracked.case, request.app[keys.CLOCK].now()
    is_closed = case.status is CaseStatus.CLOSED
    zone = request.app[keys.SETTINGS].zone
    return CasePart(
        code=case.code,
        standing=standing(request, case, has_answer=tracked.answer is not None),
        lines=await _lines(request, uow, tracked, missed),
        openings=[
            OpeningLine(
                day=shown_day(one.decided_at or one.asked_at, zone),
                reason=one.reason,
                read_on=shown_day(one.opened_at, zone) if one.opened_at else "",
            )
            for one in tracked.openings
        ],
        granted=granted,
        once=once,
        closing=closing_of(case),
        may_write=not is_closed and case.erased_at is None,
        may_dispute=may_be_disputed(case, now),
    )


async def _lines(request: web.Request, uow: UnitOfWork, tracked: Tracked, missed: Sequence[Answer]) -> list[Line]:
    zone, sealer = request.app[keys.SETTINGS].zone, request.app[keys.CITY].sealer
    late = {(one.at, one.text) for one in missed} | (
        {(tracked.answer.at, tracked.answer.text)} if tracked.answer and tracked.answer.is_undelivered else set()
    )
    found: list[tuple[datetime, Line]] = []
    for message in await uow.cases.thread(tracked.case.id):
        if message.author not in (Author.RESIDENT, Author.STAFF):
            continue
        is_own = message.author is Author.RESIDENT
        text = await own_words(uow, message, sealer) if is_own else message.text
        pictures = _pictures(request, tracked.case, message)
        line = Line(
            is_own=is_own,
            day=shown_day(message.at, zone),
            text=text,
            was_missed=not is_own and (message.at, message.text) in late,
            pictures=pictures,
            others=len(message.attachments) - len(pictures),
        )
        found.append((message.at, line))
    said = {(at, line.text) for at, line in found}
    # What staff said without a message of the thread: it only lay in the outbox.
    answers = (*missed, *([tracked.answer] if tracked.answer else []))
    for at, text in dict.fromkeys((one.at, one.text) for one in answers):
        if (at, text) not in said:
            day, was = shown_day(at, zone), (at, text) in late
            found.append((at, Line(is_own=False, day=day, text=text, was_missed=was, pictures=(), others=0)))
    return [line for _, line in sorted(found, key=lambda one: one[0])]


def _pictures(request: web.Request, case: Case, message: ThreadMessage) -> list[str]:
    return [file_path(request, case.code, one.id) for one in message.attachments if one.file.shown_key]
