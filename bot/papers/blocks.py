"""What a document is made of, before any file format: headings, paragraphs, tables, pictures, in their order.

The tree is built once and written by `review_docx`, `review_pdf` and `review_xlsx`, so that no two of them can say
different things. Every text in it is clean (`clean`): whatever somebody typed can be put into any of them.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from bot.domain.people import Language

# What is no text, or turns the text around it: control characters but line ends and tabs, halves of surrogate pairs,
# the direction marks of Unicode, and the code points that XML forbids.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text as any file can hold it: NFC, only "\\n" for line ends, nothing that is not to be read."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return unicodedata.normalize("NFC", _UNFIT.sub("", lines)).strip()


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` is 1 (I.), 2 (1.) or 3 (a); the number is in the text."""

    level: int
    text: str


class Manner(StrEnum):
    """How a paragraph is set."""

    PLAIN = "plain"
    GAP = "gap"  # what the office has yet to write; in italics
    SMALL = "small"  # how the figures were made


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    manner: Manner = Manner.PLAIN


class Unit(StrEnum):
    """What a column's numbers are."""

    TEXT = "text"
    COUNT = "count"
    PERCENT = "percent"


# A number; a text; None where nobody counted. A text in a column of numbers says why there is none: "< 5".
Cell: TypeAlias = "int | str | None"


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    unit: Unit = Unit.COUNT
    width: int = 3  # its share of the table's width


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`name` is the sheet's in a workbook, at most 31 characters. The last row is of all of them if `has_total`."""

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    has_total: bool = False
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An SVG of fixed size; `said` tells it to who cannot see it. Sizes in millimetres on paper."""

    svg: str
    caption: str
    said: str
    width: float
    height: float


Block: TypeAlias = "Heading | Paragraph | Table | Picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The upper part, by Decree 30/2020, annex I."""

    above: str  # the higher body; empty for the city itself
    office: str
    nation: str
    motto: str
    number: str
    place_and_date: str
    draft: str  # what is left to the office


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The lower part: who signs (the name is the office's to write), and who gets it."""

    behalf: str
    position: str
    recipients_title: str
    recipients: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A whole document. The annex stands on wide pages after the signature."""

    language: Language
    letterhead: Letterhead
    type: str
    subject: str  # its names are held together by hard spaces
    body: Sequence[Block]
    signature: Signature
    annex_title: str = ""
    annex_note: str = ""
    annex: Sequence[Block] = field(default_factory=tuple)
    dated: date  # what the file says it was made on: never the day it really was, or no two would be the same
    empty: str  # what stands in a cell that nobody counted
    text_sheet: str  # the name of the workbook's sheet of text
    picture_sheet: str  # the name of the workbook's sheet of pictures

    @property
    def title(self) -> str:
        return one_line(f"{self.type}: {self.subject}")

    @property
    def tables(self) -> list[Table]:
        """In the order of the annex, each name once."""
        return [block for block in (*self.body, *self.annex) if isinstance(block, Table)]

    @property
    def pictures(self) -> list[Picture]:
        return [block for block in (*self.body, *self.annex) if isinstance(block, Picture)]
