"""The codes of conduct as values: only items whose own `verified` is true ever leave `data/codes_of_conduct.json`.

Leads, notes and articles of which no verified item is known stay in the file. Which items a text is about is `finding`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from bot.domain.people import Language

DATA = Path(__file__).parent / "data"


class Stance(StrEnum):
    """What a text wants of people; the values are the names of the lists in the file."""

    DO = "do"
    DONT = "dont"
    BODY = "body"  # a sentence of an article that is no list
    RELATED = "related"  # of another rule, not of the code


@dataclass(frozen=True, slots=True)
class Item:
    """One sentence. `article` is an article's id, empty for a related rule, whose `law` names where it stands.

    `is_negated`: the sentence says "do not" itself. `source` is the address of the page that it was found in.
    """

    id: str
    code: str
    article: str
    stance: Stance
    vi: str
    en: str
    source: str
    is_negated: bool = False
    law: str = ""
    topics: tuple[str, ...] = ()  # the articles that a related rule belongs to

    def text(self, language: Language) -> str:
        return self.en if language is Language.EN else self.vi


@dataclass(frozen=True, slots=True)
class Article:
    """An article with its verified items, in the code's order.

    `number` is None where it was not found; `is_number_sure` is false where it follows from the order of headings only.
    """

    id: str
    code: str
    number: int | None
    is_number_sure: bool
    title_vi: str
    title_en: str
    items: tuple[Item, ...]

    def title(self, language: Language) -> str:
        return self.title_en if language is Language.EN else self.title_vi


@dataclass(frozen=True, slots=True)
class Code:
    """One of the two codes. `decided_on` is the date of the decision; `nature` says what the code is, empty if unknown."""

    id: str
    title_vi: str
    title_en: str
    decision: str
    decided_on: date
    nature_vi: str
    nature_en: str
    articles: tuple[Article, ...]
    related: tuple[Item, ...]

    def title(self, language: Language) -> str:
        return self.title_en if language is Language.EN else self.title_vi

    def nature(self, language: Language) -> str:
        return self.nature_en if language is Language.EN else self.nature_vi


@dataclass(frozen=True, slots=True)
class Codes:
    """Both codes, and everything in them by its id. `notice` is the file's own word on what its texts are worth."""

    codes: Mapping[str, Code]
    articles: Mapping[str, Article]
    items: Mapping[str, Item]
    notice_vi: str
    notice_en: str

    def notice(self, language: Language) -> str:
        return self.notice_en if language is Language.EN else self.notice_vi

    def related(self, article: Article) -> tuple[Item, ...]:
        """Other rules on an article's topic."""
        return tuple(item for item in self.codes[article.code].related if article.id in item.topics)


@cache
def load_codes() -> Codes:
    """The codes as shipped.

    Raises:
        KeyError, ValueError: The file was changed into something else.
    """
    return read_codes(json.loads((DATA / "codes_of_conduct.json").read_text(encoding="utf-8")))


def read_codes(found: Mapping[str, Any]) -> Codes:
    """The codes in the shape of `codes_of_conduct.json`."""
    codes = {code["id"]: _code(code) for code in found["codes"]}
    articles = {article.id: article for code in codes.values() for article in code.articles}
    items = {item.id: item for article in articles.values() for item in article.items}
    items |= {item.id: item for code in codes.values() for item in code.related}
    return Codes(codes, articles, items, _first_sentence(found["notice_vi"]), _first_sentence(found["notice_en"]))


def _first_sentence(notice: str) -> str:
    """What follows in the notice speaks to those who work on the file."""
    return notice.partition(". ")[0].rstrip(".") + "."


def _code(found: Mapping[str, Any]) -> Code:
    articles = (_article(row, found["id"]) for chapter in found["chapters"] for row in chapter["articles"])
    return Code(
        id=found["id"],
        title_vi=found["title_vi"],
        title_en=found["title_en"],
        decision=found["decision"],
        decided_on=date.fromisoformat(found["date"]),
        nature_vi=found.get("nature_vi", ""),
        nature_en=found.get("nature_en", ""),
        articles=tuple(article for article in articles if article.items),
        related=tuple(_related(row, found["id"]) for row in found.get("related_rules", ()) if row["verified"] is True),
    )


def _article(found: Mapping[str, Any], code: str) -> Article:
    return Article(
        id=found["id"],
        code=code,
        number=found["number"],
        is_number_sure=found["number_basis"] == "source",
        title_vi=found["title_vi"] or "",
        title_en=found["title_en"] or "",
        items=tuple(_items(found, code)),
    )


def _items(article: Mapping[str, Any], code: str) -> Iterator[Item]:
    for stance in (Stance.BODY, Stance.DO, Stance.DONT):
        for row in article[stance.value]:
            if row["verified"] is True:
                yield Item(
                    id=row["id"],
                    code=code,
                    article=article["id"],
                    stance=stance,
                    vi=row["vi"],
                    en=row["en"],
                    source=row["source"],
                    is_negated=row.get("negated", False),
                )


def _related(found: Mapping[str, Any], code: str) -> Item:
    return Item(
        id=found["id"],
        code=code,
        article="",
        stance=Stance.RELATED,
        vi=found["vi"],
        en=found["en"],
        source=found["source"].replace(", copy of the official legal codification", ""),  # its kind, and in English
        law=found["law"],
        topics=tuple(found["topics"]),
    )
