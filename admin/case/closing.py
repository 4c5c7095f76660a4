"""Closing a case from its page: the gate's answer beside its fields, with everything that was typed and chosen kept."""

from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web

from admin.actions import CHANGED, BadChoice, key_of, lead_on
from admin.case.closing_form import lacks_of, read_report, typed_closing
from admin.case.evidence import LookFirst, look_at, reason_of
from admin.case.handing import WardNamed, offer_move
from admin.case_page import asked_code, show_again
from admin.counter.photos import Kept, carried, files_of
from admin.guard import Visit, not_sent
from admin.troubles import field_of
from admin.uploads import FORM_LIMITS, NotKept
from bot.domain.case import Case, CaseCode
from bot.domain.staffing import DraftForm
from bot.errors import BotError, CaseNotFound, StorageBusy
from bot.services.closing_gate import ClosingIncomplete
from bot.services.staff_change import ward_name
from bot.services.two_people import close_or_propose
from bot.web import keys
from bot.web.forms import Form, read_form


async def post_close(visit: Visit) -> web.StreamResponse:
    """Close it, or propose it where that takes two, and lead on; or the page again, with what is missing at each field."""
    code = asked_code(visit.request)
    async with read_form(visit.request, token=visit.session.form_token, limits=FORM_LIMITS) as form:
        files: Sequence[Kept] = ()
        try:
            await _must_see(visit, code, form)
            files = carried(visit, form)
            files = await files_of(visit, form)
            case, is_closed = await _close(visit, code, form, files)
        except CaseNotFound:
            raise web.HTTPNotFound from None
        except StorageBusy:
            return not_sent(visit.request, form, "desk_not_sent_busy", status=503)
        except (BotError, NotKept) as refused:
            return await refuse_closing(visit, code, form, files, refused)
    raise lead_on(code, case, "closed" if is_closed else "proposed")


async def _must_see(visit: Visit, code: CaseCode, form: Form) -> None:
    """Nothing is stored for somebody who may not see the case."""
    if form.uploads:
        async with visit.request.app[keys.STORAGE].reading() as uow:
            if await uow.cases.visible(visit.viewer, code) is None:
                raise CaseNotFound(code=code)


async def _close(visit: Visit, code: CaseCode, form: Form, files: Sequence[Kept]) -> tuple[Case, bool]:
    report = read_report(form, files)
    looked = await look_at(visit, code, report.files, reason_of(form))
    wards = visit.request.app[keys.WARDS]
    async with visit.request.app[keys.STORAGE].begin() as uow:
        case, is_closed = await close_or_propose(
            uow,
            staff=visit.staff,
            code=code,
            version=form.number("version"),
            report=report,
            override=form.text("override"),
            now=visit.now,
            wards=wards,
            zone=visit.request.app[keys.SETTINGS].zone,
        )
        offer_move(case, report, wards, is_meant=form.text("close_anyway") == "yes")
        await looked.keep(visit, uow, case, form)
        await uow.drafts.drop(visit.staff.id, case.id, DraftForm.CLOSE)
        await uow.commit()
    return case, is_closed


async def refuse_closing(
    visit: Visit, code: CaseCode, form: Form, files: Sequence[Kept], refused: BotError | NotKept
) -> web.StreamResponse:
    """The page with what is wrong, all of it at once, and everything that was typed and chosen."""
    if isinstance(refused, NotKept):
        said = visit.say(refused.key, name=refused.name[:80], most=FORM_LIMITS.files)
        typed = typed_closing(visit, form, files, {"files": said})
        return await show_again(visit, code, typed, trouble=said, at="files", status=400)
    if isinstance(refused, ClosingIncomplete):
        lacks = lacks_of(visit, form, refused.parts)
        typed, trouble = typed_closing(visit, form, files, lacks), visit.say(refused.wording_key)
        return await show_again(visit, code, typed, trouble=trouble, at=next(iter(lacks)), status=400)
    if isinstance(refused, LookFirst):
        typed, trouble = replace(typed_closing(visit, form, files), look=refused.look), visit.say(refused.wording_key)
        return await show_again(visit, code, typed, trouble=trouble, at=refused.at, status=400)
    if isinstance(refused, WardNamed):
        said = visit.say(refused.wording_key, ward=ward_name(visit.language, refused.ward))
        typed = replace(typed_closing(visit, form, files, {"handed_to": said}), ward=refused.ward.code)
        return await show_again(visit, code, typed, trouble=said, at="handed_to", status=400)
    key = key_of(refused)
    trouble, at = visit.say(key), field_of(key, "close")
    if isinstance(refused, CHANGED):
        typed = typed_closing(visit, form, files)
        return await show_again(visit, code, typed, trouble=trouble, status=409, stale_since=form.text("seen"))
    lacks = {} if (isinstance(refused, BadChoice) and at == "outcome") or not at else {at: trouble}
    return await show_again(visit, code, typed_closing(visit, form, files, lacks), trouble=trouble, at=at, status=400)
