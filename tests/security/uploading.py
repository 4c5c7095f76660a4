"""Files that nobody sends in good faith, and what comes out again at the desk. All are made here, most of them small."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from html import unescape
from typing import Any

from aiohttp import ClientSession
from PIL import Image
from yarl import URL

from tests.closing import PROOF_BYTES
from tests.files.pictures import NEEDLES, huge, in_format, phone_photo, screenshot, two_halves
from tests.files.worst import BEYOND, LARGEST
from tests.handlers.webchat.town import Browser
from tests.security.attackers import outsider
from tests.stories.cast import Officer, OnTheWebChat, code_in

WITH_A_PLACE = ("JPEG", "PNG", "WEBP", "TIFF", "MPO", "GIF")
SCRIPT = b"<script>hit('NEEDLE-SCRIPT')</script>"
UNSAFE = (*NEEDLES, b"NEEDLE-SCRIPT", b"<script", b"<svg", b"%PDF", b"PK\x03\x04", b"GPS", b"Exif")
NAME = re.compile(r'attachment; filename="[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9]+\.[a-z0-9]{2,4}"')
FILE = re.compile(r'"(/staff/cases/[0-9A-Z-]+/(?:files|photos)/[^"?#]+)"')


def zipped(name: str, size: int, *, members: int = 1) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(members):
            archive.writestr(name.format(number), b"\0" * size)
    return out.getvalue()


def bomb_of_a_png(side: int, *, chunk: bytes = b"") -> bytes:
    """A header that promises side × side pixels, and a few rows of them; or a text chunk that unpacks into very much."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = part(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk + part(b"IDAT", zlib.compress(bytes(1_000_000))) + part(b"IEND", b"")


def packed_text() -> bytes:
    data = b"k\0\0" + zlib.compress(bytes(200_000_000), 9)
    return struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))


def frames(count: int) -> bytes:
    out = io.BytesIO()
    images = [Image.new("P", (300, 300), number % 255) for number in range(count)]
    images[0].save(out, "GIF", save_all=True, append_images=images[1:], duration=1, loop=0)
    return out.getvalue()


def noise(side: int, format_name: str = "JPEG", mode: str = "RGB", **how: Any) -> bytes:
    """As heavy as a picture of this size can be."""
    out = io.BytesIO()
    Image.effect_noise((side, side), 200).convert(mode).save(out, format_name, **({"quality": 98} | how))
    return out.getvalue()


def with_a_place(format_name: str) -> bytes:
    """EXIF with a place, a colour profile and XMP, and a second picture after the first, where the format has them."""
    exif = Image.Exif()
    exif[0x010F] = "NEEDLE-CAMERA"
    exif.get_ifd(0x8825).update({0x0001: "N", 0x0002: (21.0, 4.0, 6.6), 0x001D: "21.0685 105.8231"})
    out = io.BytesIO()
    more = [two_halves(40, 20)] if format_name in ("PNG", "WEBP", "MPO", "GIF") else []
    xmp = {} if format_name == "GIF" else {"xmp": b"<x:xmpmeta>NEEDLE-XMP</x:xmpmeta>"}
    how = {"exif": exif, "icc_profile": b"NEEDLE-ICC" + bytes(128), "comment": b"NEEDLE-COMMENT", **xmp}
    two_halves(40, 20).save(out, format_name, save_all=bool(more), append_images=more, **how)
    return out.getvalue()


def of_a_phone_in(brand: bytes) -> bytes:
    """What a HEIC or AVIF begins with, and what must not come out of it."""
    return struct.pack(">I", 24) + b"ftyp" + brand + bytes(4) + b"mif1" + brand + b"Exif\0\0" + b"".join(NEEDLES) + SCRIPT


