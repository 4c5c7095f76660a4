"""The words of a text as they are searched: without marks, and with exactly the marks they were typed with.

Both are plain ASCII, so that no engine's own idea of a letter comes between: a letter's marks are written behind it as on
a VNI keyboard, the tone at the end of the word, which makes "hoà" and "hòa" one. "ổ gà" is found as `o ga`, and exactly as
`=o63 =ga2`.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, Self

LONGEST_WORD = 32  # letters that are told apart
MOST_SOUGHT = 10  # words of a search that are looked at
SHORTEST_BEGINNING, LONGEST_BEGINNING = 2, 6  # letters; Vietnamese has no syllable of more than seven

_WORD = re.compile(r"[^\W_]+")
_TONES = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_SHAPES = {"\u0302": "6", "\u031b": "7", "\u0306": "8"}


@lru_cache(maxsize=16_384)
def faces_of(word: str) -> tuple[str, str]:
    """The word without its marks, and with them; the same twice when it has none."""
    plain: list[str] = []
    marked: list[str] = []
    tones: list[str] = []
    for letter in unicodedata.normalize("NFKD", word.casefold()):
        if letter in _TONES:
            tones.append(_TONES[letter])
        elif letter in _SHAPES:
            marked.append(_SHAPES[letter])
        elif letter == "đ":
            plain.append("d")
            marked.append("d9")
        elif not unicodedata.combining(letter):
            told = letter if letter.isascii() else f"u{ord(letter):x}"  # another script: any spelling, always the same
            plain.append(told)
            marked.append(told)
    plain_face, marked_face = "".join(plain)[:LONGEST_WORD], "".join(marked + tones)[: 2 * LONGEST_WORD]
    return (plain_face, marked_face) if plain_face.isalnum() else ("", "")


def words_to_find(text: str) -> set[str]:
    """Everything that a search for one of the text's words would look for."""
    found: set[str] = set()
    for word in _WORD.findall(unicodedata.normalize("NFC", text)):
        plain, marked = faces_of(word)
        found.add(plain)
        if marked != plain:
            found.add(f"={marked}")
    found.discard("")
    return found


def beginnings_of(words: Iterable[str]) -> set[str]:
    """What stands for the beginnings of these words, those without marks: "<tr", "<tra", "<tran" for "tran".

    Kept like words of their own. To look for the words that begin so, an engine would put together all that it knows of
    each: half of what it holds, for two letters.
    """
    return set().union(*map(_beginnings, words))


@lru_cache(maxsize=16_384)
def _beginnings(word: str) -> tuple[str, ...]:
    if not word.isalnum():
        return ()
    longest = min(len(word), LONGEST_BEGINNING)
    return tuple(f"<{word[:length]}" for length in range(SHORTEST_BEGINNING, longest + 1))


class Sought(NamedTuple):
    """What a search looks for, all of it: `folded` without marks, `exact` with them where they were typed.

    Of the last word its beginning is enough, once it has two letters: "<khu" instead of "khu". Beyond the letters that are
    kept as a beginning it must be whole.
    """

    folded: tuple[str, ...]
    exact: tuple[str, ...]

    @property
    def has_marks(self) -> bool:
        return self.exact != self.folded

    @classmethod
    def read(cls, text: str) -> Self:
        """The first `MOST_SOUGHT` words of what somebody typed; nothing sought where there is no word."""
        faces = [faces_of(word) for word in _WORD.findall(unicodedata.normalize("NFC", text))]
        faces = [face for face in faces if face[0]][:MOST_SOUGHT]
        folded = [plain for plain, _ in faces]
        if folded and SHORTEST_BEGINNING <= len(folded[-1]) <= LONGEST_BEGINNING:
            folded[-1] = f"<{folded[-1]}"
        exact = [f"={marked}" if marked != plain else sought for (plain, marked), sought in zip(faces, folded, strict=True)]
        return cls(tuple(folded), tuple(exact))
