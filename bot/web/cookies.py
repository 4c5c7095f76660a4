"""Cookies that hold: HttpOnly, SameSite, and over https the `__Host-` prefix, which no other host can plant.

Within another site's frame they have names of their own, and the browser keeps them apart for each such site: `Partitioned`
(https://developer.mozilla.org/docs/Web/Privacy/Guides/Privacy_sandbox/Partitioned_cookies). What is kept at our own
address is never sent there. Such a cookie is `Secure` whatever the settings say: no browser takes it otherwise.
"""

from datetime import timedelta
from urllib.parse import quote

from aiohttp import web

from bot.settings import Settings
from bot.web.framing import is_framed
from bot.web.keys import SETTINGS

_IN_A_FRAME = "; Path=/; HttpOnly; Secure; SameSite=None; Partitioned"


def is_https(settings: Settings) -> bool:
    """Residents and staff reach this server over https (a proxy in front of it ends TLS)."""
    return settings.public_url.startswith("https://")


def cookie_name(settings: Settings, name: str) -> str:
    """`__Host-homthu_<name>` over https, `homthu_<name>` without: browsers refuse the prefix on plain http."""
    return f"__Host-homthu_{name}" if is_https(settings) else f"homthu_{name}"


def read_cookie(request: web.Request, name: str) -> str:
    """The cookie's value, at most 512 characters; empty when there is none."""
    return request.cookies.get(_name(request, name), "")[:512]


def set_cookie(
    request: web.Request,
    response: web.StreamResponse,
    name: str,
    value: str,
    *,
    lasts: timedelta | None = None,
    same_site: str = "Lax",
) -> None:
    """Set it for the whole site. `lasts` None: until the browser is closed."""
    settings = request.app[SETTINGS]
    if is_framed(request):
        # By hand: Python's own cookies know `Partitioned` from 3.14 on.
        kept = f"; Max-Age={int(lasts.total_seconds())}" if lasts else ""
        response.headers.add("Set-Cookie", f"{_name(request, name)}={quote(value)}{kept}{_IN_A_FRAME}")
        return
    response.set_cookie(
        cookie_name(settings, name),
        value,
        path="/",
        httponly=True,
        secure=is_https(settings),
        samesite=same_site,
        max_age=int(lasts.total_seconds()) if lasts else None,
    )


def drop_cookie(request: web.Request, response: web.StreamResponse, name: str) -> None:
    """Make the browser forget it."""
    settings = request.app[SETTINGS]
    if is_framed(request):
        response.headers.add("Set-Cookie", f"{_name(request, name)}=; Max-Age=0{_IN_A_FRAME}")
        return
    response.del_cookie(cookie_name(settings, name), path="/", httponly=True, secure=is_https(settings), samesite="Lax")


def _name(request: web.Request, name: str) -> str:
    return cookie_name(request.app[SETTINGS], f"embed_{name}" if is_framed(request) else name)
