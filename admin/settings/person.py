"""One account: its role, ward and unit, a new one-time password, closing and opening it."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.pages import Frame
from admin.settings.choices import every_ward, role_key, role_options, unit_key, unit_options, ward_label
from admin.settings.fields import Field, Typed, ask
from admin.settings.forms import attempt, change, is_saved, number_in_path
from admin.settings.people import PEOPLE, chosen_role, chosen_unit, in_sight, show_given
from bot.domain.people import StaffId, StaffMember
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork
from bot.services.second_factor import reset_second_factor
from bot.services.setting import GoneMeanwhile, NotAllowed
from bot.services.sign_in import sign_out_everywhere
from bot.services.staff_accounts import disable_staff, reset_password
from bot.services.staff_place import managed, may_manage, may_name_restricted, place_staff, roles_to_give
from bot.web import keys, render
from bot.web.forms import Form, read_form

PLACE, RESET, CLOSE, FACTOR, SESSIONS = "place-form", "reset-form", "disable-form", "factor-form", "sessions-form"
FORMS = (PLACE, CLOSE, RESET, FACTOR, SESSIONS)


@dataclass(frozen=True, kw_only=True)
class PersonPage:
    """Everything `staff/settings/person.html` may use."""

    frame: Frame
    username: str
    full_name: str
    role_key: str
    ward_name: str
    unit_key: str
    is_disabled: bool
    action: str
    fields: Sequence[Field]
    has_code: bool  # a second factor
    may_manage: bool  # reset and close; a leader only names who reads the restricted desk
    trouble_key: str
    is_saved: bool


async def show_person(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_place(visit: Visit) -> web.StreamResponse:
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, form: Form) -> None:
        code = form.text("ward")
        await place_staff(
            uow,
            staff=visit.staff,
            viewer=visit.viewer,
            staff_id=number,
            role=chosen_role(form),
            ward_code=WardCode(code) if code else None,
            unit=chosen_unit(form),
            wards=visit.request.app[keys.WARDS],
            now=visit.now,
        )

    return await change(visit, PLACE, act, _show, then=f"{PEOPLE}/{number}")


async def post_disable(visit: Visit) -> web.StreamResponse:
    """Close the account, or open it again; its sessions end at once."""
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, form: Form) -> None:
        member = await managed(uow, visit.viewer, number)
        is_closing = form.text("state") != "open"
        await disable_staff(uow, username=member.username, now=visit.now, disabled=is_closing, by=visit.staff)

    return await change(visit, CLOSE, act, _show, then=f"{PEOPLE}/{number}")


async def post_reset(visit: Visit) -> web.StreamResponse:
    """A new one-time password, shown once."""
    number, given = number_in_path(visit, "id"), [("", "")]

    async def act(uow: UnitOfWork, _form: Form) -> None:
        member = await managed(uow, visit.viewer, number)
        given[0] = member.username, await reset_password(uow, username=member.username, now=visit.now, by=visit.staff)

    async with read_form(visit.request, token=visit.session.form_token) as form:
        typed = await attempt(visit, RESET, act, form)
    if isinstance(typed, web.Response):
        return typed
    if typed is not None:
        return await _show(visit, typed)
    return show_given(visit, *given[0], back=f"{PEOPLE}/{number}")


async def post_second_factor(visit: Visit) -> web.StreamResponse:
    """Take away the second factor of somebody whose phone is gone."""
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, _form: Form) -> None:
        member = await managed(uow, visit.viewer, number)
        await reset_second_factor(uow, member=member, now=visit.now, by=visit.staff)

    return await change(visit, FACTOR, act, _show, then=f"{PEOPLE}/{number}")


async def post_end_sessions(visit: Visit) -> web.StreamResponse:
    """Sign them out everywhere: a phone or a laptop is lost. A ward's leader may do that for the ward's own officers."""
    number = number_in_path(visit, "id")

    async def act(uow: UnitOfWork, _form: Form) -> None:
        member = await uow.staff.get(StaffId(number))
        if member is None:
            raise GoneMeanwhile(staff=number)
        if not may_manage(visit.viewer, member) and not may_name_restricted(visit.viewer, member):
            raise NotAllowed(staff=member.id)
        await sign_out_everywhere(uow, staff=member, now=visit.now, by=visit.staff, is_own=False)

    return await change(visit, SESSIONS, act, _show, then=f"{PEOPLE}/{number}")


async def _show(visit: Visit, typed: Typed) -> web.Response:
    number = number_in_path(visit, "id")
    async with visit.request.app[keys.STORAGE].reading() as uow:
        member = await uow.staff.get(StaffId(number))
    viewer = visit.viewer
    if member is None or not in_sight(viewer, member):
        raise web.HTTPNotFound
    manages = may_manage(viewer, member)
    if not manages and not may_name_restricted(viewer, member):
        raise web.HTTPForbidden
    page = PersonPage(
        frame=visit.frame,
        username=member.username,
        full_name=member.full_name,
        role_key=role_key(member.role),
        ward_name=ward_label(visit, member),
        unit_key=unit_key(member.unit) if member.unit else "",
        is_disabled=member.is_disabled,
        action=f"{PEOPLE}/{member.id}",
        fields=_fields(visit, member, typed, manages=manages),
        has_code=member.has_code,
        may_manage=manages,
        trouble_key=next((found for form in FORMS if (found := typed.about(form))), ""),
        is_saved=is_saved(visit),
    )
    return render(visit.request, "staff/settings/person.html", page)


def _fields(visit: Visit, member: StaffMember, typed: Typed, *, manages: bool) -> list[Field]:
    roles = role_options(visit, roles_to_give(visit.viewer, member))
    fields = [ask(typed, PLACE, "role", "settings_role", kept=member.role.value, kind="select", options=roles)]
    if not manages:
        return fields
    wards = every_ward(visit)
    units, hint = unit_options(visit), "settings_unit_hint"
    return [
        *fields,
        ask(typed, PLACE, "ward", "settings_ward", kept=member.ward_code or "", kind="select", options=wards),
        ask(typed, PLACE, "unit", "settings_unit", kept=member.unit.value, kind="select", options=units, hint_key=hint),
    ]
