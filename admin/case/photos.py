"""Hands out a case's pictures: small ones for its page, each on a page of its own. Which there are: `admin.case.gallery`.

Shown is always the copy that was made for it; an original holds where and with what it was taken, and stays sealed.
"""

from collections import OrderedDict

from aiohttp import web

from admin.case.gallery import photo_lines
from admin.case.reporters import MOST
from admin.case_page import asked_code
from admin.files import inline, shown_file
from admin.guard import Visit
from admin.pages import PhotoPage
from bot.web import keys, render

MOST_SMALL = 256  # small copies held in memory; each takes about 10 KB
SMALL: web.AppKey[OrderedDict[str, bytes]] = web.AppKey("small_photos", OrderedDict)


async def show_photo(visit: Visit) -> web.StreamResponse:
    """One picture with the ways to the one before and the one after. 404 for whatever is not in the case's gallery."""
    code, number = asked_code(visit.request), visit.request.match_info["id"]
    async with visit.request.app[keys.STORAGE].reading() as uow:
        case = await uow.cases.visible(visit.viewer, code)
        if case is None:
            raise web.HTTPNotFound
        joined = await uow.ties.of_main(visit.viewer, case.id, most=MOST) if case.joined_count else []
        threads = await uow.cases.threads([case.id, *(other.id for other in joined)])
    photos = photo_lines(visit, case, joined, threads)
    at = next((place for place, photo in enumerate(photos) if str(photo.id) == number), None)
    if at is None:
        raise web.HTTPNotFound
    page = PhotoPage(
        frame=visit.frame,
        code=case.code,
        photo=photos[at],
        number=at + 1,
        count=len(photos),
        previous=photos[at - 1].page if at else "",
        following=photos[at + 1].page if at + 1 < len(photos) else "",
    )
    return render(visit.request, "staff/photo.html", page)


async def serve_small(visit: Visit) -> web.StreamResponse:
    """The small copy of a picture, for whoever may have the picture itself; made when it is first asked for."""
    return await serve_small_of(visit, (await shown_file(visit)).file.shown_key)


async def serve_small_of(visit: Visit, key: str) -> web.Response:
    """The small copy of the picture with this key; 404 for none."""
    small = visit.request.app[SMALL]
    if not key:
        raise web.HTTPNotFound
    if key in small:
        small.move_to_end(key)
        return inline(small[key])
    try:
        shown = await visit.request.app[keys.FILES].get(key)
    except FileNotFoundError:
        raise web.HTTPNotFound from None
    made = await visit.request.app[keys.FILE_KEEPER].small(shown)
    if not made:
        return inline(shown)
    small[key] = made
    while len(small) > MOST_SMALL:
        small.popitem(last=False)
    return inline(made)
