"""Sign in by password and, where there is a second factor, by code; sign out. What is right is `bot.services` to say.

Between the two steps there is no session: a cookie of its own names a wait of five minutes for this browser's code.
"""

from urllib.parse import quote

import structlog
from aiohttp import web

from admin.guard import (
    AUTHENTICATOR,
    PASSWORD,
    QUEUE,
    SESSION_COOKIE,
    SIGN_IN,
    Visit,
    find_visit,
    give_back,
    inside_path,
    owes_code,
)
from admin.guessing import GUESSES, counts_of_code, counts_of_password, remember_device
from admin.pages import CodeStepPage
from admin.sign_in_page import FORM_COOKIE, sign_in_page, ticket_token, trouble_in_words
from admin.unsent import LIMITS, Unsent, unsent_in
from bot.domain.signing_in import HALF_LASTS, device_of
from bot.services.giving_code import give_code, half_signed_in
from bot.services.sign_in import CodeAwaited, SignedIn, sign_in, sign_out
from bot.web import FORM_TOKEN, keys, render
from bot.web.cookies import drop_cookie, read_cookie, set_cookie
from bot.web.forms import Form, TokenRefused, read_form

log = structlog.get_logger(__name__)

CODE_STEP = "/staff/login/code"
HALF_COOKIE = "half"
LONGEST_CODE = 60  # characters of a code that come back to be mended


async def show_sign_in(request: web.Request) -> web.StreamResponse:
    if await find_visit(request):
        raise web.HTTPSeeOther(QUEUE)
    return sign_in_page(request, next_path=inside_path(request.query.get("next", "")))


async def post_sign_in(request: web.Request) -> web.StreamResponse:
    ticket = read_cookie(request, FORM_COOKIE)
    try:
        async with read_form(request, token=ticket_token(request, ticket), limits=LIMITS) as form:
            return await _try(request, form)
    except TokenRefused as refused:
        return sign_in_page(
            request,
            next_path=inside_path(refused.form.text("next")),
            username=refused.form.text("username")[:60],
            trouble_key="desk_sign_in_stale",
            status=403,
            unsent=unsent_in(refused.form),
        )


async def show_code_step(request: web.Request) -> web.StreamResponse:
    next_path = inside_path(request.query.get("next", ""))
    if await _awaited(request) is None:
        raise web.HTTPSeeOther(SIGN_IN)
    return _code_page(request, next_path)


async def post_code_step(request: web.Request) -> web.StreamResponse:
    ticket = read_cookie(request, FORM_COOKIE)
    try:
        async with read_form(request, token=ticket_token(request, ticket), limits=LIMITS) as form:
            return await _try_code(request, form)
    except TokenRefused as refused:
        return _code_page(
            request,
            inside_path(refused.form.text("next")),
            "desk_sign_in_stale",
            status=403,
            typed=refused.form.text("code"),
            unsent=unsent_in(refused.form),
        )


async def post_sign_out(visit: Visit) -> web.StreamResponse:
    async with read_form(visit.request, token=visit.session.form_token):
        pass
    async with visit.request.app[keys.STORAGE].begin() as uow:
        await sign_out(uow, session=visit.session, now=visit.now)
        await uow.commit()
    answer = web.HTTPSeeOther(SIGN_IN)
    drop_cookie(visit.request, answer, SESSION_COOKIE)
    raise answer


def remember(request: web.Request, answer: web.StreamResponse, made: SignedIn) -> None:
    """Give the browser its session, and remember that it signed in with this name."""
    set_cookie(request, answer, SESSION_COOKIE, made.session_id)
    remember_device(request, answer, made.staff.username)


def device(request: web.Request) -> str:
    """What this browser is called in its owner's list; of what it says itself nothing more is kept."""
    return device_of(request.headers.get("User-Agent", ""))


async def _try(request: web.Request, form: Form) -> web.StreamResponse:
    username, next_path, unsent = form.text("username")[:60], inside_path(form.text("next")), unsent_in(form)

    def again(trouble_key: str, status: int, wait: int = 0) -> web.Response:
        return sign_in_page(
            request, next_path=next_path, username=username, trouble_key=trouble_key, status=status, unsent=unsent, wait=wait
        )

    counts = counts_of_password(request, username)
    if wait := await request.app[GUESSES].take(*counts):
        response = again("desk_sign_in_throttled", 429, wait)
        response.headers["Retry-After"] = str(wait)
        return response
    made = await sign_in(
        request.app[keys.STORAGE],
        username=username,
        password=form.fields.get("password", ""),
        now=request.app[keys.CLOCK].now(),
        earlier_session_id=read_cookie(request, SESSION_COOKIE),
        browser=read_cookie(request, FORM_COOKIE),
        device=device(request),
    )
    if made is None:
        log.info("sign_in_refused")
        return again("desk_sign_in_wrong", 401)
    await request.app[GUESSES].succeeded(*counts)
    if isinstance(made, CodeAwaited):
        return _ask_for_code(request, made, next_path, unsent)
    return _go_on(request, made, next_path, unsent)


