"""Asks `bot.prints` about stored pictures, each question in a process of its own, within a time."""

import json
from pathlib import Path
from typing import Any

import structlog

from bot.apart import PLACES, run_apart
from bot.domain.evidence import Comparison, Taken
from bot.media_types import DECODED

log = structlog.get_logger()

ANSWERS_WITHIN = 20.0  # seconds a question may take, its wait for the processor included
_MOST = 256 * 1024  # bytes of an answer
_LENGTH = 8  # bytes before the first of two pictures, see `bot.prints.__main__`
_LARGEST_WORD = 1 << 32

_PRINTS = Path(__file__).with_name("prints") / "__main__.py"  # never imported: it would bring numpy into every process


class PrintsImager:
    """See `bot.ports.Imager`."""

    def __init__(self, *, answers_within: float = ANSWERS_WITHIN) -> None:
        self._answers_within = answers_within

    async def words(self, shown: bytes) -> list[int]:
        return _numbers(await self._ask("words", data=shown))

    async def asked_words(self, shown: bytes) -> list[int]:
        return _numbers(await self._ask("asked", data=shown))

    async def compare(self, one: bytes, other: bytes) -> Comparison:
        found = await self._ask("compare", data=len(one).to_bytes(_LENGTH, "big") + one + other)
        if not isinstance(found, dict) or found.get("same") is not True:
            return Comparison(is_same=False)
        share = found.get("share")
        return Comparison(is_same=True, share=float(share) if isinstance(share, int | float) else 0.0)

    async def taken(self, original: bytes, media_type: str) -> Taken:
        if media_type not in DECODED:
            return Taken()
        found = await self._ask("taken", media_type.removeprefix("image/").upper(), data=original, places=PLACES)
        return Taken.read(found) if isinstance(found, dict) else Taken()

    async def _ask(self, *words: str, data: bytes, places: int = 1) -> Any:
        """The answer, or None when there was none in time."""
        try:
            code, answer = await run_apart(
                _PRINTS, *words, data=data, most=_MOST, within=self._answers_within, places=places
            )
            return None if code else json.loads(answer)
        except (TimeoutError, OSError, ValueError) as error:
            log.warning("picture_not_compared", reason=type(error).__name__, size=len(data))
            return None


def _numbers(found: Any) -> list[int]:
    if not isinstance(found, list):
        return []
    return [word for word in found if isinstance(word, int) and 0 <= word < _LARGEST_WORD]
