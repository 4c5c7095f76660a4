"""Packs an office file again, with fixed times and in a fixed order, so that the same content is the same file."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_FIRST = "[Content_Types].xml"  # some readers look at the first entry to know what they have


def packed_again(file: bytes) -> bytes:
    with ZipFile(BytesIO(file)) as old, BytesIO() as made:
        with ZipFile(made, "w", ZIP_DEFLATED) as new:
            for name in sorted(old.namelist(), key=lambda name: (name != _FIRST, name)):
                entry = ZipInfo(name, _WHEN)
                entry.compress_type = ZIP_DEFLATED
                entry.external_attr = 0o600 << 16
                new.writestr(entry, old.read(name))
        return made.getvalue()
