"""The addresses of the pages anyone may see."""

from aiohttp import web

from public import track
from public.front import show_front


def add_routes(app: web.Application) -> None:
    """Add the public pages to an application made by `bot.web.make_web_app`."""
    app.router.add_get("/", show_front)
    track.add_routes(app)