def _ask_for_code(request: web.Request, made: CodeAwaited, next_path: str, unsent: Unsent | None) -> web.Response:
    if unsent is None:
        answer: web.Response = web.HTTPSeeOther(CODE_STEP if next_path == QUEUE else f"{CODE_STEP}?next={quote(next_path)}")
    else:  # what was not sent travels in the form, and no redirect could carry it
        answer = _code_page(request, next_path, unsent=unsent)
    set_cookie(request, answer, HALF_COOKIE, made.half_id, lasts=HALF_LASTS, same_site="Strict")
    if isinstance(answer, web.HTTPException):
        raise answer
    return answer


async def _try_code(request: web.Request, form: Form) -> web.StreamResponse:
    next_path, unsent = inside_path(form.text("next")), unsent_in(form)
    username = await _awaited(request)
    if username is None:
        return sign_in_page(request, next_path=next_path, trouble_key="desk_sign_in_again", status=401, unsent=unsent)
    counts = counts_of_code(request, username)
    if wait := await request.app[GUESSES].take(*counts):
        response = _code_page(
            request, next_path, "desk_sign_in_throttled", status=429, wait=wait, typed=form.text("code"), unsent=unsent
        )
        response.headers["Retry-After"] = str(wait)
        return response
    made = await give_code(
        request.app[keys.STORAGE],
        request.app[keys.SEALER],
        half_id=read_cookie(request, HALF_COOKIE),
        browser=read_cookie(request, FORM_COOKIE),
        typed=form.text("code"),
        device=device(request),
        now=request.app[keys.CLOCK].now(),
        earlier_session_id=read_cookie(request, SESSION_COOKIE),
    )
    if made == "desk_sign_in_again":
        return sign_in_page(request, next_path=next_path, username=username, trouble_key=made, status=401, unsent=unsent)
    if isinstance(made, str):
        log.info("code_refused")
        return _code_page(request, next_path, made, status=401, typed=form.text("code"), unsent=unsent)
    await request.app[GUESSES].succeeded(*counts)
    return _go_on(request, made.signed_in, next_path, unsent, used_recovery=made.codes_left is not None)


def _go_on(
    request: web.Request, made: SignedIn, next_path: str, unsent: Unsent | None, *, used_recovery: bool = False
) -> web.Response:
    """To what is owed first, or what they have to know, or where they wanted to go."""
    owed = PASSWORD if made.staff.must_change_password else AUTHENTICATOR if owes_code(request.app, made.staff) else ""
    if unsent is not None:
        if not owed:
            request[FORM_TOKEN] = made.session.form_token
        page = give_back(request, unsent, "desk_not_sent_again", status=200)
        remember(request, page, made)
        return page
    if not owed and (made.must_be_told or used_recovery):
        owed = f"{AUTHENTICATOR}?used=recovery" if used_recovery else AUTHENTICATOR
    answer = web.HTTPSeeOther(owed or next_path)
    remember(request, answer, made)
    drop_cookie(request, answer, HALF_COOKIE)
    raise answer


async def _awaited(request: web.Request) -> str | None:
    """The name of the one whose code this browser is to give."""
    staff = await half_signed_in(
        request.app[keys.STORAGE],
        half_id=read_cookie(request, HALF_COOKIE),
        browser=read_cookie(request, FORM_COOKIE),
        now=request.app[keys.CLOCK].now(),
    )
    return staff.username if staff else None


def _code_page(
    request: web.Request,
    next_path: str,
    trouble_key: str = "",
    *,
    status: int = 200,
    wait: int = 0,
    typed: str = "",
    unsent: Unsent | None = None,
) -> web.Response:
    request[FORM_TOKEN] = ticket_token(request, read_cookie(request, FORM_COOKIE))
    page = CodeStepPage(
        next_path=next_path, typed=typed[:LONGEST_CODE], trouble=trouble_in_words(request, trouble_key, wait), unsent=unsent
    )
    return render(request, "staff/code_step.html", page, status=status)
