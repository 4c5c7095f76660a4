"""Two questions about a receipt: is it ours, and how does its case stand?

Code and signature prove the paper, and tell nothing else: nothing is looked up. Code and secret open the case as its
resident knows it: its state, its deadline, what staff answered, also what no channel could bring. A code that was never
given out is answered like a wrong signature or a wrong secret, after the same work.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from bot.domain.case import read_code
from bot.domain.city_day import shown_day
from bot.domain.thread import Answer
from bot.services.case_standing import Standing, standing_of
from bot.services.reach_resident import show_missed
from bot.services.track_case import NO_CODE, Tracked, is_genuine, track_case
from bot.web import FORM_TOKEN, keys, render
from bot.web.cookies import read_cookie, set_cookie
from bot.web.forms import Form, Limits, TokenRefused, read_form
from bot.web.language import page_language
from bot.web.shown import shown
from bot.web.siege import GATES, add_gate
from bot.web.still import let_be_found
from bot.web.throttle import Throttle, peer
from bot.web.tokens import sign

COOKIE = "track"
TRIES = 20  # of one address of the network, in ten minutes; a whole family's receipts
TRIES_OF_ALL = 600  # in a minute, whoever sends them
GATE, MANY, FEW = "track", 300, 60  # questions of everybody, a minute; see `bot.web.siege`
LONGEST = 40  # characters of a code or a signature, generously spaced

THROTTLE: web.AppKey[Throttle] = web.AppKey("track_throttle", Throttle)
THROTTLE_OF_ALL: web.AppKey[Throttle] = web.AppKey("track_throttle_of_all", Throttle)


@dataclass(frozen=True, kw_only=True)
class AnswerLine:
    """What staff wrote, and on which day."""

    day: str
    text: str
    was_missed: bool  # it had not reached them


@dataclass(frozen=True, kw_only=True)
class OpeningLine:
    """Two of staff agreed that what is sealed of this case may be read: on which day, why, and whether it was."""

    day: str
    reason: str
    read_on: str  # the day it was first read; empty until then


@dataclass(frozen=True, kw_only=True)
class CasePart:
    """A case as the holder of its secret may see it."""

    code: str
    standing: Standing
    answers: Sequence[AnswerLine]  # what had not arrived, oldest first; the newest one at the end
    openings: Sequence[OpeningLine]


@dataclass(frozen=True, kw_only=True)
class TrackPage:
    """Everything `public/track.html` may use."""

    code: str  # as typed, or as the receipt's link says
    signature: str
    answer: str  # a wording key; empty before anything was asked
    is_good: bool
    is_about_case: bool  # the second question was asked
    case: CasePart | None
    proof: str  # a question to be answered first, while very many ask at once; else empty


def add_routes(app: web.Application) -> None:
    app[THROTTLE] = Throttle(TRIES, 10)
    app[THROTTLE_OF_ALL] = Throttle(TRIES_OF_ALL)
    add_gate(app, GATE, many=MANY, few=FEW)
    app.router.add_get("/track", show_track)
    app.router.add_post("/track", post_track)


async def show_track(request: web.Request) -> web.StreamResponse:
    """The form; a receipt's link fills it in, and still nothing is asked before the button is pressed."""
    code, signature = (shown(request.query.get(name, "")[:LONGEST]) for name in ("code", "signature"))
    response = _page(
        request,
        TrackPage(code=code, signature=signature, answer="", is_good=False, is_about_case=False, case=None, proof=""),
    )
    let_be_found(request, response)
    return response


async def post_track(request: web.Request) -> web.StreamResponse:
    """The answer, on the same page with the same status whether it is yes or no."""
    ticket = read_cookie(request, COOKIE)
    try:
        async with read_form(request, token=_token(request, ticket), limits=_LIMITS) as form:
            return await _answer(request, form)
    except TokenRefused as refused:
        return _answered(request, refused.form, "track_again", status=403)


