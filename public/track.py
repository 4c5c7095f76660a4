"""Questions about a receipt: is it ours, how does its case stand, and with its secret everything about the case.

Code and signature prove the paper, and tell nothing else: nothing is looked up. The code alone says how the case stands,
where anybody may know that. Code and secret open the case as its resident knows it: what was written and answered, also
what no channel could bring; there they write, dispute and rate. A code that was never given out is answered like one that
nobody may know of, like a wrong signature or a wrong secret, after the same work.
"""

import secrets
from dataclasses import dataclass, replace

from aiohttp import web

from bot.domain.case import Case, CaseCode, read_code
from bot.domain.thread import Author
from bot.media_types import SHOWN_TYPE
from bot.services.reach_resident import show_missed
from bot.services.track_case import NO_CODE, Tracked, is_genuine, know_case, track_case
from bot.web import FORM_TOKEN, keys, render
from bot.web.cookies import read_cookie, set_cookie
from bot.web.forms import Form, Limits, TokenRefused, read_form
from bot.web.shown import shown
from bot.web.siege import GATES, add_gate
from bot.web.still import let_be_found
from bot.web.throttle import Throttle, peer
from bot.web.tokens import sign
from public.track_acts import act
from public.track_pass import COOKIE, grant, holds, read_file_path
from public.track_shown import CasePart, known_part, whole_part

TRIES = 20  # of one address of the network, in ten minutes; a whole family's receipts
TRIES_OF_ALL = 600  # in a minute, whoever sends them
GATE, MANY, FEW = "track", 300, 60  # questions of everybody, a minute; see `bot.web.siege`
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
    is_about_case: bool  # the second question was asked
    case: CasePart | None
    proof: str  # a question to be answered first, while very many ask at once; else empty
    typed: str = ""  # what was written and has no other place on the page


def add_routes(app: web.Application) -> None:
    app[THROTTLE] = Throttle(TRIES, 10)
    app[THROTTLE_OF_ALL] = Throttle(TRIES_OF_ALL)
    add_gate(app, GATE, many=MANY, few=FEW)
    app.router.add_get("/track", show_track)
    app.router.add_post("/track", post_track)
    app.router.add_get("/track/files/{name}", serve_picture)


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
    code = read_code(form.text("code")[:LONGEST]) or NO_CODE
    if "act" in form.fields:
        return await _acted(request, form, code)
    if "secret" in form.fields:
        found = await _found(request, code, form.text("secret")[:LONGEST])
        is_whole = found is not None and bool(found.granted)
        key = "track_case_found" if is_whole else "track_case_known" if found else "track_case_wrong"
        return _answered(request, form, key, is_good=found is not None, case=found)
    good = is_genuine(request.app[keys.RECEIPTS], form.text("code"), form.text("signature"))
    return _answered(request, form, "track_genuine" if good else "track_not_genuine", is_good=good)


def _too_often(request: web.Request, form: Form, wait: int) -> web.Response:
    response = _answered(request, form, "track_too_often", status=429)
    response.headers["Retry-After"] = str(wait)
    return response


async def _found(request: web.Request, code: CaseCode, secret: str) -> CasePart | None:
    """The case as they may see it: without a secret only what anybody with the code may know."""
    app = request.app
    async with app[keys.STORAGE].reading() as uow:
        if not secret:
            known = await know_case(uow, code=code, now=app[keys.CLOCK].now())
            return known_part(request, known) if known is not None else None
        tracked = await track_case(uow, app[keys.RECEIPTS], code=code, secret=secret)
    return await _whole(request, tracked) if tracked is not None else None


async def _whole(request: web.Request, tracked: Tracked) -> CasePart:
    """All of the case; what had not reached its resident is known to them from now on."""
    app, code = request.app, tracked.case.code
    granted, once = grant(request, code, read_cookie(request, COOKIE) or ""), secrets.token_urlsafe(24)
    if tracked.case.reach_since is None:
        async with app[keys.STORAGE].reading() as uow:
            return await whole_part(request, uow, tracked, (), granted=granted, once=once)
    async with app[keys.STORAGE].begin() as uow:
        missed = await show_missed(uow, tracked.case, app[keys.CLOCK].now())
        fresh = await uow.cases.by_id(tracked.case.id)
        part = await whole_part(
            request, uow, replace(tracked, case=fresh or tracked.case), missed, granted=granted, once=once
        )
        await uow.commit()
    return part


async def _acted(request: web.Request, form: Form, code: CaseCode) -> web.Response:
    """Write, dispute or rate, and the case as it is then. Without a pass that holds, nothing: the secret is asked again."""
    app = request.app
    case = await _granted(request, code, form.text("granted")[:200])
    if case is None:
        return _answered(request, form, "track_pass_over", status=403)
    done = await act(app[keys.STORAGE], app[keys.CITY], app[keys.CLOCK], case, form)
    async with app[keys.STORAGE].reading() as uow:
        secret = app[keys.RECEIPTS].secret(code)
        tracked = await track_case(uow, app[keys.RECEIPTS], code=code, secret=secret)
    part = await _whole(request, tracked) if tracked is not None else None
    is_done = done.startswith("track_done_")
    if part is not None and not is_done:
        part = replace(part, typed=shown(form.text("text")))
    return _answered(request, form, done, is_good=is_done, case=part, status=200 if is_done else 400)


async def _granted(request: web.Request, code: CaseCode, granted: str) -> Case | None:
    if not holds(request, code, granted):
        return None
    async with request.app[keys.STORAGE].reading() as uow:
        return await uow.cases.by_code(code)


async def serve_picture(request: web.Request) -> web.Response:
    """A picture of the thread, as it may be shown, for the browser that was shown its address. Else the same 404 for all."""
    app, found = request.app, read_file_path(request, request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    code, attachment_id = found
    async with app[keys.STORAGE].reading() as uow:
        case = await uow.cases.by_code(code)
        thread = await uow.cases.thread(case.id) if case is not None else []
    files = {
        one.id: one.file
        for message in thread
        if message.author in (Author.RESIDENT, Author.STAFF)
        for one in message.attachments
    }
    file = files.get(attachment_id)
    if file is None or not file.shown_key:
        raise web.HTTPNotFound
    try:
        data = await app[keys.FILES].get(file.shown_key)
    except FileNotFoundError:
        raise web.HTTPNotFound from None
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, no-store"}
    return web.Response(body=data, content_type=SHOWN_TYPE, headers=headers)


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
    is_about_case = bool(form.fields.keys() & {"secret", "act"})
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
            typed=shown(form.text("text")) if case is None else "",
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
