"""Puts a review into a document, by the structure that half-year and annual reviews of the two codes have.

No official form for these reviews was found; the order is that of the seeds and of Plan 306/KH-UBND: leadership, the
officials' code, the public code, feedback, commendations, shortcomings, tasks, recommendations, and tables in an annex.
The layout is that of administrative documents (Decree 30/2020/NĐ-CP, annex I). It is a draft: number, date, signature
and seal are the office's.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bot.domain.people import Language
from bot.domain.review import Review, Section
from bot.papers import review_pictures as pictures
from bot.papers import review_tables as tables
from bot.papers import review_words as words
from bot.papers.blocks import Block, Heading, Letterhead, Manner, Paper, Paragraph, Picture, Signature, Table
from bot.papers.places import Places
from bot.papers.review_facts import Facts


def review_paper(review: Review, places: Places, language: Language) -> Paper:
    """The whole document, before any file format."""
    facts = Facts(review, places, language)
    annex = [*tables.case_tables(facts), tables.closing_table(facts), tables.campaign_table(facts)]
    return Paper(
        language=language,
        letterhead=_letterhead(facts),
        type=facts.say("paper_type").upper(),
        subject=facts.say(
            f"paper_subject_{review.term.kind.value}", term=facts.term, place=facts.place.replace(" ", "\u00a0")
        ),
        body=_numbered(_body(facts)),
        signature=_signature(facts),
        annex_title=facts.say("paper_annex"),
        annex_note=facts.say("paper_annex_of", office=facts.office),
        annex=_numbered([*annex, Heading(2, facts.say("paper_head_method")), *_small(words.method(facts))]),
        dated=review.term.last,
        empty=facts.say("paper_uncounted"),
        text_sheet=facts.say("paper_sheet_notes"),
        picture_sheet=facts.say("paper_sheet_pictures"),
    )


def review_svgs(review: Review, places: Places, language: Language) -> list[Picture]:
    """Only the charts and the map, as the document has them: for the desk's page."""
    found = _numbered(pictures.all_pictures(Facts(review, places, language)))
    return [block for block in found if isinstance(block, Picture)]


def review_map(review: Review, places: Places, language: Language) -> str:
    """Only the map, as SVG; empty where there is nothing to show on it."""
    found = pictures.spots_map(Facts(review, places, language))
    return found.svg if found else ""


def _body(facts: Facts) -> Iterator[Block]:
    yield from _plain(words.opening(facts))
    yield _head(1, facts, "leadership")
    yield from words.by_staff(facts, Section.LEADERSHIP)
    yield from _plain(words.leadership(facts))
    yield _head(1, facts, "officials")
    yield from _plain(words.officials(facts))
    yield _head(1, facts, "public")
    yield _head(2, facts, "boards")
    yield from _plain(words.boards(facts))
    yield _head(2, facts, "campaign")
    yield from _plain(words.campaign(facts))
    yield from words.doubtful(facts)
    yield _head(2, facts, "inspections")
    yield from _plain(words.inspections(facts))
    yield from _feedback(facts)
    yield _head(1, facts, "commended")
    yield from _plain(words.commended(facts))
    yield from _there([tables.commended_table(facts)])
    for section in (Section.SHORTCOMINGS, Section.TASKS, Section.PROPOSALS):
        yield _head(1, facts, section.value)
        yield from words.by_staff(facts, section)
    yield Paragraph(facts.say("paper_end", office=facts.office, term=facts.term))


def _feedback(facts: Facts) -> Iterator[Block]:
    yield _head(1, facts, "feedback")
    yield _head(2, facts, "received")
    yield from _plain(words.received(facts))
    yield from _there([pictures.kinds_chart(facts), pictures.categories_chart(facts)])
    yield _head(2, facts, "outcomes")
    yield from _plain(words.outcomes(facts))
    yield from _there([pictures.outcomes_chart(facts)])
    yield _head(2, facts, "deadlines")
    yield from _plain(words.deadlines(facts))
    yield from _there([pictures.deadlines_chart(facts)])
    yield _head(2, facts, "quality")
    yield from _plain(words.quality(facts))
    yield _head(2, facts, "satisfaction")
    yield from _plain(words.satisfaction(facts))
    yield _head(2, facts, "spots")
    yield Paragraph(words.spots(facts))
    yield from _there([pictures.spots_map(facts), tables.spots_table(facts)])


def _head(level: int, facts: Facts, name: str) -> Heading:
    return Heading(level, facts.say(f"paper_head_{name}"))


def _plain(sentences: Iterable[str]) -> Iterator[Paragraph]:
    for sentence in sentences:
        yield Paragraph(sentence)


def _small(sentences: Iterable[str]) -> Iterator[Paragraph]:
    for sentence in sentences:
        yield Paragraph(sentence, Manner.SMALL)


def _there(blocks: Iterable[Picture | Table | None]) -> Iterator[Block]:
    for block in blocks:
        if block is not None:
            yield block


def _numbered(blocks: Iterable[Block]) -> Sequence[Block]:
    """Charts and tables counted in the order they stand, each in its own row of numbers."""
    found: list[Block] = []
    charts = sheets = 0
    for block in blocks:
        if isinstance(block, Picture) and "{n}" in block.caption:
            charts += 1
            block = replace(block, caption=block.caption.replace("{n}", str(charts)))
        elif isinstance(block, Table) and "{n}" in block.caption:
            sheets += 1
            block = replace(block, caption=block.caption.replace("{n}", str(sheets)))
        found.append(block)
    return found


def _letterhead(facts: Facts) -> Letterhead:
    is_ward = facts.review.ward_code is not None
    year = facts.review.term.last.year
    # A ward's documents name the ward, and the city's name is Hanoi's own.
    place = facts.place.removeprefix("phường ").removeprefix("xã ") if is_ward else facts.say("paper_place_city")
    return Letterhead(
        above=_committee(facts, facts.say("paper_city")) if is_ward else "",
        office=_committee(facts, facts.place),
        nation=facts.say("paper_nation"),
        motto=facts.say("paper_motto"),
        number=facts.say("paper_number"),
        place_and_date=facts.say("paper_place_and_date", place=place, year=year),
        draft=facts.say("paper_draft"),
    )


def _committee(facts: Facts, place: str) -> str:
    return facts.say("paper_committee_head", place=place.upper())


def _signature(facts: Facts) -> Signature:
    is_ward = facts.review.ward_code is not None
    names = ("city", "party", "front", "units", "file") if is_ward else ("party", "front", "wards", "units", "file")
    return Signature(
        behalf=facts.say("paper_behalf"),
        position=facts.say("paper_position"),
        recipients_title=facts.say("paper_recipients"),
        recipients=[facts.say(f"paper_recipient_{name}", **_of(name, facts)) for name in names],
    )


def _of(name: str, facts: Facts) -> dict[str, str]:
    return {"place": facts.place} if name in ("party", "front") else {}
