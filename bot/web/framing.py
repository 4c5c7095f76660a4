"""What another site may show within a page of its own: the chat below `/embed/`, for the origins of `HOMTHU_EMBED_ON`.

Everything else refuses to be framed (`bot.web.security`). Within a frame the browser keeps other cookies than outside of it
(`bot.web.cookies`), so whoever frames the chat never reaches a chat, a desk or a case that was opened at our own address.
"""

from aiohttp import web

from bot.web.keys import SETTINGS

FRAMED = "/embed/"


def is_framed(request: web.Request) -> bool:
    """The address is one that other sites may show in a frame, if any site may."""
    return request.path.startswith(FRAMED)


def ancestors(request: web.Request, media_type: str) -> str:
    """Who may frame this answer, as `frame-ancestors` of the Content-Security-Policy has it; "'none'" for nobody.

    Args:
        media_type: Of the answer. Pages alone are shown in frames: no file, no stream.
    """
    if media_type != "text/html" or not is_framed(request):
        return "'none'"
    return " ".join(request.app[SETTINGS].embed_origins) or "'none'"
