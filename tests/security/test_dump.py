"""A stolen database, a stolen data folder, a stolen log: none of them says who reported an official."""

import re
from pathlib import Path

import pytest

from bot.domain.people import Role
from tests.bot_api import BotApiServer
from tests.conftest import Place
from tests.security.dumps import dump, where
from tests.stories.cast import City, OnTelegram, code_in, running_city

CHAT, NAME, USERNAME = 7_318_842_065, "Đoàn Thị Bưởi Hồng", "buoihong_1987"
PHONE, AT_HOME, FILE_NAME = "0987 318 842", "số 4717 ngõ Nghiêng Sương Mù", "don-to-cao-Bưởi-Hồng.pdf"
PLACE = "GPS 21.0731 105.8427"
PLANTED = [str(CHAT), NAME, "Bưởi Hồng", USERNAME, PHONE, "số 4717", "Sương Mù", "nghieng", "Bưởi-Hồng", PLACE]
ACCUSED = "Cán bộ một cửa phường Phú Thượng đòi tôi tiền"
PDF = b"%PDF-1.4\n1 0 obj\n<< /Author (" + NAME.encode() + b") >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


@pytest.fixture(params=["telegram", "webchat"])
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def report(city: City, channel: str, photo: bytes) -> str:
    """Bưởi reports an official, says who she is, sends a photo and a letter, leaves her number and asks for her data."""
    buoi = await resident(city, channel)
    await buoi.says(ACCUSED)
    await buoi.hears("Ứng xử của cán bộ")
    await buoi.says(f"Tôi là {NAME}, nhà ở {AT_HOME}, gọi tôi số {PHONE}")
    await buoi.sends_photo(photo, f"Nhà tôi đây, {AT_HOME}")
    if isinstance(buoi, OnTelegram):
        before = len(buoi.chat.heard)
        buoi.chat.sends_document(PDF, FILE_NAME, "application/pdf")
        await buoi.chat.next_like(".", 60) if len(buoi.chat.heard) == before else None
    await buoi.presses("Gửi")
    code = code_in(await buoi.hears("Mã hồ sơ"))
    await buoi.presses("Để lại số liên hệ")
    await buoi.presses("Tôi đồng ý")
    await buoi.says(f"{PHONE}, gặp {NAME}, {AT_HOME}")
    await buoi.hears("niêm phong số liên hệ")
    return code


async def resident(city: City, channel: str) -> OnTelegram:
    found = await city.resident(channel)
    if isinstance(found, OnTelegram):
        named = {"first_name": NAME, "username": USERNAME}
        found = OnTelegram(city.api.resident(CHAT, "vi"))
        found.chat.me |= named
        found.chat.chat |= named
    return found  # type: ignore[return-value]  # either has what the story asks of it


async def test_s3_s21_a_dump_names_nobody_who_reported_an_official(
    database_place: Place, channel: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """S3, S21: Chi reads the report with all its words; the tables, the files and the log alone tell no word of hers."""
    photo = photo_with(PLACE, tmp_path)
    async with BotApiServer() as api, running_city(database_place, api, log_level="debug") as city:
        chi = await city.staff("chi", ward="00091", role=Role.RESTRICTED_OFFICER)
        code = await report(city, channel, photo)
        html = await chi.opens_case(code)
        assert ACCUSED in html
        assert NAME in html  # for those named for such reports it is there
        during = await dump(database_place)
    after = await dump(database_place) | {"log": "".join(capfd.readouterr()).encode()}
    for found in (during, after):
        assert any(code.encode() in content for content in found.values())  # it is the right dump
        assert where([*PLANTED, code_words()], found) == []


def code_words() -> str:
    return "Cán bộ một cửa"


def photo_with(words: str, folder: Path) -> bytes:
    """A JPEG whose metadata say where it was taken."""
    from PIL import Image

    path = folder / "photo.jpg"
    image = Image.new("RGB", (320, 240), (90, 180, 200))
    exif = image.getexif()
    exif[0x010E] = words
    image.save(path, exif=exif)
    data = path.read_bytes()
    assert re.search(re.escape(words).encode(), data)
    return data
