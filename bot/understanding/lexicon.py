"""The lexicon: which words carry which idea (`data/words.*.toml`) and how ideas add up to a category (`data/rules.toml`)."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.understanding.phrases import PhraseBook
from bot.understanding.prebuilt import FILE, Books, digest
from bot.understanding.prebuilt import read as read_built
from bot.understanding.slips import Mender
from bot.understanding.text import Text, read

DATA = Path(__file__).parent / "data"
WORDS = (DATA / "words.vi.toml", DATA / "words.en.toml")
SAYS = "says:"  # before the tags of phrases that speak for a category by themselves: "says:vio_noise:7"


@dataclass(frozen=True, slots=True)
class Rule:
    """Speaks for `category` by `weight` where all ideas of `needs` are said near each other and none of `bars`."""

    category: str
    weight: float
    needs: tuple[str, ...]
    bars: tuple[str, ...]
    in_order: bool
    written: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`vi` is heard in every text, `en` only where the text holds foreign words."""

    vi: PhraseBook
    en: PhraseBook
    rules: dict[str, tuple[Rule, ...]]  # by the first idea that a rule needs
    between: frozenset[str]  # words between a call and who is called: "nhờ các anh công an"
    guesses: tuple[tuple[str, tuple[str, ...]], ...]  # an idea, and what else may be meant where it is said
    no_matter: frozenset[str]  # ideas that name nothing to act upon
    mender: Mender

    def read(self, text: str) -> Text:
        """The words of a text, slips of the long ones mended."""
        return self.mender.mend(read(text))


@cache
def load_lexicon() -> Lexicon:
    """The shipped lexicon; read once."""
    rules: dict[str, list[Rule]] = {}
    table = _read("rules.toml")
    no_matter = frozenset(table.pop("no_matter").split())
    guesses = [line.partition(": ") for line in table.pop("guess")]
    for category, found in table.items():
        for line in found["rules"]:
            rule = read_rule(category, line)
            rules.setdefault(rule.needs[0], []).append(rule)
    books = read_built(DATA / FILE, digest(WORDS)) or build_books()
    return Lexicon(
        books.vi,
        books.en,
        {first: tuple(same) for first, same in rules.items()},
        frozenset(books.between),
        tuple((idea, tuple(categories.split())) for idea, _, categories in guesses),
        no_matter,
        Mender(books.vi.words, books.en.words),
    )


def build_books() -> Books:
    """The books made of the words themselves."""
    vietnamese = _read("words.vi.toml")
    return Books(
        PhraseBook(_lines(vietnamese), frozenset(vietnamese["clear_without_marks"].split())),
        PhraseBook(_lines(_read("words.en.toml"))),
        tuple(vietnamese["between_call"].split()),
    )


def read_rule(category: str, line: str) -> Rule:
    """`8: waste>dump !board` as a value."""
    weight, _, ideas = line.partition(": ")
    words = [word for word in re.split(r"[ >]", ideas) if word]
    needs = tuple(word for word in words if not word.startswith("!"))
    bars = tuple(word[1:] for word in words if word.startswith("!"))
    return Rule(category, float(weight), needs, bars, ">" in ideas, ideas)


def _lines(found: dict[str, Any]) -> dict[str, str]:
    lines = dict(found["cues"])
    for category, weights in found["says"].items():
        for weight, line in weights.items():
            lines[f"{SAYS}{category}:{weight}"] = line
    return lines


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))
