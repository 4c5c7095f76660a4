"""The web chat on a ward's own site: the one line of script that puts it there, and its first page within the frame.

    <script src="https://gopy.example.vn/embed.js" data-ward="00103" async></script>
    <noscript><a href="https://gopy.example.vn/chat?ward=00103">Góp ý với phường</a></noscript>

`HOMTHU_EMBED_ON` names the sites; without it nothing of this is there. The script adds a button that opens a dialog with
the chat in a frame. All in that frame is the chat as it is (`webchat_pages`), under an address and with cookies of its own
(`bot.web.framing`). A browser that keeps no cookie in a foreign frame is told so before anything is typed, with a link that
opens the chat in a window of its own.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import web

from bot.domain.people import Language
from bot.web import keys, render
from bot.web.framing import FRAMED
from bot.web.language import page_language
from bot.web.security import Handler
from bot.wording import say
from handlers.channels.webchat_pages import ChatPages
from handlers.channels.webchat_visitor import remember, visitor_of

SCRIPT = Path(__file__).parent / "assets" / "embed.js"
SCRIPT_KEPT = "public, max-age=3600"  # an hour until a new version is everywhere
CAME_BACK = "again"  # in the query: this browser was given its cookie and sent here
LABELS = ("open", "close", "title")  # what the script says, by its own names: `embed_<name>`


@dataclass(frozen=True, kw_only=True)
class OwnWindowPage:
    """Everything `webchat/own_window.html` may use."""

    chat: str  # where the chat is without a frame, with the ward that was asked for
    again: str  # the frame's own address, to try once more


def add_embed(app: web.Application, pages: ChatPages) -> None:
    """Add the script and the frame's first page; the forms and streams below it are those of any chat."""
    app.router.add_get("/embed.js", if_anybody_may(serve_script))
    app.router.add_get(f"{FRAMED}chat", if_anybody_may(_first_page(pages)))


def if_anybody_may(handler: Handler) -> Handler:
    """The handler, while any site may show the chat in a frame."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if not request.app[keys.SETTINGS].embed_origins:
            raise web.HTTPNotFound
        return await handler(request)

    return answer


@cache
def embed_script() -> bytes:
    """The script with its words in every language."""
    words = {language.value: {name: say(language, f"embed_{name}") for name in LABELS} for language in Language}
    return SCRIPT.read_text(encoding="utf-8").replace("LABELS[", f"{json.dumps(words, ensure_ascii=False)}[").encode()


async def serve_script(request: web.Request) -> web.Response:
    """`GET /embed.js`: for any site, since whether the frame is shown is decided by the frame's own policy."""
    script = embed_script()
    tag = f'"{hashlib.sha256(script).hexdigest()[:16]}"'
    headers = {
        "Cache-Control": SCRIPT_KEPT,
        "ETag": tag,
        "Vary": "Accept-Encoding",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        script, headers["Content-Encoding"] = gzip.compress(script, mtime=0), "gzip"
    return web.Response(body=script, content_type="text/javascript", charset="utf-8", headers=headers)


def _first_page(pages: ChatPages) -> Handler:
    async def show(request: web.Request) -> web.StreamResponse:
        """`GET /embed/chat`: the chat, once it is known that the browser keeps its cookie."""
        visitor = visitor_of(request)
        if not visitor.is_new:
            return await pages.show(request)
        if CAME_BACK in request.query:
            ward = request.query.get("ward", "")
            known = f"&ward={ward}" if ward.isascii() and ward.isdigit() else ""
            language = page_language(request)
            page = OwnWindowPage(chat=f"/chat?lang={language}{known}", again=f"{request.path}?lang={language}{known}")
            return render(request, "webchat/own_window.html", page)
        response = web.Response(status=303, headers={"Location": str(request.rel_url.update_query({CAME_BACK: "1"}))})
        remember(request, response, visitor)
        return response

    return show
