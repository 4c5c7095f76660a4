"""The addresses below /open311, one row each, and what else holds for all of them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.web import keys
from bot.web.language import page_language
from bot.web.security import Handler
from bot.web.throttle import Throttle, peer
from public.open311.bulk import stream_bulk
from public.open311.description import describe
from public.open311.discovery import BASE, base_url, note_services, show_discovery
from public.open311.posting import take_request
from public.open311.refusing import Fault, Refused, missing, say_refused
from public.open311.requests import ASIDE, list_requests, show_request, show_token
from public.open311.services import definition, service, service_codes
from public.open311.spoken import Format, answer

PREFIX = "/open311"
LOOKS = 1_200  # of one address of the network, a minute; one program may read for many people
AT_A_TIME = 2  # long lists that are put into words at once; the next ones wait

Answering = Callable[[web.Request, Format], Awaitable[web.StreamResponse]]
THROTTLE: web.AppKey[Throttle] = web.AppKey("open311_throttle", Throttle)


@dataclass(frozen=True, kw_only=True)
class Resource:
    """An address without its suffix, and what `description` tells of it."""

    method: str
    path: str
    do: Answering
    does: str
    says: str  # the schema of what it answers with, by its name there
    root: str  # of the XML document


async def list_services(request: web.Request, form: Format) -> web.Response:
    """`GET /services.{xml|json}`."""
    language = page_language(request)
    return answer(request, form, "services", [service(code, language) for code in service_codes()])


async def show_definition(request: web.Request, form: Format) -> web.Response:
    """`GET /services/{service_code}.{xml|json}`."""
    code = request.match_info["code"]
    if code not in service_codes():
        raise missing("open311_no_such_service")
    return answer(request, form, "service_definition", definition(code, page_language(request)))


RESOURCES = (
    Resource(
        method="GET", path="/discovery", do=show_discovery, does="Where the endpoint is", says="Discovery", root="discovery"
    ),
    Resource(
        method="GET", path="/services", do=list_services, does="What can be reported", says="Services", root="services"
    ),
    Resource(
        method="GET",
        path="/services/{code}",
        do=show_definition,
        does="What is asked about a service",
        says="Definition",
        root="service_definition",
    ),
    Resource(method="GET", path="/requests", do=list_requests, does="Requests", says="Requests", root="service_requests"),
    Resource(method="POST", path="/requests", do=take_request, does="Send one in", says="Received", root="service_requests"),
    Resource(
        method="GET",
        path="/requests/{id}",
        do=show_request,
        does="One request",
        says="Requests",
        root="service_requests",
    ),
    Resource(
        method="GET",
        path="/tokens/{token}",
        do=show_token,
        does="The id of a token",
        says="Tokens",
        root="service_requests",
    ),
)


def add_routes(app: web.Application) -> None:
    """Every resource in both forms; whatever else is asked below /open311 is refused in the same shape."""
    app[THROTTLE], app[ASIDE] = Throttle(LOOKS), asyncio.Semaphore(AT_A_TIME)
    app[keys.VOICES][PREFIX] = say_refused
    app.on_startup.append(note_services)
    for resource in RESOURCES:
        for form in Format:
            app.router.add_route(resource.method, f"{BASE}{resource.path}.{form}", _in_form(resource, form))
    app.router.add_get(f"{BASE}/bulk.csv", _not_too_often(stream_bulk))
    app.router.add_get(f"{BASE}/openapi.json", show_description)


def _in_form(resource: Resource, form: Format) -> Handler:
    async def respond(request: web.Request) -> web.StreamResponse:
        return await resource.do(request, form)

    return _not_too_often(respond) if resource.method == "GET" else respond  # who sends something in has a key with a rate


def _not_too_often(do: Handler) -> Handler:
    async def respond(request: web.Request) -> web.StreamResponse:
        if wait := await request.app[THROTTLE].wait_for(peer(request)):
            raise Refused(Fault(429, "open311_too_often", {"seconds": wait}), wait=wait)
        return await do(request)

    return respond


async def show_description(request: web.Request) -> web.Response:
    """`GET /openapi.json`."""
    return answer(request, Format.JSON, "openapi", describe(RESOURCES, url=f"{base_url(request)}{BASE}"))
