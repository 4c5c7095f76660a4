"""Is this receipt ours? Code and signature in, yes or no out, and nothing else about any case.

A code that was never given out and a wrong signature are one answer, made by the same work: nothing is looked up. What a
case's secret opens comes with a later page; `bot.services.track_case` is built for it.
"""

import secrets
from dataclasses import dataclass

from aiohttp import web

from bot.services.track_case import is_genuine
from bot.web import FORM_TOKEN, keys, render
from bot.web.cookies import read_cookie, set_cookie
from bot.web.forms import Form, Limits, TokenRefused, read_form
from bot.web.shown import shown
from bot.web.throttle import Throttle, peer
from bot.web.tokens import sign

COOKIE = "track"
TRIES = 20  # of one address of the network, in ten minutes; a whole family's receipts
TRIES_OF_ALL = 600  # in a minute, whoever sends them
LONGEST = 40  # characters of a code or a signature, generously spaced

THROTTLE: web.AppKey[Throttle] = web.AppKey("track_throttle", Throttle)
THROTTLE_OF_ALL: web.AppKey[Throttle] = web.AppKey("track_throttle_of_all", Throttle)


@dataclass(frozen=True, kw_only=True)
class TrackPage:
    """Everything `public/track.html` may use."""

    code: str  # as typed, or as the receipt's link says
    signature: str
    answer: str  # a wording key; empty before anything was asked
    is_good: bool


def add_routes(app: web.Application) -> None:
    app[THROTTLE] = Throttle(TRIES, 10)
    app[THROTTLE_OF_ALL] = Throttle(TRIES_OF_ALL)
    app.router.add_get("/track", show_track)
    app.router.add_post("/track", post_track)


async def show_track(request: web.Request) -> web.StreamResponse:
    """The form; a receipt's link fills it in, and still nothing is asked before the button is pressed."""
    return _page(request, code=request.query.get("code", ""), signature=request.query.get("signature", ""))


async def post_track(request: web.Request) -> web.StreamResponse:
    """The answer, on the same page with the same status whether it is yes or no."""
    ticket = read_cookie(request, COOKIE)
    try:
        async with read_form(request, token=_token(request, ticket), limits=_LIMITS) as form:
            return await _answer(request, form)
    except TokenRefused as refused:
        return _answered(request, refused.form, "track_again", status=403)


async def _answer(request: web.Request, form: Form) -> web.Response:
    wait = await request.app[THROTTLE].wait_for(peer(request)) or await request.app[THROTTLE_OF_ALL].wait_for("all")
    if wait:
        response = _answered(request, form, "track_too_often", status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    good = is_genuine(request.app[keys.RECEIPTS], form.text("code"), form.text("signature"))
    return _answered(request, form, "track_genuine" if good else "track_not_genuine", is_good=good)


def _answered(request: web.Request, form: Form, answer: str, *, is_good: bool = False, status: int = 200) -> web.Response:
    code, signature = form.text("code"), form.text("signature")
    return _page(request, code=code, signature=signature, answer=answer, is_good=is_good, status=status)


def _page(
    request: web.Request, *, code: str, signature: str, answer: str = "", is_good: bool = False, status: int = 200
) -> web.Response:
    ticket = read_cookie(request, COOKIE) or secrets.token_urlsafe(24)
    request[FORM_TOKEN] = _token(request, ticket)
    page = TrackPage(code=shown(code[:LONGEST]), signature=shown(signature[:LONGEST]), answer=answer, is_good=is_good)
    response = render(request, "public/track.html", page, status=status)
    set_cookie(request, response, COOKIE, ticket, same_site="Strict")
    return response


def _token(request: web.Request, ticket: str) -> str:
    """Empty without a ticket: it matches nothing."""
    return sign(request.app[keys.SECRET_KEY], "track", ticket) if ticket else ""


_LIMITS = Limits(fields_size=8 * 1024, total_size=16 * 1024)
