"""Cookies that hold: HttpOnly, SameSite, and over https the `__Host-` prefix, which no other host can plant."""

from datetime import timedelta

from aiohttp import web

from bot.settings import Settings
from bot.web.keys import SETTINGS


def is_https(settings: Settings) -> bool:
    """Residents and staff reach this server over https (a proxy in front of it ends TLS)."""
    return settings.public_url.startswith("https://")


def cookie_name(settings: Settings, name: str) -> str:
    """`__Host-homthu_<name>` over https, `homthu_<name>` without: browsers refuse the prefix on plain http."""
    return f"__Host-homthu_{name}" if is_https(settings) else f"homthu_{name}"


def read_cookie(request: web.Request, name: str) -> str:
    """The cookie's value, at most 512 characters; empty when there is none."""
    return request.cookies.get(cookie_name(request.app[SETTINGS], name), "")[:512]


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
    response.del_cookie(cookie_name(settings, name), path="/", httponly=True, secure=is_https(settings), samesite="Lax")
