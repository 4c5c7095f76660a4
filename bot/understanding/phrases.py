"""Finds the phrases of a lexicon in a text, all at once: one walk through a tree of words from each place.

How phrases are written: `|` separates them, (a|b) unfolds, (a|) may be left out, … stands for up to four words, # for a
number. A single word with marks is heard only with them, also where the writer sets none, unless it is clear without; a
final ! says that it never is.

There are some forty thousand phrases: the tree lies in a few arrays of numbers, for objects would take ten times the room.
"""

from array import array
from bisect import bisect_left
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

from bot.understanding.text import Text, faces

GAP, NUMBER = "…", "#"
MOST_SKIPPED = 4  # words that one … may stand for
MOST_MET = 4096  # phrases that lie at hand once they were met, some 300 bytes each
_GAP, _NUMBER = 0, 1  # their numbers among the words
_STOP = "\uffff"  # ends the words of a record, and sorts behind each of them
_ANYTHING = -1  # in a path: what stands here needs no marks


class Match(NamedTuple):
    """`tag` was said by the words from `start` up to, not including, `end`."""

    tag: str
    start: int
    end: int
    words: str  # the phrase as the lexicon has it


class PhraseBook:
    """Every phrase of every tag.

    From node `n` of the tree, word `_words[i]` leads to node `_next[i]`, for `i` from `_first[n]` up to `_first[n + 1]`,
    sorted by word. The phrases that end there are those from `_ends[n]` up to `_ends[n + 1]`: each with its words as written
    (`_written`, from `_from[e]` up to `_from[e + 1]`), whether it is strict, and the place of its tags in `tags`.
    """

    # Its arrays and the kinds of their numbers; with `ids`, `spelled`, `marked` and `tags` they are all of it.
    PARTS: ClassVar[Mapping[str, str]] = {
        "first": "I",
        "ends": "I",
        "from": "I",
        "next": "I",
        "words": "H",
        "written": "H",
        "tag_sets": "H",
        "strict": "B",
    }
    __slots__ = (
        *("_ends", "_first", "_from", "_met", "_next", "_strict", "_tag_sets", "_words", "_written"),
        *("ids", "marked", "spelled", "tags"),
    )

    def __init__(self, lines: Mapping[str, str], clear: frozenset[str] = frozenset()) -> None:
        """Read `tag → phrases`; `clear` are the single words that may be heard without their marks."""
        plain = {GAP: chr(_GAP), NUMBER: chr(_NUMBER)}
        written: dict[str, str] = {}
        records = sorted(
            {
                _record(phrase, tag, plain, written, clear)
                for tag, line in enumerate(lines.values())
                for phrase in unfold(line)
            }
        )
        self.ids = {word: ord(letter) for word, letter in plain.items()}
        self.spelled = tuple(written)
        self.marked = tuple(_two_faces(word)[1] for word in written)
        self.tags: tuple[tuple[str, ...], ...] = ()
        self._take({name: array(code) for name, code in self.PARTS.items()})
        self._grow(records, tuple(lines))

    @classmethod
    def of(
        cls,
        words: Sequence[str],
        spelled: tuple[str, ...],
        marked: tuple[str, ...],
        tags: tuple[tuple[str, ...], ...],
        parts: "Mapping[str, array[int]]",
    ) -> "PhraseBook":
        """The book that another one was: its `ids` in order, and so on."""
        book = cls.__new__(cls)
        book.ids = {word: at for at, word in enumerate(words)}
        book.spelled, book.marked, book.tags = spelled, marked, tags
        book._take(parts)
        return book

    @property
    def parts(self) -> "dict[str, array[int]]":
        """By the names of `PARTS`."""
        return {name: getattr(self, f"_{name}") for name in self.PARTS}

    def _take(self, parts: "Mapping[str, array[int]]") -> None:
        self._first, self._ends, self._from, self._next = (parts[name] for name in ("first", "ends", "from", "next"))
        self._words, self._written, self._tag_sets = parts["words"], parts["written"], parts["tag_sets"]
        self._strict = parts["strict"]
        self._met: dict[int, _Phrase] = {}

    @property
    def size(self) -> int:
        """How many phrases."""
        return len(self._strict)

    def _grow(self, records: list[str], names: tuple[str, ...]) -> None:
        """Lay out the tree of sorted records, level by level: what a node leads to lies together."""
        known: dict[tuple[str, ...], int] = {}
        level, depth = [(0, len(records))], 0
        while level:
            following: list[tuple[int, int]] = []
            base = len(self._first) + len(level)
            for at, high in level:
                self._first.append(len(self._words))
                self._ends.append(len(self._strict))
                while at < high and (word := records[at][depth]) != _STOP:
                    start = at
                    while at < high and records[at][depth] == word:
                        at += 1
                    self._words.append(ord(word))
                    self._next.append(base + len(following))
                    following.append((start, at))
                self._add_ends(records[at:high], depth + 1, names, known)
            level, depth = following, depth + 1
        self._first.append(len(self._words))
        self._ends.append(len(self._strict))
        self._from.append(len(self._written))
        self.tags = tuple(known)

    def _add_ends(self, records: list[str], at: int, names: tuple[str, ...], known: dict[tuple[str, ...], int]) -> None:
        """What ends at one node: records with the same words as written are one phrase with several tags."""
        tags: dict[str, list[int]] = {}
        for record in records:
            tags.setdefault(record[at:-1], []).append(ord(record[-1]))
        for phrase, found in tags.items():
            self._from.append(len(self._written))
            self._written.extend(map(ord, phrase[:-1]))
            self._strict.append(ord(phrase[-1]))
            self._tag_sets.append(known.setdefault(tuple(names[tag] for tag in found), len(known)))

    @property
    def words(self) -> Container[str]:
        """Every word of the phrases, without marks."""
        return self.ids

    def find(self, text: Text) -> list[Match]:
        """Everything that is said, in the order of its beginning."""
        known = self.ids
        ids = [known.get(token.plain, _ANYTHING) for token in text.tokens]
        numbers = [token.plain[:1].isdigit() for token in text.tokens]
        walk = _Walk(self._first, self._words, self._next, self._ends, ids, numbers)
        matches: list[Match] = []
        for start, word in enumerate(ids):
            if word == _ANYTHING and not numbers[start]:
                continue
            for node, end, path in walk.ends(start):
                for place in range(self._ends[node], self._ends[node + 1]):
                    phrase = self._met.get(place) or self._meet(place)
                    if _fits(phrase, path, text):
                        for tag in phrase.tags:
                            matches.append(Match(tag, start, end, phrase.words))
        return matches

    def _meet(self, place: int) -> "_Phrase":
        """What the arrays say of a phrase. Kept: a city's residents use few of them, and those again and again."""
        if len(self._met) >= MOST_MET:
            self._met.clear()
        written = self._written[self._from[place] : self._from[place + 1]]
        phrase = self._met[place] = _Phrase(
            marked=tuple([self.marked[word] for word in written]),
            words=" ".join([self.spelled[word] for word in written]),
            is_strict=bool(self._strict[place]),
            tags=self.tags[self._tag_sets[place]],
        )
        return phrase


