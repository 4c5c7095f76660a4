"""What is being made for this member: how far it is, a way to stop it, and then the file, for an hour and for nobody else.

Without a script the page reloads itself while something is being made. Pages that offer something call `ask_for_work`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from admin.guard import Visit
from admin.labels import grouped
from admin.pages import Frame
from admin.settings.forms import Show, attempt
from bot.domain.long_work import KEPT_FOR, LongWork, NewWork, WorkState
from bot.long_work import pieces
from bot.ports import UnitOfWork
from bot.services.long_work import TooMuchWork, WorkRuns, begin_work, fetch_work, stop_work
from bot.web import keys, render
from bot.web.forms import Form, read_form

WORK = "/staff/reports/work"
# What is handed out is not looked at in the browser: nothing in it runs or loads anything.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
TOLD_AFTER = 2.0  # seconds of work from which on the rest can be guessed


@dataclass(frozen=True, kw_only=True)
class WorkPage:
    """Everything `staff/papers/work.html` may use."""

    frame: Frame
    state: str  # empty: nothing was asked for
    state_key: str  # what is to be said of one that is not being made
    kind_key: str
    done: str
    total: str  # empty: not known yet
    share: int  # percent
    rest: int | None  # seconds; None: not known yet
    file_name: str
    kilobytes: str
    kept_until: datetime | None  # None: there is nothing to fetch


async def ask_for_work(visit: Visit, testid: str, wanted: Callable[[Form], NewWork], show: Show) -> web.StreamResponse:
    """Begin what the posted form asks for, and lead to its page; a refusal is shown by `show`, with what was typed.

    Args:
        testid: The form's `data-testid`.
        wanted: What it asks for; raises BadFields.

    Raises:
        web.HTTPForbidden: They may not have it.
        web.HTTPSeeOther: It was begun.
    """
    begun: list[LongWork] = []

    async def act(uow: UnitOfWork, form: Form) -> None:
        zone = visit.request.app[keys.SETTINGS].zone
        new = wanted(form)
        begun.append(await begin_work(uow, new, staff=visit.staff, viewer=visit.viewer, now=visit.now, zone=zone))

    async with read_form(visit.request, token=visit.session.form_token) as form:
        typed = await attempt(visit, testid, act, form)
    if isinstance(typed, web.Response):
        return typed
    if typed is None:
        await visit.request.app[keys.WORKSHOP].start(begun[0].id)
        raise web.HTTPSeeOther(WORK)
    response = await show(visit, typed)
    response.set_status(409 if typed.trouble_key in (WorkRuns.wording_key, TooMuchWork.wording_key) else 400)
    return response


async def show_work(visit: Visit) -> web.StreamResponse:
    async with visit.request.app[keys.STORAGE].reading() as uow:
        work = await uow.long_works.newest(visit.staff.id)
    return render(visit.request, "staff/papers/work.html", _page(visit, work))


async def post_stop(visit: Visit) -> web.StreamResponse:
    stopped: list[LongWork | None] = []

    async def act(uow: UnitOfWork, _form: Form) -> None:
        stopped.append(await stop_work(uow, staff=visit.staff, now=visit.now))

    async with read_form(visit.request, token=visit.session.form_token) as form:
        typed = await attempt(visit, "stop-form", act, form)
    if isinstance(typed, web.Response):
        return typed
    if stopped and stopped[0]:
        visit.request.app[keys.WORKSHOP].stop(stopped[0].id)
    raise web.HTTPSeeOther(WORK)


async def serve_work(visit: Visit) -> web.StreamResponse:
    """The file, a piece at a time. Cut off where a piece is gone: its length says that there was more."""
    async with visit.request.app[keys.STORAGE].begin() as uow:
        work = await fetch_work(uow, staff=visit.staff, viewer=visit.viewer, now=visit.now)
        if work is None:
            raise web.HTTPNotFound
        await uow.commit()
    parts = pieces(visit.request.app[keys.FILES], work)
    try:
        first = await anext(parts)
    except (FileNotFoundError, StopAsyncIteration):
        raise web.HTTPNotFound from None
    response = web.StreamResponse(
        headers={
            "Content-Type": work.media_type,
            "Content-Disposition": f'attachment; filename="{work.file_name}"',
            "Content-Length": str(work.size),
            "Content-Security-Policy": POLICY,
        }
    )
    await response.prepare(visit.request)
    await response.write(first)
    async for part in parts:
        await response.write(part)
    await response.write_eof()
    return response


def _page(visit: Visit, work: LongWork | None) -> WorkPage:
    if work is None:
        nothing = {
            "state": "",
            "state_key": "work_nothing",
            "kind_key": "",
            "done": "",
            "total": "",
            "file_name": "",
            "kilobytes": "",
        }
        return WorkPage(frame=visit.frame, share=0, rest=None, kept_until=None, **nothing)
    state = work.state_at(visit.now)
    is_gone = state is WorkState.DONE and not work.is_kept(visit.now)
    shown = "gone" if is_gone else state.value
    passed = (visit.now - work.begun_at).total_seconds()
    rest = None
    if work.done and work.total and passed >= TOLD_AFTER:
        rest = max(1, round(passed * (work.total - work.done) / work.done))
    return WorkPage(
        frame=visit.frame,
        state=shown,
        state_key=f"work_{shown}",
        kind_key=f"work_kind_{work.kind.value}",
        done=grouped(visit.language, work.done),
        total=grouped(visit.language, work.total) if work.total else "",
        share=min(100, 100 * work.done // work.total) if work.total else 0,
        rest=rest,
        file_name=work.file_name,
        kilobytes=grouped(visit.language, -(-work.size // 1000)),
        kept_until=work.ended_at + KEPT_FOR if work.ended_at and work.is_kept(visit.now) else None,
    )
