"""Turns bytes that came from a resident or from staff into a stored file.

The type is told by the content (`bot.media_types`). Of a picture a copy is made that may be shown, in a process of its own
(`bot.imaging`); the original keeps its metadata and is sealed. What cannot be decoded, or is of no known type, is kept
sealed too: nothing is lost, and nothing of it is ever shown.
"""

import unicodedata
from pathlib import Path

import structlog

from bot.apart import PLACES, run_apart
from bot.domain.incoming import LARGEST_FILE, FileTrouble, RemoteFile, StoredFile
from bot.media_types import DECODED, EXTENSIONS, SHOWN_TYPE, UNKNOWN, media_type_of
from bot.ports import FileStore, Scanner

log = structlog.get_logger()

LONGEST_NAME = 120  # characters
COPY_WITHIN = 20.0  # seconds a picture's copy may take, its wait for the processor included, but not for its turn
SMALL_SIDE = 288  # pixels: what a gallery shows, on a screen of two dots a pixel

_IMAGING = Path(__file__).with_name("imaging.py")  # never imported here: it would bring Pillow into every process
_UNSAFE = dict.fromkeys(map(ord, '<>:"|?*'), "_")


class SafeFileKeeper:
    """Keeps the original and, for pictures, the copy that may be shown. One road for every channel and for the desk."""

    def __init__(self, store: FileStore, *, copy_within: float = COPY_WITHIN, scanner: Scanner | None = None) -> None:
        self._store = store
        self._scanner = scanner
        self._copy_within = copy_within

    async def keep(self, data: bytes, remote: RemoteFile) -> StoredFile:
        """Store it; its name and type as they can be trusted.

        Returns:
            With `trouble` set and nothing stored: TOO_LARGE over 20 MB, REFUSED when it is empty, INFECTED when the
            scanner knows it. `shown_key` is set for
            pictures that could be copied; the copy's type is always `bot.media_types.SHOWN_TYPE`.

        Raises ScannerAway where a scanner is set up and cannot say, and whatever the store raises; then nothing may be
        taken for kept.
        """
        if len(data) > LARGEST_FILE:
            return StoredFile("", remote.kind, None, UNKNOWN, len(data), "", FileTrouble.TOO_LARGE)
        if not data:
            return StoredFile("", remote.kind, None, UNKNOWN, 0, "", FileTrouble.REFUSED)
        if self._scanner is not None and not await self._scanner.is_clean(data):
            log.warning("file_infected", kind=remote.kind.value, size=len(data))
            return StoredFile("", remote.kind, None, UNKNOWN, len(data), "", FileTrouble.INFECTED)
        media_type = media_type_of(data)
        key = await self._store.put(data)
        copy = await self._shown_copy(data, media_type) if media_type in DECODED else b""
        shown_key = await self._store.put(copy) if copy else ""
        return StoredFile(key, remote.kind, clean_name(remote.name, media_type), media_type, len(data), shown_key)

    async def small(self, shown: bytes) -> bytes:
        """A copy of a shown copy, at most `SMALL_SIDE` pixels a side; empty when none could be made."""
        return await self._shown_copy(shown, SHOWN_TYPE, SMALL_SIDE)

    async def _shown_copy(self, data: bytes, media_type: str, side: int | None = None) -> bytes:
        """What the other process makes of it; empty when it made nothing we would show."""
        words = [media_type.removeprefix("image/").upper(), *([] if side is None else [str(side)])]
        places = PLACES if side is None else 1  # of a copy of our own a smaller one takes little
        try:
            code, copy = await run_apart(
                _IMAGING, *words, data=data, most=LARGEST_FILE, within=self._copy_within, places=places
            )
        except (TimeoutError, OSError) as error:
            log.warning("picture_not_copied", reason=type(error).__name__, size=len(data))
            return b""
        if code or media_type_of(copy) != SHOWN_TYPE:
            log.info("picture_not_copied", code=code, size=len(data))
            return b""
        return copy


def clean_name(name: str | None, media_type: str) -> str | None:
    """The name without folders, control and direction marks, with an extension that fits the content.

    At most 120 characters. None when nothing is left. What has no known type gets no extension of ours: it is sealed.
    """
    if not name:
        return None
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter if _is_plain(letter) else " " for letter in unicodedata.normalize("NFC", last))
    plain = " ".join(plain.translate(_UNSAFE).split()).strip(". ")
    if not plain:
        return None
    stem, dot, extension = plain.rpartition(".")
    if not dot or len(extension) > 10:
        stem, extension = plain, ""
    ending = f".{extension}" if extension else ""
    fitting = EXTENSIONS.get(media_type)
    if fitting and ending.lower() not in fitting:
        stem, ending = plain, fitting[0]
    return stem[: LONGEST_NAME - len(ending)].rstrip(". ") + ending


def _is_plain(letter: str) -> bool:
    """Control, format (bidi, zero width), surrogate, private, unassigned, line and paragraph separators are not."""
    return unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
