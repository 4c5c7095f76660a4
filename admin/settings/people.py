"""The accounts of the desk: the list, and making one. A one-time password is shown on the page that answers, never again."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.labels import sorting_key
from admin.pages import Frame
from admin.settings.choices import every_ward, role_key, role_options, unit_key, unit_options, ward_label
from admin.settings.fields import Field, Typed, ask
from admin.settings.forms import attempt, is_saved
from admin.settings.front import may_see_people
from bot.domain.people import WARD_ROLES, Role, StaffMember, Unit
from bot.domain.rights import Right
from bot.domain.ward import WardCode
from bot.ports import UnitOfWork, Viewer
from bot.services.setting import BadFields, NotAllowed
from bot.services.staff_accounts import LONGEST_NAME, add_staff
from bot.services.staff_place import may_manage, may_name_restricted, roles_to_give
from bot.web import keys, render
from bot.web.forms import Form, read_form

PEOPLE = "/staff/settings/people"
FORM = "person-form"


@dataclass(frozen=True, slots=True)
class PersonLine:
    """An account of the list. `path` is empty where nothing about it can be changed."""

    username: str
    full_name: str
    role_key: str
    ward_name: str
    unit_key: str  # empty for none
    is_disabled: bool
    path: str


@dataclass(frozen=True, kw_only=True)
class PeoplePage:
    """Everything `staff/settings/people.html` may use."""

    frame: Frame
    people: Sequence[PersonLine]
    fields: Sequence[Field]  # of the form that makes an account; empty for whoever may not
    trouble_key: str
    is_saved: bool


@dataclass(frozen=True, kw_only=True)
class GivenPage:
    """Everything `staff/settings/given.html` may use: the one time a password is shown."""

    frame: Frame
    username: str
    password: str
    to: str


async def show_people(visit: Visit) -> web.StreamResponse:
    return await _show(visit, Typed())


async def post_person(visit: Visit) -> web.StreamResponse:
    """Make an account."""
    given: list[tuple[str, str]] = []

    async def act(uow: UnitOfWork, form: Form) -> None:
        role = chosen_role(form)
        if role not in roles_to_give(visit.viewer):
            raise NotAllowed(role=role.value)
        code = form.text("ward")
        if role in WARD_ROLES and not code:
            raise BadFields(ward="settings_ward_needed")
        member, password = await add_staff(
            uow,
            username=form.text("username"),
            full_name=form.text("full_name"),
            role=role,
            ward_code=WardCode(code) if role in WARD_ROLES else None,
            unit=chosen_unit(form),
            now=visit.now,
            wards=visit.request.app[keys.WARDS],
            by=visit.staff,
        )
        given.append((member.username, password))

    async with read_form(visit.request, token=visit.session.form_token) as form:
        if not visit.viewer.may(Right.ACCOUNTS):
            raise web.HTTPForbidden
        typed = await attempt(visit, FORM, act, form)
    if isinstance(typed, web.Response):
        return typed
    if typed is not None:
        response = await _show(visit, typed)
        response.set_status(400)
        return response
    return show_given(visit, *given[0], back=PEOPLE)


def show_given(visit: Visit, username: str, password: str, *, back: str) -> web.Response:
    """The page with the password; no browser keeps it (`no-store`)."""
    page = GivenPage(frame=visit.frame, username=username, password=password, to=back)
    return render(visit.request, "staff/settings/given.html", page)


def chosen_role(form: Form) -> Role:
    """Raises BadFields."""
    try:
        return Role(form.text("role"))
    except ValueError:
        raise BadFields(role="settings_role_needed") from None


def chosen_unit(form: Form) -> Unit:
    """Raises BadFields."""
    try:
        return Unit(form.text("unit"))
    except ValueError:
        raise BadFields(unit="settings_choice_unknown") from None


def in_sight(viewer: Viewer, member: StaffMember) -> bool:
    """Whom the list shows: a leader their own ward, who keeps accounts everybody."""
    return viewer.may(Right.ACCOUNTS) or any(one.ward_code == member.ward_code for one in viewer.standings())


async def _show(visit: Visit, typed: Typed) -> web.Response:
    if not may_see_people(visit.viewer):
        raise web.HTTPForbidden
    async with visit.request.app[keys.STORAGE].reading() as uow:
        staff = [one for one in await uow.staff.everyone() if in_sight(visit.viewer, one)]
    page = PeoplePage(
        frame=visit.frame,
        people=[_line(visit, one) for one in sorted(staff, key=lambda one: sorting_key(one.full_name))],
        fields=_fields(visit, typed) if visit.viewer.may(Right.ACCOUNTS) else (),
        trouble_key=typed.about(FORM),
        is_saved=is_saved(visit),
    )
    return render(visit.request, "staff/settings/people.html", page)


def _line(visit: Visit, member: StaffMember) -> PersonLine:
    can_change = may_manage(visit.viewer, member) or may_name_restricted(visit.viewer, member)
    return PersonLine(
        username=member.username,
        full_name=member.full_name,
        role_key=role_key(member.role),
        ward_name=ward_label(visit, member),
        unit_key=unit_key(member.unit) if member.unit else "",
        is_disabled=member.is_disabled,
        path=f"{PEOPLE}/{member.id}" if can_change else "",
    )


def _fields(visit: Visit, typed: Typed) -> list[Field]:
    roles = role_options(visit, roles_to_give(visit.viewer))
    wards = every_ward(visit)
    name, rule = "settings_full_name", "settings_username_rule"
    return [
        ask(typed, FORM, "full_name", name, longest=LONGEST_NAME, is_needed=True),
        ask(typed, FORM, "username", "desk_username", hint_key=rule, longest=40, is_needed=True),
        ask(typed, FORM, "role", "settings_role", kind="select", options=roles),
        ask(typed, FORM, "ward", "settings_ward", kind="select", options=wards, hint_key="settings_ward_hint"),
        ask(typed, FORM, "unit", "settings_unit", kind="select", options=unit_options(visit), hint_key="settings_unit_hint"),
    ]
