"""Deciding as the second person, looking at the proof that waits for it, and saying "not yet"."""

from aiohttp import web

from admin.actions import Posted, act_on_case
from admin.case.closing_form import read_day
from admin.case.evidence import Looked, look_at, reason_of
from admin.case.photos import serve_small_of
from admin.case_page import asked_code
from admin.files import serve_stored
from admin.guard import Visit
from admin.thread_lines import is_servable
from bot.domain.case import Case, CaseCode
from bot.ports import UnitOfWork
from bot.services.postpone_case import postpone_case
from bot.services.two_people import confirm_proposal, return_proposal
from bot.web import keys
from bot.web.forms import Form


async def post_proposal(visit: Visit) -> web.StreamResponse:
    """Confirm it or send it back. What has been found about its photos since it was proposed is looked at first."""
    return await act_on_case(visit, "proposal", _decide, done="decided", before=_look_again)


async def _look_again(visit: Visit, code: CaseCode, form: Form) -> Looked:
    """A photo that came in between may be the same as one that is proposed."""
    if form.text("verdict") != "confirm":
        return Looked()
    async with visit.request.app[keys.STORAGE].reading() as uow:
        case = await uow.cases.visible(visit.viewer, code)
        proposal = await uow.proposals.waiting(case.id) if case is not None else None
    if proposal is None or proposal.report is None or proposal.by == visit.staff.id:
        return Looked()  # whoever confirms it all the same is told why not
    return await look_at(visit, code, proposal.report.files, reason_of(form), again=True)


async def post_postpone(visit: Visit) -> web.StreamResponse:
    return await act_on_case(visit, "postpone", _postpone, done="postponed")


async def serve_proposed(visit: Visit) -> web.StreamResponse:
    """A file of the proposal that waits, for whoever may see the case."""
    number = visit.request.match_info["id"]
    async with visit.request.app[keys.STORAGE].reading() as uow:
        case = await uow.cases.visible(visit.viewer, asked_code(visit.request))
        proposal = await uow.proposals.waiting(case.id) if case is not None else None
    files = proposal.report.files if proposal and proposal.report else ()
    if not (number.isascii() and number.isdigit() and len(number) <= 3 and int(number) < len(files)):
        raise web.HTTPNotFound
    file = files[int(number)]
    if not is_servable(file):
        raise web.HTTPNotFound
    if visit.request.query.get("small"):
        return await serve_small_of(visit, file.shown_key)
    return await serve_stored(visit, file, number)


async def _decide(uow: UnitOfWork, posted: Posted) -> Case:
    visit, form = posted.visit, posted.form
    if form.text("verdict") != "confirm":
        return await return_proposal(
            uow,
            staff=visit.staff,
            code=posted.code,
            version=posted.version,
            proposal_id=form.number("proposal"),
            answer=posted.text,
            now=visit.now,
        )
    case = await confirm_proposal(
        uow,
        staff=visit.staff,
        code=posted.code,
        version=posted.version,
        proposal_id=form.number("proposal"),
        now=visit.now,
        wards=visit.request.app[keys.WARDS],
        zone=visit.request.app[keys.SETTINGS].zone,
    )
    await posted.looked.keep(visit, uow, case, form)
    return case


async def _postpone(uow: UnitOfWork, posted: Posted) -> None:
    visit = posted.visit
    await postpone_case(
        uow,
        staff=visit.staff,
        code=posted.code,
        version=posted.version,
        day=read_day(posted.form.text("new_day")),
        reason=posted.text,
        now=visit.now,
        wards=visit.request.app[keys.WARDS],
        zone=visit.request.app[keys.SETTINGS].zone,
    )
