"""Which file a Telegram message carries, and how its kinds become ours."""

from collections.abc import Callable
from typing import Any

from bot.domain.incoming import FileKind, IncomingKind, RemoteFile
from handlers.channels.telegram_values import mapping, string, whole

LONGEST_NAME = 255  # characters; also what file systems allow
LONGEST_ID = 1024


def _largest_photo(sizes: object) -> RemoteFile | None:
    """A photo comes in several sizes; the one with most pixels is what the resident took."""
    if not isinstance(sizes, list):
        return None
    best = max(sizes, key=lambda size: (_area(mapping(size)), whole(mapping(size).get("file_size")) or 0), default=None)
    return _file(best, FileKind.PHOTO, "image/jpeg")


def _area(size: Any) -> int:
    return (whole(size.get("width")) or 0) * (whole(size.get("height")) or 0) if _has_id(size) else -1


def _has_id(found: Any) -> bool:
    return 0 < len(string(found.get("file_id"))) <= LONGEST_ID


def _file(value: object, kind: FileKind, media_type: str | None = None) -> RemoteFile | None:
    found = mapping(value)
    if not _has_id(found):
        return None
    return RemoteFile(
        remote_id=string(found["file_id"]),
        kind=kind,
        name=string(found.get("file_name"))[-LONGEST_NAME:] or None,
        media_type=string(found.get("mime_type"))[:127] or media_type,
        size=whole(found.get("file_size")),
    )


def _reader(kind: FileKind, media_type: str | None = None) -> Callable[[object], RemoteFile | None]:
    return lambda value: _file(value, kind, media_type)


# Key of the message → what it is to us. An animation also carries `document`, for old clients: it must come first.
FILE_READERS: dict[str, tuple[IncomingKind, Callable[[object], RemoteFile | None]]] = {
    "photo": (IncomingKind.PHOTO, _largest_photo),
    "video": (IncomingKind.VIDEO, _reader(FileKind.VIDEO, "video/mp4")),
    "animation": (IncomingKind.VIDEO, _reader(FileKind.VIDEO, "video/mp4")),
    "video_note": (IncomingKind.VIDEO, _reader(FileKind.VIDEO, "video/mp4")),
    "voice": (IncomingKind.VOICE, _reader(FileKind.VOICE, "audio/ogg")),
    "audio": (IncomingKind.VOICE, _reader(FileKind.VOICE, "audio/mpeg")),
    "document": (IncomingKind.DOCUMENT, _reader(FileKind.DOCUMENT)),
}