async def _answer(request: web.Request, form: Form) -> web.Response:
    if wait := await request.app[THROTTLE].wait_for(peer(request)):
        return _too_often(request, form, wait)
    key, ticket = request.app[keys.SECRET_KEY], read_cookie(request, COOKIE)
    if asked := await request.app[GATES][GATE].ask(key, ticket, form.text("proof"), form.text("answer")):
        return _answered(request, form, "track_prove", status=429, proof=asked)
    if wait := await request.app[THROTTLE_OF_ALL].wait_for("all"):
        return _too_often(request, form, wait)
    if "secret" in form.fields:
        found = await _found(request, form.text("code"), form.text("secret"))
        return _answered(request, form, "track_case_found" if found else "track_case_wrong", is_good=bool(found), case=found)
    good = is_genuine(request.app[keys.RECEIPTS], form.text("code"), form.text("signature"))
    return _answered(request, form, "track_genuine" if good else "track_not_genuine", is_good=good)


def _too_often(request: web.Request, form: Form, wait: int) -> web.Response:
    response = _answered(request, form, "track_too_often", status=429)
    response.headers["Retry-After"] = str(wait)
    return response


async def _found(request: web.Request, typed: str, secret: str) -> CasePart | None:
    """The case of that secret; what had not reached its resident is known to them from now on."""
    app = request.app
    code, receipts = read_code(typed[:LONGEST]) or NO_CODE, app[keys.RECEIPTS]
    async with app[keys.STORAGE].reading() as uow:
        tracked = await track_case(uow, receipts, code=code, secret=secret[:LONGEST])
    if tracked is None:
        return None
    if tracked.case.reach_since is None:
        return _part(request, tracked, ())
    async with app[keys.STORAGE].begin() as uow:
        tracked = await track_case(uow, receipts, code=code, secret=secret[:LONGEST])
        missed = await show_missed(uow, tracked.case, app[keys.CLOCK].now()) if tracked else ()
        await uow.commit()
    return _part(request, tracked, missed) if tracked else None


def _part(request: web.Request, tracked: Tracked, missed: Sequence[Answer]) -> CasePart:
    app, zone, answer = request.app, request.app[keys.SETTINGS].zone, tracked.answer
    standing = standing_of(
        page_language(request),
        tracked.case,
        has_answer=answer is not None,
        wards=app[keys.WARDS],
        zone=zone,
        now=app[keys.CLOCK].now(),
    )
    others = [one for one in missed if answer is None or (one.at, one.text) != (answer.at, answer.text)]
    lines = [
        AnswerLine(day=shown_day(one.at, zone), text=one.text, was_missed=one.is_undelivered)
        for one in (*others, *([answer] if answer else []))
    ]
    openings = [
        OpeningLine(
            day=shown_day(one.decided_at or one.asked_at, zone),
            reason=one.reason,
            read_on=shown_day(one.opened_at, zone) if one.opened_at else "",
        )
        for one in tracked.openings
    ]
    return CasePart(code=tracked.case.code, standing=standing, answers=lines, openings=openings)


def _answered(
    request: web.Request,
    form: Form,
    answer: str,
    *,
    is_good: bool = False,
    status: int = 200,
    case: CasePart | None = None,
    proof: str = "",
) -> web.Response:
    code, signature = form.text("code"), form.text("signature")
    is_about_case = "secret" in form.fields
    return _page(
        request,
        TrackPage(
            code=shown(code[:LONGEST]),
            signature=shown(signature[:LONGEST]),
            answer=answer,
            is_good=is_good,
            is_about_case=is_about_case,
            case=case,
            proof=proof,
        ),
        status=status,
    )


def _page(request: web.Request, page: TrackPage, *, status: int = 200) -> web.Response:
    ticket = read_cookie(request, COOKIE) or secrets.token_urlsafe(24)
    request[FORM_TOKEN] = _token(request, ticket)
    if not page.proof:  # its script may be done before the button is pressed
        page = replace(page, proof=request.app[GATES][GATE].offer(request.app[keys.SECRET_KEY], ticket))
    response = render(request, "public/track.html", page, status=status)
    set_cookie(request, response, COOKIE, ticket, same_site="Strict")
    return response


def _token(request: web.Request, ticket: str) -> str:
    """Empty without a ticket: it matches nothing."""
    return sign(request.app[keys.SECRET_KEY], "track", ticket) if ticket else ""


_LIMITS = Limits(fields_size=8 * 1024, total_size=16 * 1024)
