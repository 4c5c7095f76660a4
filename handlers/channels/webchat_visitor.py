"""Whose chat a browser shows: a random token in a cookie, and what is derived from it.

The token is the only way into a chat. The database knows its SHA-256 alone, as the address, so a stolen database resumes
nobody's chat. Looking at the page stores nothing: the address is remembered with its first message.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.domain.people import Address, Channel
from bot.web import keys
from bot.web.cookies import drop_cookie, read_cookie, set_cookie
from bot.web.framing import FRAMED, is_framed
from bot.web.tokens import same, sign

COOKIE = "chat"
KEPT_FOR = timedelta(days=365)  # counted anew at each view of the page

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits as `secrets.token_urlsafe` writes them


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser. `is_new` when it brought no usable cookie, so that nothing can be stored under this address yet.

    `form_token` is what every form of this browser must carry back; it is made of the cookie's token and fits no other.
    """

    token: str
    form_token: str
    is_new: bool

    @property
    def address(self) -> Address:
        return Address(Channel.WEBCHAT, hashlib.sha256(self.token.encode()).hexdigest())

    def is_own(self, form_token: str) -> bool:
        """The form was shown by us to this very browser."""
        return not self.is_new and same(form_token, self.form_token)


def visitor_of(request: web.Request) -> Visitor:
    """The browser that asks; with a fresh token when its cookie is missing or not one of ours in shape."""
    token = read_cookie(request, COOKIE)
    is_new = _TOKEN.fullmatch(token) is None
    if is_new:
        token = secrets.token_urlsafe(32)
    return Visitor(token, sign(request.app[keys.SECRET_KEY], "webchat", token), is_new)


def base_of(request: web.Request) -> str:
    """Where the chat is that was asked: each of its forms and streams is below."""
    return f"{FRAMED}chat" if is_framed(request) else "/chat"


def remember(request: web.Request, response: web.StreamResponse, visitor: Visitor) -> None:
    set_cookie(request, response, COOKIE, visitor.token, lasts=KEPT_FOR)


def forget(request: web.Request, response: web.StreamResponse) -> None:
    drop_cookie(request, response, COOKIE)