class _Phrase(NamedTuple):
    """A phrase of the book. `marked`: its words as a writer who sets marks writes them."""

    marked: tuple[str, ...]
    words: str
    is_strict: bool
    tags: tuple[str, ...]


def _fits(phrase: _Phrase, path: tuple[int, ...], text: Text) -> bool:
    """Do the marks fit? A word without marks fits one with them unless the writer otherwise sets marks."""
    tokens = text.tokens
    bare = False
    for place, wanted in zip(path, phrase.marked, strict=True):
        if place == _ANYTHING:
            continue
        token = tokens[place]
        if token.marked == wanted:
            continue
        if token.has_marks:
            return False
        bare = True
    return not bare or not (phrase.is_strict or text.is_marked)


class _Walk(NamedTuple):
    """The ways through a tree along the words of one text."""

    first: Sequence[int]
    words: Sequence[int]
    following: Sequence[int]
    phrases: Sequence[int]
    ids: list[int]
    numbers: list[bool]

    def ends(self, start: int) -> list[tuple[int, int, tuple[int, ...]]]:
        """Every node where phrases end that the words from `start` on lead to, the place behind it, and the way there."""
        first_of, tree, following, phrases, ids, numbers = self
        last = len(ids)
        found: list[tuple[int, int, tuple[int, ...]]] = []
        ways: list[tuple[int, int, tuple[int, ...]]] = [(0, start, ())]  # the next to follow lies last
        while ways:
            node, at, path = ways.pop()
            if path and phrases[node] < phrases[node + 1]:
                found.append((node, at, path))
            first, high = first_of[node], first_of[node + 1]
            if first == high or at >= last:  # nothing goes on from here
                continue
            if path and tree[first] == _GAP:  # sorted: it would be the first
                beyond = (*path, _ANYTHING)
                ways += [(following[first], at + skipped, beyond) for skipped in range(MOST_SKIPPED, -1, -1)]
            if numbers[at]:
                place = bisect_left(tree, _NUMBER, first, high)
                if place < high and tree[place] == _NUMBER:
                    ways.append((following[place], at + 1, (*path, _ANYTHING)))
            if (word := ids[at]) > _NUMBER:
                place = bisect_left(tree, word, first, high)
                if place < high and tree[place] == word:
                    ways.append((following[place], at + 1, (*path, at)))
        return found


def _record(phrase: str, tag: int, plain: dict[str, str], written: dict[str, str], clear: frozenset[str]) -> str:
    """A phrase with a letter for each word: without marks, a stop, as written; then is it strict, and its tag."""
    words = phrase.rstrip("!").split()
    path = [plain.get(face) or plain.setdefault(face, chr(len(plain))) for face in [_two_faces(word)[0] for word in words]]
    spelled = [written.get(word) or written.setdefault(word, chr(len(written))) for word in words]
    strict = phrase.endswith("!") or (len(words) == 1 and phrase not in clear)
    return "".join((*path, _STOP, *spelled, chr(strict), chr(tag)))


def _two_faces(word: str) -> tuple[str, str]:
    return (word, word) if word in (GAP, NUMBER) else faces(word)


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
