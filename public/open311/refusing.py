"""What is wrong, in GeoReport's shape: 404 for what does not exist, 403 for a key, 400 for anything else.

The code in the body may be finer than the status: 405, 413 and 429 stand there. Words that were sent are never repeated;
a field is named only by a name of ours. Only a database out of reach (503, come again) or an error of our own is a 5xx.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.web.language import page_language
from bot.web.security import bare_headers
from bot.wording import say
from public.open311.spoken import answer, asked_form

_STATUS = {403: 403, 404: 404, 503: 503}  # of ours, by the code in the body
_KEYS = {
    403: "open311_refused",
    404: "open311_no_such_thing",
    405: "open311_no_such_method",
    413: "open311_too_large",
    503: "open311_come_again",
    500: "open311_our_error",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: its code, and a key of `open311.po` with its values."""

    code: int
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


class Refused(web.HTTPBadRequest):
    """Not done, for these reasons; the first one gives the status.

    Args:
        wait: Seconds until it may be tried again; 0: nothing changes by waiting.
    """

    def __init__(self, *faults: Fault, wait: int = 0) -> None:
        super().__init__()
        self.faults = faults
        self.wait = wait


def wrong(key: str, **values: Any) -> Refused:
    """A 400."""
    return Refused(Fault(400, key, values))


def missing(key: str) -> Refused:
    """A 404."""
    return Refused(Fault(404, key))


def say_refused(request: web.Request, status: int, found: web.HTTPException | None, error_id: str) -> web.Response:
    """See `bot.web.errors.Voice`."""
    if isinstance(found, Refused):
        faults = found.faults
    else:
        code = status if status in _KEYS or status >= 500 else 400
        faults = (Fault(code, _KEYS.get(code, "open311_malformed" if code < 500 else "open311_our_error")),)
    language, code = page_language(request), faults[0].code
    said = [{"code": fault.code, "description": say(language, fault.key, **fault.values)} for fault in faults]
    if error_id:
        said[0]["description"] = f"{said[0]['description']} ({error_id})"
    response = answer(request, asked_form(request), "errors", said, status=_STATUS.get(code, 400 if code < 500 else 500))
    response.headers["Cache-Control"] = bare_headers()["Cache-Control"]
    if isinstance(found, Refused) and found.wait:
        response.headers["Retry-After"] = str(found.wait)
    return response
