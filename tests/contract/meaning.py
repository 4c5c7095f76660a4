"""What was heard on a channel, without what the channel is: lines become choices again, seams are closed, codes are alike.

Only what the capability table names is taken away. Everything else that differs is a difference of meaning.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Self

from bot.domain.capabilities import EVERY_FILE, Capabilities
from bot.domain.people import Language
from bot.wording import catalogue, say

_SAME = (
    (re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b"), "CODE"),
    (re.compile(r"\b\d{4} \d{4} \d{4}\b"), "SECRET"),
    (re.compile(r"\b(?:[A-Z2-7]{4} ){3}[A-Z2-7]{4}\b"), "SIGNATURE"),
    (re.compile(r"\b\d{2}:\d{2}\b"), "TIME"),
    (re.compile(r"\?code=\S+"), "?code=…"),
)
_LINE = re.compile(r"\d{1,2}\. (.+)")
_SAID_IN_CHATS = frozenset(
    {"chat", "after", "card", "codes", "person", "answer", "closing", "later", "ask", "contest", "dispute"}
)
_OF_A_MESSENGER = (
    "card_messenger_sees", "card_more_private", "telegram_how_to_share_location", "zalo_how_to_say_where"
)  # fmt: skip


@dataclass(frozen=True)
class Heard:
    """One message as the channel showed it. `choices` are its buttons; empty where choices are lines of the text."""

    text: str
    choices: tuple[str, ...] = ()
    files: int = 0


@dataclass(frozen=True)
class Meaning:
    """All that was said in answer to one thing, in the end."""

    text: str
    choices: tuple[str, ...]
    files: int
    messages: int  # 0 where one had to be split

    def is_same(self, other: Self) -> bool:
        """Also in how many messages, where none had to be split: what is said is said once."""
        is_split = 0 in (self.messages, other.messages)
        return (replace(self, messages=0) if is_split else self) == (replace(other, messages=0) if is_split else other)


def meaning_of(heard: Sequence[Heard], can: Capabilities) -> Meaning:
    """What these messages mean to whoever reads them, the same for every channel."""
    files = sum(one.files for one in heard)
    text = "\n".join(one.text for one in heard)
    choices = heard[-1].choices if heard else ()
    if can.files_out != EVERY_FILE:
        text, unsent = _elsewhere().subn("", text)
        files += unsent
    if not can.has_buttons:  # the lines may have been split, too
        text, choices = _without_lines(text)
    said = _alike(" ".join(text.split()))
    for pattern, instead in _typed() if not can.has_buttons else ():
        said = pattern.sub(instead, said)
    for sentence in _of_a_messenger(can.name) if can.name else ():
        said = sentence.sub("", said)
    # Under a receipt a page has other choices: it goes with the browser, so its secret must be written down first.
    labels = () if "SECRET" in said else tuple(_alike(label) for label in choices)
    is_split = can.longest_text is not None and any(len(one.text) > can.longest_text - 300 for one in heard)
    return Meaning(" ".join(said.split()), labels, files, 0 if is_split else len(heard))


def keys_in(text: str) -> frozenset[str]:
    """The wordings that a text holds whole, whatever their values and in whatever language."""
    return frozenset(key for key, pattern in _patterns() if pattern.search(text))


def _alike(text: str) -> str:
    for pattern, same in _SAME:
        text = pattern.sub(same, text)
    return text


def _without_lines(text: str) -> tuple[str, tuple[str, ...]]:
    """The words without the numbered lines at their end and what says how to choose; and what can be chosen."""
    rows, counted, worded = text.rstrip().splitlines(), list[str](), list[str]()
    while rows:
        row = rows[-1].strip()
        if one := _LINE.fullmatch(row):
            counted.insert(0, one[1])
        elif found := [one for one in (pattern.fullmatch(row) for pattern in _in_words()) if one]:
            worded.insert(0, found[0][1])
        elif row and row not in _hints():
            break
        rows.pop()
    return "\n".join(rows), (*worded, *counted)


@cache
def _elsewhere() -> re.Pattern[str]:
    """What is said in place of a file that the channel does not take."""
    known = [catalogue(language).get("zalo_file_elsewhere", ("\0",))[0] for language in Language]
    return re.compile("|".join(re.escape(form).replace(r"\{name\}", "[^\n]+?") for form in known))


@cache
def _hints() -> frozenset[str]:
    return frozenset(say(language, "lines_how") for language in Language)


@cache
def _in_words() -> list[re.Pattern[str]]:
    said = (say(language, "lines_in_words", words="WORDS") for language in Language)
    return [re.compile(re.escape(words).replace("WORDS", "(.+)")) for words in said]


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = []
    for language in Language:
        for key, forms in catalogue(language).items():
            if key.split("_")[0] in _SAID_IN_CHATS:
                found += [(key, _pattern(form)) for form in forms]
    return tuple(found)


def _pattern(form: str) -> re.Pattern[str]:
    """The sentence with anything in place of its values, white space being alike."""
    parts = re.split(r"\{(\w+)\}", " ".join(form.split()))
    return re.compile("".join(".+?" if at % 2 else re.escape(part) for at, part in enumerate(parts)))


def _named(words: str) -> re.Pattern[str]:
    """The sentence, each of its values a group of its name."""
    known: set[str] = set()
    pattern = ""
    for at, part in enumerate(re.split(r"\{(\w+)\}", words)):
        pattern += re.escape(part) if at % 2 == 0 else f"(?P={part})" if part in known else f"(?P<{part}>.+?)"
        known.update([part] if at % 2 else [])
    return re.compile(pattern)


@cache
def _typed() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each sentence for whoever has no buttons, and the one it stands for."""
    found = []
    for language in Language:
        for key, (form, *_) in catalogue(language).items():
            if key.removesuffix("_typed") in catalogue(language) and key.endswith("_typed"):
                instead_of = _named(" ".join(form.split()))
                instead = " ".join(catalogue(language)[key.removesuffix("_typed")][0].split())
                found.append((instead_of, re.sub(r"\{(\w+)\}", r"\\g<\1>", instead)))
    return tuple(sorted(found, key=lambda one: -len(one[1])))


@cache
def _of_a_messenger(name: str) -> tuple[re.Pattern[str], ...]:
    """What is said because the channel is what it is: who else reads there, and how a place is told there."""
    known = [catalogue(language)[key][0] for language in Language for key in _OF_A_MESSENGER if key in catalogue(language)]
    forms = (re.escape(" ".join(form.split())) for form in known)
    return tuple(re.compile(form.replace(r"\{messenger\}", name).replace(r"\{link\}", r"\S+")) for form in forms)
