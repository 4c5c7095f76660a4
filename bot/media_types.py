"""What kind of file some bytes are, told by the bytes alone: names and declared types come from the sender, who may lie.

Only what is on the list has a type; everything else is `application/octet-stream` and is kept sealed: listed, never shown
and never handed out. HTML, SVG, scripts and archives are never on the list.
"""

import re

from bot.domain.incoming import StoredFile

UNKNOWN = "application/octet-stream"
SHOWN_TYPE = "image/jpeg"  # every shown copy is one

# Pictures that can be decoded, and so shown as a copy. Of every other picture only the sealed original is kept.
DECODED = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})

# The first extension is given to a name that has none of them: staff's machines go by the extension.
EXTENSIONS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "image/heic": (".heic", ".heif"),
    "image/avif": (".avif",),
    "application/pdf": (".pdf",),
    "video/mp4": (".mp4", ".m4v"),
    "video/quicktime": (".mov",),
    "video/3gpp": (".3gp", ".3g2"),
    "audio/ogg": (".ogg", ".oga", ".opus"),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a",),
    "audio/aac": (".aac",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "text/plain": (".txt",),
}

# ISO base media: the brand follows "ftyp". https://mp4ra.org/registered-types/brands
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"M4V "), "video/mp4"),
    b"qt  ": "video/quicktime",
}
_OOXML = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_HEAD = 8192  # bytes looked at
_LONGEST_TEXT = 1024 * 1024  # bytes; a longer one is looked at by nobody, and would hold everybody up here
_LAYOUT = dict.fromkeys(map(ord, "\n\r\t\f\ufeff"), " ")
_MARKUP = re.compile(rb"<\s*[a-z!?/]", re.IGNORECASE)
_AAC_FRAMES = (b"\xff\xf1", b"\xff\xf9")  # ADTS, as Zalo records a voice
_MP3_FRAME = re.compile(rb"\xff[\xfa\xfb\xf2\xf3\xe2\xe3]")


def media_type_of(data: bytes) -> str:
    """The type, or `UNKNOWN` for everything that is not on the list."""
    head = data[:_HEAD]
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head[4:8] == b"ftyp":
        return "video/3gpp" if head[8:11] in (b"3gp", b"3g2") else _BRANDS.get(head[8:12], UNKNOWN)
    if head.startswith(b"OggS"):
        return "audio/ogg" if b"OpusHead" in head[:128] or b"\x01vorbis" in head[:128] else UNKNOWN
    if head.startswith(b"ID3") or _MP3_FRAME.match(head):
        return "audio/mpeg"
    if head.startswith(_AAC_FRAMES):
        return "audio/aac"
    if head.startswith(b"PK\x03\x04"):
        return _office_type(head)
    return "text/plain" if _is_plain_text(data) else UNKNOWN


def may_hand_out(file: StoredFile) -> bool:
    """Whether staff may download the original. A picture's keeps where and by whom it was taken: never that one."""
    return file.trouble is None and file.media_type in EXTENSIONS and not file.media_type.startswith("image/")


def _office_type(head: bytes) -> str:
    """A document is an archive with a known beginning; without it, it is just an archive. Macros (.docm) stay sealed."""
    if head[30:69] == b"mimetypeapplication/vnd.oasis.opendocument"[:39]:
        for name in ("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"):
            if head[38 : 38 + len(name) + 2] == name.encode() + b"PK":
                return name
        return UNKNOWN
    if not head[30:].startswith((b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/")):
        return UNKNOWN
    if b"vbaProject" in head or b"macroEnabled" in head:
        return UNKNOWN
    return next((media_type for mark, media_type in _OOXML.items() if mark in head), UNKNOWN)


def _is_plain_text(data: bytes) -> bool:
    """Words in UTF-8 and nothing that a browser or a shell could take for more."""
    if not 0 < len(data) <= _LONGEST_TEXT or data.startswith(b"#!") or _MARKUP.search(data):
        return False
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return text.translate(_LAYOUT).isprintable()
