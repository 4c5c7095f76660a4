"""Reads one posted form of the web chat within limits, part by part, so that no more than one file is ever in memory.

The words come before the files in the page's form; whatever becomes of the files, the words are kept. A form that does
not carry this browser's token is refused before its first file is read.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, TypeVar
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.domain.incoming import LARGEST_FILE, FileKind, FileTrouble, RemoteFile, StoredFile
from bot.domain.ward import Point
from bot.ports import FileKeeper
from bot.web.forms import MALFORMED
from handlers.channels.webchat_body import LONGEST_NAME, clean, new_client_key, read_point

FIELDS_ONLY = "application/x-www-form-urlencoded"
MOST_FILES = 10  # in one post
MOST_PARTS = 40  # fields and files together; the page's own form has eight and its files
LARGEST_FIELD = 256 * 1024  # bytes; the longest text allowed, and room to say kindly that a longer one is too long
LARGEST_POST = MOST_FILES * LARGEST_FILE + 1024 * 1024  # bytes
IDLE = 30.0  # seconds without a byte after which a sender is given up
LONGEST = 15 * 60.0  # seconds for a whole post: 20 MB over a slow mobile line, several times
# Bytes asked for at once; what comes is what has arrived. More than aiohttp ever buffers: asked for less, its part reader
# may have to push some of it back by a call that it deprecates itself.
CHUNK = 1024 * 1024

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_IN_MEMORY = 512 * 1024  # bytes of a file in the making; more waits in a temporary file
_LARGE = 4 * 1024 * 1024  # bytes
_KEEPING_AT_ONCE = 3  # files being sealed and copied, each in memory twice; of large ones one
_UPLOADS_AT_ONCE = 64  # files on their way in, each a temporary file of up to 20 MB

_T = TypeVar("_T")


class BadForm(Exception):
    """The request is not a form that can be read."""


class ForeignForm(Exception):
    """The form does not carry this browser's token."""


class TooManyUploads(Exception):
    """So many files are on their way in that one more must wait."""


@dataclass(slots=True)
class ChatForm:
    """What was posted, as far as it could be read. `is_cut` when the sender went over a limit and reading stopped."""

    fields: dict[str, str] = field(default_factory=dict)
    files: list[StoredFile] = field(default_factory=list)
    is_cut: bool = False

    @property
    def text(self) -> str:
        return clean(self.fields.get("text", ""))

    @property
    def choice(self) -> str:
        return clean(self.fields.get("choice", ""))

    @property
    def digits(self) -> str:
        """What was typed beside a receipt: at most eight digits, whatever else stood there."""
        return "".join(sign for sign in self.fields.get("digits", "")[:40] if sign.isascii() and sign.isdigit())[:8]

    @property
    def point(self) -> Point | None:
        return read_point(self.fields.get("lat"), self.fields.get("lon"), self.fields.get("accuracy"))

    @property
    def client_key(self) -> str:
        """The page's key of this post; a fresh one when it is missing, so that nothing is taken for a repetition."""
        key = self.fields.get("key", "")
        return key if _KEY.fullmatch(key) else new_client_key()


