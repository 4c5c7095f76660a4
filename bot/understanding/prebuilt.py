"""The phrase books as one file, `data/words.built`: laid out once by whoever changes the words, not at every start.

Building them from `words.*.toml` takes half a second and twice the memory that they keep. The file says which words it was
made of; where those have changed since, it is passed over and the books are built, so that it can be late but never wrong.
It is written by `python -m benchmarks.understanding --build`; a test holds it to its source.

It begins with a line of JSON; the arrays follow, each packed by zlib, the low byte first.
"""

import hashlib
import json
import sys
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.understanding.phrases import PhraseBook

FILE = "words.built"


@dataclass(frozen=True, slots=True)
class Books:
    """`between`: the words between a call and who is called, see `lexicon.Lexicon`."""

    vi: PhraseBook
    en: PhraseBook
    between: tuple[str, ...]


def digest(sources: Sequence[Path]) -> str:
    """Of what the words were when a file was made of them."""
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()


def write(path: Path, books: Books, of: str) -> None:
    """Write the file; the same books give the same bytes."""
    packed = [zlib.compress(_low_first(part).tobytes(), 9) for book in (books.vi, books.en) for part in book.parts.values()]
    head = {
        "of": of,
        "between": books.between,
        "sizes": [len(one) for one in packed],
        "books": [
            {"words": list(book.ids), "spelled": book.spelled, "marked": book.marked, "tags": book.tags}
            for book in (books.vi, books.en)
        ],
    }
    line = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    path.write_bytes(b"\n".join((line.encode(), b"".join(packed))))


def read(path: Path, of: str) -> Books | None:
    """The books of the file, None where there is none or it was made of other words."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        head = json.loads(file.readline())
        if head["of"] != of:
            return None
        sizes = iter(head["sizes"])
        vi, en = (_book(found, [file.read(next(sizes)) for _ in PhraseBook.PARTS]) for found in head["books"])
    return Books(vi, en, tuple(head["between"]))


def _book(found: dict[str, Any], packed: list[bytes]) -> PhraseBook:
    same: dict[str, str] = {}  # most words are the same in all three lists: once in memory is enough

    def once(words: list[str]) -> tuple[str, ...]:
        return tuple(same.setdefault(word, word) for word in words)

    parts = {}
    for (name, code), one in zip(PhraseBook.PARTS.items(), packed, strict=True):
        parts[name] = _low_first(array(code, zlib.decompress(one)))
    tags = tuple(once(tags) for tags in found["tags"])
    return PhraseBook.of(once(found["words"]), once(found["spelled"]), once(found["marked"]), tags, parts)


def _low_first(part: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        part = part[:]
        part.byteswap()
    return part