def with_a_thumbnail() -> bytes:
    """A photo whose EXIF holds a small picture of its own, which was not cut when the large one was."""
    small = b"\xff\xd8\xff\xe0NEEDLE-TEXT\xff\xd9"
    tiff = b"II*\0\x08\0\0\0" + bytes(2) + struct.pack("<I", 14)
    entries = struct.pack("<HHHIIHHII", 2, 0x201, 4, 1, 44, 0x202, 4, 1, len(small)) + bytes(4)
    exif = b"Exif\0\0" + tiff + entries + small
    photo = in_format("JPEG")
    return photo[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + photo[2:]


def promising(side: int) -> bytes:
    """A JPEG whose header says that it is this wide and high."""
    photo = in_format("JPEG")
    frame = photo.index(b"\xff\xc0")
    return photo[: frame + 5] + struct.pack(">HH", side, side) + photo[frame + 9 :]


def _many() -> dict[str, tuple[str, Callable[[], bytes]]]:
    gif = b"GIF89a/*" + SCRIPT + b"*/=1;"
    return {
        "photo.jpg": ("image/jpeg", phone_photo),
        "turned.jpg": ("image/jpeg", lambda: phone_photo(6, (2000, 1500))),
        "screenshot.png": ("image/png", screenshot),
        "../../../etc/cron.d/x.jpg": ("image/jpeg", phone_photo),
        "..\\..\\x.png": ("image/png", screenshot),
        "/etc/passwd": ("text/plain", lambda: b"words"),
        'x".html': ("text/html", lambda: b"<html>" + SCRIPT),
        "x.html": ("image/png", lambda: b"\x89PNG\r\n\x1a\n" + SCRIPT),
        "x.svg": ("image/svg+xml", lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='hit(1)'>" + SCRIPT + b"</svg>"),
        "x.svg.png": ("image/png", lambda: b"<?xml version='1.0'?><svg onload='hit(1)'/>"),
        "x.js": ("text/javascript", lambda: b"hit('NEEDLE-SCRIPT')"),
        "x.xhtml": ("application/xhtml+xml", lambda: b"<?xml version='1.0'?><html>" + SCRIPT),
        "x.exe": ("image/jpeg", lambda: b"MZ\x90\0" + bytes(500)),
        "x.sh": ("text/plain", lambda: b"#!/bin/sh\nid\n"),
        "gifjs.gif": ("image/gif", lambda: gif),
        "jpeg-html.jpg": ("image/jpeg", lambda: phone_photo() + SCRIPT),
        "jpeg-zip.jpg": ("image/jpeg", lambda: phone_photo() + zipped("x", 10)),
        "pdf-html.pdf": ("application/pdf", lambda: b"%PDF-1.7\n" + SCRIPT),
        "pdf-js.pdf": ("application/pdf", lambda: PROOF_BYTES + b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
        "riff.webp": ("image/webp", lambda: b"RIFF\xff\xff\xff\xffWEBPVP8 " + bytes(20)),
        "real.webp": ("image/webp", lambda: in_format("WEBP")),
        "x.bmp": ("image/bmp", lambda: in_format("BMP")),
        "x.tiff": ("image/tiff", lambda: in_format("TIFF")),
        "x.ico": ("image/x-icon", lambda: in_format("ICO")),
        "x.docm": ("application/msword", lambda: zipped("word/vbaProject.bin", 10)),
        "x.zip": ("application/zip", lambda: zipped("x", 10)),
        "bomb.zip": ("application/zip", lambda: zipped("{}", 50_000_000, members=4)),
        "bomb.docx": ("application/msword", lambda: zipped("word/{}.xml", 50_000_000, members=2)),
        "bomb.png": ("image/png", lambda: bomb_of_a_png(60_000)),
        "within.png": ("image/png", lambda: bomb_of_a_png(4_900)),
        "text.png": ("image/png", lambda: bomb_of_a_png(10, chunk=packed_text())),
        "wide.png": ("image/png", lambda: huge("PNG", 20_000)),
        "wide.jpg": ("image/jpeg", lambda: huge("JPEG", 12_000)),
        **{f"{name}.bin": ("image/jpeg", make) for name, make in (LARGEST | BEYOND).items()},
        "heavy.png": ("image/png", lambda: noise(2_600, "PNG", quality=None)),
        "heavy.webp": ("image/webp", lambda: noise(2_449, "WEBP", lossless=True, method=0)),
        "heavy.gif": ("image/gif", lambda: noise(4_400, "GIF", "P", quality=None)),
        "heavy.jpg": ("image/jpeg", lambda: noise(4_000, quality=96)),
        "almost.jpg": ("image/jpeg", lambda: noise(4_000, quality=95)[: 15 * 1024 * 1024]),
        "large.jpg": ("image/jpeg", lambda: huge("JPEG", 4_999)),
        "frames.gif": ("image/gif", lambda: frames(400)),
        "noise.jpg": ("image/jpeg", lambda: noise(4_900)),
        "promise.jpg": ("image/jpeg", lambda: promising(65_535)),
        "thumbnail.jpg": ("image/jpeg", with_a_thumbnail),
        **{f"place.{one.lower()}": (f"image/{one.lower()}", partial(with_a_place, one)) for one in WITH_A_PLACE},
        "x.heic": ("image/heic", lambda: of_a_phone_in(b"heic")),
        "x.avif": ("image/avif", lambda: of_a_phone_in(b"avif")),
        "x.mp4": ("video/mp4", lambda: of_a_phone_in(b"isom")),
        "truncated.png": ("image/png", lambda: noise(300, "PNG", quality=None)[:20_000]),
        "truncated.webp": ("image/webp", lambda: noise(300, "WEBP")[:9_000]),
        "cmyk.jpg": ("image/jpeg", lambda: in_format("JPEG", "CMYK")),
        "%2e%2e%2f.jpg": ("image/jpeg", phone_photo),
        "=1+1.pdf": ("application/pdf", lambda: b"%PDF-1.7\n" + SCRIPT),
        "20MB.pdf": ("application/pdf", lambda: b"%PDF-1.7\n" + bytes(20 * 1024 * 1024 - 9)),
        "truncated.jpg": ("image/jpeg", lambda: noise(500)[:20_000]),
        "empty.jpg": ("image/jpeg", lambda: b""),
        "one.jpg": ("image/jpeg", lambda: b"\xff"),
        "25MB.jpg": ("image/jpeg", lambda: b"\xff\xd8\xff" + bytes(25 * 1024 * 1024)),
        "20MB.bin": ("application/octet-stream", lambda: bytes(20 * 1024 * 1024)),
        "x" * 5000 + ".jpg": ("image/jpeg", phone_photo),
        "CON": ("image/jpeg", phone_photo),
        "\u202egpj.exe": ("image/jpeg", phone_photo),
    }


CORPUS = _many()
_LONG = ("bomb.zip", "bomb.docx", "bomb.png", "text.png", "wide.png", "wide.jpg", "large.jpg", "frames.gif", "noise.jpg")
HEAVY = {*_LONG, *(f"{name}.bin" for name in (LARGEST | BEYOND)), *(name for name in CORPUS if name.startswith("heavy"))}
HEAVY |= {"almost.jpg"}


async def filed(url: str, *files: tuple[str, bytes, str]) -> str:
    """Somebody files a case on the web chat, with these files; its code."""
    async with outsider() as session:
        lan = OnTheWebChat(Browser(session, URL(url)))
        await lan.browser.opens("/chat")
        words = "Ngõ 12 phường Phú Thượng tối ba đêm nay, đèn hỏng."
        assert (await lan.browser.says(words, files=list(files))).status == 200
        await lan.hears("phường Phú Thượng")
        await lan.presses("Gửi")
        return code_in(await lan.hears("Mã hồ sơ"))


async def sent_and_served(url: str, officer: Officer, files: Sequence[tuple[str, bytes, str]]) -> list[str]:
    """Sent by a resident, the first by the officer too, to the same case; everything that is wrong with what comes out."""
    code = await filed(url, *files)
    await officer.opens_case(code)
    await officer.fills("attach-form", file=files[0], text="x")
    troubles = [f"the form answered {officer.status}"] if officer.status >= 500 else []
    await officer.opens_case(code)
    if officer.status != 200:
        troubles.append(f"the case's page answered {officer.status}")
    names = ", ".join(name[:20] for name, _, _ in files)
    return [f"{names}: {trouble}" for trouble in troubles + await served_wrongly(url, officer, files[0][1])]


async def served_wrongly(url: str, officer: Officer, original: bytes) -> list[str]:
    """Open every file that the officer's page names; what is wrong with the answers."""
    found = []
    for path in sorted({unescape(path) for path in FILE.findall(officer.html)}):
        found += [f"{path}: {trouble}" for trouble in await _served(officer.session, url + path, original)]
    return found


async def _served(session: ClientSession, address: str, original: bytes) -> list[str]:
    async with session.get(address) as answer:
        body, headers = await answer.read(), answer.headers
        media_type = answer.content_type
    if media_type == "text/html" and "/photos/" in address:
        return []  # our own page around a picture
    found = []
    if headers.get("X-Content-Type-Options") != "nosniff" or "sandbox" not in headers["Content-Security-Policy"]:
        found.append("not fenced")
    disposition = headers.get("Content-Disposition", "")
    if answer.status == 200 and disposition == "inline":
        if media_type != "image/jpeg" or not body.startswith(b"\xff\xd8\xff") or body == original:
            found.append(f"shown as {media_type}")
        found += [f"{needle!r} is in it" for needle in UNSAFE if needle in body]
    elif answer.status == 200 and (not NAME.fullmatch(disposition) or media_type.startswith(("text/", "image/"))):
        found.append(f"handed out as {media_type}, {disposition}")
    elif answer.status >= 500:
        found.append(f"answered {answer.status}")
    return found
