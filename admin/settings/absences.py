"""Who is away and who stands in for them: one's own absence, and, for a leader, the ward's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from admin.guard import Visit
from admin.pages import Frame
from admin.settings.choices import people_options
from admin.settings.fields import Field, Typed, ask
from admin.settings.forms import change, is_saved, number_in_path
from bot.domain.people import StaffMember
from bot.domain.staffing import may_deputise
from bot.ports import UnitOfWork
from bot.services.absence import end_absence, make_absence, may_set_absence
from bot.web import keys, render
from bot.web.forms import Form

ABSENCES = "/staff/settings/absences"
FORM, END = "absence-form", "absence-end-form"


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """An absence that is not over."""

    id: int
    name: str
    deputy: str
    from_at: datetime
    until_at: datetime
    may_end: bool


@dataclass(frozen=True, kw_only=True)
class AbsencesPage:
    """Everything `staff/settings/absences.html` may use."""

    frame: Frame
    absences: Sequence[AbsenceLine]
    fields: Sequence[Field]  # empty for whom nobody can stand in
    trouble_key: str
    is_saved: bool


async def show_absences(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_absence(visit: Visit) -> web.StreamResponse:
    async def act(uow: UnitOfWork, form: Form) -> None:
        await make_absence(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            absent=form.text("absent"),
            deputy=form.text("deputy"),
            first=form.text("first"),
            last=form.text("last"),
            zone=visit.request.app[keys.SETTINGS].zone,
            now=visit.now,
        )

    return await change(visit, FORM, act, _show, then=ABSENCES)


async def post_end(visit: Visit) -> web.StreamResponse:
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, _form: Form) -> None:
        await end_absence(uow, staff=visit.staff, viewer=visit.viewer, absence_id=number, now=visit.now)

    return await change(visit, END, act, _show, then=ABSENCES)


async def _show(visit: Visit, typed: Typed) -> web.Response:
    async with visit.request.app[keys.STORAGE].reading() as uow:
        staff, found = await uow.staff.everyone(), await uow.absences.not_over(visit.now)
    by_id = {one.id: one for one in staff}
    lines = [
        AbsenceLine(
            absence.id,
            by_id[absence.staff_id].full_name,
            by_id[absence.deputy_id].full_name,
            absence.from_at,
            absence.until_at,
            may_set_absence(visit.viewer, by_id[absence.staff_id]),
        )
        for absence in found
        if may_set_absence(visit.viewer, by_id[absence.staff_id]) or absence.deputy_id == visit.staff.id
    ]
    page = AbsencesPage(
        frame=visit.frame,
        absences=lines,
        fields=_fields(visit, staff, typed),
        trouble_key=typed.about(FORM) or typed.about(END),
        is_saved=is_saved(visit),
    )
    return render(visit.request, "staff/settings/absences.html", page)


def _fields(visit: Visit, staff: Sequence[StaffMember], typed: Typed) -> list[Field]:
    theirs = [one for one in staff if may_set_absence(visit.viewer, one) and not one.is_disabled]
    deputies = [one for one in staff if any(may_deputise(absent, one) for absent in theirs)]
    if not deputies:
        return []
    absent, deputy = people_options(theirs), people_options(deputies)
    kept = visit.staff.username
    return [
        ask(typed, FORM, "absent", "settings_absent", kept=kept, kind="select", options=absent, is_needed=True),
        ask(typed, FORM, "deputy", "settings_deputy", kind="select", options=deputy, is_needed=True),
        ask(typed, FORM, "first", "settings_first_day", kind="date", is_needed=True),
        ask(typed, FORM, "last", "settings_last_day", kind="date", hint_key="settings_last_day_hint", is_needed=True),
    ]
