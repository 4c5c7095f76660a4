"""Which cases a staff member may see: one condition, used by every read that is asked for somebody's eyes.

Denies by default: a role that is not named here, or a ward role without its ward, sees nothing. Whoever stands in for an
absent colleague sees what either of them may; what bars the colleague bars only what comes through them, what bars
oneself bars everything. Nobody of a ward ever sees a desk of the city: what waits there may be about their leaders.
"""

from itertools import groupby

from sqlalchemy import ScalarSelect, and_, false, literal_column, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from bot.domain.case import Desk
from bot.domain.people import WARD_ROLES, Role, StaffId, Unit
from bot.domain.rights import CASE_RIGHTS, DESKS, Right, may
from bot.domain.staffing import Standing
from bot.domain.ward import WardCode
from bot.ports import Viewer
from storage.tables import case_exclusions, cases


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on `cases` that holds for exactly the cases where this viewer holds the right they want."""
    standings = sorted(_standings(viewer), key=_place)
    # The ward stands outside the brackets: an engine walks its index, whoever one stands in for there.
    places = [_at(place, [_seen_by(s, viewer) for s in there]) for place, there in groupby(standings, key=_place)]
    if not places:
        return false()
    bars_oneself = _not_barred(viewer.staff_id, viewer.unit if viewer.role in WARD_ROLES else Unit.NONE)
    return and_(places[0] if len(places) == 1 else or_(*places), *bars_oneself)


def visible_ids(viewer: Viewer) -> ScalarSelect[int]:
    """The ids of these cases, for rows of other tables: `case_events.c.case_id.in_(visible_ids(viewer))`."""
    return select(cases.c.id).where(visible_to(viewer)).scalar_subquery()


def place_of(viewer: Viewer) -> WardCode | str | None:
    """The one ward that everything they see belongs to, empty for the city's own desks; None where it is more."""
    standings = _standings(viewer)
    places = {_place(standing) for standing in standings}
    if len(places) != 1 or any(len(DESKS[standing.role]) == len(Desk) for standing in standings):
        return None
    return places.pop()


def _standings(viewer: Viewer) -> list[Standing]:
    """Those that lead to any case, one's own first."""
    if viewer.role is Role.OPERATOR or viewer.right not in CASE_RIGHTS:
        return []
    found = [standing for standing in viewer.standings() if _leads_anywhere(standing, viewer.right)]
    if viewer.role in WARD_ROLES:
        found = [standing for standing in found if standing.role in WARD_ROLES]
    own = [standing for standing in found if standing.staff_id == viewer.staff_id]
    others = [standing for standing in found if standing not in own and not any(_covers(mine, standing) for mine in own)]
    return own + others


def _leads_anywhere(standing: Standing, right: Right) -> bool:
    has_its_ward = standing.role not in WARD_ROLES or bool(standing.ward_code)
    return standing.role in DESKS and has_its_ward and may(standing.role, right)


def _covers(mine: Standing, theirs: Standing) -> bool:
    """Whether theirs shows nothing that mine does not: no need to ask the engine twice."""
    return _place(mine) in (_place(theirs), "") and set(DESKS[mine.role]) >= set(DESKS[theirs.role])


def _place(standing: Standing) -> WardCode | str:
    """Its ward, or empty for the city."""
    return standing.ward_code or "" if standing.role in WARD_ROLES else ""


def _at(place: WardCode | str, conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    any_of_them = conditions[0] if len(conditions) == 1 else or_(*conditions)
    return and_(cases.c.ward_code == place, any_of_them) if place else any_of_them


def _seen_by(standing: Standing, viewer: Viewer) -> ColumnElement[bool]:
    at_desks = _waits_at(DESKS[standing.role])
    if standing.staff_id == viewer.staff_id:
        return at_desks
    return and_(at_desks, *_not_barred(standing.staff_id, standing.unit if standing.role in WARD_ROLES else Unit.NONE))


def _waits_at(desks: tuple[Desk, ...]) -> ColumnElement[bool]:
    if len(desks) == len(Desk):
        return true()
    # Written out, not bound: an engine uses a partial index only when it sees the values.
    return cases.c.desk.in_([literal_column(f"'{desk.value}'") for desk in desks])


def _not_barred(staff_id: StaffId, unit: Unit) -> list[ColumnElement[bool]]:
    # Not "not exists": one person is barred from few cases, which are then looked up once and not for each case again.
    barred = select(case_exclusions.c.case_id).where(case_exclusions.c.staff_id == staff_id)
    return [cases.c.id.not_in(barred), *([cases.c.accused_unit != unit.value] if unit else [])]
