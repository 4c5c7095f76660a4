"""Which names a stretch of a text may be, and how far it is from each: the same letters, without marks, or mistyped.

One slip is forgiven, never two: a letter left out, doubled, swapped with its neighbour or wrong; or marks that are missing or
wrong. What is equally near to several names is all of them. When a slip may be forgiven at all is known to `reading`.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.routing.gazetteer import Gazetteer, Name, Sort, gaps_of
from bot.routing.tokens import TONES, Token

SAME, UNMARKED, PARTLY, SLIP = 0.0, 0.1, 0.5, 1.0
MOST_WRONG = 3  # marks
_LONGEST_TYPED = 32  # letters; no name is longer


@dataclass(frozen=True, slots=True)
class Hit:
    """A name and its distance: `SAME`, `UNMARKED`, up to `PARTLY` for missing marks, below `SLIP` for wrong ones, `SLIP`."""

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


def mistyped(gazetteer: Gazetteer, words: Sequence[Token], sort: Sort) -> list[Hit]:
    """Names of that sort one letter away."""
    faces = [("".join([word.plain for word in words]), "".join([word.canon for word in words]))]
    if any(word.typed for word in words):  # "Quanf" for "Quang" is no Telex
        typed = "".join([word.typed or word.plain for word in words])
        faces.append((typed, typed))
    hits: list[Hit] = []
    for plain, canon in faces:
        if 4 <= len(plain) <= _LONGEST_TYPED and not hits:
            found: dict[Name, None] = {}
            for gap in gaps_of(plain):
                found.update(dict.fromkeys(name for name in gazetteer.by_gap.get(gap, ()) if name.sort is sort))
            hits = [hit for hit in _near(tuple(found), plain, canon) if hit.distance == SLIP]
    return hits


def _near(names: Sequence[Name], plain: str, canon: str) -> list[Hit]:
    hits = []
    for name in names:
        distance = _distance(plain, canon, name.plain, name.canon)
        if distance is not None:
            hits.append(Hit(name, distance))
    hits.sort(key=lambda hit: (hit.distance, hit.name.canon))
    return hits
