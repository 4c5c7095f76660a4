"""Where the web chat's pages are found. Everything they need is in the application (`bot.web.keys`) but `keep`."""

from collections.abc import Callable

from aiohttp import web

from bot.web import keys
from bot.web.framing import FRAMED
from bot.web.security import Handler
from bot.web.siege import add_gate
from handlers.channels.webchat_embed import add_embed, if_anybody_may
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
    _add_chat(app, "/chat", pages, events, lambda handler: handler)
    add_embed(app, pages)
    _add_chat(app, f"{FRAMED}chat", pages, events, if_anybody_may)
    app.cleanup_ctx.append(events.end_with)

    async def close(_: web.Application) -> None:
        events.close()

    app.on_shutdown.append(close)


def _add_chat(
    app: web.Application, base: str, pages: ChatPages, events: ChatEvents, guarded: Callable[[Handler], Handler]
) -> None:
    """What the page at `base` needs."""
    app.router.add_get(f"{base}/messages", guarded(pages.back))
    app.router.add_post(f"{base}/messages", guarded(pages.take))
    app.router.add_get(f"{base}/look", guarded(pages.back))
    app.router.add_post(f"{base}/look", guarded(pages.look))
    app.router.add_post(f"{base}/forget", guarded(pages.forget))
    app.router.add_get(f"{base}/events", guarded(events.follow), allow_head=False)  # an answer to HEAD has no body
    app.router.add_get(f"{base}/files/{{key}}", guarded(serve_file))
