"""Days that are worked, or not, where the yearly rule does not know it."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.pages import Frame
from admin.settings.fields import Field, Option, Typed, ask
from admin.settings.forms import change, is_saved
from bot.ports import UnitOfWork
from bot.services.setting import BadFields, may_set_city
from bot.services.working_days import LONGEST_NOTE, forget_day, set_day
from bot.web import keys, render
from bot.web.forms import Form

HOLIDAYS = "/staff/settings/holidays"
FORM, FORGET = "holiday-form", "holiday-forget-form"


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day that was decided otherwise. `day` is for people, `value` for the form."""

    day: str
    value: str
    is_worked: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class HolidaysPage:
    """Everything `staff/settings/holidays.html` may use."""

    frame: Frame
    days: Sequence[DayLine]
    fields: Sequence[Field]
    trouble_key: str
    is_saved: bool


async def show_holidays(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_holiday(visit: Visit) -> web.StreamResponse:
    async def act(uow: UnitOfWork, form: Form) -> None:
        if form.text("is_worked") not in ("yes", "no"):
            raise BadFields(is_worked="settings_choice_unknown")
        await set_day(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            day=form.text("day"),
            is_worked=form.text("is_worked") == "yes",
            note=form.text("note"),
            now=visit.now,
        )

    return await change(visit, FORM, act, _show, then=HOLIDAYS)


async def post_forgotten(visit: Visit) -> web.StreamResponse:
    async def act(uow: UnitOfWork, form: Form) -> None:
        await forget_day(uow, staff=visit.staff, viewer=visit.viewer, day=form.text("day"), now=visit.now)

    return await change(visit, FORGET, act, _show, then=HOLIDAYS)


async def _show(visit: Visit, typed: Typed) -> web.Response:
    if not may_set_city(visit.viewer):
        raise web.HTTPForbidden
    async with visit.request.app[keys.STORAGE].reading() as uow:
        days = await uow.calendar.days()
    choices = [
        Option(value="no", label=visit.say("settings_day_off")),
        Option(value="yes", label=visit.say("settings_day_worked")),
    ]
    page = HolidaysPage(
        frame=visit.frame,
        days=[DayLine(one.day.strftime("%d/%m/%Y"), one.day.isoformat(), one.is_worked, one.note) for one in days],
        fields=[
            ask(typed, FORM, "day", "settings_day", kind="date", is_needed=True),
            ask(typed, FORM, "is_worked", "settings_day_is", kind="select", options=choices),
            ask(typed, FORM, "note", "settings_day_note", longest=LONGEST_NOTE),
        ],
        trouble_key=typed.about(FORM) or typed.about(FORGET),
        is_saved=is_saved(visit),
    )
    return render(visit.request, "staff/settings/holidays.html", page)
