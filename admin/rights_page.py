"""The permission matrix: who may do what, and whose cases a role sees, made of the tables that guards and queries ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from admin.guard import Visit
from admin.pages import Frame
from admin.settings.choices import role_key
from bot.domain.case import Desk
from bot.domain.people import WARD_ROLES, Role
from bot.domain.rights import CASE_RIGHTS, DESKS, Right, may
from bot.web import render

RIGHTS_PAGE = "/staff/rights"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A right or a desk, and for each role in order whether it has it."""

    name: str  # stable, for whoever reads the page by machine
    wording_key: str
    is_given: Sequence[bool]


@dataclass(frozen=True, kw_only=True)
class RightsPage:
    """Everything `staff/rights.html` may use."""

    frame: Frame
    role_keys: Sequence[str]
    own_role_key: str
    scope_keys: Sequence[str]  # for each role: over which wards
    desks: Sequence[MatrixRow]
    about_cases: Sequence[MatrixRow]
    about_settings: Sequence[MatrixRow]


async def show_rights(visit: Visit) -> web.StreamResponse:
    rows = {right: MatrixRow(right.value, f"right_{right.value}", [may(role, right) for role in Role]) for right in Right}
    page = RightsPage(
        frame=visit.frame,
        role_keys=[role_key(role) for role in Role],
        own_role_key=role_key(visit.staff.role),
        scope_keys=[_scope_key(role) for role in Role],
        desks=[
            MatrixRow(desk.value, f"desk_desk_{desk.value}", [desk in DESKS.get(role, ()) for role in Role]) for desk in Desk
        ],
        about_cases=[row for right, row in rows.items() if right in CASE_RIGHTS],
        about_settings=[row for right, row in rows.items() if right not in CASE_RIGHTS],
    )
    return render(visit.request, "staff/rights.html", page)


def _scope_key(role: Role) -> str:
    if role not in DESKS:
        return "rights_scope_none"
    return "rights_scope_ward" if role in WARD_ROLES else "rights_scope_city"
