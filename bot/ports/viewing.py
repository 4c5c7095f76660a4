"""Whose eyes a question about cases is asked for. Every read of cases by staff takes a Viewer."""

from dataclasses import dataclass, replace
from typing import Self

from bot.domain.people import WARD_ROLES, Role, StaffId, StaffMember, Unit
from bot.domain.rights import Right, may
from bot.domain.staffing import Standing
from bot.domain.ward import WardCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A staff member at a moment: what they are themselves, and whom they stand in for.

    `right` narrows every question to the cases where they hold that right: an inspector who wants to ANSWER sees none.
    """

    staff_id: StaffId
    role: Role
    ward_code: WardCode | None
    unit: Unit = Unit.NONE
    deputises: tuple[Standing, ...] = ()  # absent colleagues, as they stand themselves
    right: Right = Right.READ_CASE

    @classmethod
    def of(cls, staff: StaffMember, deputises: tuple[Standing, ...] = ()) -> Self:
        """The member, and `Absences.standings_of` them at the present moment."""
        return cls(staff_id=staff.id, role=staff.role, ward_code=staff.ward_code, unit=staff.unit, deputises=deputises)

    def wanting(self, right: Right) -> Self:
        """The same eyes, but only for the cases where they may do this."""
        return replace(self, right=right)

    def without(self, colleague: StaffId) -> Self:
        """The same eyes without what they see in that colleague's place."""
        return replace(self, deputises=tuple(one for one in self.deputises if one.staff_id != colleague))

    def may(self, right: Right) -> bool:
        """Whether they hold this right at all, by themselves or for somebody who is away."""
        return any(may(standing.role, right) for standing in self.standings())

    def wards(self, right: Right) -> frozenset[WardCode] | None:
        """The wards over which they hold this right; None for all of them. Nobody of a ward holds it for the city."""
        there = [standing for standing in self.standings() if may(standing.role, right)]
        if self.role in WARD_ROLES:
            there = [standing for standing in there if standing.role in WARD_ROLES]
        if any(standing.role not in WARD_ROLES for standing in there):
            return None
        return frozenset(standing.ward_code for standing in there if standing.ward_code)

    def standings(self) -> tuple[Standing, ...]:
        """Where they stand: in their own place first, then in those of whom they deputise."""
        own = Standing(staff_id=self.staff_id, role=self.role, ward_code=self.ward_code, unit=self.unit)
        return (own, *self.deputises)
