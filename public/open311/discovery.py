"""Service discovery: where the endpoint is, in which forms it speaks, how one gets a key, and since when it is as it is.

`changeset` is the moment from which services and definitions are as they are now. It is noted when the program starts and
finds them to be others than the last time; nothing else moves it.
"""

from typing import Any

import structlog
from aiohttp import web

from bot.errors import StorageBusy
from bot.web import keys
from bot.web.language import page_language
from bot.wording import say
from public.open311.services import digest
from public.open311.spoken import MEDIA_TYPES, Format, answer

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
BASE = "/open311/v2"

log = structlog.get_logger(__name__)


async def show_discovery(request: web.Request, form: Format) -> web.Response:
    """`GET /discovery.{xml|json}`."""
    async with request.app[keys.STORAGE].reading() as uow:
        since = await uow.service_lists.since(digest())
    if since is None:  # the database could not be written to when the program started, or was put back since
        since = await _note(request.app)
    language, is_demo = page_language(request), request.app[keys.IS_DEMO]
    told: dict[str, Any] = {
        "changeset": since,
        "contact": say(language, "open311_contact", url=base_url(request)),
        "key_service": say(language, "open311_key_service"),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{base_url(request)}{BASE}",
                "changeset": since,
                "type": "test" if is_demo else "production",
                "formats": [MEDIA_TYPES[form] for form in Format],
            }
        ],
    }
    return answer(request, form, "discovery", told)


def base_url(request: web.Request) -> str:
    """Where this installation is found, without a slash at its end."""
    if public := request.app[keys.SETTINGS].public_url.rstrip("/"):
        return public
    try:
        return str(request.url.origin())
    except ValueError:  # a Host header that is none
        return ""


async def note_services(app: web.Application) -> None:
    """At the start. A database out of reach is no reason not to start: the first who asks has it noted."""
    try:
        async with app[keys.STORAGE].reading() as uow:
            is_known = await uow.service_lists.since(digest()) is not None
        if not is_known:
            await _note(app)
    except StorageBusy:
        log.warning("services_not_noted")


async def _note(app: web.Application) -> Any:
    now = app[keys.CLOCK].now().replace(microsecond=0)
    async with app[keys.STORAGE].begin() as uow:
        await uow.service_lists.became(digest(), now)
        since = await uow.service_lists.since(digest())
        await uow.commit()
    return since
