"""Files of a chat, for the browser whose chat it is: shown copies of photos, and what staff attached to an answer."""

from aiohttp import web

from bot.media_types import SHOWN_TYPE, UNKNOWN
from bot.web import keys
from handlers.channels.webchat_lines import find_file
from handlers.channels.webchat_visitor import visitor_of


async def serve_file(request: web.Request) -> web.Response:
    """`GET /chat/files/{key}`: a file of a line of this chat. Anybody else's, and none at all, are the same 404."""
    visitor = visitor_of(request)
    if visitor.is_new:
        raise web.HTTPNotFound
    async with request.app[keys.STORAGE].reading() as uow:
        lines = await uow.chat_lines.recent(visitor.address)
    file = find_file(lines, request.match_info["key"])
    if file is None:
        raise web.HTTPNotFound
    try:
        data = await request.app[keys.FILES].get(file.key)
    except FileNotFoundError:
        raise web.HTTPNotFound from None
    return web.Response(
        body=data,
        content_type=SHOWN_TYPE if file.is_image else UNKNOWN,
        headers={
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Content-Disposition": "inline" if file.is_image else "attachment",
            "Cache-Control": "private, max-age=3600",
        },
    )
