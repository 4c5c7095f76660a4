"""Documents of paper: reviews, posters and sheets. Values in, bytes out: no database, no clock, no setting.

The same values always give the same bytes, so that a ward can make a document again and compare. Read `blocks` first
(what a document is made of), then `review_paper` (a review put into it), then the writers, one a file format, which know
nothing of what they write. What is counted is `bot.domain.review`'s; who may see it was decided before.

The libraries that write documents are loaded when the first one is written: a server that nobody asks for a paper does
without them.
"""

from enum import StrEnum

from bot.domain.people import Language
from bot.domain.review import Review
from bot.papers.places import Places


class PaperForm(StrEnum):
    """What kind of file is wanted; the value is its ending."""

    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"


MEDIA_TYPE = {
    PaperForm.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    PaperForm.PDF: "application/pdf",
    PaperForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write_review(review: Review, places: Places, language: Language, form: PaperForm) -> bytes:
    """The review as a file, ready for the office to number, sign and seal.

    Takes up to three seconds of a processor for a city: call it in a thread.

    Args:
        review: What was counted; texts by staff in it may hold anything.
        places: The city's wards and their borders.
        language: Vietnamese is what offices sign; English is complete too.
        form: Which file; all three say the same.
    """
    from bot.papers.review_paper import review_paper

    paper = review_paper(review, places, language)
    if form is PaperForm.DOCX:
        from bot.papers.review_docx import write_docx

        return write_docx(paper)
    if form is PaperForm.PDF:
        from bot.papers.review_pdf import write_pdf

        return write_pdf(paper)
    from bot.papers.review_xlsx import write_xlsx

    return write_xlsx(paper)
