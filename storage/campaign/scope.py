"""Whose ledger a viewer reads: a ward's people their ward's, the city's all of them, whoever runs the machine none."""

from sqlalchemy import Column, ColumnElement, String, bindparam, false, true
from sqlalchemy.sql.elements import BindParameter

from bot.domain.rights import Right
from bot.domain.ward import WardCode
from bot.ports import Viewer


def in_scope(column: Column[str | None], viewer: Viewer, ward_code: WardCode | None = None) -> ColumnElement[bool]:
    """The condition on a ward's column; `ward_code` narrows it to one ward, and never opens one."""
    wards = viewer.wards(Right.DASHBOARD)
    if wards is None:
        return true() if ward_code is None else column == _text(ward_code)
    if ward_code is not None:
        wards &= {ward_code}
    return column.in_([_text(ward) for ward in sorted(wards)]) if wards else false()


def _text(ward: WardCode) -> BindParameter[str]:
    return bindparam(None, ward, type_=String(5), unique=True)
