"""Renders a page: one template and the one frozen dataclass that declares everything the template may use.

Beside the page's own fields a template has `t(key, …)` (the wording in the page's language; `t_other` in the other),
`lang`, `here` (this page's path), `nonce`, `asset(name)` and, when the request was given one, `form_token`. Anything else
is an error, at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.runtime import Context

from bot.domain.city_day import shown_day
from bot.domain.people import Language
from bot.web.assets import Asset
from bot.web.language import page_language, remember_language
from bot.web.security import nonce
from bot.web.shown import shown
from bot.wording import say

_ROOT = Path(__file__).parents[2]
# By path and not by import: the core knows no neighbour. Names never clash, each room has a folder of its own inside.
TEMPLATE_FOLDERS = (
    Path(__file__).parent / "templates",
    _ROOT / "admin" / "templates",
    _ROOT / "public" / "templates",
    _ROOT / "handlers" / "channels" / "templates",
)

ENVIRONMENT: web.AppKey[Environment] = web.AppKey("environment", Environment)
# Set by whoever knows the session (the desk) or signs the address (the web chat), before rendering.
FORM_TOKEN: web.RequestKey[str] = web.RequestKey("form_token", str)


class _CompiledOnce(BytecodeCache):
    """What templates were compiled to, for every environment of this process: a test starts hundreds of them."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _CompiledOnce()


def make_environment(zone: ZoneInfo, assets: Mapping[str, Asset]) -> Environment:
    """Templates of every room; `zone` is the city's, in which all dates and times are shown."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE_FOLDERS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_COMPILED,
    )
    environment.globals["asset"] = lambda name: assets[name].path
    environment.filters.update(
        date=partial(shown_day, zone=zone),
        time=partial(_local, zone, "%H:%M"),
        moment=partial(_local, zone, "%H:%M %d/%m/%Y"),
        shown=shown,
        sentence=lambda text: text[:1].upper() + text[1:],
        iso=lambda moment: moment.isoformat(timespec="seconds"),
    )
    return environment


def asset_path(request: web.Request, name: str) -> str:
    """Where the browser finds that asset: for what a script is told, templates have `asset(name)`."""
    path: Callable[[str], str] = request.app[ENVIRONMENT].globals["asset"]  # type: ignore[assignment]  # put there above
    return path(name)


def _local(zone: ZoneInfo, shape: str, moment: datetime) -> str:
    return moment.astimezone(zone).strftime(shape)


def words_of(language: Language) -> Callable[..., str]:
    """`t` for a language: `t("desk_queue_title")`, `t("desk_undelivered", n=3)`."""
    return partial(say, language)


def render_text(request: web.Request, template: str, page: object, *, language: Language | None = None) -> str:
    """The HTML alone: for fragments that are sent in another wrapping (an event stream)."""
    return request.app[ENVIRONMENT].get_template(template).render(_context(request, page, language))


class Fragment:
    """One template that is rendered again and again for one request: what it may use is gathered once.

    For a line of a chat the gathering costs more than the rendering.
    """

    def __init__(self, request: web.Request, template: str) -> None:
        self._request = request
        self._template = request.app[ENVIRONMENT].get_template(template)
        self._context: Context | None = None

    def text(self, page: object) -> str:
        """As `render_text`. Every page must be of the same class."""
        if self._context is None:
            self._context = self._template.new_context(_context(self._request, page, None))
        else:
            self._context.parent.update(_fields(page))
        return "".join(self._template.root_render_func(self._context))


def _context(request: web.Request, page: object, language: Language | None) -> dict[str, Any]:
    """Everything that a template may use of this page."""
    spoken = language or page_language(request)
    context = _fields(page)
    other = Language.EN if spoken is Language.VI else Language.VI
    context.update(lang=spoken.value, t=words_of(spoken), t_other=words_of(other), nonce=nonce(request), here=request.path)
    if FORM_TOKEN in request:
        context["form_token"] = request[FORM_TOKEN]
    return context


def _fields(page: object) -> dict[str, Any]:
    if not is_dataclass(page) or isinstance(page, type):
        raise TypeError("a page is an instance of a dataclass")
    return {field.name: getattr(page, field.name) for field in fields(page)}


def render(
    request: web.Request, template: str, page: object, *, status: int = 200, language: Language | None = None
) -> web.Response:
    """A whole page.

    Args:
        template: Its name below the template folders, "staff/queue.html".
        page: A dataclass instance; its fields are what the template may use.
        status: The HTTP status.
        language: Overrides what the request asks for.
    """
    text = render_text(request, template, page, language=language)
    response = web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
    response.headers["Content-Language"] = (language or page_language(request)).value
    remember_language(request, response)
    return response
