"""A page of its own for making a text about a case public: propose it, check somebody else's, take it down.

Side by side: what was written, and what everybody would read. Each text is read and confirmed by itself. Works without
script; what was typed is kept. The rules are `bot.services.publish_case`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.case_page import asked_code
from admin.guard import Visit
from admin.labels import category_name
from admin.pages import Frame
from admin.settings.fields import Field, Typed, ask
from admin.settings.forms import attempt
from bot.domain.case import Case, CaseCode
from bot.domain.publishing import LONGEST_TEXT, LONGEST_TITLE, Publication, State, Wording
from bot.domain.rights import Right
from bot.errors import CaseNotFound, StaleVersion
from bot.ports import UnitOfWork
from bot.services.publish_case import (
    TEXTS,
    Edited,
    PublicationGone,
    decide_publication,
    first_wording,
    is_second,
    may_propose,
    may_show_place,
    propose_publication,
    take_down,
)
from bot.services.setting import BadFields
from bot.understanding.identifying import find_identifying, find_never_public, pieces_of
from bot.web import keys, render
from bot.web.forms import Form, read_form

FORM = "publish-form"
_ACTS = ("propose", "approve", "return", "down")


@dataclass(frozen=True, kw_only=True)
class TextPair:
    """One text beside what it was made of, with the tick that somebody has read it."""

    name: str
    original: str
    field: Field
    read: Field


@dataclass(frozen=True, kw_only=True)
class PublishPage:
    """Everything `staff/case_publish.html` may use."""

    frame: Frame
    code: CaseCode
    version: int
    state_key: str  # where a text stands; empty: there is none that goes on
    slug: str
    wording: Wording | None  # of it
    may_decide: bool
    may_take_down: bool
    may_propose: bool
    pairs: Sequence[TextPair]  # empty: nothing may be proposed
    marks: Sequence[str]  # words that look like a name or a home: somebody has to say that they are not
    sure: Field
    place: Field | None  # None: no place may be shown
    fields: Sequence[Field]
    typed: Typed
    done: bool


async def show_publish(visit: Visit) -> web.StreamResponse:
    return await _page(visit, asked_code(visit.request), Typed())


async def post_publish(visit: Visit) -> web.StreamResponse:
    """Do what its button says, and back to the page."""
    code = asked_code(visit.request)
    async with read_form(visit.request, token=visit.session.form_token) as form:
        try:
            typed = await attempt(visit, FORM, lambda uow, read: _do(uow, visit, code, read), form)
        except CaseNotFound:
            raise web.HTTPNotFound from None
    if isinstance(typed, web.Response):
        return typed
    if typed is None:
        raise web.HTTPSeeOther(f"/staff/cases/{code}/publish?done=saved")
    if typed.trouble_key == CaseNotFound.wording_key:
        raise web.HTTPNotFound
    response = await _page(visit, code, typed)
    late = (StaleVersion.wording_key, PublicationGone.wording_key)
    response.set_status(409 if typed.trouble_key in late else 400)
    return response


async def _do(uow: UnitOfWork, visit: Visit, code: CaseCode, form: Form) -> None:
    # Before the fields: who may not know of the case is told of none of them.
    if await uow.cases.visible(visit.viewer.wanting(Right.ANSWER), code) is None:
        raise CaseNotFound(code=code)
    act, slug = form.text("act"), form.text("slug")
    if act not in _ACTS:
        raise BadFields(act="settings_choice_unknown")
    if act == "propose":
        await propose_publication(
            uow, staff=visit.staff, code=code, version=form.number("version"), edited=_edited(form), now=visit.now
        )
    elif act == "down":
        await take_down(uow, staff=visit.staff, viewer=visit.viewer, slug=slug, now=visit.now)
    else:
        await decide_publication(
            uow,
            staff=visit.staff,
            code=code,
            slug=slug,
            is_approved=act == "approve",
            now=visit.now,
            wards=visit.request.app[keys.WARDS],
        )


def _edited(form: Form) -> Edited:
    return Edited(
        title=form.text("title"),
        text=form.text("text").replace("\r\n", "\n"),
        answer=form.text("answer").replace("\r\n", "\n"),
        shows_place=form.text("place") == "yes",
        read={name for name in TEXTS if form.text(f"read_{name}") == "yes"},
        is_sure=form.text("sure") == "yes",
    )


async def _page(visit: Visit, code: CaseCode, typed: Typed) -> web.Response:
    async with visit.request.app[keys.STORAGE].reading() as uow:
        case = await uow.cases.visible(visit.viewer.wanting(Right.ANSWER), code)
        if case is None:
            raise web.HTTPNotFound
        live = next((one for one in await uow.publications.of_case(case.id) if one.state is not State.ENDED), None)
        is_possible = await may_propose(uow, case)
        pairs = await _pairs(uow, visit, case, live, typed) if is_possible else []
        may_decide = live is not None and live.state is State.PROPOSED and await _may_decide(uow, visit, case, live)
    shown = "\n".join(pair.field.value for pair in pairs)
    sure, place = _ask(typed, "sure", "publish_sure"), _ask(typed, "place", "publish_place", hint_key="publish_place_hint")
    is_placed = bool(pairs) and may_show_place(case)
    page = PublishPage(
        frame=visit.frame,
        code=code,
        version=case.version,
        state_key=f"publish_state_{live.state.value}" if live else "",
        slug=live.slug if live else "",
        wording=live.wording if live else None,
        may_decide=may_decide,
        may_take_down=live is not None,
        may_propose=is_possible,
        pairs=pairs,
        marks=pieces_of(shown, (*find_never_public(shown), *find_identifying(shown))),
        sure=sure,
        place=place if is_placed else None,
        fields=[*(one for pair in pairs for one in (pair.field, pair.read)), sure, place],
        typed=typed,
        done=visit.request.query.get("done") == "saved" and not typed.trouble_key,
    )
    return render(visit.request, "staff/case_publish.html", page)


async def _may_decide(uow: UnitOfWork, visit: Visit, case: Case, live: Publication) -> bool:
    return await is_second(uow, visit.viewer.wanting(Right.PUBLISH), case, live)


async def _pairs(uow: UnitOfWork, visit: Visit, case: Case, live: Publication | None, typed: Typed) -> Sequence[TextPair]:
    """The form, filled with what was typed, what was proposed before, or what the case itself says."""
    title = category_name(case.category, visit.language)
    first = live.wording if live else await first_wording(uow, case, title)
    answer = await uow.cases.newest_answer(case.id)
    originals = {"title": title, "text": case.text, "answer": answer.text if answer else ""}
    return [
        TextPair(
            name=name,
            original=originals[name],
            field=ask(
                typed,
                FORM,
                name,
                f"publish_{name}",
                kept=getattr(first, name),
                kind="text" if name == "title" else "textarea",
                longest=LONGEST_TITLE if name == "title" else LONGEST_TEXT,
                is_needed=True,
            ),
            read=_ask(typed, f"read_{name}", f"publish_read_{name}"),
        )
        for name in TEXTS
    ]


def _ask(typed: Typed, name: str, label_key: str, hint_key: str = "") -> Field:
    return ask(typed, FORM, name, label_key, kind="tick", hint_key=hint_key)
