"""Which language a page is shown in: `?lang=`, then the cookie, then what the browser asks for, then Vietnamese."""

from datetime import timedelta

from aiohttp import web

from bot.domain.people import Language
from bot.web.cookies import read_cookie, set_cookie

COOKIE = "lang"
REMEMBERED_FOR = timedelta(days=365)
_FOUND: web.RequestKey[Language] = web.RequestKey("language", Language)  # a page asks hundreds of times


def page_language(request: web.Request) -> Language:
    """Never raises: an unknown language is as good as none."""
    if _FOUND not in request:
        asked = _known(request.query.get("lang", "")) or _known(read_cookie(request, COOKIE))
        request[_FOUND] = asked or _asked_for(request)
    return request[_FOUND]


def remember_language(request: web.Request, response: web.StreamResponse) -> None:
    """Keep a language that was chosen with `?lang=` in the browser; nothing is stored here."""
    chosen = _known(request.query.get("lang", ""))
    if chosen and chosen.value != read_cookie(request, COOKIE):
        set_cookie(request, response, COOKIE, chosen.value, lasts=REMEMBERED_FOR)


def _known(text: str) -> Language | None:
    try:
        return Language(text)
    except ValueError:
        return None


def _asked_for(request: web.Request) -> Language:
    """The best of `Accept-Language`: the first named with the highest q; Vietnamese when none is ours."""
    best, best_weight = Language.VI, 0.0
    for part in request.headers.get("Accept-Language", "")[:500].split(","):
        tag, _, parameter = part.strip().partition(";")
        language = _known(tag.split("-")[0].strip().lower())
        weight = _weight(parameter)
        if language and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
