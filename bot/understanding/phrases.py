"""Finds the phrases of a lexicon in a text, all at once: one walk through a tree of words from each place.

How phrases are written: `|` separates them, (a|b) unfolds, (a|) may be left out, … stands for up to four words, # for a
number. A single word with marks is heard only with them, also where the writer sets none, unless it is clear without; a
final ! says that it never is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.understanding.text import Text, Token, faces

GAP, NUMBER = "…", "#"
MOST_SKIPPED = 4  # words that one … may stand for


@dataclass(frozen=True, slots=True)
class Match:
    """`tag` was said by the words from `start` up to, not including, `end`."""

    tag: str
    start: int
    end: int
    words: str  # the phrase as the lexicon has it


@dataclass(slots=True)
class _Node:
    """`ends`: what is said when a phrase ends here: (its words with marks, how it is written, strict?, tags)."""

    next: dict[str, "_Node"] = field(default_factory=dict)
    ends: list[tuple[tuple[str, ...], str, bool, tuple[str, ...]]] = field(default_factory=list)


class PhraseBook:
    """Every phrase of every tag."""

    def __init__(self, lines: Mapping[str, str], clear: frozenset[str] = frozenset()) -> None:
        """Read `tag → phrases`; `clear` are the single words that may be heard without their marks."""
        tags: dict[str, list[str]] = {}
        for tag, line in lines.items():
            for phrase in unfold(line):
                tags.setdefault(phrase, []).append(tag)
        self._root = _Node()
        self.size = len(tags)
        for phrase, found in tags.items():
            self._add(phrase, tuple(found), clear)

    def _add(self, phrase: str, tags: tuple[str, ...], clear: frozenset[str]) -> None:
        node = self._root
        marked: list[str] = []
        for word in phrase.rstrip("!").split():
            plain, with_marks = (word, word) if word in (GAP, NUMBER) else faces(word)
            node = node.next.setdefault(plain, _Node())
            marked.append(with_marks)
        strict = phrase.endswith("!") or (len(marked) == 1 and phrase not in clear)
        node.ends.append((tuple(marked), phrase.rstrip("!"), strict, tags))

    def find(self, text: Text) -> list[Match]:
        """Everything that is said, in the order of its beginning."""
        tokens = text.tokens
        root = self._root.next
        matches: list[Match] = []
        for start, token in enumerate(tokens):
            if token.plain in root or (NUMBER in root and token.plain[:1].isdigit()):
                for node, end, path in _walk(self._root, tokens, start, ()):
                    for marked, words, strict, tags in node.ends:
                        if _fits(marked, path, text.is_marked, strict):
                            matches += [Match(tag, start, end, words) for tag in tags]
        return matches


def _walk(
    node: _Node, tokens: tuple[Token, ...], at: int, path: tuple[Token | None, ...]
) -> Iterator[tuple[_Node, int, tuple[Token | None, ...]]]:
    """Every node with an end that the words from `at` on lead to; None stands in the path for what needs no marks."""
    if node.ends and path:
        yield node, at, path
    if at >= len(tokens):
        return
    token = tokens[at]
    following = node.next.get(token.plain)
    if following is not None:
        yield from _walk(following, tokens, at + 1, (*path, token))
    if token.plain[:1].isdigit() and NUMBER in node.next:
        yield from _walk(node.next[NUMBER], tokens, at + 1, (*path, None))
    if path and GAP in node.next:
        for skipped in range(MOST_SKIPPED + 1):
            yield from _walk(node.next[GAP], tokens, at + skipped, (*path, None))


def _fits(marked: tuple[str, ...], path: tuple[Token | None, ...], is_marked: bool, strict: bool) -> bool:
    """Do the marks fit? A word without marks fits one with them unless the writer otherwise sets marks."""
    bare = False
    for wanted, token in zip(marked, path, strict=True):
        if token is None or token.marked == wanted:
            continue
        if token.has_marks:
            return False
        bare = True
    return not bare or not (strict or is_marked)


def unfold(line: str) -> Iterator[str]:
    """Every phrase of a line, alternatives written out: "thả (chó|gà)" → "thả chó", "thả gà"."""
    found, end = _choices(line, 0)
    if end < len(line):
        raise ValueError(f"a bracket too many in {line[max(0, end - 40) : end + 1]!r}")
    for phrase in found:
        if words := " ".join(phrase.split()):
            yield words


def _choices(line: str, at: int) -> tuple[list[str], int]:
    """All that stands between `|` from here to the closing bracket or the end, and the place of that."""
    whole: list[str] = []
    part = [""]
    while at < len(line) and line[at] != ")":
        if line[at] == "|":
            whole += part
            part = [""]
        elif line[at] == "(":
            inner, at = _choices(line, at + 1)
            if at >= len(line):
                raise ValueError(f"a bracket is not closed in {line[-60:]!r}")
            part = [before + choice for before in part for choice in inner]
        else:
            part = [before + line[at] for before in part]
        at += 1
    return whole + part, at
