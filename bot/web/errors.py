"""What a person sees when a page cannot be shown: a small page in both languages, never a stack trace.

A server error gets a random id, shown on the page and in the log, so that one leads to the other.
"""

import secrets
import traceback
from dataclasses import dataclass
from pathlib import Path

import structlog
from aiohttp import web

from bot.errors import StorageBusy
from bot.web.keys import VOICES
from bot.web.pages import render
from bot.web.security import Handler

log = structlog.get_logger(__name__)

KNOWN = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})  # those with words of their own
RETRY_AFTER = 5  # seconds


@dataclass(frozen=True, kw_only=True)
class ErrorPage:
    """Everything `error.html` may use."""

    status: int
    wording_key: str  # "web_error_404": with "_title" and "_text" it names two sentences
    error_id: str  # empty unless it is our fault


@web.middleware
async def show_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn everything that went wrong into a page with the right status."""
    try:
        return await handler(request)
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        headers = {name: answer.headers[name] for name in ("Allow", "Retry-After") if name in answer.headers}
        return _page(request, answer.status, headers=headers, raised=answer)
    except StorageBusy:
        log.warning("storage_busy", route=_route(request))
        return _page(request, 503, headers={"Retry-After": str(RETRY_AFTER)})
    except UnicodeError:
        # Bytes that are no text: a malformed path, cookie or form. Nothing of ours encodes anything but a request's words.
        return _page(request, 400)
    except ConnectionError:
        raise  # the browser went away; nobody is left to be told
    except Exception as error:
        error_id = secrets.token_hex(6)
        # The place, not the message: an exception's text may hold a resident's words.
        log.error("page_failed", error_id=error_id, route=_route(request), error=type(error).__name__, at=_place(error))
        return _page(request, 500, error_id=error_id)


def _page(
    request: web.Request,
    status: int,
    *,
    error_id: str = "",
    headers: dict[str, str] | None = None,
    raised: web.HTTPException | None = None,
) -> web.Response:
    voice = next((say for start, say in request.app[VOICES].items() if request.path.startswith(start)), None)
    if voice is not None:
        response = voice(request, status, raised, error_id)
    else:
        known = status if status in KNOWN else 400 if status < 500 else 500
        page = ErrorPage(status=status, wording_key=f"web_error_{known}", error_id=error_id)
        response = render(request, "error.html", page, status=status)
    response.headers.update(headers or {})
    return response


def _route(request: web.Request) -> str:
    """The route's pattern, never the path: a path can hold a case's code or anything a stranger typed."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"


def _place(error: Exception) -> list[str]:
    return [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-6:]
    ]
