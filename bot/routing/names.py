"""Which names a stretch of a text may be, and how far it is from each: the same letters, without marks, mistyped.

One slip is forgiven, never two: a letter left out, doubled, swapped with its neighbour or wrong; or marks missing or
wrong. What is equally near to several names is all of them. When a slip may be forgiven at all is known to `reading`.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.routing.gazetteer import Gazetteer, Name, Sort, gaps_of
from bot.routing.tokens import TONES, Token

SAME, UNMARKED, PARTLY, SLIP, UNLIKELY = 0.0, 0.1, 0.5, 1.0, 1.2
MOST_WRONG = 3  # marks
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_LONGEST_TYPED = 32  # letters; no name is longer


@dataclass(frozen=True, slots=True)
class Hit:
    """A name and its distance: `SAME`, `UNMARKED`, up to `PARTLY` for missing marks, below `SLIP` for wrong ones, then
    `SLIP`, and `UNLIKELY` for one that fingers seldom make."""

    name: Name
    distance: float

    @property
    def is_exact(self) -> bool:
        return self.distance <= PARTLY


@lru_cache(maxsize=32_768)
def _distance(plain: str, canon: str, name_plain: str, name_canon: str) -> float | None:
    """None: too far."""
    if canon == name_canon:
        return SAME
    if plain == name_plain:
        if plain == canon:
            return UNMARKED
        return _distance_of_marks(plain, canon, name_canon)
    if plain == canon:
        return SLIP if OSA.distance(plain, name_plain, score_cutoff=1) == 1 else None
    if OSA.distance(canon, name_canon, score_cutoff=1) == 1:
        return SLIP
    shaped, tones = _without_tones(canon)
    name_shaped, name_tones = _without_tones(name_canon)
    # The tone may have moved with the letter that slipped.
    return SLIP if tones == name_tones and OSA.distance(shaped, name_shaped, score_cutoff=1) == 1 else None


def _without_tones(canon: str) -> tuple[str, str]:
    letters = unicodedata.normalize("NFD", canon)
    tones = "".join([letter for letter in letters if letter in TONES])
    return unicodedata.normalize("NFC", "".join([letter for letter in letters if letter not in TONES])), tones


def _distance_of_marks(plain: str, canon: str, wanted: str) -> float | None:
    if len(canon) != len(wanted) or len(plain) != len(canon):
        return None
    missing = wrong = 0
    for bare, letter, right in zip(plain, canon, wanted, strict=True):
        if letter != right:
            if letter == bare:
                missing += 1
            else:
                wrong += 1
    if wrong > MOST_WRONG:
        return None
    return min(UNMARKED + 0.1 * missing, PARTLY) if not wrong else min(0.5 + 0.12 * wrong + 0.02 * missing, 0.95)


def same_letters(gazetteer: Gazetteer, words: Sequence[Token]) -> list[Hit]:
    """Names of these letters, nearest first; marks may be missing or wrong."""
    plain = "".join([word.plain for word in words])
    names = gazetteer.by_plain.get(plain)
    if names is None:
        return []
    canon = "".join([word.canon for word in words])
    return _near(names, plain, canon)


def mistyped(gazetteer: Gazetteer, words: Sequence[Token], sort: Sort, *, has_marks: bool) -> list[Hit]:
    """Names of that sort one letter away.

    Args:
        has_marks: The text around is written with marks, so a name without any is not one of those that have some.
    """
    faces = [("".join([word.plain for word in words]), "".join([word.canon for word in words]))]
    if any(word.typed for word in words):
        faces.append((as_typed(words), as_typed(words)))  # "Quanf" for "Quang" is no Telex
    for plain, canon in faces:
        if not 3 <= len(plain) <= _LONGEST_TYPED:
            continue
        found: dict[Name, None] = {}
        for gap in gaps_of(plain):
            found.update(dict.fromkeys(name for name in gazetteer.by_gap.get(gap, ()) if name.sort is sort))
        hits = [hit for hit in _near(tuple(found), plain, canon) if hit.distance == SLIP]
        if has_marks and plain == canon:
            hits = [hit for hit in hits if OSA.distance(canon, hit.name.canon, score_cutoff=1) == 1] or hits
        if hits:
            return _likeliest(hits, words, plain)
    return []


def as_typed(words: Sequence[Token]) -> str:
    """The letters as they stood before anything was decoded."""
    return "".join([word.typed or word.plain for word in words])


def _likeliest(hits: list[Hit], words: Sequence[Token], plain: str) -> list[Hit]:
    """First what fingers do: they double, swap or miss a letter or hit the next key, and all within one word."""
    typed = [word.plain for word in words]
    same = [hit for hit in hits if hit.name.size == len(typed) and sum(map(str.__ne__, typed, hit.name.words)) < 2] or hits
    likely = [hit for hit in same if is_common_slip(plain, hit.name.plain)] or same
    return likely + [Hit(hit.name, UNLIKELY) for hit in hits if hit not in likely]


@lru_cache(maxsize=8_192)
def is_common_slip(typed: str, wanted: str) -> bool:
    """Is it a doubled, swapped or missing letter or the next key on the keyboard?

    Args:
        typed: At most one letter away from `wanted`; both without marks.
    """
    if len(typed) < len(wanted):
        return True
    if len(typed) > len(wanted):
        return any(typed[at] == typed[at + 1] and typed[:at] + typed[at + 1 :] == wanted for at in range(len(typed) - 1))
    wrong = [(a, b) for a, b in zip(typed, wanted, strict=True) if a != b]
    return len(wrong) != 1 or _are_near(*wrong[0])


def _are_near(first: str, second: str) -> bool:
    """Do two keys lie beside each other?"""
    places = [(row, line.find(letter)) for letter in (first, second) for row, line in enumerate(_KEYS) if letter in line]
    if len(places) < 2:
        return False
    (row, column), (other_row, other_column) = places
    return abs(row - other_row) < 2 and abs(column - other_column) < 2


def _near(names: Sequence[Name], plain: str, canon: str) -> list[Hit]:
    hits = []
    for name in names:
        distance = _distance(plain, canon, name.plain, name.canon)
        if distance is not None:
            hits.append(Hit(name, distance))
    hits.sort(key=lambda hit: (hit.distance, hit.name.canon))
    return hits
