"""Where the web chat's pages are found. Everything they need is in the application (`bot.web.keys`) but `keep`."""

from aiohttp import web

from bot.web import keys
from bot.web.siege import add_gate
from handlers.channels.webchat_events import ChatEvents
from handlers.channels.webchat_files import serve_file
from handlers.channels.webchat_form import FormReader
from handlers.channels.webchat_limits import Limits
from handlers.channels.webchat_pages import ChatPages, Keep

MANY_STRANGERS, FEW_STRANGERS = 240, 60  # first messages of all the city, a minute; see `bot.web.siege`


def add_routes(app: web.Application, keep: Keep) -> None:
    """Add the web chat to an application made by `bot.web.make_web_app`.

    Args:
        app: Its pages, streams and limits live in it and end with it.
        keep: `Intake.keep`: returns once the updates are on disk, raises StorageBusy when they are not.
    """
    limits = Limits()
    gate = add_gate(app, "chat", many=MANY_STRANGERS, few=FEW_STRANGERS)
    pages = ChatPages(keep, FormReader(app[keys.FILE_KEEPER]), limits, gate)
    events = ChatEvents(limits)
    app.router.add_get("/chat", pages.show)
    app.router.add_get("/chat/messages", pages.back)
    app.router.add_post("/chat/messages", pages.take)
    app.router.add_get("/chat/look", pages.back)
    app.router.add_post("/chat/look", pages.look)
    app.router.add_post("/chat/forget", pages.forget)
    app.router.add_get("/chat/events", events.follow, allow_head=False)  # an answer to HEAD has no body
    app.router.add_get("/chat/files/{key}", serve_file)
    app.cleanup_ctx.append(events.end_with)

    async def close(_: web.Application) -> None:
        events.close()

    app.on_shutdown.append(close)
