"""What is public of the ward and what is on its way there, newest first; what is public can be taken down here at once.

Whoever sees no case of a ward (the city's coordinators) sees what everybody sees, and may take that down too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from admin.guard import Visit
from admin.pages import Frame
from admin.settings.fields import Typed
from admin.settings.forms import attempt, is_saved
from bot.domain.city_day import shown_day
from bot.domain.publishing import Place, State, read_slug
from bot.domain.rights import Right
from bot.ports import UnitOfWork
from bot.services.publish_case import PublicationGone, take_down
from bot.services.staff_change import ward_name
from bot.web import keys, render
from bot.web.forms import Form, read_form

PUBLISHED, FORM = "/staff/published", "down-form"
PAGE = 50
_RIGHTS = (Right.ANSWER, Right.PUBLISH)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedLine:
    """A text of the list."""

    slug: str
    code: str  # empty where one may not see the case
    title: str
    ward: str
    state_key: str
    is_public: bool
    day: str  # since or from when it is public, or when it was proposed
    by: str  # who proposed it; empty where one may not know
    may_take_down: bool
    path: str  # where everybody reads it; empty while nobody does


@dataclass(frozen=True, kw_only=True)
class PublishedPage:
    """Everything `staff/published.html` may use."""

    frame: Frame
    lines: Sequence[PublishedLine]
    trouble_key: str
    done: bool
    older: str  # the address of what is older; empty where nothing is


async def show_published(visit: Visit) -> web.StreamResponse:
    _need(visit)
    return await _page(visit, Typed())


async def post_published(visit: Visit) -> web.StreamResponse:
    """Take one down, and back to the list."""
    _need(visit)

    async def act(uow: UnitOfWork, form: Form) -> None:
        slug = read_slug(form.text("slug"))
        if slug is None:
            raise PublicationGone()
        await take_down(uow, staff=visit.staff, viewer=visit.viewer, slug=slug, now=visit.now)

    async with read_form(visit.request, token=visit.session.form_token) as form:
        typed = await attempt(visit, FORM, act, form)
    if isinstance(typed, web.Response):
        return typed
    if typed is None:
        raise web.HTTPSeeOther(f"{PUBLISHED}?done=saved")
    response = await _page(visit, typed)
    response.set_status(409)
    return response


def _need(visit: Visit) -> None:
    if not any(visit.viewer.may(right) for right in _RIGHTS):
        raise web.HTTPForbidden


async def _page(visit: Visit, typed: Typed) -> web.Response:
    sees_wards = visit.viewer.wards(Right.ANSWER) is not None
    lines, older = await (_own(visit) if sees_wards else _everybodys(visit))
    page = PublishedPage(
        frame=visit.frame,
        lines=lines,
        trouble_key=typed.trouble_key,
        done=is_saved(visit) and not typed.trouble_key,
        older=older,
    )
    return render(visit.request, "staff/published.html", page)


async def _own(visit: Visit) -> tuple[Sequence[PublishedLine], str]:
    """Of the cases one may see, with what waits for a colleague or for the resident."""
    before = visit.request.query.get("before", "")
    last = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None
    viewer = visit.viewer.wanting(Right.ANSWER)
    async with visit.request.app[keys.STORAGE].reading() as uow:
        found = await uow.publications.listed(viewer, now=visit.now, most=PAGE + 1, before=last)
    lines = []
    for one in found[:PAGE]:
        text = one.publication
        state = "public" if one.is_public else "hidden" if _is_hidden(text.published_at, visit.now) else text.state.value
        lines.append(
            PublishedLine(
                slug=text.slug,
                code=text.code,
                title=text.wording.title,
                ward=_ward(visit, text.ward_code),
                state_key=f"publish_state_{state}",
                is_public=one.is_public,
                day=_day(visit, text.published_at or text.proposed_at),
                by=one.proposed_by_name,
                may_take_down=text.state is not State.PROPOSED,
                path=f"/wards/{text.ward_code}/published/{text.slug}" if one.is_public else "",
            )
        )
    return lines, f"{PUBLISHED}?before={found[PAGE - 1].publication.id}" if len(found) > PAGE else ""


async def _everybodys(visit: Visit) -> tuple[Sequence[PublishedLine], str]:
    after = Place.read(visit.request.query.get("after", ""))
    async with visit.request.app[keys.STORAGE].reading() as uow:
        found = await uow.publications.page(now=visit.now, most=PAGE + 1, after=after)
    lines = [
        PublishedLine(
            slug=one.slug,
            code="",
            title=one.title,
            ward=_ward(visit, one.ward_code),
            state_key="publish_state_public",
            is_public=True,
            day=_day(visit, one.published_at),
            by="",
            may_take_down=visit.viewer.may(Right.PUBLISH),
            path=f"/wards/{one.ward_code}/published/{one.slug}",
        )
        for one in found[:PAGE]
    ]
    return lines, f"{PUBLISHED}?after={found[PAGE - 1].place.written}" if len(found) > PAGE else ""


def _is_hidden(published_at: datetime | None, now: datetime) -> bool:
    """Its day has come, and still nobody may read it: the case is not what it was."""
    return published_at is not None and published_at <= now


def _ward(visit: Visit, code: str) -> str:
    return ward_name(visit.language, visit.request.app[keys.WARDS][code])


def _day(visit: Visit, moment: datetime) -> str:
    return shown_day(moment, visit.request.app[keys.SETTINGS].zone)
