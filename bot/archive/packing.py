"""What lies in a backup: a tar stream of things, then the list of all their hashes, then the manifest, which has the list's.

Both come last because a stream is written once: the hash of a thing is known when it has gone by. Taking out writes into a
folder of its own and compares everything before anybody looks at it.
"""

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol, Self, cast

from bot.errors import BackupDamaged

FORMAT = 1
CONTENTS, MANIFEST = "contents.list", "manifest.json"
DATABASE, FILES, CITY = "database/", "files/", "city/"
_NAME = re.compile(r"database/[a-z0-9_.]+|files/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}|city/[A-Za-z0-9_][A-Za-z0-9_.-]*")
_AT_ONCE = 1 << 20  # bytes


class Out(Protocol):
    def write(self, data: bytes, /) -> int: ...


class In(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Counted:
    """A table: how many rows, and the SHA-256 of all of them in the order of their key."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup says of itself. `contents` is the hash of the list of everything in it; `missing`: files that the
    database names and the store did not have, told and not hidden."""

    made_at: datetime
    version: str
    engine: str
    schema: str
    tables: dict[str, Counted]
    contents: str
    things: int
    size: int  # bytes
    files: int
    missing: int
    format: int = FORMAT

    def text(self) -> bytes:
        return json.dumps({**asdict(self), "made_at": self.made_at.isoformat()}, indent=1, sort_keys=True).encode()

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Raises ValueError or TypeError: It is none."""
        found: dict[str, Any] = json.loads(text)
        tables = {name: Counted(**counted) for name, counted in found.pop("tables").items()}
        return cls(**{**found, "made_at": datetime.fromisoformat(found["made_at"]), "tables": tables})


@dataclass
class Packer:
    """Puts things into a stream. `list_file` collects the list meanwhile: a million lines need no memory."""

    out: Out
    list_file: BinaryIO
    things: int = 0
    size: int = 0  # bytes
    _tar: tarfile.TarFile = field(init=False)
    _list_hash: Any = field(init=False, default_factory=hashlib.sha256)

    def __post_init__(self) -> None:
        self._tar = tarfile.open(fileobj=cast("Any", self.out), mode="w|", format=tarfile.GNU_FORMAT)  # noqa: SIM115  # `finish` closes it

    def put(self, name: str, source: BinaryIO, size: int) -> str:
        """A thing; returns its SHA-256."""
        hashing = _Hashing(source)
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self._tar.addfile(entry, cast("Any", hashing))
        line = f"{hashing.sha256} {size} {name}\n".encode()
        self.list_file.write(line)
        self._list_hash.update(line)
        self.things += 1
        self.size += size
        return hashing.sha256

    def put_bytes(self, name: str, data: bytes) -> str:
        return self.put(name, io.BytesIO(data), len(data))

    def put_path(self, name: str, path: Path) -> str:
        with path.open("rb") as source:
            return self.put(name, source, path.stat().st_size)

    def finish(self, describe: Callable[[str, int, int], Manifest]) -> Manifest:
        """The list and the manifest, which `describe` makes of the list's hash, the number of things and their bytes."""
        manifest = describe(self._list_hash.hexdigest(), self.things, self.size)
        size = self.list_file.tell()
        self.list_file.seek(0)
        for name, source, length in ((CONTENTS, self.list_file, size), (MANIFEST, None, len(manifest.text()))):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = length, 0o600
            self._tar.addfile(entry, source or io.BytesIO(manifest.text()))
        self._tar.close()
        return manifest


class _Hashing:
    """Reads through, and keeps the hash of what was read."""

    def __init__(self, source: In) -> None:
        self._source = source
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._hash.update(data)
        return data

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def unpack(source: In, folder: Path, name: str, told: Callable[[int], None] = lambda _: None) -> Manifest:
    """Take everything out into an empty folder and prove that it is all there and as it was put in.

    Args:
        source: The opened stream.
        folder: Where it is laid, as it was named; `files/ab/cd/…` for the file store.
        name: What an error calls the backup.
        told: How many bytes so far.

    Raises:
        BackupDamaged: Something is missing, too much or changed.
    """
    found, texts, so_far = folder / "found.list", dict[str, bytes](), 0
    try:
        with found.open("wb") as lines, tarfile.open(fileobj=cast("Any", source), mode="r|") as tar:
            for entry in tar:
                content = tar.extractfile(entry)
                if content is None or texts.get(MANIFEST) is not None:
                    raise BackupDamaged(line=f"{name} is damaged: it holds what no backup holds")
                if entry.name == CONTENTS:
                    _lay(content, folder / CONTENTS)
                elif entry.name == MANIFEST:
                    texts[MANIFEST] = content.read()
                elif _NAME.fullmatch(entry.name):
                    sha256 = _lay(content, folder / entry.name)
                    lines.write(f"{sha256} {entry.size} {entry.name}\n".encode())
                    so_far += entry.size
                    told(so_far)
                else:
                    raise BackupDamaged(line=f"{name} is damaged: it holds what no backup holds")
        while source.read(_AT_ONCE):  # to its end, which proves that nothing was cut off
            continue
        manifest = Manifest.read(texts[MANIFEST])
    except (tarfile.TarError, KeyError, ValueError, TypeError) as wrong:
        raise BackupDamaged(line=f"{name} is damaged: it cannot be read ({type(wrong).__name__})") from wrong
    _compare(manifest, folder, name)
    return manifest


def _lay(content: Any, path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hashing = _Hashing(content)
    with path.open("xb") as out:
        path.chmod(0o600)
        while piece := hashing.read(_AT_ONCE):
            out.write(piece)
    return hashing.sha256


def _compare(manifest: Manifest, folder: Path, name: str) -> None:
    """The list against what lies there, and the manifest against the list."""
    listed = folder / CONTENTS
    if not listed.is_file() or hash_of(listed) != manifest.contents:
        raise BackupDamaged(line=f"{name} is damaged: the list of what is in it is not the one of its manifest")
    with listed.open("rb") as expected, (folder / "found.list").open("rb") as found:
        for line in _differing(expected, found):
            what = line.decode("ascii", "replace").split(" ")[-1].strip()
            raise BackupDamaged(line=f"{name} is damaged: {what} is not as it was put in. Nothing was changed.")


def _differing(expected: Iterable[bytes], found: Iterable[bytes]) -> Iterable[bytes]:
    left, right = iter(expected), iter(found)
    while True:
        one, other = next(left, b""), next(right, b"")
        if one != other:
            yield one or other
        if not one and not other:
            return


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
