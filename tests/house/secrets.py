"""Looks for secrets in files: tokens by their shape, and long random literals that are named like one."""

import math
import re
from collections import Counter
from collections.abc import Iterator

# Each with why it is one. None of these may match itself as it stands here.
SHAPES = {
    "a bot's token": re.compile(r"(?<![\w:])\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]"),
    "a token of GitHub": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,})\b"),
    "a key of AWS": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a key of Google": re.compile(r"\bAIza[A-Za-z0-9_-]{35}\b"),
    "a token of Slack": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{20,}"),
    "a signed web token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"),
}
_NAMED = re.compile(
    r"""(?:[Ss]ecret|SECRET|[Tt]oken|TOKEN|[Pp]assw(?:or)?d|PASSW(?:OR)?D|[a-z]_key|[A-Z]_KEY)\w{0,20}["']?\s?[:=]\s?"""
    r"""["']?([A-Za-z0-9+/_=.-]{24,})"""
)
RANDOM = 4.2  # bits a letter; words of a language and names in code lie below four


def bits_a_letter(text: str) -> float:
    """Shannon's entropy of its letters: five or so for thirty random ones."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def secrets_in(text: str) -> Iterator[tuple[int, str]]:
    """The line and the kind of each thing that looks like a secret. The thing itself is told to nobody."""
    for what, shape in SHAPES.items():
        for found in shape.finditer(text):
            yield _line(text, found.start()), what
    for found in _NAMED.finditer(text):
        if _is_random(found[1]):
            yield _line(text, found.start()), "a random literal named like a secret"


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _is_random(literal: str) -> bool:
    """Names in code have no digits among letters of both cases; keys and passwords that somebody drew have."""
    kinds = (str.isdigit, str.islower, str.isupper)
    return all(any(map(kind, literal)) for kind in kinds) and bits_a_letter(literal) > RANDOM
