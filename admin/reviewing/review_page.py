"""The review of a term: its figures, the words of staff in it, and its documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from markupsafe import Markup

from admin.figures.facts import Fact, facts_of, outcomes_of
from admin.figures.lines import Line, line_of
from admin.guard import Visit
from admin.pages import Frame
from admin.papers.work import ask_for_work
from admin.reviewing.asked import Asked, place_options, read_asked, term_options
from admin.reviewing.tables import COLUMNS, Cell, LeftLine, SpotLine, Table, left_of, spots_of, tables_of, total_cells
from admin.settings.fields import LONGEST_SHOWN, Field, Option, Typed, ask
from admin.settings.forms import Act, attempt, is_saved
from bot.domain.figures import QUICK_MINUTES
from bot.domain.long_work import NewWork, WorkKind
from bot.domain.review import Review, Satisfaction, Section, TermKind
from bot.domain.review_texts import ReviewTexts, TextsDraft
from bot.domain.rights import Right
from bot.papers import MEDIA_TYPE, PaperForm
from bot.papers.places import Places
from bot.papers.review_paper import review_map
from bot.ports import UnitOfWork
from bot.review_facts import row_name
from bot.review_making import file_name
from bot.routing.outlines import outlines
from bot.services.review import keep_draft, make_review, may_write, write_review
from bot.services.setting import BadFields
from bot.services.term_names import term_name
from bot.web import keys, render
from bot.web.forms import Form, read_form

TEXTS, DOCUMENT = "texts-form", "document-form"
_STALE = "review_stale"


@dataclass(frozen=True, slots=True)
class SectionPart:
    """A section with its field; `field` is None for who may only read."""

    title_key: str
    kept: str  # as it is for everybody
    before: str  # as it was in the term before
    field: Field | None


@dataclass(frozen=True, kw_only=True)
class ReviewPage:
    """Everything `staff/reports/review.html` may use."""

    frame: Frame
    terms: Sequence[Option]
    places: Sequence[Option]
    term: str
    ward: str
    first: str  # days as a date field has them; empty for a half or a year
    last: str
    heading: str
    counted_to: str  # days, in words
    counted_on: str
    is_early: bool
    is_empty: bool
    total: Line
    before: Line
    longest: Sequence[int | None]  # hours: until answered, until closed
    facts: Sequence[Fact]
    outcomes: Sequence[Fact]
    quick_minutes: int
    columns: Sequence[str]
    total_cells: Sequence[Cell]
    tables: Sequence[Table]
    spots: Sequence[SpotLine]
    map_svg: Markup  # of the spots, numbered as the lines; the documents' own
    satisfaction: Satisfaction
    doubts: Sequence[str]
    left_out: Sequence[LeftLine]
    notes: Sequence[str]
    sections: Sequence[SectionPart]
    may_write: bool
    version: int
    written_by: str
    written_at: datetime | None
    draft_at: datetime | None
    is_stale: bool
    trouble_key: str
    is_saved: bool
    forms: Sequence[str]  # of documents


async def show_review(visit: Visit) -> web.StreamResponse:
    return await _show(visit, read_asked(visit, visit.request.query), Typed())


async def post_texts(visit: Visit) -> web.StreamResponse:
    """Keep the words for everybody. Where somebody else was quicker, they become one's own draft and are shown again."""
    return await _post(visit, is_draft=False)


async def post_draft(visit: Visit) -> web.StreamResponse:
    """Keep them for oneself."""
    return await _post(visit, is_draft=True)


async def _post(visit: Visit, *, is_draft: bool) -> web.StreamResponse:
    asked = read_asked(visit, visit.request.query)
    if not may_write(visit.viewer, asked.ward_code):
        raise web.HTTPForbidden
    async with read_form(visit.request, token=visit.session.form_token) as form:
        typed = await attempt(visit, TEXTS, _keeping(visit, asked, is_draft=is_draft), form)
        if isinstance(typed, Typed) and typed.trouble_key == _STALE:
            kept = await attempt(visit, TEXTS, _keeping(visit, asked, is_draft=True), form)
            typed = kept if isinstance(kept, web.Response) else typed
    if isinstance(typed, web.Response):
        return typed
    if typed is None:
        raise web.HTTPSeeOther(f"{asked.address}&done={'draft' if is_draft else 'saved'}#{TEXTS}")
    response = await _show(visit, asked, typed)
    response.set_status(409 if typed.trouble_key == _STALE else 400)
    return response


def _keeping(visit: Visit, asked: Asked, *, is_draft: bool) -> Act:
    async def act(uow: UnitOfWork, form: Form) -> None:
        texts = {one: form.text(one.value) for one in Section}
        long = {one.value: "review_section_too_long" for one, text in texts.items() if len(text) > LONGEST_SHOWN}
        if long:
            raise BadFields(**long)
        keep = keep_draft if is_draft else write_review
        await keep(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            ward_code=asked.ward_code,
            term=asked.term,
            texts=texts,
            version=form.number("version"),
            now=visit.now,
        )

    return act


