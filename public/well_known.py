"""What machines ask for by a fixed name: what they may read, where the pages are, and how a phone keeps the site at hand."""

import json
from collections.abc import Iterator
from xml.sax.saxutils import escape

from aiohttp import web

from bot.domain.people import Language
from bot.web import keys
from bot.web.assets import FOLDER
from bot.web.pages import asset_path
from bot.web.still import SEEN_BY_ALL
from bot.wording import say

# The way in to chat and receipts may be found; what is behind it, and what a receipt's link carries, may not.
CLOSED = ("/staff", "/chat/", "/chat?", "/track?", "/hooks/", "/health/", "/metrics", "/p/")
COLOUR, GROUND = "#0b655e", "#f6f5f1"  # as the style sheet has them


async def robots(request: web.Request) -> web.Response:
    root = _root(request)
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    if root:
        lines += ["", f"Sitemap: {root}/sitemap.xml"]
    return _told("\n".join(lines) + "\n", "text/plain")


async def sitemap(request: web.Request) -> web.Response:
    """Empty of meaning without a public address; then there is none."""
    root = _root(request)
    if not root:
        raise web.HTTPNotFound
    places = "".join(f"<url><loc>{escape(root + path)}</loc></url>\n" for path in _paths(request))
    return _told(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n',
        "application/xml",
    )


async def manifest(request: web.Request) -> web.Response:
    """In the city's first language: a phone keeps one name."""
    icon = {"src": asset_path(request, "icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    told = {
        **{"name": say(Language.VI, "web_name"), "short_name": say(Language.VI, "web_name"), "lang": "vi"},
        **{"start_url": "/", "scope": "/", "display": "minimal-ui"},
        **{"theme_color": COLOUR, "background_color": GROUND, "icons": [icon]},
    }
    return _told(json.dumps(told, ensure_ascii=False), "application/manifest+json")


async def favicon(_: web.Request) -> web.Response:
    """For those who ask for it by its old name; every page says where the icon is."""
    return web.Response(
        body=(FOLDER / "icon.svg").read_bytes(),
        content_type="image/svg+xml",
        headers={"Cache-Control": "public, max-age=86400"},
    )


def _paths(request: web.Request) -> Iterator[str]:
    yield from ("/", "/wards", "/chat", "/track")
    for ward in request.app[keys.WARDS]:
        yield f"/wards/{ward.code}"


def _root(request: web.Request) -> str:
    return request.app[keys.SETTINGS].public_url.rstrip("/")


def _told(text: str, media_type: str) -> web.Response:
    return web.Response(text=text, content_type=media_type, charset="utf-8", headers={"Cache-Control": SEEN_BY_ALL})
