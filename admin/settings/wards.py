"""How a ward is reached, and who reads which of its desks."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.labels import sorting_key
from admin.pages import Frame
from admin.settings.fields import Field, Typed, ask
from admin.settings.forms import change, is_saved
from bot.domain.case import Desk
from bot.domain.office import Office
from bot.domain.people import StaffMember
from bot.domain.rights import DESKS
from bot.domain.ward import Ward
from bot.errors import UnknownWard
from bot.ports import UnitOfWork
from bot.services.setting import may_set_ward
from bot.services.staff_change import ward_name
from bot.services.ward_office import LONGEST, change_office
from bot.web import keys, render
from bot.web.forms import Form

WARDS = "/staff/settings/wards"
FORM = "ward-form"


@dataclass(frozen=True, slots=True)
class WardLink:
    """A ward of the list."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class DeskReaders:
    """A desk and the names of who reads it."""

    desk_key: str
    names: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class WardsPage:
    """Everything `staff/settings/wards.html` may use."""

    frame: Frame
    wards: Sequence[WardLink]


@dataclass(frozen=True, kw_only=True)
class WardPage:
    """Everything `staff/settings/ward.html` may use."""

    frame: Frame
    ward_name: str
    action: str
    fields: Sequence[Field]
    desks: Sequence[DeskReaders]
    trouble_key: str
    is_saved: bool


async def show_wards(visit: Visit) -> web.StreamResponse:
    """Every ward they may set; who has only one is led to it."""
    theirs = [ward for ward in visit.request.app[keys.WARDS] if may_set_ward(visit.viewer, ward.code)]
    if not theirs:
        raise web.HTTPForbidden
    if len(theirs) == 1:
        raise web.HTTPSeeOther(f"{WARDS}/{theirs[0].code}")
    found = [WardLink(ward.code, ward_name(visit.language, ward)) for ward in theirs]
    page = WardsPage(frame=visit.frame, wards=sorted(found, key=lambda link: sorting_key(link.name)))
    return render(visit.request, "staff/settings/wards.html", page)


async def show_ward(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_ward(visit: Visit) -> web.StreamResponse:
    ward = _asked_ward(visit)

    async def act(uow: UnitOfWork, form: Form) -> None:
        office = Office(
            ward_code=ward.code,
            phone=form.text("phone"),
            hours=form.text("hours"),
            hours_en=form.text("hours_en"),
            address=form.text("address"),
        )
        wards = visit.request.app[keys.WARDS]
        await change_office(uow, staff=visit.staff, viewer=visit.viewer, office=office, wards=wards, now=visit.now)

    return await change(visit, FORM, act, _show, then=f"{WARDS}/{ward.code}")


async def _show(visit: Visit, typed: Typed) -> web.Response:
    ward = _asked_ward(visit)
    async with visit.request.app[keys.STORAGE].reading() as uow:
        office, staff = await uow.ward_settings.get(ward.code), await uow.staff.of_ward(ward.code)
    fields = [
        ask(typed, FORM, "phone", "settings_phone", kept=office.phone, kind="tel", hint_key="settings_phone_hint"),
        ask(typed, FORM, "hours", "settings_hours", kept=office.hours, hint_key="settings_hours_hint", longest=LONGEST),
        ask(typed, FORM, "hours_en", "settings_hours_en", kept=office.hours_en, longest=LONGEST),
        ask(typed, FORM, "address", "settings_address", kept=office.address, longest=LONGEST),
    ]
    page = WardPage(
        frame=visit.frame,
        ward_name=ward_name(visit.language, ward),
        action=f"{WARDS}/{ward.code}",
        fields=fields,
        desks=[DeskReaders(f"desk_desk_{desk.value}", _readers(staff, desk)) for desk in (Desk.GENERAL, Desk.RESTRICTED)],
        trouble_key=typed.about(FORM),
        is_saved=is_saved(visit),
    )
    return render(visit.request, "staff/settings/ward.html", page)


def _readers(staff: Sequence[StaffMember], desk: Desk) -> list[str]:
    names = [one.full_name for one in staff if not one.is_disabled and desk in DESKS.get(one.role, ())]
    return sorted(names, key=sorting_key)


def _asked_ward(visit: Visit) -> Ward:
    """The ward of the address, if it is theirs to set: another's is as good as none."""
    try:
        ward = visit.request.app[keys.WARDS][visit.request.match_info["ward"]]
    except UnknownWard:
        raise web.HTTPNotFound from None
    if not may_set_ward(visit.viewer, ward.code):
        raise web.HTTPForbidden
    return ward
