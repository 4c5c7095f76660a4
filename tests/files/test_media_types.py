"""What a file is, is told by its bytes: whatever its name or its sender say."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incoming import FileKind, FileTrouble, StoredFile
from bot.media_types import EXTENSIONS, UNKNOWN, may_hand_out, media_type_of


def archive(*names: str, first: str = "[Content_Types].xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in (first, *names):
            file.writestr(name, "<x/>")
    return out.getvalue()


def open_document(kind: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        file.writestr("content.xml", "<x/>")
    return out.getvalue()


def box(brand: bytes) -> bytes:
    return b"\x00\x00\x00\x20ftyp" + brand + b"\x00" * 64


KNOWN = [
    (b"\xff\xd8\xff\xe0" + b"\x00" * 16, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n" + b"\x00" * 16, "image/png"),
    (b"GIF89a" + b"\x00" * 16, "image/gif"),
    (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
    (box(b"heic"), "image/heic"),
    (box(b"mif1"), "image/heic"),
    (box(b"avif"), "image/avif"),
    (box(b"mp42"), "video/mp4"),
    (box(b"isom"), "video/mp4"),
    (box(b"qt  "), "video/quicktime"),
    (box(b"3gp5"), "video/3gpp"),
    (box(b"M4A "), "audio/mp4"),
    (b"OggS" + b"\x00" * 24 + b"OpusHead" + b"\x00" * 16, "audio/ogg"),
    (b"ID3\x04" + b"\x00" * 16, "audio/mpeg"),
    (b"\xff\xfb\x90\x00" + b"\x00" * 16, "audio/mpeg"),
    (b"\xff\xf1\x50\x80" + b"\x00" * 16, "audio/aac"),
    (b"%PDF-1.7\n", "application/pdf"),
    (archive("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (archive("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (archive("ppt/presentation.xml"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (open_document("text"), "application/vnd.oasis.opendocument.text"),
    (open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    ("Đèn đường ngõ 12 hỏng.\nTừ tối qua.\n".encode(), "text/plain"),
]
SEALED = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "svg after a declaration": b'<?xml version="1.0"?><svg/>',
    "svg after a byte order mark": b"\xef\xbb\xbf<svg/>",
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "html after words": b"Xin chao <script>alert(1)</script>",
    "html in capitals": b"  <HTML><BODY onload=alert(1)>",
    "shell script": b"#!/bin/sh\nrm -rf /\n",
    "an archive": archive("evil.exe", first="readme.txt"),
    "a document with macros": archive("word/document.xml", "word/vbaProject.bin"),
    "an archive that calls itself a document": archive("evil.exe"),
    "a drawing of OpenDocument": open_document("graphics"),
    "an unknown OpenDocument": open_document("text-template"),
    "a Windows program": b"MZ\x90\x00" + b"\x00" * 64,
    "a Linux program": b"\x7fELF" + b"\x00" * 64,
    "an old Office file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64,
    "an unknown brand": box(b"evil"),
    "ogg without a voice": b"OggS" + b"\x00" * 64,
    "a PDF that does not begin as one": b"<html>%PDF-1.7",
    "text with a NUL": b"abc\x00def",
    "text in another encoding": "Đèn đường".encode("utf-16"),
    "a bitmap": b"BM" + b"\x00" * 64,
    "nothing": b"",
}


@pytest.mark.parametrize(("data", "media_type"), KNOWN, ids=[media_type.rpartition("/")[2][-20:] for _, media_type in KNOWN])
def test_what_we_keep_is_known_by_its_bytes(data: bytes, media_type: str) -> None:
    assert media_type_of(data) == media_type


def test_every_type_on_the_list_can_be_told() -> None:
    assert {media_type for _, media_type in KNOWN} == set(EXTENSIONS)


@pytest.mark.parametrize("name", SEALED)
def test_whatever_could_run_or_hide_something_has_no_type(name: str) -> None:
    assert media_type_of(SEALED[name]) == UNKNOWN


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    assert media_type_of(data) in {*EXTENSIONS, UNKNOWN}


@pytest.mark.parametrize(
    ("media_type", "trouble", "may"),
    [
        ("application/pdf", None, True),
        ("video/mp4", None, True),
        ("text/plain", None, True),
        ("image/jpeg", None, False),  # the original knows where it was taken; the shown copy does not
        ("image/heic", None, False),
        (UNKNOWN, None, False),
        ("text/html", None, False),
        ("application/pdf", FileTrouble.TOO_LARGE, False),
    ],
)
def test_only_what_is_known_and_tells_nothing_more_is_handed_out(
    media_type: str, trouble: FileTrouble | None, may: bool
) -> None:
    assert may_hand_out(StoredFile("ab", FileKind.DOCUMENT, None, media_type, 1, "", trouble)) is may
