"""Makes characters visible that would otherwise act: controls and those that turn the direction of writing.

A file called "photo<U+202E>gpj.exe" must not be read as "photoexe.jpg", nor a line feign to be another's.
"""

import unicodedata

_KEPT = frozenset("\n\t")
_JOINERS = frozenset("\u200c\u200d\ufe0f")  # part of emoji and of honest words


def shown(text: str) -> str:
    """The text with each such character as its code, "⟨U+202E⟩"; everything else untouched."""
    if text.isprintable():  # whatever acts is not; only line ends lead further in an ordinary text
        return text
    return "".join(f"⟨U+{ord(letter):04X}⟩" if _acts(letter) else letter for letter in text)


def _acts(letter: str) -> bool:
    return (
        not letter.isprintable()
        and letter not in _KEPT
        and letter not in _JOINERS
        and unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    )
