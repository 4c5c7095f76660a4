"""What an edit changed, word by word: staff see what was taken back and what was put in its place.

Words keep the spaces that follow them, so that the pieces put together again are the words of before or after.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORD = re.compile(r"\S+\s*|\s+")
MOST_WORDS = 1500  # on either side; comparing is quadratic, and longer texts are shown whole


class Change(StrEnum):
    """What became of a piece."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words together that share their fate."""

    change: Change
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The pieces in reading order, what was removed before what came in its place.

    Kept and removed pieces together are `before`, kept and added ones `after` (of kept words the spaces are those of
    `after`). Texts too long to be compared are one piece removed and one added.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return _pieces([(Change.REMOVED, before), (Change.ADDED, after)])
    found: list[tuple[Change, str]] = []
    matcher = SequenceMatcher(None, [word.strip() for word in old], [word.strip() for word in new], autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            found.append((Change.KEPT, "".join(new[new_start:new_end])))
        else:
            found.append((Change.REMOVED, _parted(old, new, old_start, new_start) + "".join(old[old_start:old_end])))
            found.append((Change.ADDED, "".join(new[new_start:new_end])))
    return _pieces(found)


def _parted(old: list[str], new: list[str], old_start: int, new_start: int) -> str:
    """The space before a removed word, where the kept word before it has none any more: it became the last one."""
    if not old_start or not new_start or old_start == len(old):
        return ""
    return "" if new[new_start - 1][-1].isspace() else old[old_start - 1][len(old[old_start - 1].rstrip()) :]


def _pieces(found: list[tuple[Change, str]]) -> list[Piece]:
    return [Piece(change, text) for change, text in found if text]
