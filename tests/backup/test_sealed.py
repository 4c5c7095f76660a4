"""The seal of a backup: it opens with one key, whole and in its order, or not at all."""

import io
import random

import pytest

from bot.archive.sealed import MAGIC, PIECE, SealedReader, SealedWriter
from bot.errors import BackupDamaged, SettingsError

KEY, OTHER = "k" * 43, "o" * 43


def sealed(content: bytes, key: str = KEY) -> bytes:
    out = io.BytesIO()
    writer = SealedWriter(out, key)
    for start in range(0, len(content), 70_000):
        writer.write(content[start : start + 70_000])
    writer.close()
    return out.getvalue()


def opened(found: bytes, *keys: str) -> bytes:
    reader, parts = SealedReader(io.BytesIO(found), keys or (KEY,), "monday"), []
    while part := reader.read(100_001):
        parts.append(part)
    return b"".join(parts)


def pieces(found: bytes) -> list[bytes]:
    """The head and each piece with its length."""
    at, cut = len(MAGIC) + 48, [found[: len(MAGIC) + 48]]
    while at < len(found):
        end = at + 4 + int.from_bytes(found[at : at + 4], "big")
        cut.append(found[at:end])
        at = end
    return cut


@pytest.mark.parametrize("size", [0, 1, 69_999, PIECE - 11, PIECE, 3 * PIECE + 17])
def test_what_is_sealed_opens_again(size: int) -> None:
    content = random.Random(size).randbytes(size)
    found = sealed(content)
    assert opened(found) == content
    assert opened(found, OTHER, KEY) == content
    assert content[:40] not in found or size < 40
    assert sealed(content) != found


def test_nothing_but_zeros_is_small_and_opens_in_small_steps() -> None:
    """A piece that would grow a thousand times is unpacked a few megabytes at a time."""
    content = bytes(40 << 20)
    found = sealed(content)
    assert len(found) < 1 << 20
    assert opened(found) == content


def test_another_key_is_told_before_anything_is_read() -> None:
    with pytest.raises(SettingsError, match="HOMTHU_SECRET_KEY"):
        opened(sealed(b"words"), OTHER)


def test_every_damage_is_found() -> None:
    """A bit flipped anywhere, a piece exchanged, repeated, left out or cut off, another archive's piece, something added."""
    content = random.Random(7).randbytes(3 * PIECE)
    whole, other = sealed(content), pieces(sealed(content))
    head, *parts = pieces(whole)
    assert len(parts) == 4
    draw, damaged = random.Random(8), []
    for _ in range(60):
        changed = bytearray(whole)
        changed[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
        damaged.append(bytes(changed))
    for order in ([1, 0, 2, 3], [0, 0, 1, 2, 3], [0, 2, 3], [0, 1, 2], [3], []):
        damaged.append(head + b"".join(parts[number] for number in order))
    damaged += [
        head + other[1] + b"".join(parts[1:]),
        whole + b"x",
        whole[:-1],
        whole[: len(whole) // 2],
        b"",
        b"PK\x03\x04",
    ]
    for one in damaged:
        with pytest.raises((BackupDamaged, SettingsError)):  # a changed check of the key looks like another key
            opened(one)
    assert opened(whole) == content
