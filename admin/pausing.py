"""A page of its own for pausing the resident of a case: reason and length, or the end of a pause. Works without script."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from admin.actions import BadChoice, key_of
from admin.case_page import asked_code
from admin.guard import Visit
from admin.pages import Frame
from admin.troubles import field_of
from bot.domain.case import CaseCode
from bot.domain.privacy import PAUSES, PauseReason
from bot.domain.rights import Right
from bot.errors import BotError, CaseNotFound, StaleVersion
from bot.services.pause_resident import pause_resident, resume_resident
from bot.web import keys, render
from bot.web.forms import Form, read_form


@dataclass(frozen=True, kw_only=True)
class PausePage:
    """Everything `staff/pause.html` may use."""

    frame: Frame
    code: CaseCode
    version: int
    paused_until: datetime | None
    reasons: Mapping[str, str]  # value to its wording key
    lengths: Mapping[str, str]  # value to its wording key
    chosen: Mapping[str, str]  # what was chosen in the form that was not taken
    trouble: str
    trouble_at: str  # the field that it is about, empty for none
    is_done: bool


async def show_pause(visit: Visit) -> web.StreamResponse:
    """The form, for who may pause somebody; for others there is no such page."""
    return await _page(visit, asked_code(visit.request), is_done=visit.request.query.get("done") == "paused")


async def post_pause(visit: Visit) -> web.StreamResponse:
    """Pause, or end a pause; back to the page."""
    code = asked_code(visit.request)
    async with read_form(visit.request, token=visit.session.form_token) as form:
        try:
            await _do(visit, code, form)
        except CaseNotFound:
            raise web.HTTPNotFound from None
        except BotError as refused:
            status = 409 if isinstance(refused, StaleVersion) else 400
            return await _page(visit, code, trouble_key=key_of(refused), chosen=_chosen(form), status=status)
    raise web.HTTPSeeOther(f"/staff/cases/{code}/pause?done=paused")


async def _do(visit: Visit, code: CaseCode, form: Form) -> None:
    version = form.number("version")
    async with visit.request.app[keys.STORAGE].begin() as uow:
        if form.text("end"):
            await resume_resident(uow, staff=visit.staff, code=code, version=version, now=visit.now)
        else:
            length = PAUSES.get(form.text("length"))
            if length is None:
                raise BadChoice("settings_choice_unknown")
            if form.text("reason") not in set(PauseReason):
                raise BadChoice("person_desk_pause_missing")
            reason = PauseReason(form.text("reason"))
            await pause_resident(
                uow, staff=visit.staff, code=code, version=version, length=length, reason=reason, now=visit.now
            )
        await uow.commit()


def _chosen(form: Form) -> Mapping[str, str]:
    return {"reason": form.text("reason"), "length": form.text("length")}


async def _page(
    visit: Visit,
    code: CaseCode,
    *,
    trouble_key: str = "",
    chosen: Mapping[str, str] | None = None,
    status: int = 200,
    is_done: bool = False,
) -> web.Response:
    async with visit.request.app[keys.STORAGE].reading() as uow:
        case = await uow.cases.visible(visit.viewer.wanting(Right.PAUSE_RESIDENT), code)
        if case is None:
            raise web.HTTPNotFound
        until = (await uow.conversations.get(case.address)).paused_until
    page = PausePage(
        frame=visit.frame,
        code=code,
        version=case.version,
        paused_until=until if until is not None and until > visit.now else None,
        reasons={reason.value: f"person_desk_pause_why_{reason.value}" for reason in PauseReason},
        lengths={length: f"person_desk_pause_{length}" for length in PAUSES},
        chosen=chosen or {"reason": "", "length": ""},
        trouble=visit.say(trouble_key) if trouble_key else "",
        trouble_at=field_of(trouble_key, "pause"),
        is_done=is_done,
    )
    return render(visit.request, "staff/pause.html", page, status=status)
