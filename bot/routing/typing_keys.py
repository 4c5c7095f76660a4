"""What Vietnamese keyboards leave behind when the accents are not switched on: "phuwowngf", "xa4 Ho6ng2 Va6n".

Telex writes marks as letters, VNI as digits. No Vietnamese syllable ends in s, f, r, x or j, nor doubles a, e or d: a
word that reads as a syllable only after decoding was meant so. When a decoded word is used: `bot.routing.tokens`.
"""

import re
import unicodedata
from functools import lru_cache

GRAVE, ACUTE, TILDE, HOOK, DOT = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"
_TELEX_TONES = {"f": GRAVE, "s": ACUTE, "x": TILDE, "r": HOOK, "j": DOT}
_VNI_TONES = {"2": GRAVE, "1": ACUTE, "4": TILDE, "3": HOOK, "5": DOT}
_VNI_SHAPES = {"6": {"a": "â", "e": "ê", "o": "ô"}, "7": {"o": "ơ", "u": "ư"}, "8": {"a": "ă"}}
_TELEX_W = {"a": "ă", "o": "ơ", "u": "ư"}
_DOUBLES = {"a": "â", "e": "ê", "o": "ô"}
_VOWELS = "aeiouyăâêôơư"
_SYLLABLE = re.compile(
    r"(?P<onset>ngh|ng|nh|gh|gi(?=[aeouyăâêôơư])|kh|th|tr|ch|ph|qu(?=[aeioyăâêôơ])|[bcdđghklmnprstvx])?"
    r"(?P<vowels>[aeiouyăâêôơư]{1,3})(?P<coda>ch|ng|nh|[cmnpt])?"
)
LONGEST = 14  # characters; a decoded syllable was typed with fewer


def place_tone(letters: str, tone: str) -> str | None:
    """The syllable with its tone where the old style puts it ("hoa" + grave → "hòa"); None: it is no syllable.

    Args:
        letters: Lower case, without tones, with ă, â, ê, ô, ơ, ư and đ as they are.
        tone: A combining tone mark, or nothing.
    """
    parts = _SYLLABLE.fullmatch(letters)
    if parts is None:
        return None
    if not tone:
        return letters
    vowels, start = parts["vowels"], parts.start("vowels")
    shaped = [at for at, vowel in enumerate(vowels) if vowel in "ăâêôơư"]
    if shaped:
        at = shaped[-1]
    elif parts["coda"] is not None:
        at = len(vowels) - 1
    else:
        at = 1 if len(vowels) == 3 else 0
    at += start
    return unicodedata.normalize("NFC", letters[: at + 1] + tone) + letters[at + 1 :]


@lru_cache(maxsize=8_192)
def decode_telex(word: str) -> str | None:
    """ "phuwowngf" → "phường"; None when it holds no Telex, or is no syllable afterwards.

    Args:
        word: Lower case.
    """
    if not word.isascii() or not word.isalpha() or not 2 <= len(word) <= LONGEST:
        return None
    letters: list[str] = []
    tone, is_coded = "", False
    for letter in word:
        has_vowel = any(known in _VOWELS for known in letters)
        if has_vowel and letter in _TELEX_TONES:
            if tone:
                return None
            tone, is_coded = _TELEX_TONES[letter], True
        elif letter == "w":
            if not _shape_w(letters):
                return None
            is_coded = True
        elif letters and letters[-1] == letter and letter in _DOUBLES:
            letters[-1], is_coded = _DOUBLES[letter], True
        elif letter == "d" and letters and letters[0] == "d" and (len(letters) == 1 or has_vowel):
            letters[0], is_coded = "đ", True
        else:
            letters.append(letter)
    return place_tone("".join(letters), tone) if is_coded else None


def _shape_w(letters: list[str]) -> bool:
    """Telex "w": a horn or a breve on what stands before."""
    if letters[-2:] == ["u", "o"] or letters[-2:] == ["ư", "o"]:
        letters[-2:] = ["ư", "ơ"]
        return True
    if letters[-2:] == ["u", "a"] and letters[-3:-2] != ["q"]:
        letters[-2] = "ư"
        return True
    for at in range(len(letters) - 1, -1, -1):
        if letters[at] in _TELEX_W:
            if at and letters[at] == "o" and letters[at - 1] == "u":
                letters[at - 1] = "ư"
            letters[at] = _TELEX_W[letters[at]]
            return True
        if letters[at] in _VOWELS:
            return False
    return False


@lru_cache(maxsize=8_192)
def decode_vni(word: str) -> str | None:
    """ "phu7o7ng2" → "phường"; None when it holds no digit, or is no syllable afterwards.

    Args:
        word: Lower case.
    """
    if not word.isascii() or word.isalpha() or not word[0].isalpha() or not 2 <= len(word) <= LONGEST:
        return None
    letters: list[str] = []
    tone = ""
    for letter in word:
        if letter.isalpha():
            letters.append(letter)
        elif letter in _VNI_TONES and not tone:
            tone = _VNI_TONES[letter]
        elif letter == "9" and letters[0] == "d":
            letters[0] = "đ"
        elif letter not in _VNI_SHAPES or not _shape_digit(letters, _VNI_SHAPES[letter]):
            return None
    return place_tone("".join(letters), tone)


def _shape_digit(letters: list[str], shapes: dict[str, str]) -> bool:
    if "ơ" in shapes.values() and letters[-2:] == ["u", "o"]:
        letters[-2:] = ["ư", "ơ"]
        return True
    for at in range(len(letters) - 1, -1, -1):
        if letters[at] in shapes:
            letters[at] = shapes[letters[at]]
            return True
    return False
