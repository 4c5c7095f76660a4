"""Changes a backup with the right key in hand: what only its own list, manifest and row hashes can find."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

from bot.archive.sealed import SealedReader, SealedWriter

Things = dict[str, bytes]


def things_in(archive: Path, secret_key: str) -> Things:
    """Everything in it by its name, in its order."""
    with archive.open("rb") as found:
        plain = SealedReader(found, [secret_key], archive.name).read()
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        return {entry.name: content.read() for entry in tar if (content := tar.extractfile(entry))}


def rewrite(archive: Path, secret_key: str, change: Callable[[Things], None]) -> None:
    """Pack it anew after a change."""
    things = things_in(archive, secret_key)
    change(things)
    with archive.open("wb") as out:
        sealed = SealedWriter(out, secret_key)
        plain = io.BytesIO()
        with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for name, content in things.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
        sealed.write(plain.getvalue())
        sealed.close()
