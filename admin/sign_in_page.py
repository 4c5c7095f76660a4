"""Shows the sign-in form. What comes of it is `admin.signing_in`'s; why somebody is shown it, `admin.guard`'s."""

import math
import secrets

from aiohttp import web

from admin.pages import SignInPage
from admin.troubles import field_of
from admin.unsent import Unsent
from bot.web import FORM_TOKEN, keys, render
from bot.web.cookies import read_cookie, set_cookie
from bot.web.language import page_language
from bot.web.tokens import sign
from bot.wording import say

FORM_COOKIE = "signin"  # ties the sign-in form to this browser, before there is a session


def sign_in_page(
    request: web.Request,
    *,
    next_path: str,
    username: str = "",
    trouble_key: str = "",
    wait: int = 0,
    status: int = 200,
    unsent: Unsent | None = None,
) -> web.Response:
    """The form, tied to this browser by a cookie of its own.

    Args:
        wait: Seconds until the next try, where that is the trouble.
        unsent: What the form carries along, to be given back after the sign-in.
    """
    ticket = read_cookie(request, FORM_COOKIE) or secrets.token_urlsafe(24)
    request[FORM_TOKEN] = ticket_token(request, ticket)
    page = SignInPage(
        username=username,
        next_path=next_path,
        trouble=trouble_in_words(request, trouble_key, wait),
        trouble_at=field_of(trouble_key),
        unsent=unsent,
        is_demo=request.app[keys.IS_DEMO],
    )
    response = render(request, "staff/sign_in.html", page, status=status)
    set_cookie(request, response, FORM_COOKIE, ticket, same_site="Strict")
    return response


def trouble_in_words(request: web.Request, key: str, wait: int = 0) -> str:
    """The sentence; of a wait, how long it is: seconds up to a minute and a half, minutes beyond."""
    if not key:
        return ""
    language = page_language(request)
    if not wait:
        return say(language, key)
    many = (
        say(language, "sign_in_seconds", n=wait) if wait <= 90 else say(language, "sign_in_minutes", n=math.ceil(wait / 60))
    )
    return say(language, key, wait=many)


def ticket_token(request: web.Request, ticket: str) -> str:
    """What the form must carry; empty, which matches nothing, for a browser without the cookie."""
    return sign(request.app[keys.SECRET_KEY], "sign-in", ticket) if ticket else ""
