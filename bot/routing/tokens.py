"""Text → tokens as the search for places needs them: every way of typing brought to one.

More than `folding` does for ordinary words: glued words are parted ("TâyHồ", "P.QuảngAn"), what Telex and VNI leave behind
is decoded, invisible marks go, and the tone stands where the old style puts it. What tokens mean: `bot.routing.reading`.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from bot.routing.typing_keys import decode_telex, decode_vni, place_tone

LONGEST_TEXT = 10_000  # characters that are searched; a place is named early, and a turn must stay short
_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")  # marks that fit no letter stay with theirs
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0000]")
TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SHAPES = frozenset("\u0302\u0306\u031b")  # circumflex, breve, horn
_D_BARS = str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ"})  # other letters that look like Đ
_PIECE = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+|\d+")
_SHORT_KINDS = ("TT", "P", "X", "F", "Q", "H")
_ENGLISH = frozenset(
    [
        "as",
        "or",
        "of",
        "is",
        "us",
        "has",
        "was",
        "his",
        "this",
        "please",
        "for",
        "near",
        "see",
        "been",
        "house",
        "street",
        "commune",
        "district",
    ]
)
_ENDS = re.compile(r"[!?;\n…]")


class Token(NamedTuple):
    """One word. `gap` is what stands before it: "" (glued), " ", "," (some sign) or "." (a sentence ends)."""

    plain: str  # without any mark
    canon: str  # with marks, lower case, the tone in one place
    is_capital: bool
    gap: str
    typed: str = ""  # as it stood, lower case, where a decoder made something else of it

    @property
    def has_marks(self) -> bool:
        return self.plain != self.canon


@lru_cache(maxsize=32_768)
def faces(word: str) -> tuple[str, str]:
    """The plain and the canonical face of one word: "Hoà" → ("hoa", "hòa")."""
    lower = word.casefold()
    if lower.isascii():
        return lower, lower
    plain: list[str] = []
    shaped: list[str] = []
    tone = ""
    for letter in unicodedata.normalize("NFD", lower):
        if letter in TONES:
            tone = letter
        elif letter in _SHAPES:
            shaped.append(letter)
        elif not unicodedata.combining(letter):
            shaped.append(letter)
            plain.append("d" if letter == "đ" else letter)
    bare = unicodedata.normalize("NFC", "".join(shaped))
    return "".join(plain), place_tone(bare, tone) or unicodedata.normalize("NFC", lower)


def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of a text in order; only its first `LONGEST_TEXT` characters are read."""
    clean = text[:LONGEST_TEXT]
    if not clean.isascii():
        clean = unicodedata.normalize("NFC", _INVISIBLE.sub("", clean)).translate(_D_BARS)
    words = [(found.group(), found.start(), found.end()) for found in _WORD.finditer(clean)]
    is_vni = sum([_is_vni(word) for word, _, _ in words if not word.isalpha()]) > 1
    tokens: list[Token] = []
    end = 0
    for word, start, after in words:
        gap = _gap(clean[end:start], tokens[-1].plain if tokens else "")
        _add(tokens, word, gap, is_vni)
        end = after
    return tuple(tokens)


def _is_vni(word: str) -> bool:
    return decode_vni(word.lower()) is not None


def _gap(between: str, before: str) -> str:
    if between == " " or (between.isspace() and "\n" not in between):
        return " "
    if _ENDS.search(between) or ("." in between and len(before) > 3):
        return "."
    return "," if between and between not in ("-", "_") else " "


def _add(tokens: list[Token], word: str, gap: str, is_vni: bool) -> None:
    if not word.isascii() and word.isalpha() and word.islower():  # most words: no keyboard's code, nothing to take apart
        tokens.append(Token(*faces(word), is_capital=False, gap=gap, typed=""))
        return
    decoded = _decoded(word, is_vni)
    if decoded is not None:
        tokens.append(Token(*faces(decoded), word[0].isupper(), gap, word.lower()))
        return
    for piece in _pieces(word):
        decoded = decode_telex(piece.lower()) if piece != word and piece.isascii() else None
        tokens.append(Token(*faces(decoded or piece), piece[0].isupper(), gap, piece.lower() if decoded else ""))
        gap = ""


def _decoded(word: str, is_vni: bool) -> str | None:
    """What the keyboard was meant to write, if this looks like it."""
    if not word.isascii():
        return None
    lower = word.lower()
    if word.isalpha():
        if lower in _ENGLISH or (not word.isupper() and not word[1:].islower()):
            return None
        return decode_telex(lower)
    # One digit at the end may be a number ("Mỹ Đình2"); among others of its kind, or inside a word, it is a mark.
    is_sure = is_vni or any(letter.isdigit() for letter in word[:-1]) or lower == "xa4"
    return decode_vni(lower) if is_sure else None


def _pieces(word: str) -> list[str]:
    """Letters and digits apart, and words written together with capitals ("QuảngAn")."""
    if word.isalpha() and (word.islower() or word.isupper() or word[1:].islower() or is_syllable(word)):
        return [word]
    pieces: list[str] = []
    for piece in _PIECE.findall(word):
        start = _short_kind(piece)
        pieces += [piece[:start]] if start else []
        for at in range(start + 2, len(piece) - 1):
            # At least two letters on each side: "oDng" is a slip of the fingers.
            if piece[at].isupper() and piece[at - 1].islower() and at - start > 1:
                pieces.append(piece[start:at])
                start = at
        pieces.append(piece[start:])
    return pieces or [word]


def is_syllable(word: str) -> bool:
    """Could this be one Vietnamese word, whatever its capitals? "đônG" is; "TâyHồ" is two."""
    letters = unicodedata.normalize("NFD", word.lower())
    return place_tone(unicodedata.normalize("NFC", "".join([one for one in letters if one not in TONES])), "") is not None


def _short_kind(piece: str) -> int:
    """How many letters of "PQuảngAn", "pTayHo" or "TTVânĐình" are the kind word."""
    for short in _SHORT_KINDS:
        rest = piece[len(short) :]
        if piece.upper().startswith(short) and len(rest) > 2 and rest[0].isupper() and rest[1].islower():
            return len(short)
    return 0
