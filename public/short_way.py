"""The address that a poster prints for who has no camera: short enough to be typed, it leads to the chat of its place.

`/p/00103` is a ward's, `/p/00103-17` a board's in it. It knows nothing and looks nothing up: the chat does.
"""

import re

from aiohttp import web

_PLACE = re.compile(r"(\d{5})(?:[-.]([1-9]\d{0,8}))?", re.ASCII)


async def lead_to_chat(request: web.Request) -> web.StreamResponse:
    """What was mistyped leads to the chat all the same, where the ward is asked."""
    found = _PLACE.fullmatch(request.match_info["place"].strip())
    if found is None:
        raise web.HTTPFound("/chat")
    ward, board = found.groups()
    raise web.HTTPFound(f"/chat?ward={ward}" + (f"&board={board}" if board else ""))
