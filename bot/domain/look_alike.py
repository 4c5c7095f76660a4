"""Whether a name of staff could be taken for another's: what looks the same to a hurried eye is the same name.

Names of accounts are ASCII, so only ASCII's own twins matter there. Full names are written in the Vietnamese alphabet: a
Cyrillic or full-width letter, an accent on its own or a sign without width would make two names of one look.
"""

import unicodedata

_BESIDE_LETTERS = frozenset(" .'-’0123456789()")
_TWINS = str.maketrans({"I": "l", "1": "l", "0": "o"})
_PAIRS = (("rn", "m"), ("vv", "w"))


def shape_of(username: str) -> str:
    """Equal for two user names that look alike: "M1nh" and "mlnh", "an.tran" and "an_tran", "rninh" and "minh"."""
    shape = username.translate(_TWINS).casefold()
    for pair, twin in _PAIRS:
        shape = shape.replace(pair, twin)
    return shape.replace(".", "-").replace("_", "-")


def is_plain_name(full_name: str) -> bool:
    """Whether it is written in Vietnamese letters, digits, spaces, hyphens, dots, apostrophes and brackets alone."""
    return all(letter in _BESIDE_LETTERS or _is_vietnamese(letter) for letter in unicodedata.normalize("NFC", full_name))


def _is_vietnamese(letter: str) -> bool:
    base = unicodedata.normalize("NFD", letter)[0]
    return letter in "đĐ" or (base.isascii() and base.isalpha())
