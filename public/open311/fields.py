"""What a program posted, read from the body: names with their values, in order. Everything in it is a stranger's.

Only `application/x-www-form-urlencoded` in UTF-8 is read; whatever else comes has no fields, and so no key either.
"""

import asyncio
import unicodedata
from collections.abc import Sequence
from urllib.parse import parse_qsl

from aiohttp import web

from bot.web.forms import clean
from public.open311.refusing import Fault, Refused, wrong

LARGEST = 128 * 1024  # bytes; 4,000 characters and what else there is, three times escaped
MOST_FIELDS = 200
WITHIN = 60.0  # seconds for the whole body

Fields = Sequence[tuple[str, str]]


async def read_fields(request: web.Request) -> Fields:
    """Texts in NFC, stripped, line ends as "\\n", without what nobody can read.

    Raises:
        Refused: Too large, too many, too slow, or no UTF-8.
    """
    if (request.content_length or 0) > LARGEST:
        raise _too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(WITHIN):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > LARGEST:
                    raise _too_large()
    except TimeoutError:
        raise wrong("open311_malformed") from None
    if request.content_type != "application/x-www-form-urlencoded":
        return ()
    if (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise wrong("open311_not_utf8")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict")
    except UnicodeError:
        raise wrong("open311_not_utf8") from None
    if len(pairs) > MOST_FIELDS:
        raise wrong("open311_too_many_fields", most=MOST_FIELDS)
    return [(_tidy(name), _tidy(value)) for name, value in pairs]


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", clean(text)).strip()


def _too_large() -> Refused:
    return Refused(Fault(413, "open311_too_large"))
