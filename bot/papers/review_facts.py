"""A review with what its words and tables ask of it: names, whether there is a term before, which rows are withheld."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.domain.campaign import CampaignFigures
from bot.domain.case import CaseKind
from bot.domain.figures import Figures, share_of
from bot.domain.hushing import value_of
from bot.domain.people import Channel, Language
from bot.domain.review import Review, Row
from bot.domain.ward import WardKind
from bot.papers.blocks import Cell
from bot.papers.numbers import change, count, term_words
from bot.papers.places import Places
from bot.understanding.categories import load_categories
from bot.wording import has, say


@dataclass(frozen=True)
class Facts:
    """Everything that is said of a review, in one language."""

    review: Review
    places: Places
    language: Language

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def number(self, number: int) -> str:
        return count(number, self.language)

    def counted(self, key: str, number: int, **values: object) -> str:
        """The sentence of this key with its number, in the right plural."""
        return say(self.language, key, n=number, count=self.number(number), **values)

    @cached_property
    def place(self) -> str:
        """ "phường Tây Hồ", "thành phố Hà Nội"."""
        code = self.review.ward_code
        return self.places.name(code, self.language) if code else self.say("paper_city")

    @cached_property
    def is_commune(self) -> bool:
        ward = self.places.find(self.review.ward_code)
        return ward is not None and ward.kind is WardKind.XA

    @cached_property
    def office(self) -> str:
        return self.say("paper_committee", place=self.place)

    @cached_property
    def term(self) -> str:
        return term_words(self.review.term, self.language)

    @cached_property
    def has_ledger_before(self) -> bool:
        """The ledger may have been kept before the first case came."""
        return self.review.has_before or self.review.campaign_before != CampaignFigures()

    def change(self, now: int, before: int, *, of_ledger: bool = False) -> str:
        """What stands after a number. While the term is not over it is not compared with a whole one."""
        if not (self.has_ledger_before if of_ledger else self.review.has_before):
            return change(now, None, self.language)
        if self.review.is_early:
            return " " + self.say("paper_change_whole", before=self.number(before))
        return change(now, before, self.language)

    def before(self, number: int) -> int | None:
        """The number in a column of the term before."""
        return number if self.review.has_before else None

    def cell(self, row: Row, name: str) -> Cell:
        """A number of a row as it may be shown: what would point at a reporter has a mark instead."""
        return row.mark(name) or value_of(row.now, name)

    def cell_before(self, row: Row, name: str) -> Cell:
        """The same of the term before; None where nobody counted then."""
        return (row.mark(name, before=True) or value_of(row.before, name)) if self.review.has_before else None

    def kind(self, kind: CaseKind) -> Row:
        """The row of this kind, of nothing where there is none."""
        found = (row for row in self.review.kinds if row.key == kind.value)
        return next(found, Row(key=kind.value, now=Figures(), before=Figures()))

    def kind_name(self, key: str) -> str:
        wording = f"desk_kind_{key}"
        return self.say(wording) if has(self.language, wording) else key or self.say("paper_none_chosen")

    def category_name(self, key: str) -> str:
        known = load_categories().get(key)
        if known is None:
            return key or self.say("paper_none_chosen")
        return known.vi if self.language is Language.VI else known.en

    def ward_name(self, key: str) -> str:
        name = self.places.name(key, self.language) or self.say("paper_no_ward")
        return name[:1].upper() + name[1:]

    def channel_name(self, key: str) -> str:
        return self.say(f"desk_channel_{key}") if key in tuple(Channel) else key

    def share(self, part: int, whole: int) -> str:
        """ "85%"; empty where the whole is too small."""
        share = share_of(part, whole)
        return "" if share is None else f"{self.number(share)}%"


def is_marked(row: Row) -> bool:
    """Is how many there were not told, of this term or the one before?"""
    return bool(row.mark("accepted") or row.mark("accepted", before=True))


def with_cases(rows: Sequence[Row]) -> list[Row]:
    """Those that anything was received of, now or before, as far as that is told."""
    return [row for row in rows if row.now.accepted or row.before.accepted or is_marked(row)]


def most_first(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.now.accepted, -row.before.accepted, row.key))
