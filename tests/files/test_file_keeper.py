"""What strangers send is kept whole and sealed; what is shown of it is only pixels."""

import asyncio
import io
import os
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.incoming import LARGEST_FILE, FileKind, FileTrouble, RemoteFile, StoredFile
from bot.file_keeper import LONGEST_NAME, SafeFileKeeper, clean_name
from bot.media_types import SHOWN_TYPE, UNKNOWN, media_type_of
from bot.ports import FileStore
from storage.files import open_file_store
from tests.files.pictures import NEEDLES, huge, in_format, phone_photo, screenshot, see_through


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return open_file_store(str(tmp_path / "files"))


@pytest.fixture
def keeper(store: FileStore) -> SafeFileKeeper:
    return SafeFileKeeper(store)


async def keep(keeper: SafeFileKeeper, data: bytes, name: str | None = None) -> StoredFile:
    return await keeper.keep(data, RemoteFile("x", FileKind.PHOTO, name, "text/html", len(data)))


async def shown(keeper: SafeFileKeeper, store: FileStore, data: bytes) -> bytes:
    file = await keep(keeper, data)
    assert file.shown_key, "no copy was made"
    return await store.get(file.shown_key)


async def test_the_original_is_kept_to_the_last_byte(keeper: SafeFileKeeper, store: FileStore) -> None:
    """It may be evidence one day; it is the copy that is shown."""
    data = phone_photo()
    file = await keep(keeper, data)
    assert await store.get(file.key) == data
    assert file.shown_key != file.key
    assert (file.media_type, file.size, file.trouble) == ("image/jpeg", len(data), None)


@pytest.mark.parametrize("data", [phone_photo(), phone_photo(6), screenshot(), screenshot("P"), screenshot("RGBA")])
async def test_the_copy_tells_nothing_but_the_pixels(keeper: SafeFileKeeper, store: FileStore, data: bytes) -> None:
    assert sum(needle in data for needle in NEEDLES) >= 3, "the picture of this test holds nothing to be found"
    copy = await shown(keeper, store, data)
    assert [needle for needle in NEEDLES if needle in copy] == []
    with Image.open(io.BytesIO(copy)) as image:
        assert image.format == "JPEG"
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


