"""Small numbers about officials are in no document: what `bot.domain.hushing` marks is written as its mark, everywhere."""

import re

from bot.domain.figures import SMALL
from bot.domain.hushing import hush
from bot.domain.people import Language
from bot.domain.review import FEW, UNTOLD, Review
from bot.papers import PaperForm, write_review
from bot.papers.review_paper import review_svgs
from bot.understanding.categories import load_categories
from tests.papers.reviews import busy, docx_text, hanoi, pdf_pages, review_of, xlsx_rows

KNOWN = load_categories()


def hushed(categories: dict[str, tuple[int, int]]) -> Review:
    return hush(review_of(categories), {key: category.kind.value for key, category in KNOWN.items()})


def test_a_few_reports_about_officials_are_in_no_file() -> None:
    """Three about manners and 31 about badges: neither number is written, in any table, sentence or picture."""
    review = hushed({"off_attitude": (3, 0), "off_badge_dress": (31, 0), "vio_noise": (400, 0), "vio_litter": (77, 0)})
    sheets = xlsx_rows(write_review(review, hanoi(), Language.VI, PaperForm.XLSX))
    about = {
        row[0]: row[1:]
        for row in sheets["Theo lĩnh vực"]
        if row[0] in (KNOWN["off_attitude"].vi, KNOWN["off_badge_dress"].vi)
    }
    assert (about[KNOWN["off_attitude"].vi][0], about[KNOWN["off_badge_dress"].vi][0]) == (FEW, UNTOLD)
    for form in (PaperForm.DOCX, PaperForm.PDF):
        file = write_review(review, hanoi(), Language.VI, form)
        text = docx_text(file) if form is PaperForm.DOCX else " ".join(pdf_pages(file))
        assert "không nêu số để không lộ người phản ánh" in text
        assert re.search(r"\b31\b(?!/)", text) is None
    drawn = "".join(re.sub(r'"[^"]*"', "", picture.svg) for picture in review_svgs(review, hanoi(), Language.VI))
    assert ">31<" not in drawn
    assert ">400<" in drawn


def test_two_reports_about_officials_are_told_without_their_number() -> None:
    review = hushed({"off_attitude": (2, 0), "vio_noise": (40, 0), "vio_litter": (77, 0)})
    text = docx_text(write_review(review, hanoi(), Language.VI, PaperForm.DOCX))
    assert "không được nêu cụ thể, để không ai có thể suy ra người phản ánh" in text
    assert "tiếp nhận 2 phản ánh về" not in text
    assert "< 5" in text


def test_no_place_with_few_reports_is_on_the_map() -> None:
    """Of five spots the one with four cases is left out, whoever counted it."""
    spots = busy().hot_spots
    assert min(spot.cases for spot in spots) < SMALL
    drawn = review_svgs(busy(), hanoi(), Language.VI)[-1].svg
    assert drawn.count("<circle") - drawn.count('r="1.8"') == len([spot for spot in spots if spot.cases >= SMALL]) == 4
    assert "© OpenStreetMap contributors, ODbL" in drawn
