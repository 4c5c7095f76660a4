"""Everything hostile that a resident might write, by family, as `payloads.jsonl` has it, and how it may look on a page."""

import json
import unicodedata
from pathlib import Path

from bot.web.shown import shown
from handlers.channels.telegram_updates import clean

FILE = Path(__file__).with_name("payloads.jsonl")
_ACTS = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_JOINERS = "\u200c\u200d\ufe0f"


def payloads(*families: str) -> list[str]:
    """Each payload's text, of all families or of these; no two alike."""
    found = map(json.loads, FILE.read_text(encoding="utf-8").splitlines())
    return [text for family, text in found if not families or family in families]


def as_read(text: str) -> str:
    """How this line stands on any page: as it was typed, without what no text may hold, and what acts as its code."""
    return shown(clean(text)).strip()


def acting(text: str) -> set[str]:
    """Characters that act instead of being shown: controls, and what turns the direction of writing."""
    return {letter for letter in text if unicodedata.category(letter) in _ACTS and letter not in "\n\t" + _JOINERS}
