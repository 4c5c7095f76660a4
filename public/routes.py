"""The addresses of the pages anyone may see."""

from aiohttp import web

from bot.web import keys
from public import feed, open311, published, track, well_known
from public.front import show_front
from public.records import RECORDS, Records
from public.short_way import lead_to_chat
from public.ward import show_ward
from public.wards import show_wards


def add_routes(app: web.Application) -> None:
    """Add the public pages to an application made by `bot.web.make_web_app`."""
    app[RECORDS] = Records(app[keys.STORAGE], app[keys.CALENDAR])
    app.router.add_get("/", show_front)
    app.router.add_get("/p/{place}", lead_to_chat)
    app.router.add_get("/wards", show_wards)
    app.router.add_get("/wards/{place}", show_ward)
    app.router.add_get("/robots.txt", well_known.robots)
    app.router.add_get("/sitemap.xml", well_known.sitemap)
    app.router.add_get("/site.webmanifest", well_known.manifest)
    app.router.add_get("/favicon.ico", well_known.favicon)
    published.add_routes(app)
    feed.add_routes(app)
    track.add_routes(app)
    open311.add_routes(app)