async def post_document(visit: Visit) -> web.StreamResponse:
    """Begin to make the document; it waits where all that takes long does."""
    asked = read_asked(visit, visit.request.query)

    def wanted(form: Form) -> NewWork:
        chosen = form.text("form")
        if chosen not in set(PaperForm):
            raise BadFields(form="review_form_unknown")
        paper = PaperForm(chosen)
        return NewWork(
            staff_id=visit.staff.id,
            kind=WorkKind.REVIEW,
            asked={"term": asked.term.name, "ward": asked.ward_code or "", "form": chosen},
            file_name=file_name(asked.term, asked.ward_code, paper),
            media_type=MEDIA_TYPE[paper],
        )

    async def again(_visit: Visit, typed: Typed) -> web.Response:
        return await _show(visit, asked, typed)

    return await ask_for_work(visit, DOCUMENT, wanted, again)


async def _show(visit: Visit, asked: Asked, typed: Typed) -> web.Response:
    zone = visit.request.app[keys.SETTINGS].zone
    async with visit.request.app[keys.STORAGE].reading() as uow:
        viewer = visit.viewer.wanting(Right.DASHBOARD)
        review = await make_review(uow, viewer, asked.term, asked.ward_code, now=visit.now, zone=zone)
        kept = await uow.reviews.texts(asked.ward_code, asked.term)
        before = await uow.reviews.texts(asked.ward_code, asked.term.before)
        draft = await uow.reviews.draft(asked.ward_code, asked.term, visit.staff.id)
    page = _page(visit, asked, review, _Words(kept, before, draft, typed, may_write(visit.viewer, asked.ward_code)))
    return render(visit.request, "staff/reports/review.html", page)


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands in the sections, and what else could."""

    kept: ReviewTexts
    before: ReviewTexts
    draft: TextsDraft | None
    typed: Typed
    may_write: bool

    @property
    def is_stale(self) -> bool:
        return self.draft is not None and self.draft.version != self.kept.version

    def part(self, section: Section) -> SectionPart:
        title, kept = f"review_section_{section.value}", self.kept.texts.get(section, "")
        shown = kept if self.draft is None else self.draft.texts.get(section, "")
        field = ask(self.typed, TEXTS, section.value, title, kept=shown, kind="textarea", longest=LONGEST_SHOWN)
        before = self.before.texts.get(section, "")
        return SectionPart(title, kept, before if before != shown else "", field if self.may_write else None)


def _map(visit: Visit, review: Review) -> Markup:
    drawn = review_map(review, Places(visit.request.app[keys.WARDS], outlines()), visit.language)
    return Markup(drawn)  # noqa: S704 - made by a template that escapes


def _page(visit: Visit, asked: Asked, review: Review, words: _Words) -> ReviewPage:
    now, before = review.total.now, review.total.before
    is_days, wards = asked.term.kind is TermKind.DAYS, visit.request.app[keys.WARDS]
    place = row_name(visit.language, "wards", asked.ward_code, wards) if asked.ward_code else visit.say("review_city")
    return ReviewPage(
        frame=visit.frame,
        terms=term_options(visit),
        places=place_options(visit),
        term=asked.term.name,
        ward=asked.ward_code or "",
        first=asked.term.first.isoformat() if is_days else "",
        last=asked.term.last.isoformat() if is_days else "",
        heading=visit.say("review_heading", place=place, term=term_name(visit.language, asked.term)),
        counted_to=f"{review.counted_to:%d/%m/%Y}",
        counted_on=f"{review.counted_on:%d/%m/%Y}",
        is_early=review.is_early,
        is_empty=not now.accepted,
        total=line_of("", now),
        before=line_of("", before),
        longest=(now.to_answer.within(1), now.to_close.within(1)),
        facts=facts_of(now, before),
        outcomes=outcomes_of(now, before),
        quick_minutes=QUICK_MINUTES,
        columns=COLUMNS,
        total_cells=total_cells(visit, review),
        tables=tables_of(visit, review),
        spots=spots_of(visit, review),
        map_svg=_map(visit, review),
        satisfaction=review.satisfaction,
        doubts=review.campaign.doubtful,
        left_out=left_of(visit, review),
        notes=review.notes,
        sections=[words.part(one) for one in Section],
        may_write=words.may_write,
        version=words.kept.version,
        written_by=words.kept.written_by,
        written_at=words.kept.at,
        draft_at=words.draft.at if words.draft else None,
        is_stale=words.is_stale,
        trouble_key=asked.trouble_key or words.typed.about(TEXTS) or words.typed.about(DOCUMENT),
        is_saved=is_saved(visit),
        forms=[one.value for one in PaperForm],
    )
