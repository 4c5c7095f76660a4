"""The addresses of the pages anyone may see."""

from aiohttp import web

from public import open311, track
from public.front import show_front
from public.short_way import lead_to_chat


def add_routes(app: web.Application) -> None:
    """Add the public pages to an application made by `bot.web.make_web_app`."""
    app.router.add_get("/", show_front)
    app.router.add_get("/p/{place}", lead_to_chat)
    track.add_routes(app)
    open311.add_routes(app)
