"""Answers with a page that is the same for everybody who reads its language: a browser may keep it, and asks only whether
it changed.

Such a page has no form token, no script and nothing of the person who asks. Tell the kit so before it is rendered
(`bot.web.security.be_still`); `show_still` does both.
"""

import hashlib

from aiohttp import web

from bot.web.pages import render
from bot.web.security import be_still

LASTS = 60  # seconds that a browser, or a proxy, does not even ask
SEEN_BY_ALL = f"public, max-age={LASTS}"
DEPENDS_ON = "Accept-Language, Cookie, Accept-Encoding"  # the language; a proxy keeps one of each


def let_be_found(request: web.Request, response: web.Response) -> None:
    """Search engines may name this page; not with what somebody asked for in its address."""
    if not request.query_string:
        response.headers["X-Robots-Tag"] = "all"


def show_still(request: web.Request, template: str, page: object, *, status: int = 200) -> web.Response:
    """The page, packed; without a body where the browser has this very one. One that sets a cookie is nobody else's."""
    be_still(request)
    response = render(request, template, page, status=status)
    response.headers["Vary"] = DEPENDS_ON
    if status == 200:
        let_be_found(request, response)
    if status == 200 and not response.cookies:
        body = response.body
        assert isinstance(body, bytes)
        response.headers["Cache-Control"] = SEEN_BY_ALL
        response.etag = mark = hashlib.sha256(body).hexdigest()[:32]
        if any(known.value in (mark, "*") for known in request.if_none_match or ()):
            response.set_status(304)
            response.body = None
            return response
    response.enable_compression()
    return response