class FormReader:
    """Reads the posts of the web chat and hands their files to the keeper."""

    def __init__(self, files: FileKeeper) -> None:
        self._keeper = files
        self._keeping, self._keeping_large = asyncio.Semaphore(_KEEPING_AT_ONCE), asyncio.Lock()
        self._uploads = 0

    async def read(self, request: web.Request, form: ChatForm, is_own: Callable[[str], bool]) -> None:
        """Fill `form`; what was read before an error stays in it, so that typed words can be shown again.

        Raises:
            ForeignForm: `is_own` did not accept the field `form_token`.
            BadForm: The body is broken, of another type, or stopped coming.
            TooManyUploads: A file would have been one too many at this moment.
        """
        try:
            if _is_here(request) and request.content_type == FIELDS_ONLY:
                _take_pairs(request.content.read_nowait(), form)
            else:
                async with asyncio.timeout(LONGEST):
                    await self._read(request, form, is_own)
        except TimeoutError:
            raise BadForm("too slow") from None
        except MALFORMED:
            raise BadForm("malformed part") from None
        _refuse_foreign(form, is_own)

    async def _read(self, request: web.Request, form: ChatForm, is_own: Callable[[str], bool]) -> None:
        if request.content_type == "multipart/form-data":
            await self._read_parts(request, form, is_own)
        elif request.content_type == FIELDS_ONLY:
            await _read_pairs(request, form)
        else:
            raise BadForm("neither kind of form")

    async def _read_parts(self, request: web.Request, form: ChatForm, is_own: Callable[[str], bool]) -> None:
        parts = await _read(request.multipart())
        for _ in range(MOST_PARTS):
            part = await _read(parts.next())
            if part is None:
                return
            if not isinstance(part, BodyPartReader) or (name := part.name) is None:
                raise BadForm("nested or nameless part")
            if part.filename is None:
                await _read_field(part, name[:40], form)
                continue
            _refuse_foreign(form, is_own)
            if len(form.files) == MOST_FILES or request.content.total_bytes > LARGEST_POST:
                break
            if file := await self._take_in(part, request.content):
                form.files.append(file)
        form.is_cut = True

    async def _take_in(self, part: BodyPartReader, body: StreamReader) -> StoredFile | None:
        """The part's file; None for the empty one that a browser sends when nobody chose any."""
        if self._uploads >= _UPLOADS_AT_ONCE:
            raise TooManyUploads
        self._uploads += 1
        try:
            with SpooledTemporaryFile(_IN_MEMORY) as copy:
                size = await _spool(part, copy, body)
                if not size and not part.filename:
                    return None
                remote = _describe(part, size)
                if size > LARGEST_FILE or body.total_bytes > LARGEST_POST:
                    return StoredFile("", remote.kind, remote.name, "", size, trouble=FileTrouble.TOO_LARGE)
                async with self._keeping_large if size > _LARGE else self._keeping:
                    copy.seek(0)
                    return await self._keeper.keep(copy.read(), remote)
        finally:
            self._uploads -= 1


def _is_here(request: web.Request) -> bool:
    """The whole body has come with the head, as nearly every message's does: nobody has to be waited for."""
    return request.content.is_eof() and request.content.exception() is None


async def _read_pairs(request: web.Request, form: ChatForm) -> None:
    body = bytearray()
    while len(body) <= LARGEST_FIELD and (chunk := await _read(request.content.read(CHUNK))):
        body += chunk
    _take_pairs(body, form)


def _take_pairs(body: bytes | bytearray, form: ChatForm) -> None:
    form.is_cut = len(body) > LARGEST_FIELD
    try:
        pairs = parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=MOST_PARTS)
    except ValueError:
        raise BadForm("too many fields") from None
    form.fields.update(pairs)


async def _spool(part: BodyPartReader, copy: IO[bytes], body: StreamReader) -> int:
    """Write the part to the copy; returns its size. Beyond the largest file bytes are counted but not written."""
    size = 0
    while not part.at_eof() and body.total_bytes <= LARGEST_POST:
        chunk = await _read(part.read_chunk(CHUNK))
        size += len(chunk)
        if size <= LARGEST_FILE:
            copy.write(chunk)
    return size


async def _read_field(part: BodyPartReader, name: str, form: ChatForm) -> None:
    value = bytearray()
    while not part.at_eof() and len(value) <= LARGEST_FIELD:
        value += await _read(part.read_chunk(CHUNK))
    form.fields[name] = value.decode("utf-8", "replace")
    if len(value) > LARGEST_FIELD:
        form.is_cut = True
        raise BadForm("field too large")


async def _read(coming: Awaitable[_T]) -> _T:
    """Wait for bytes, at most `IDLE` seconds; whatever aiohttp thinks of them is a bad form."""
    try:
        async with asyncio.timeout(IDLE):
            return await coming
    except (ValueError, RuntimeError, AssertionError, HttpProcessingError, OSError, EOFError, TimeoutError) as broken:
        raise BadForm(type(broken).__name__) from None


def _describe(part: BodyPartReader, size: int) -> RemoteFile:
    name = clean(part.filename or "").replace("\n", " ")[:LONGEST_NAME] or None
    media_type = clean(part.headers.get("Content-Type", ""))[:100].lower()
    return RemoteFile(remote_id="", kind=kind_of(media_type), name=name, media_type=media_type or None, size=size)


def kind_of(media_type: str) -> FileKind:
    """How to show a file that calls itself this; what it really is, the keeper finds out from its bytes."""
    kinds = {"image": FileKind.PHOTO, "video": FileKind.VIDEO, "audio": FileKind.VOICE}
    return kinds.get(media_type.partition("/")[0], FileKind.DOCUMENT)


def _refuse_foreign(form: ChatForm, is_own: Callable[[str], bool]) -> None:
    if not is_own(form.fields.get("form_token", "")):
        raise ForeignForm