# Where the red half is, once the camera's orientation is applied; the pixels are red on the left.
@pytest.mark.parametrize(
    ("orientation", "red_at"),
    [
        (1, "left"),
        (2, "right"),
        (3, "right"),
        (4, "left"),
        (5, "top"),
        (6, "top"),
        (7, "bottom"),
        (8, "bottom"),
        (99, "left"),
    ],
)
async def test_the_copy_is_the_right_way_up(keeper: SafeFileKeeper, store: FileStore, orientation: int, red_at: str) -> None:
    copy = await shown(keeper, store, phone_photo(orientation))
    with Image.open(io.BytesIO(copy)) as image:
        width, height = image.size
        spots = {
            "left": (2, height // 2),
            "right": (width - 3, height // 2),
            "top": (width // 2, 2),
            "bottom": (width // 2, height - 3),
        }
        pixel = image.getpixel(spots[red_at])
    assert (width > height) == (red_at in ("left", "right"))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200 > 100 > pixel[2]


@pytest.mark.parametrize(
    ("format_name", "mode"),
    [
        *(("JPEG", mode) for mode in ("RGB", "L", "CMYK")),
        *(("PNG", mode) for mode in ("RGB", "RGBA", "L", "LA", "P", "1", "I;16")),
        *(("WEBP", mode) for mode in ("RGB", "RGBA")),
        *(("GIF", mode) for mode in ("P", "L", "RGBA")),
    ],
)
async def test_every_picture_that_is_decoded_gets_a_copy(
    keeper: SafeFileKeeper, store: FileStore, format_name: str, mode: str
) -> None:
    data = in_format(format_name, mode)
    assert media_type_of(await shown(keeper, store, data)) == SHOWN_TYPE


async def test_what_is_see_through_is_shown_on_white(keeper: SafeFileKeeper, store: FileStore) -> None:
    with Image.open(io.BytesIO(await shown(keeper, store, see_through()))) as image:
        pixel = image.getpixel((18, 10))
    assert isinstance(pixel, tuple)
    assert min(pixel) > 240


@pytest.mark.parametrize(
    ("format_name", "size", "shown_size"),
    [
        ("JPEG", (4000, 3000), (2000, 1500)),  # read at half its size at once
        ("JPEG", (3000, 2250), (2048, 1536)),
        ("PNG", (1500, 3000), (1024, 2048)),
        ("PNG", (5000, 2000), (2048, 819)),
        ("GIF", (4099, 70), (2048, 35)),
        ("WEBP", (2049, 3), (2048, 3)),
    ],
)
async def test_a_large_photo_is_shown_small(
    keeper: SafeFileKeeper, store: FileStore, format_name: str, size: tuple[int, int], shown_size: tuple[int, int]
) -> None:
    """Whole: red on the left up to the middle, blue on the right, also where it was made band by band."""
    with Image.open(io.BytesIO(await shown(keeper, store, in_format(format_name, size=size)))) as image:
        assert image.size == shown_size
        for y in (0, image.height // 2, image.height - 1):
            left, right = (image.convert("RGB").getpixel((int(image.width * at), y)) for at in (0.48, 0.52))
            assert isinstance(left, tuple)
            assert isinstance(right, tuple)
            assert left[0] > 200 > 100 > left[2], y
            assert right[2] > 200 > 100 > right[0], y


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(huge("PNG", 20_000), id="400 million pixels in a few kilobytes"),
        pytest.param(huge("GIF", 6_000), id="36 million pixels"),
        pytest.param(phone_photo()[:300], id="cut short"),
        pytest.param(b"\xff\xd8\xff\xe0" + os.urandom(5000), id="noise that begins like a JPEG"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, id="a PNG of zeros"),
        pytest.param(b"RIFF\x10\x00\x00\x00WEBPVP8 " + b"\x00" * 100, id="a WebP of zeros"),
    ],
)
async def test_a_bomb_or_a_broken_picture_is_kept_and_not_shown(
    keeper: SafeFileKeeper, store: FileStore, data: bytes
) -> None:
    began = time.monotonic()
    file = await keep(keeper, data)
    assert file.shown_key == ""
    assert file.trouble is None
    assert await store.get(file.key) == data
    assert time.monotonic() - began < 10


async def test_a_copy_that_takes_too_long_is_given_up_and_leaves_no_process(store: FileStore, slow_program: Path) -> None:
    keeper = SafeFileKeeper(store, copy_within=0.5)
    file = await keep(keeper, phone_photo())
    assert file.shown_key == ""
    pid = int(slow_program.with_suffix(".pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_somebody_who_goes_away_leaves_no_process_either(store: FileStore, slow_program: Path) -> None:
    task = asyncio.create_task(keep(SafeFileKeeper(store), phone_photo()))
    pid_file = slow_program.with_suffix(".pid")
    async with asyncio.timeout(60):
        while not (pid_file.exists() and pid_file.read_text()):
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text()), 0)


@pytest.fixture
def slow_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In place of ours, a program that writes down who it is and then does nothing."""
    program = tmp_path / "slow.py"
    pid_file = program.with_suffix(".pid")
    program.write_text(
        f"import os, time, pathlib\npathlib.Path({str(pid_file)!r}).write_text(str(os.getpid()))\ntime.sleep(60)\n"
    )
    monkeypatch.setattr("bot.file_keeper._IMAGING", program)
    return program


async def test_whatever_the_other_process_says_only_a_jpeg_is_taken_for_a_copy(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It decoded a stranger's picture: it may no longer be ours."""
    program = tmp_path / "taken_over.py"
    program.write_text("import sys\nsys.stdin.buffer.read()\nprint('<script>alert(1)</script>')\n")
    monkeypatch.setattr("bot.file_keeper._IMAGING", program)
    assert (await keep(SafeFileKeeper(store), phone_photo())).shown_key == ""


async def test_the_other_process_knows_no_secret_of_ours(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    program = tmp_path / "curious.py"
    program.write_text(f"import os, pathlib\npathlib.Path({str(seen)!r}).write_text(repr(dict(os.environ)))\n")
    monkeypatch.setattr("bot.file_keeper._IMAGING", program)
    monkeypatch.setenv("HOMTHU_TELEGRAM_TOKEN", "123456:secret")
    monkeypatch.setenv("PGPASSWORD", "secret")
    await keep(SafeFileKeeper(store), phone_photo())
    assert "PATH" in seen.read_text()
    assert "secret" not in seen.read_text()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits are the system's")
async def test_the_other_process_is_bound_in_memory_time_and_files() -> None:
    lines = (
        "import bot.imaging, resource as r; bot.imaging.limit_this_process();"
        "print([r.getrlimit(what)[0] for what in (r.RLIMIT_AS, r.RLIMIT_DATA, r.RLIMIT_CPU, r.RLIMIT_FSIZE)])"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", lines, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert out.decode().strip() == f"[{512 * 1024 * 1024}, {160 * 1024 * 1024}, 10, 0]"


async def test_pillow_stays_out_of_the_process_that_keeps_files() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import sys, bot.file_keeper; print('PIL' in sys.modules)", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert out.decode().strip() == "False"


async def test_a_file_of_twenty_megabytes_is_kept_and_a_byte_more_is_not(keeper: SafeFileKeeper) -> None:
    data = b"%PDF-" + b"x" * (LARGEST_FILE - 5)
    assert (await keep(keeper, data)).media_type == "application/pdf"
    file = await keep(keeper, data + b"x")
    assert (file.trouble, file.key, file.size) == (FileTrouble.TOO_LARGE, "", LARGEST_FILE + 1)


async def test_an_empty_file_is_refused(keeper: SafeFileKeeper) -> None:
    assert (await keep(keeper, b"")).trouble is FileTrouble.REFUSED


@pytest.mark.parametrize("data", [b"<svg onload='alert(1)'/>", b"PK\x03\x04evil", b"MZ\x90"])
async def test_what_could_run_is_kept_sealed(keeper: SafeFileKeeper, store: FileStore, data: bytes) -> None:
    """Whatever its sender says it is."""
    file = await keep(keeper, data, "photo.jpg")
    assert (file.media_type, file.shown_key, file.trouble) == (UNKNOWN, "", None)
    assert await store.get(file.key) == data


@pytest.mark.parametrize(
    ("name", "media_type", "clean"),
    [
        ("Ảnh ngõ tối.jpg", "image/jpeg", "Ảnh ngõ tối.jpg"),
        ("Ngõ".encode().decode() + ".JPEG", "image/jpeg", "Ngõ.JPEG"),
        ("../../etc/passwd", UNKNOWN, "passwd"),
        ("C:\\Windows\\evil.exe", UNKNOWN, "evil.exe"),
        ("don.pdf.exe", "application/pdf", "don.pdf.exe.pdf"),
        ("x.hta", "application/pdf", "x.hta.pdf"),
        ("x.bat", "text/plain", "x.bat.txt"),
        ("anh\u202egpj.exe", UNKNOWN, "anh gpj.exe"),
        ("a\x00b\r\nSet-Cookie: x.pdf", "application/pdf", "a b Set-Cookie_ x.pdf"),
        ('"><script>.pdf', "application/pdf", "___script_.pdf"),
        ("\ud800.pdf", "application/pdf", "pdf.pdf"),
        ("....", UNKNOWN, None),
        ("", "image/jpeg", None),
        (None, "image/jpeg", None),
        ("\u200b\u200b", UNKNOWN, None),
        ("a" * 500 + ".pdf", "application/pdf", "a" * (LONGEST_NAME - 4) + ".pdf"),
        (".htaccess", "text/plain", "htaccess.txt"),
    ],
)
def test_a_name_cannot_lead_anywhere(name: str | None, media_type: str, clean: str | None) -> None:
    assert clean_name(name, media_type) == clean
    assert clean is None or len(clean) <= LONGEST_NAME
