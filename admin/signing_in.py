"""Sign in, sign out, change the password. What is a right password is `bot.services.sign_in`'s to say."""

from datetime import timedelta

import structlog
from aiohttp import web

from admin.guard import PASSWORD, QUEUE, SESSION_COOKIE, SIGN_IN, Visit, find_visit, give_back, inside_path
from admin.pages import PasswordPage
from admin.sign_in_page import FORM_COOKIE, sign_in_page, ticket_token
from admin.troubles import field_of
from admin.unsent import LIMITS, unsent_in
from bot.services.sign_in import SignedIn, change_password, sign_in, sign_out
from bot.web import FORM_TOKEN, keys, render
from bot.web.cookies import drop_cookie, read_cookie, set_cookie
from bot.web.forms import Form, TokenRefused, read_form
from bot.web.throttle import Throttle, peer
from bot.web.tokens import same, sign

log = structlog.get_logger(__name__)

DEVICE_COOKIE = "device"  # this browser signed in with that name before
DEVICE_KNOWN_FOR = timedelta(days=180)
GUESSES = 10  # a minute, per name and per network address
THROTTLE: web.AppKey[Throttle] = web.AppKey("sign_in_throttle", Throttle)


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


async def _try(request: web.Request, form: Form) -> web.StreamResponse:
    username, next_path, unsent = form.text("username")[:60], inside_path(form.text("next")), unsent_in(form)

    def again(trouble_key: str, status: int) -> web.Response:
        return sign_in_page(
            request, next_path=next_path, username=username, trouble_key=trouble_key, status=status, unsent=unsent
        )

    names = _counted_as(request, username.casefold())
    wait = 0
    for name in names:  # up to the first refusal: who tries too often can make no more names to be remembered
        wait = wait or await request.app[THROTTLE].wait_for(*name)
    if wait:
        response = again("desk_sign_in_throttled", 429)
        response.headers["Retry-After"] = str(wait)
        return response
    made = await sign_in(
        request.app[keys.STORAGE],
        username=username,
        password=form.fields.get("password", ""),
        now=request.app[keys.CLOCK].now(),
        earlier_session_id=read_cookie(request, SESSION_COOKIE),
    )
    if made is None:
        log.info("sign_in_refused")
        return again("desk_sign_in_wrong", 401)
    for name in names:
        await request.app[THROTTLE].forget(*name)
    must_change = made.staff.must_change_password
    if unsent is not None:
        if not must_change:
            request[FORM_TOKEN] = made.session.form_token
        page = give_back(request, unsent, "desk_not_sent_again", status=200)
        _remember(request, page, made)
        return page
    answer = web.HTTPSeeOther(PASSWORD if must_change else next_path)
    _remember(request, answer, made)
    raise answer


async def post_sign_out(visit: Visit) -> web.StreamResponse:
    async with read_form(visit.request, token=visit.session.form_token):
        pass
    async with visit.request.app[keys.STORAGE].begin() as uow:
        await sign_out(uow, session=visit.session, now=visit.now)
        await uow.commit()
    answer = web.HTTPSeeOther(SIGN_IN)
    drop_cookie(visit.request, answer, SESSION_COOKIE)
    raise answer


async def show_password(visit: Visit) -> web.StreamResponse:
    return _password_page(visit)


async def post_password(visit: Visit) -> web.StreamResponse:
    async with read_form(visit.request, token=visit.session.form_token) as form:
        if await visit.request.app[THROTTLE].wait_for("password", str(visit.staff.id)):
            return _password_page(visit, "desk_sign_in_throttled", status=429)
        new = form.fields.get("new", "")
        if new != form.fields.get("again", ""):
            return _password_page(visit, "desk_password_differs", status=400)
        made = await change_password(
            visit.request.app[keys.STORAGE],
            staff=visit.staff,
            current=form.fields.get("current", ""),
            new=new,
            now=visit.now,
        )
    if isinstance(made, str):
        return _password_page(visit, made, status=400)
    answer = web.HTTPSeeOther(f"{QUEUE}?done=password")
    _remember(visit.request, answer, made)
    raise answer


def _password_page(visit: Visit, trouble_key: str = "", *, status: int = 200) -> web.Response:
    page = PasswordPage(
        frame=visit.frame,
        username=visit.staff.username,
        is_forced=visit.staff.must_change_password,
        trouble=visit.say(trouble_key) if trouble_key else "",
        trouble_at=field_of(trouble_key),
    )
    return render(visit.request, "staff/password.html", page, status=status)


def _counted_as(request: web.Request, username: str) -> list[tuple[str, str]]:
    """Under which names this try is counted.

    A browser that signed in with this name before has a count of its own: a stranger who keeps guessing uses up the
    name's count and can never lock its owner out.
    """
    if same(read_cookie(request, DEVICE_COOKIE), sign(request.app[keys.SECRET_KEY], "device", username)):
        return [("device", username)]
    return [("peer", peer(request)), ("name", username)]


def _remember(request: web.Request, answer: web.StreamResponse, made: SignedIn) -> None:
    set_cookie(request, answer, SESSION_COOKIE, made.session_id)
    device = sign(request.app[keys.SECRET_KEY], "device", made.staff.username.casefold())
    set_cookie(request, answer, DEVICE_COOKIE, device, lasts=DEVICE_KNOWN_FOR, same_site="Strict")
