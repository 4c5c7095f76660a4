"""A page of its own for what somebody without a chat wishes for their data. Works without script; nothing goes unasked."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from admin.actions import BadChoice, key_of
from admin.case_page import asked_code
from admin.guard import Visit
from admin.pages import Frame
from admin.troubles import field_of
from bot.domain.capabilities import CAPABILITIES
from bot.domain.case import Case, CaseCode, CaseStatus
from bot.domain.rights import Right
from bot.errors import BotError, CaseNotFound, StaleVersion
from bot.services.erase import is_kept_by_law, may_be_closed_by_resident
from bot.services.wish_for_someone import OwnChat, forget_for_someone, has_contact, withdraw_for_someone
from bot.web import keys, render
from bot.web.forms import Form, read_form

_WISHES = ("contact", "forget")  # names of the forms
_DONE = ("contact", "forgotten", "waiting")


@dataclass(frozen=True, kw_only=True)
class WishPage:
    """Everything `staff/case_wish.html` may use."""

    frame: Frame
    code: CaseCode
    version: int
    is_at_counter: bool  # else they have a chat, and do it there
    has_contact: bool
    is_erased: bool
    is_open: bool
    may_end: bool  # whether an open case may be closed because its resident wants no answer
    is_kept_by_law: bool
    done_key: str  # the wording of what was just done, empty for nothing
    form: str  # the one that was not taken: "contact", "forget"
    typed: Mapping[str, str]
    trouble: str
    trouble_at: str  # the field that it is about, empty for none


async def show_wish(visit: Visit) -> web.StreamResponse:
    """What can be done, for who may record it; for others there is no such page."""
    done = visit.request.query.get("done", "")
    return await _page(visit, asked_code(visit.request), done=done if done in _DONE else "")


async def post_wish(visit: Visit) -> web.StreamResponse:
    """Do it, and back to the page."""
    code = asked_code(visit.request)
    async with read_form(visit.request, token=visit.session.form_token) as form:
        try:
            done = await _do(visit, code, form)
        except CaseNotFound:
            raise web.HTTPNotFound from None
        except BotError as refused:
            status = 409 if isinstance(refused, StaleVersion) else 400
            return await _page(visit, code, trouble_key=key_of(refused), form=form, status=status)
    raise web.HTTPSeeOther(f"/staff/cases/{code}/wish?done={done}")


async def _do(visit: Visit, code: CaseCode, form: Form) -> str:
    wish, version = form.text("wish"), form.number("version")
    async with visit.request.app[keys.STORAGE].begin() as uow:
        # Before the fields: who may not know of the case is told of none of them.
        case = await uow.cases.visible(visit.viewer.wanting(Right.RECORD_WISH), code)
        if case is None:
            raise CaseNotFound(code=code)
        if CAPABILITIES[case.address.channel].reaches_resident:
            raise OwnChat(code=code)
        if wish not in _WISHES:
            raise BadChoice("settings_choice_unknown")
        if form.text("checked") != "yes":
            raise BadChoice("wish_check_missing")
        if wish == "contact":
            await withdraw_for_someone(uow, staff=visit.staff, code=code, version=version, now=visit.now)
            done = "contact"
        else:
            ends = form.text("open") == "end"
            forgotten = await forget_for_someone(
                uow, staff=visit.staff, code=code, version=version, closes_open=ends, now=visit.now
            )
            done = "waiting" if forgotten.waiting else "forgotten"
        await uow.commit()
    return done


async def _page(
    visit: Visit,
    code: CaseCode,
    *,
    done: str = "",
    trouble_key: str = "",
    form: Form | None = None,
    status: int = 200,
) -> web.Response:
    async with visit.request.app[keys.STORAGE].reading() as uow:
        case = await uow.cases.visible(visit.viewer.wanting(Right.RECORD_WISH), code)
        if case is None:
            raise web.HTTPNotFound
        is_reachable = await has_contact(uow, case)
    wish = form.text("wish") if form else ""
    page = WishPage(
        frame=visit.frame,
        code=code,
        version=case.version,
        is_at_counter=not CAPABILITIES[case.address.channel].reaches_resident,
        has_contact=is_reachable,
        is_erased=case.erased_at is not None,
        is_open=case.status is CaseStatus.OPEN,
        may_end=may_be_closed_by_resident(case),
        is_kept_by_law=is_kept_by_law(case),
        done_key=f"wish_done_{done}" if done else "",
        form=wish if wish in _WISHES else "",
        typed=_typed(case, form),
        trouble=visit.say(trouble_key) if trouble_key else "",
        trouble_at=field_of(trouble_key),
    )
    return render(visit.request, "staff/case_wish.html", page, status=status)


def _typed(case: Case, form: Form | None) -> Mapping[str, str]:
    ends = form is not None and form.text("open") == "end" and may_be_closed_by_resident(case)
    return {"open": "end" if ends else "answer", "checked": form.text("checked") if form else ""}
