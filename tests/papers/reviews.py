"""Reviews made by hand, and their documents read back: python-docx, openpyxl and pypdfium2 read what others wrote."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO
from random import Random
from typing import Any

import docx
import openpyxl
import pypdfium2

from bot.domain.campaign import BoardFigures, CampaignFigures, Commended
from bot.domain.figures import Figures, Hours, Outcomes
from bot.domain.outcome import Outcome
from bot.domain.review import HotSpot, Left, Review, Row, Satisfaction, Section, Term
from bot.domain.ward import Point
from bot.papers.places import Places
from bot.understanding.categories import load_categories

TAY_HO = "00103"


@cache
def hanoi() -> Places:
    return Places.load()


def some_figures(chance: Random, accepted: int) -> Figures:
    """Figures that a ward could have had, of so many cases."""
    closed = accepted * 4 // 5
    kept = closed * 9 // 10
    return Figures(
        accepted=accepted,
        closed=closed,
        outcomes=Outcomes(Counter(chance.choice(list(Outcome)) for _ in range(closed))),
        kept=kept,
        missed=accepted - kept,
        disputed=accepted // 7,
        reopened=accepted // 15,
        moved=accepted // 9,
        closings=closed,
        bare=closed // 6,
        to_answer=Hours(Counter(chance.randint(1, 90) for _ in range(accepted))),
        to_close=Hours(Counter(chance.randint(2, 400) for _ in range(closed))),
    )


def rows_of(chance: Random, numbers: Mapping[str, tuple[int, int]]) -> list[Row]:
    """Key to how many now and before."""
    return [
        Row(key=key, now=some_figures(chance, now), before=some_figures(chance, before))
        for key, (now, before) in numbers.items()
    ]


def together(rows: list[Row], key: str = "") -> Row:
    nothing = Figures()
    return Row(key=key, now=sum((row.now for row in rows), nothing), before=sum((row.before for row in rows), nothing))


def by_kind(categories: list[Row]) -> list[Row]:
    known = load_categories()
    kinds = dict.fromkeys(known[row.key].kind.value for row in categories)
    return [together([row for row in categories if known[row.key].kind.value == kind], kind) for kind in kinds]


def review_of(categories: Mapping[str, tuple[int, int]], **said: Any) -> Review:
    """Half a year of Tây Hồ with so many cases of each category; `said` replaces fields."""
    rows = rows_of(Random(7), categories)
    made = Review(
        term=Term.half(2026, 1),
        ward_code=TAY_HO,
        total=together(rows),
        kinds=by_kind(rows),
        categories=rows,
        channels=rows_of(Random(8), {"webchat": (1234, 1100), "zalo": (12, 30)}) if rows else (),
    )
    return replace(made, **said)


def busy(ward: str | None = TAY_HO) -> Review:
    """A review with something in every part of it."""
    chance = Random(3)
    base = hanoi().wards[TAY_HO]
    spots = [
        HotSpot(
            point=Point(base.lat + chance.gauss(0, 0.005), base.lon + chance.gauss(0, 0.005)),
            ward_code=TAY_HO,
            category="vio_litter",
            cases=cases,
        )
        for cases in (31, 12, 9, 6, 4)
    ]
    campaign = CampaignFigures(
        boards=BoardFigures(standing=46, good=30, worn=9, torn=5, missing=2, posted=4, reported=7, checked=41),
        inspections=12,
        violations_found=33,
        seminars=18,
        seminar_people=1257,
        groups_reached=31,
        groups=40,
        leaflets=16890,
        radio_slots=52,
        commended_people=9,
        commended_groups=2,
        commended=[Commended(name="Nguyễn Thị Hòa", is_group=False, deed="Trả lại ví cho người mất", ward_code=TAY_HO)],
    )
    wards = rows_of(chance, {one.code: (chance.randint(0, 60), chance.randint(0, 60)) for one in hanoi().wards})
    return review_of(
        {"vio_litter": (1503, 1240), "vio_noise": (321, 322), "off_attitude": (27, 14), "off_badge_dress": (8, 9)},
        ward_code=ward,
        wards=wards if ward is None else (),
        satisfaction=Satisfaction(asked=907, resolved=410, unresolved=66, stars={5: 101, 4: 37, 1: 9}),
        hot_spots=spots,
        campaign=campaign,
        campaign_before=CampaignFigures(leaflets=15000, seminars=18),
        left_out={Left.JOINED: 17},
        texts={Section.LEADERSHIP: "Ban hành 03 văn bản.\nGiao ban hằng tháng.", Section.TASKS: "Thay bảng đã cũ."},
    )


def docx_text(file: bytes) -> str:
    read = docx.Document(BytesIO(file))
    cells = (cell.text for table in read.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in read.paragraphs), *cells])


def pdf_pages(file: bytes) -> list[str]:
    """Each page's text, one space between words."""
    document = pypdfium2.PdfDocument(file)
    try:
        return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()


def xlsx_rows(file: bytes) -> dict[str, list[list[Any]]]:
    """Sheet to its rows of values."""
    book = openpyxl.load_workbook(BytesIO(file))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def in_order(text: str, words: list[str]) -> bool:
    """Do these stand one after the other in the text?"""
    at = 0
    for word in words:
        at = text.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True
