"""Everything hostile that a resident might write, by family, as `payloads.jsonl` has it, and how it may look on a page."""

import json
import re
import unicodedata
from pathlib import Path

from bot.web.shown import shown

FILE = Path(__file__).with_name("payloads.jsonl")
_ACTS = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_JOINERS = "\u200c\u200d\ufe0f"


def payloads(*families: str) -> list[str]:
    """Each payload's text, of all families or of these; no two alike."""
    found = map(json.loads, FILE.read_text(encoding="utf-8").splitlines())
    return [text for family, text in found if not families or family in families]


def essence(text: str) -> str:
    """What must be left of it on any page: its letters in order, without spaces, controls and marks for them."""
    bare = re.sub(r"⟨U\+[0-9A-F]{4,6}⟩|\ufffd", "", unicodedata.normalize("NFC", shown(text)))
    return "".join(letter for letter in bare if not letter.isspace() and not _is_hidden(letter))


def acting(text: str) -> set[str]:
    """Characters that act instead of being shown: controls, and what turns the direction of writing."""
    return {letter for letter in text if unicodedata.category(letter) in _ACTS and letter not in "\n\t" + _JOINERS}


def _is_hidden(letter: str) -> bool:
    # What no text may hold is dropped on the way in: controls and non-characters.
    return unicodedata.category(letter) in (*_ACTS, "Cn")
