"""The file store keeps bytes once, by what they are, and nobody else may read them."""

import asyncio
import hashlib
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.sealed_files import KeyedFileSealer
from storage.files import ObjectFileStore, open_file_store

PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 40


@pytest.mark.parametrize("where", ["folder", "file", "memory"])
async def test_bytes_come_back_by_their_hash(tmp_path: Path, where: str) -> None:
    place = {"folder": str(tmp_path / "files"), "file": f"file://{tmp_path}/files", "memory": "memory://"}[where]
    store = open_file_store(place)
    key = await store.put(PHOTO)
    assert key == hashlib.sha256(PHOTO).hexdigest()
    assert await store.put(PHOTO) == key
    assert await store.get(key) == PHOTO
    empty = await store.put(b"")
    assert await store.get(empty) == b""


async def test_the_same_bytes_are_one_file_that_only_we_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "files"
    store = open_file_store(str(folder))
    key = await store.put(PHOTO)
    await store.put(PHOTO)
    [file] = [path for path in folder.rglob("*") if path.is_file()]
    assert file == folder / key[:2] / key[2:4] / key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for path in (folder, folder / key[:2], folder / key[:2] / key[2:4]):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path


async def test_a_file_cut_short_by_a_crash_is_written_anew(tmp_path: Path) -> None:
    store = open_file_store(str(tmp_path))
    key = await store.put(PHOTO)
    (tmp_path / key[:2] / key[2:4] / key).write_bytes(PHOTO[:5])
    await store.put(PHOTO)
    assert await store.get(key) == PHOTO


@pytest.mark.parametrize("key", ["0" * 64, "", "../../etc/passwd", "A" * 64, "0" * 63 + "\n", "..", "0" * 65])
async def test_what_is_not_there_or_no_key_at_all_is_not_found(tmp_path: Path, key: str) -> None:
    with pytest.raises(FileNotFoundError):
        await open_file_store(str(tmp_path)).get(key)


@pytest.mark.parametrize("url", ["gs://bucket", "http://example.org/files", "ftp://x"])
def test_a_place_we_cannot_use_is_refused_by_the_settings_name(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        open_file_store(url)
    assert refused.value.values["line"].startswith("HOMTHU_FILES_URL: ")


def test_a_bucket_is_opened_without_asking_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "y")
    monkeypatch.setenv("AWS_REGION", "ap-southeast-1")
    assert isinstance(open_file_store("s3://homthu/files"), ObjectFileStore)


async def test_what_was_kept_before_files_were_sealed_is_sealed_in_its_place(tmp_path: Path) -> None:
    """It is found as before, by the same key; nothing of it lies open any more, and a file cut short is not taken for it."""
    key = await open_file_store(str(tmp_path)).put(PHOTO)
    store = open_file_store(str(tmp_path), KeyedFileSealer(b"k" * 32))
    assert await store.get(key) == PHOTO
    stop = asyncio.Event()
    assert await store.seal_up(stop)
    assert not open_file_at(tmp_path, key).exists()
    assert await store.get(key) == PHOTO
    assert await store.put(PHOTO) == key
    [file] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert file.name != key
    assert PHOTO[:20] not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert await store.seal_up(stop)
    assert file.exists()
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(FileNotFoundError):
        await store.get(key)
    await store.remove(key)
    assert not file.exists()


async def test_sealing_goes_on_where_it_was_stopped_and_reads_nothing_twice(tmp_path: Path) -> None:
    """Forty files of before: stopped in the middle, some are sealed; the next start reads of those the first bytes only."""
    before, sealer = open_file_store(str(tmp_path)), Counting(b"k" * 32)
    keys = [await before.put(bytes([number]) * (number * 50)) for number in range(40)]
    store = open_file_store(str(tmp_path), sealer)
    stop = asyncio.Event()
    sealer.then = lambda sealed: stop.set() if sealed == 15 else None
    assert not await store.seal_up(stop)
    assert sum(not open_file_at(tmp_path, key).exists() for key in keys) == 15
    assert [await store.get(key) for key in keys] == [bytes([number]) * (number * 50) for number in range(40)]
    stop.clear()
    assert await store.seal_up(stop)
    assert sealer.sealed == 40, "each once"
    assert not any(open_file_at(tmp_path, key).exists() for key in keys)
    assert [await store.get(key) for key in keys] == [bytes([number]) * (number * 50) for number in range(40)]


async def test_what_is_erased_while_it_is_being_sealed_does_not_come_back(tmp_path: Path) -> None:
    """Lan's photo is removed in the moment in which it was read and is not yet written anew."""
    sealer = Counting(b"k" * 32)
    key = await open_file_store(str(tmp_path)).put(PHOTO)
    store = open_file_store(str(tmp_path), sealer)
    sealer.then = lambda _: open_file_at(tmp_path, key).unlink()
    assert await store.seal_up(asyncio.Event())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def open_file_at(folder: Path, key: str) -> Path:
    return folder / key[:2] / key[2:4] / key


class Counting(KeyedFileSealer):
    """Counts what it seals; `then` hears how many there were when one is about to be written."""

    sealed = 0
    then: Callable[[int], None] = staticmethod(lambda _: None)

    def seal(self, data: bytes) -> bytearray:
        self.sealed += 1
        self.then(self.sealed)
        return super().seal(data)
