"""Reads what a browser posts, within bounds: fields as clean text, files spooled, and never without the form's token.

Whatever is malformed becomes a 400, whatever is too large a 413; nothing here becomes a 500.
"""

import asyncio
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import IO

from aiohttp import BadContentDispositionHeader, BadContentDispositionParam, BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.domain.incoming import LARGEST_FILE
from bot.web.tokens import same

TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field, not a secret
SPOOL = 256 * 1024  # bytes of one file held in memory before it goes to disk
MOST_FIELDS = 100
# Bytes asked for at once; what comes is what has arrived. More than aiohttp ever buffers: asked for less, its part reader
# may have to push some of it back by a call that it deprecates itself.
CHUNK = 1024 * 1024
SMALL_WITHIN, LARGE_WITHIN = 60.0, 15 * 60.0  # seconds for a whole form; 20 MB over a slow mobile line, several times
LARGE = 1024 * 1024  # bytes
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
# aiohttp tells of a malformed part by warnings that repeat the sender's words: on stderr, past our log, and each one is
# remembered by Python for ever. A part without a name is refused below anyway.
MALFORMED = (BadContentDispositionHeader, BadContentDispositionParam)
for _kind in MALFORMED:
    warnings.filterwarnings("ignore", category=_kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a form may hold; sizes in bytes. The defaults are a form without files."""

    fields_size: int = 256 * 1024  # all fields together
    files: int = 0
    file_size: int = LARGEST_FILE
    total_size: int = 512 * 1024

    @property
    def within(self) -> float:
        """Seconds for the whole form."""
        return LARGE_WITHIN if self.total_size > LARGE else SMALL_WITHIN


@dataclass(slots=True)
class Upload:
    """A file of a form. One that is too large has no content, only its name."""

    field_name: str
    name: str  # as the browser says: anything at all
    size: int
    is_too_large: bool
    _content: IO[bytes]

    def read(self) -> bytes:
        self._content.seek(0)
        return self._content.read()


@dataclass(slots=True)
class Form:
    """What was posted. Fields are text without NUL bytes and lone surrogates, line ends as "\\n"."""

    fields: Mapping[str, str] = field(default_factory=dict)
    uploads: list[Upload] = field(default_factory=list)
    has_too_many_files: bool = False

    def text(self, name: str) -> str:
        """The field's text, stripped; empty when it is missing."""
        return self.fields.get(name, "").strip()

    def number(self, name: str) -> int:
        """The field as a whole number of at most nine digits; -1 for anything else."""
        found = self.text(name)
        return int(found) if found.isascii() and found.isdigit() and len(found) <= 9 else -1


class TokenRefused(web.HTTPForbidden):
    """The form's token is missing or wrong. Nothing was done; `form.fields` holds what was typed, to be given back."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form


class TooLarge(web.HTTPRequestEntityTooLarge):
    """More than the limits allow. `form.fields` holds what was read until then, to be given back: words before files."""

    def __init__(self, form: Form, limits: Limits) -> None:
        super().__init__(limits.total_size, 0)
        self.form = form


def clean(text: str) -> str:
    """Without what no database and no page can hold: NUL bytes and lone surrogates."""
    return text.encode("utf-8", "replace").decode().replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


@asynccontextmanager
async def read_form(
    request: web.Request, *, token: str | Callable[[Form], str], limits: Limits | None = None
) -> AsyncIterator[Form]:
    """Read the whole form; its files live until the block ends.

    Args:
        token: What the field `form_token` must hold, or how to work it out from the fields. Empty matches nothing.
        limits: See `Limits`.

    Raises:
        web.HTTPBadRequest: It is no form, or a broken one.
        web.HTTPRequestTimeout: It did not come to its end in time.
        TooLarge: A 413 with what was typed; a single too large file is not that, see `Upload`.
        TokenRefused: The token is missing or wrong; a 403 with what was typed.
    """
    allowed = limits or Limits()
    form = Form()
    try:
        try:
            async with asyncio.timeout(allowed.within):
                await _read(request, form, allowed)
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        except (ValueError, LookupError, RuntimeError, AssertionError, HttpProcessingError, *MALFORMED) as broken:
            raise web.HTTPBadRequest from broken
        except web.HTTPRequestEntityTooLarge as more:
            raise TooLarge(form, allowed) from more
        expected = token if isinstance(token, str) else token(form)
        if not same(form.fields.get(TOKEN_FIELD, ""), expected):
            raise TokenRefused(form)
        yield form
    finally:
        for upload in form.uploads:
            upload._content.close()


async def _read(request: web.Request, form: Form, limits: Limits) -> None:
    if request.content_type not in FORM_TYPES:
        raise ValueError("not a form")
    is_refused = (request.content_length or 0) > limits.total_size  # from now on only the words are of interest
    if request.content_type == "multipart/form-data":
        await _read_multipart(request, form, limits, is_refused=is_refused)
    elif is_refused:
        raise _too_large(limits)
    else:
        small = request.clone(client_max_size=limits.fields_size, client_max_fields=MOST_FIELDS)
        form.fields = {name: clean(value) for name, value in (await small.post()).items() if isinstance(value, str)}


async def _read_multipart(request: web.Request, form: Form, limits: Limits, *, is_refused: bool) -> None:
    fields: dict[str, str] = {}
    form.fields = fields
    fields_size = parts = 0
    async for part in await request.multipart():
        parts += 1
        if not isinstance(part, BodyPartReader) or part.name is None or parts > MOST_FIELDS:
            raise ValueError("a part that no form of ours has")
        if part.filename is not None:
            if is_refused:
                raise _too_large(limits)
            await _read_file(request, part, form, limits)
            continue
        value = bytearray()
        while chunk := await part.read_chunk(CHUNK):
            value += chunk
            fields_size += len(chunk)
            if fields_size > limits.fields_size:
                raise _too_large(limits)
        fields[clean(part.name)] = clean(value.decode("utf-8", "replace"))
    if is_refused:
        raise _too_large(limits)


async def _read_file(request: web.Request, part: BodyPartReader, form: Form, limits: Limits) -> None:
    """Spool one file. What is over the limits is read and dropped, so that the words beside it are kept."""
    size = 0
    is_kept = len(form.uploads) < limits.files
    spool = tempfile.SpooledTemporaryFile(SPOOL)  # noqa: SIM115 - closed when the form's block ends
    upload = Upload(clean(part.name or ""), clean(part.filename or ""), 0, False, spool)
    if is_kept:
        form.uploads.append(upload)
    while chunk := await part.read_chunk(CHUNK):
        size += len(chunk)
        if request.content.total_bytes > limits.total_size:
            raise _too_large(limits)
        if is_kept and size <= limits.file_size:
            spool.write(chunk)
    if size > limits.file_size:
        upload.is_too_large = True
        spool.truncate(0)
    upload.size = size
    if not is_kept or (size == 0 and not upload.name):
        spool.close()
        form.has_too_many_files |= size > 0
        if is_kept:
            form.uploads.remove(upload)  # an empty file input: browsers send a nameless part of no bytes


def _too_large(limits: Limits) -> web.HTTPRequestEntityTooLarge:
    return web.HTTPRequestEntityTooLarge(limits.total_size, 0)
