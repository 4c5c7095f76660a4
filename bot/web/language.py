"""Which language a page is shown in: `?lang=`, then the cookie, then what the browser asks for, then Vietnamese."""

from datetime import timedelta
from functools import lru_cache

from aiohttp import web

from bot.domain.people import Language
from bot.web.cookies import read_cookie, set_cookie

COOKIE = "lang"
REMEMBERED_FOR = timedelta(days=365)
_OURS = {language.value: language for language in Language}
_FOUND: web.RequestKey[Language] = web.RequestKey("language", Language)  # a page asks hundreds of times


def page_language(request: web.Request) -> Language:
    """Never raises: an unknown language is as good as none."""
    if _FOUND not in request:
        asked = _OURS.get(_chosen(request)) or _OURS.get(read_cookie(request, COOKIE))
        request[_FOUND] = asked or _asked_for(request.headers.get("Accept-Language", "")[:500])
    return request[_FOUND]


def remember_language(request: web.Request, response: web.StreamResponse) -> None:
    """Keep a language that was chosen with `?lang=` in the browser; nothing is stored here."""
    chosen = _OURS.get(_chosen(request))
    if chosen and chosen.value != read_cookie(request, COOKIE):
        set_cookie(request, response, COOKIE, chosen.value, lasts=REMEMBERED_FOR)


def _chosen(request: web.Request) -> str:
    return request.query.get("lang", "") if request.query_string else ""


@lru_cache(maxsize=256)  # browsers say few different things; some are asked with every message
def _asked_for(header: str) -> Language:
    """The best of `Accept-Language`: the first named with the highest q; Vietnamese when none is ours."""
    best, best_weight = Language.VI, 0.0
    for part in header.split(","):
        tag, _, parameter = part.strip().partition(";")
        language = _OURS.get(tag.split("-")[0].strip().lower())
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
