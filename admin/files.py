"""Hands out a case's files to those who may see the case: pictures as their clean copy, all else as a download."""

from aiohttp import web

from admin.case_page import asked_code
from admin.guard import Visit
from admin.thread_lines import is_picture, is_servable
from admin.uploads import image_type
from bot.domain.incoming import StoredFile
from bot.domain.thread import Attachment
from bot.web import keys

# Nothing in a file runs or loads anything, whatever it claims to be.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
# Types whose name may tell what they are; everything else is bytes.
ENDINGS = {
    "application/pdf": "pdf",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "video/3gpp": "3gp",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
}


async def serve_file(visit: Visit) -> web.StreamResponse:
    """The file: a picture's copy, or a download. See `shown_file` for who gets it."""
    attachment = await shown_file(visit)
    return await serve_stored(visit, attachment.file, str(attachment.id))


async def serve_stored(visit: Visit, file: StoredFile, number: str) -> web.Response:
    """A file that may be served: a picture as its clean copy, all else as a download named after its number."""
    try:
        data = await visit.request.app[keys.FILES].get(file.shown_key or file.key)
    except FileNotFoundError:
        raise web.HTTPNotFound from None
    if is_picture(file) or file.shown_key:
        return inline(data)
    ending = ENDINGS.get(file.media_type)
    media_type = file.media_type if ending else "application/octet-stream"
    name = f"{asked_code(visit.request)}-{number}.{ending or 'bin'}"
    return _answer(data, media_type, f'attachment; filename="{name}"')


async def shown_file(visit: Visit) -> Attachment:
    """The file that the path names.

    Raises:
        web.HTTPNotFound: For every reason alike: no such case, not this member's, no such file, sealed.
    """
    number = visit.request.match_info["id"]
    if not (number.isascii() and number.isdigit() and len(number) <= 15):
        raise web.HTTPNotFound
    async with visit.request.app[keys.STORAGE].reading() as uow:
        attachment = await uow.cases.attachment(visit.viewer, asked_code(visit.request), int(number))
    if attachment is None or not is_servable(attachment.file):
        raise web.HTTPNotFound
    return attachment


def inline(data: bytes) -> web.Response:
    """A picture to be looked at."""
    media_type = image_type(data)  # of the copy we made, not what anybody says about the original
    if not media_type:
        raise web.HTTPNotFound
    return _answer(data, media_type, "inline")


def _answer(data: bytes, media_type: str, disposition: str) -> web.Response:
    headers = {"Content-Disposition": disposition, "Content-Security-Policy": POLICY}
    return web.Response(body=data, content_type=media_type, headers=headers)
