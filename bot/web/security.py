"""What every answer carries, and who may send something: headers of our own, and no form from another site.

The form's own token is checked where the form is read (`bot.web.forms`); this is the fence before it.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from aiohttp import web

from bot.web.cookies import is_https
from bot.web.framing import ancestors
from bot.web.keys import SETTINGS

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Their senders are not browsers; each proves itself by a secret of its own.
HOOKS = ("/hooks/", "/open311/")
# Whatever is posted here is read by `bot.web.forms.read_form`, which demands a token. A browser so old that it sends
# neither Sec-Fetch-Site nor Origin is let through to that check; everywhere else it is refused.
TOKEN_CHECKED = ("/staff/", "/chat", "/track", "/embed/")

_NONCE: web.RequestKey[str] = web.RequestKey("nonce", str)

PERMISSIONS = "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()"


def nonce(request: web.Request) -> str:
    """This answer's nonce, 128 bits; the same for every call with one request."""
    if _NONCE not in request:
        request[_NONCE] = secrets.token_urlsafe(16)
    return request[_NONCE]


def be_still(request: web.Request) -> None:
    """Say, before it is rendered, that this page has no script and is the same for everybody: it needs no nonce."""
    request[_NONCE] = ""


def page_policy(nonce_value: str, framed_by: str = "'none'") -> str:
    """The Content-Security-Policy of a page: nothing runs or styles that we did not mark, nothing from elsewhere.

    A page without a nonce runs nothing at all, and takes its styles from a file of ours. `framed_by` is who may
    show it in a frame, see `bot.web.framing`.
    """
    marked = f"script-src 'nonce-{nonce_value}'; style-src 'nonce-{nonce_value}'; " if nonce_value else "style-src 'self'; "
    return (
        f"default-src 'none'; {marked}"
        "img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; manifest-src 'self'; "
        f"object-src 'none'; base-uri 'none'; frame-ancestors {framed_by}"
    )


_BARE = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",  # but for what is meant for everybody
        "Server": "homthu",  # aiohttp would name itself and its version
    }
)
_WITHOUT_A_PAGE = frozenset({"application/json", "text/event-stream"})


def bare_headers() -> Mapping[str, str]:
    """What an answer without a page carries, whoever gives it."""
    return _BARE


async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
    """A signal, not a middleware, so that event streams carry them too. A route may have set a stricter value before."""
    headers = response.headers
    media_type = response.content_type
    framed_by = ancestors(request, media_type)
    if media_type not in _WITHOUT_A_PAGE and "Content-Security-Policy" not in headers:
        headers["Content-Security-Policy"] = page_policy(nonce(request), framed_by)
    for name, value in _BARE.items():
        headers.setdefault(name, value)
    if framed_by != "'none'":
        del headers["X-Frame-Options"]  # it can name nobody: a browser that knows it alone would show nothing
    if is_https(request.app[SETTINGS]):
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    headers["Server"] = _BARE["Server"]


@web.middleware
async def same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site's page makes a browser send."""
    if request.method not in SAFE_METHODS and not request.path.startswith(HOOKS) and not _is_ours(request):
        raise web.HTTPForbidden
    return await handler(request)


def _is_ours(request: web.Request) -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    # Behind a proxy the scheme seen here may differ from the browser's; host and port do not.
    public = urlsplit(request.app[SETTINGS].public_url).netloc
    if site is not None:
        # Where our own address is known for certain, the two must agree.
        is_foreign = bool(public and origin) and not _is_at(request, public, origin)
        return site in ("same-origin", "none") and not is_foreign
    if origin is None:
        return request.path.startswith(TOKEN_CHECKED)
    return _is_at(request, public, origin)


def _is_at(request: web.Request, public: str, origin: str | None) -> bool:
    return _host_of(origin or "") in {request.host.lower(), public.lower()} - {""}


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:  # "http://[": not an address at all
        return ""
