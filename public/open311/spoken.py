"""XML and JSON of the same data: GeoReport's "Spark" mapping. A list is bare in JSON and wrapped in XML.

What is said is plain values: mappings, lists, texts, numbers, moments, None. Whatever no XML may hold is taken out of both.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web

from bot.web.language import page_language
from bot.web.security import bare_headers

# What each item of a list is called in XML; a list that stands alone is wrapped in an element of its own name.
ITEMS = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
    "attributes": "attribute",
    "values": "value",
    "notes": "note",
}
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
# XML 1.0, production 2. A carriage return is allowed there and still read as a line feed: it is one in both.
_UNSPEAKABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Format(StrEnum):
    """The suffix of a resource."""

    XML = "xml"
    JSON = "json"


_AS_IT_IS = frozenset({bool, int, float})
MEDIA_TYPES = {Format.XML: "text/xml", Format.JSON: "application/json"}


def moment(at: datetime) -> str:
    """W3C's profile of ISO 8601, in UTC, to the second: "2026-11-23T01:00:00Z"."""
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def plain(value: Any) -> Any:
    """The same as JSON has it. Asked for each field of a thousand cases, hence by type and the likeliest first."""
    if value is None or type(value) in _AS_IT_IS:
        return value
    if isinstance(value, str):
        if value.isprintable():
            return value
        return _UNSPEAKABLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return moment(value) if isinstance(value, datetime) else [plain(one) for one in value]


def to_json(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False)


def to_xml(root: str, value: Any) -> str:
    """A document whose outermost element is called so."""
    return _DECLARATION + _element(root, plain(value))


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        inside = "".join(_element(key, one) for key, one in value.items())
    elif isinstance(value, list):
        inside = "".join(_element(ITEMS[name], one) for one in value)
    elif isinstance(value, bool):
        inside = "true" if value else "false"
    else:
        inside = "" if value is None else escape(str(value))
    return f"<{name}>{inside}</{name}>" if inside else f"<{name}/>"


def answer(request: web.Request, form: Format, root: str, value: Any, *, status: int = 200) -> web.Response:
    """What is said, in the form that was asked for. Anybody's page may read it: nothing in it depends on who asks."""
    return as_answer(request, form, spoken(form, root, value), status=status)


def spoken(form: Format, root: str, value: Any) -> str:
    """The words of an answer."""
    return to_json(value) if form is Format.JSON else to_xml(root, value)


def as_answer(request: web.Request, form: Format, text: str, *, status: int = 200) -> web.Response:
    response = web.Response(text=text, status=status, content_type=MEDIA_TYPES[form], charset="utf-8")
    add_headers(request, response)
    return response


def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """What every answer below /open311 has beside the headers of all answers; before it begins."""
    response.headers["Content-Security-Policy"] = bare_headers()["Content-Security-Policy"]
    response.headers["Content-Language"] = page_language(request).value
    response.headers["Vary"] = "Accept-Language"
    if request.method in ("GET", "HEAD"):
        response.headers["Access-Control-Allow-Origin"] = "*"


def asked_form(request: web.Request) -> Format:
    """The form of an answer where no suffix says it: XML, which everybody has to read, unless JSON is asked for."""
    if request.path.endswith(".json"):
        return Format.JSON
    wants_json = not request.path.endswith(".xml") and "json" in request.headers.get("Accept", "")
    return Format.JSON if wants_json else Format.XML
