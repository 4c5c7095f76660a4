"""The first draft of a ward's loudspeaker text: greeting, figures, two matters that are done, a rule, how to write, thanks.

Two to four minutes when read, in sentences that one hears once and understands.

Staff read it and change what they like before anybody else hears it; nothing is sent anywhere from here. The figures are
those of matters that anybody may know of: never of reports about officials. What of a case may be told is
`bot.papers.bulletin_stories`'s.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.bulletin import Tally
from bot.domain.city_day import shown_date
from bot.domain.people import Language
from bot.papers.bulletin_stories import short_sentences, tellable
from bot.papers.spoken_vietnamese import spoken, spoken_address, spoken_date, spoken_digits, spoken_number, syllables
from bot.wording import say

FEWEST, MOST = 280, 560  # syllables: two to four minutes
A_MINUTE = 140  # syllables that a calm reader says
STORIES = 2
_OF_LETTERS = 14  # syllables: nobody writes more at a time
_FEW_TO_NAME = 3  # matters of one sort, before it is said that it was named most


@dataclass(frozen=True, slots=True)
class Story:
    """A matter that is done: what it was about, and what was done in the words of whoever closed it."""

    category: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinFacts:
    """Everything a bulletin is made of. `category_names` are in the language it is written in."""

    place: str  # "phường Tây Hồ"
    first: date
    last: date
    tally: Tally
    most_named: str = ""  # what of; empty: nothing stood out
    stories: Sequence[Story] = ()  # that may be told, the newest first; a story without fitting words is told as its sort
    rule: str = ""
    address: str = ""  # of the page where one writes
    phone: str = ""
    language: Language = Language.VI


def write_bulletin(facts: BulletinFacts) -> str:
    """Paragraphs with an empty line between."""
    parts = (_greeting, _figures, _stories, _rule, _ways, _thanks)
    return "\n\n".join(filter(None, (" ".join(part(facts)) for part in parts)))


def minutes(text: str) -> float:
    """How long it takes to read, by its syllables."""
    return syllables(text) / A_MINUTE


def _greeting(facts: BulletinFacts) -> list[str]:
    told = {"place": _aloud(facts, facts.place), "first": _day(facts, facts.first), "last": _day(facts, facts.last)}
    return [_say(facts, "bulletin_hello", **told), _say(facts, "bulletin_about"), _say(facts, "bulletin_days", **told)]


def _figures(facts: BulletinFacts) -> list[str]:
    tally, number = facts.tally, _number(facts)
    if not tally.accepted:
        return [_say(facts, f"bulletin_none_{n}") for n in (1, 2, 3)]
    told = [_say(facts, "bulletin_accepted", number=number(tally.accepted))]
    for name, count in (
        ("done", tally.done),
        ("planned", tally.planned),
        ("waiting", tally.waiting),
        ("other", tally.other),
    ):
        if count:
            told.append(_say(facts, f"bulletin_{name}", number=number(count)))
    if tally.late:
        told += [_say(facts, "bulletin_late", number=number(tally.late)), _say(facts, "bulletin_sorry")]
    if facts.most_named and tally.most >= _FEW_TO_NAME:
        told.append(_say(facts, "bulletin_most", what=_aloud(facts, facts.most_named), number=number(tally.most)))
    return told


def _stories(facts: BulletinFacts) -> list[str]:
    told = [(story, tellable(story.what)) for story in facts.stories]
    chosen = sorted(told, key=lambda one: not one[1])[:STORIES]  # those with words first, the newest first among them
    if not chosen:
        return [_say(facts, "bulletin_no_story_1"), _say(facts, "bulletin_no_story_2")]
    sentences = [_say(facts, "bulletin_stories" if len(chosen) > 1 else "bulletin_story")]
    for number, (story, words) in enumerate(chosen, start=1):
        if len(chosen) > 1:
            sentences.append(_say(facts, f"bulletin_story_{number}"))
        sentences.append(_say(facts, "bulletin_story_of", what=_aloud(facts, story.category)))
        sentences.append(_say(facts, "bulletin_story_done", words=words) if words else _say(facts, "bulletin_story_proved"))
    return sentences


def _rule(facts: BulletinFacts) -> list[str]:
    if not facts.rule:
        return []
    words = short_sentences(spoken(facts.rule)) if facts.language is Language.VI else [facts.rule]
    return [_say(facts, "bulletin_rule"), *words, _say(facts, "bulletin_rule_is_advice")] if words else []


def _ways(facts: BulletinFacts) -> list[str]:
    said = facts.language is Language.VI
    told = [_say(facts, "bulletin_how"), _say(facts, "bulletin_by_code")]
    if facts.address:
        address = " ".join(short_sentences(spoken_address(facts.address), _OF_LETTERS)) if said else facts.address
        told.append(_say(facts, "bulletin_by_page", address=address.rstrip(".")))
    told.append(_say(facts, "bulletin_by_desk", place=_aloud(facts, facts.place)))
    if facts.phone:
        told.append(_say(facts, "bulletin_by_phone", phone=spoken_digits(facts.phone) if said else facts.phone))
    told += [_say(facts, f"bulletin_after_{n}") for n in (1, 2, 3, 4)]
    told.append(_say(facts, "bulletin_danger", **{f"n{n}": spoken_digits(n) if said else n for n in ("113", "114", "115")}))
    return told


def _thanks(facts: BulletinFacts) -> list[str]:
    return [_say(facts, f"bulletin_thanks_{n}") for n in (1, 2, 3)]


def _say(facts: BulletinFacts, key: str, **values: str) -> str:
    return say(facts.language, key, **values)


def _aloud(facts: BulletinFacts, name: str) -> str:
    """A name of ours; what stands in brackets is for whoever reads it on a page."""
    name = re.sub(r"\s*\([^)]*\)", "", name)
    return spoken(name) if facts.language is Language.VI else name


def _day(facts: BulletinFacts, day: date) -> str:
    return spoken_date(day) if facts.language is Language.VI else shown_date(day)


def _number(facts: BulletinFacts) -> Callable[[int], str]:
    return spoken_number if facts.language is Language.VI else str
