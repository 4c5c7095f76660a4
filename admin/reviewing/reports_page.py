"""The reports' first page: what can be made, and the reviews that have begun. Rooms hang theirs in here (`SECTIONS`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.pages import Frame
from admin.papers.bulletin import BULLETIN
from admin.papers.posters import POSTERS
from admin.papers.sheets import EXPORT, REGISTER
from admin.reviewing.asked import REVIEW, Asked
from bot.domain.people import WARD_ROLES
from bot.domain.review_texts import ReviewTexts
from bot.domain.rights import Right
from bot.services.term_names import term_name
from bot.web import keys, render

MOST_BEGUN = 6


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the reports, for whoever holds the right."""

    path: str
    title_key: str
    text_key: str
    right: Right


# In the order of the page.
SECTIONS: Sequence[Section] = (
    Section(REVIEW, "review_title", "review_text", Right.DASHBOARD),
    Section(REGISTER, "register_page_title", "register_page_text", Right.EXPORT),
    Section(POSTERS, "posters_title", "posters_text", Right.DASHBOARD),
    Section(BULLETIN, "bulletin_title", "bulletin_text", Right.DASHBOARD),
    Section(EXPORT, "export_title", "export_text", Right.EXPORT),
)


@dataclass(frozen=True, slots=True)
class BegunLine:
    """A review that appeared by itself, or that somebody wrote into."""

    address: str
    name: str
    is_written: bool


@dataclass(frozen=True, kw_only=True)
class ReportsPage:
    """Everything `staff/reports/front.html` may use."""

    frame: Frame
    sections: Sequence[Section]
    begun: Sequence[BegunLine]


async def show_reports(visit: Visit) -> web.StreamResponse:
    sections = [section for section in SECTIONS if visit.viewer.may(section.right)]
    if not sections:
        raise web.HTTPForbidden
    begun: list[ReviewTexts] = []
    if visit.viewer.may(Right.DASHBOARD):
        place = visit.staff.ward_code if visit.staff.role in WARD_ROLES else None
        async with visit.request.app[keys.STORAGE].reading() as uow:
            begun = await uow.reviews.known(place, most=MOST_BEGUN)
    page = ReportsPage(frame=visit.frame, sections=sections, begun=[_line(visit, one) for one in begun])
    return render(visit.request, "staff/reports/front.html", page)


def _line(visit: Visit, review: ReviewTexts) -> BegunLine:
    name = term_name(visit.language, review.term)
    return BegunLine(Asked(review.term, review.ward_code).address, name[:1].upper() + name[1:], review.version > 0)
