"""Cases for what takes long, an export or a register: walked by their ids, a page at a time, in order of acceptance."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, literal_column, null, select
from sqlalchemy.sql.elements import ColumnElement

from bot.ports import Chosen
from storage.tables import cases
from storage.types import Id
from storage.visible_cases import visible_to

# Sealed one by one, and of no use in a sheet: half of the time that a hundred thousand cases take to read.
_NOT_OPENED = {
    "spot": null(),
    "lat": null(),
    "lon": null(),
    "accuracy": null(),
    "routing_trace": null(),
    "place_key": literal_column("''"),
    "external_id": literal_column("''"),
}
_LEAN = [_NOT_OPENED[column.name].label(column.name) if column.name in _NOT_OPENED else column for column in cases.c]


def lean_columns() -> Sequence[ColumnElement[Any]]:
    """Every column of a case, by its name, those that are not opened empty."""
    return _LEAN


def page_of(chosen: Chosen, columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
    """These columns of the next ones. Whoever asks keeps it: the same object is written out once (`storage.straight`)."""
    after = cases.c.id > bindparam("after", type_=Id)
    return select(*columns).where(after, is_chosen(chosen)).order_by(cases.c.id).limit(bindparam("most", type_=Id))


def extent_of(chosen: Chosen) -> Select[Any, Any]:
    """How many they are, and the newest's id."""
    return select(func.count().label("number"), func.max(cases.c.id).label("newest")).where(is_chosen(chosen))


def is_chosen(chosen: Chosen) -> ColumnElement[bool]:
    """The condition on `cases`."""
    conditions = [cases.c.id > 0]
    if chosen.viewer is not None:
        conditions.append(visible_to(chosen.viewer))
    if chosen.start is not None:
        conditions.append(cases.c.created_at >= chosen.start)
    if chosen.end is not None:
        conditions.append(cases.c.created_at < chosen.end)
    if chosen.ward_code is not None:
        conditions.append(cases.c.ward_code == chosen.ward_code)
    if chosen.up_to is not None:
        conditions.append(cases.c.id <= chosen.up_to)
    return and_(*conditions)
