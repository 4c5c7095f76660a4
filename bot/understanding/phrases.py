"""Looks phrases up in a text, longest first. What they mean is said in `words`, what follows in `understand`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.routing.folding import Word, stands_at, words_of


@dataclass(frozen=True, slots=True)
class Phrase:
    """`tags` are the groups and categories that this phrase speaks for."""

    plain: tuple[str, ...]
    marked: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def must_have_marks(self) -> bool:
        """One word with marks is too common without them."""
        return len(self.plain) == 1 and self.plain != self.marked


class PhraseBook:
    """Every phrase by its first plain word, longest first."""

    def __init__(self, groups: Mapping[str, str]) -> None:
        """Read `tag → "one phrase|another"`; a phrase may stand under several tags."""
        tags: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = defaultdict(list)
        for tag, line in groups.items():
            for text in line.split("|"):
                words = words_of(text)
                key = (tuple(word.plain for word in words), tuple(word.marked for word in words))
                if tag not in tags[key]:
                    tags[key].append(tag)
        by_first: dict[str, list[Phrase]] = defaultdict(list)
        for (plain, marked), found in tags.items():
            by_first[plain[0]].append(Phrase(plain, marked, tuple(found)))
        self._by_first = {first: sorted(same, key=lambda one: -len(one.plain)) for first, same in by_first.items()}

    def count(self, words: Sequence[Word]) -> dict[str, int]:
        """How much speaks for each tag: the words of its phrases, those of longer phrases taken first."""
        counts: dict[str, int] = defaultdict(int)
        place = 0
        while place < len(words):
            found = self._longest(words, place)
            for phrase in found:
                for tag in phrase.tags:
                    counts[tag] += len(phrase.plain)
            place += len(found[0].plain) if found else 1
        return dict(counts)

    def _longest(self, words: Sequence[Word], place: int) -> list[Phrase]:
        """All phrases of the greatest length that stand here: without marks several may look the same."""
        found: list[Phrase] = []
        for phrase in self._by_first.get(words[place].plain, ()):
            if found and len(phrase.plain) < len(found[0].plain):
                break
            if not stands_at(words, place, phrase.plain, phrase.marked):
                continue
            if not phrase.must_have_marks or words[place].has_marks:
                found.append(phrase)
        return found


def join(lines: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """One mapping of several; a tag that stands in two keeps the phrases of both."""
    joined: dict[str, str] = {}
    for line in lines:
        for tag, phrases in line.items():
            joined[tag] = f"{joined[tag]}|{phrases}" if tag in joined else phrases
    return joined
