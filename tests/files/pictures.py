"""Pictures as phones make them, with everything in them that nobody else should learn."""

import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

# What must not be in any shown copy: each stands in a different kind of metadata.
NEEDLES = (b"NEEDLE-COMMENT", b"NEEDLE-CAMERA", b"NEEDLE-XMP", b"NEEDLE-TEXT", b"NEEDLE-TRAILER", b"NEEDLE-ICC", b"21.0685")


def two_halves(width: int = 40, height: int = 20) -> Image.Image:
    """Red on the left, blue on the right: one sees which way it was turned."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    return image


def phone_photo(orientation: int = 1, size: tuple[int, int] = (40, 20)) -> bytes:
    """A JPEG with EXIF (place, camera, orientation), XMP, a comment, a colour profile and a trailer."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "NEEDLE-CAMERA"
    exif.get_ifd(0x8825)[0x001D] = "21.0685 105.8231"  # GPS
    out = io.BytesIO()
    two_halves(*size).save(
        out,
        "JPEG",
        quality=95,
        exif=exif,
        comment=b"NEEDLE-COMMENT",
        icc_profile=b"NEEDLE-ICC" + b"\x00" * 128,
        xmp=b"<x:xmpmeta>NEEDLE-XMP</x:xmpmeta>",
    )
    return out.getvalue() + b"NEEDLE-TRAILER"


def screenshot(mode: str = "RGB") -> bytes:
    text = PngInfo()
    text.add_text("Comment", "NEEDLE-TEXT")
    text.add_itxt("XML:com.adobe.xmp", "NEEDLE-XMP")
    exif = Image.Exif()
    exif[0x010F] = "NEEDLE-CAMERA"
    out = io.BytesIO()
    two_halves().convert(mode).save(out, "PNG", pnginfo=text, exif=exif)
    return out.getvalue() + b"NEEDLE-TRAILER"


def see_through() -> bytes:
    image = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 10, 20))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def in_format(format_name: str, mode: str = "RGB", size: tuple[int, int] = (40, 20)) -> bytes:
    out = io.BytesIO()
    image = two_halves(*size)
    image = image.convert("I").convert(mode) if mode == "I;16" else image.convert(mode)
    image.save(out, format_name)
    return out.getvalue()


def huge(format_name: str, side: int) -> bytes:
    """One colour: a few kilobytes that decode into very many pixels."""
    out = io.BytesIO()
    Image.new("1" if format_name == "PNG" else "L", (side, side)).save(out, format_name)
    return out.getvalue()
