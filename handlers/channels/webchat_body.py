"""What the inbox holds for one post of the web chat: JSON of our own, written by the page and read by the channel.

The page makes it (`webchat_pages`), the channel turns it into an `Incoming` (`webchat`), the transcript shows it again
(`webchat_lines`). Nothing here knows of HTTP.
"""

import hashlib
import json
import math
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from bot.domain.incoming import FileKind, FileTrouble, StoredFile
from bot.domain.people import Address, Channel, Language
from bot.domain.ward import Point
from bot.ports import RawUpdate

LONGEST_TEXT = 20_000  # characters in one post
LONGEST_NAME = 200  # characters of a file's name; what is cut off is only ever shown
LONGEST_CHOICE = 64  # bytes; no chip of ours carries more

# Control characters but tab and line feed, non-characters, lone surrogates: no export or database takes them all.
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")


class UnreadableBody(ValueError):
    """The body is not what this page writes."""


def clean(text: str) -> str:
    """The text with one kind of line end, no control characters and no blank edges."""
    return _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def new_client_key() -> str:
    """A key to post one thing under: 96 random bits."""
    return secrets.token_urlsafe(12)


def read_point(lat: object, lon: object, accuracy: object = None) -> Point | None:
    """A place from whatever was sent; None unless both are degrees on this planet. A strange accuracy is left out."""
    north, east, radius = _number(lat), _number(lon), _number(accuracy)
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:
        return None
    return Point(north, east, radius if radius is not None and 0 <= radius <= 1_000_000 else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatPost:
    """One thing a resident did on the page. `is_preset` marks the "/start ward_…" that the page said for them."""

    text: str = ""
    choice: str = ""
    point: Point | None = None
    files: tuple[StoredFile, ...] = ()
    language: Language | None = None
    is_preset: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.choice or self.point or self.files)

    def update(self, address: Address, client_key: str) -> RawUpdate:
        """The raw update to keep. The same post under the same key is kept once, however often it arrives.

        The key alone would not do: a page that the browser's "back" brought up again carries its old key under new words.
        """
        sent_files = [(file.name, file.size) for file in self.files]
        sent = json.dumps([client_key, self.text, self.choice, _pack_point(self.point), sent_files, self.is_preset])
        tail = hashlib.sha256(sent.encode()).hexdigest()[:32]
        return RawUpdate(
            channel=Channel.WEBCHAT,
            external_id=f"{address.external_id}.{tail}",
            address_id=address.external_id,
            body=self.to_json(),
            value=None if self.files else self,  # of those the body keeps less
        )

    def to_json(self) -> str:
        found: dict[str, Any] = {"text": self.text}
        if self.choice:
            found["choice"] = self.choice
        if self.point:
            found["point"] = _pack_point(self.point)
        if self.files:
            found["files"] = [asdict(file) for file in self.files]
        if self.language:
            found["language"] = self.language.value
        if self.is_preset:
            found["preset"] = True
        return json.dumps(found)

    @classmethod
    def from_json(cls, body: str) -> Self:
        """The reverse of `to_json`.

        Raises:
            UnreadableBody: For anything else, whatever it is.
        """
        try:
            found = json.loads(body)
            return cls(
                text=clean(_text(found.get("text", ""))),
                choice=_text(found.get("choice", "")),
                point=read_point(*found["point"]) if found.get("point") else None,
                files=tuple(_unpack_file(file) for file in _list(found.get("files", []))),
                language=Language(found["language"]) if found.get("language") else None,
                is_preset=found.get("preset") is True,
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
            raise UnreadableBody(type(wrong).__name__) from None


def source_id_of(external_id: str) -> str:
    """The message's own id within its address: the update's id without the address."""
    return external_id.rpartition(".")[2]


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _pack_point(point: Point | None) -> list[float | None] | None:
    return [point.lat, point.lon, point.accuracy] if point else None


def _unpack_file(found: dict[str, Any]) -> StoredFile:
    name, size = found["name"], found["size"]
    return StoredFile(
        key=_text(found["key"]),
        kind=FileKind(found["kind"]),
        name=clean(_text(name)) if name is not None else None,
        media_type=_text(found["media_type"]),
        size=int(size),
        shown_key=_text(found["shown_key"]),
        trouble=FileTrouble(found["trouble"]) if found["trouble"] else None,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise UnreadableBody("not a text")
    return value


def _list(value: object) -> Sequence[Any]:
    if not isinstance(value, list):
        raise UnreadableBody("not a list")
    return value
