"""Which cases a staff member may see: one condition, used by every read that is asked for somebody's eyes.

Denies by default: a role that is not named here, or a ward role without its ward, sees nothing.
"""

from sqlalchemy import and_, false, literal_column
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import Desk
from bot.domain.people import Role
from bot.ports import Viewer
from storage.tables import cases

_WARD_DESKS = {
    Role.WARD_OFFICER: (Desk.GENERAL,),
    Role.WARD_LEADER: (Desk.GENERAL, Desk.RESTRICTED),
    Role.RESTRICTED_OFFICER: (Desk.GENERAL, Desk.RESTRICTED),
}
_CITY_DESKS = {Role.CITY_COORDINATOR: (Desk.UNPLACED, Desk.LEADERS), Role.INSPECTOR: tuple(Desk)}


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `cases` that holds for exactly the cases this viewer may see."""
    if viewer.role in _WARD_DESKS and viewer.ward_code:
        return and_(cases.c.ward_code == viewer.ward_code, _at(_WARD_DESKS[viewer.role]))
    if viewer.role in _CITY_DESKS:
        return _at(_CITY_DESKS[viewer.role])
    return false()


def _at(desks: tuple[Desk, ...]) -> ColumnElement[bool]:
    # Written out, not bound: an engine uses a partial index only when it sees the values.
    return cases.c.desk.in_([literal_column(f"'{desk.value}'") for desk in desks])
