"""The simulated town: a clock that jumps from one thing to the next, its people, and the plan of what happens when.

What happens in the same hours shares a transaction, as thousands of small ones would take longer than they prove.
"""

import heapq
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache
from itertools import count
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.domain.case import Case, CaseCode, CaseId, Desk
from bot.domain.people import Address, Channel, Role, StaffMember, Unit
from bot.domain.rights import DESKS, Right, may
from bot.domain.ward import WardCode
from bot.domain.working_time import with_changes
from bot.errors import BotError, CaseNotFound
from bot.ports import UnitOfWork
from bot.receipts import KeyedReceipts
from bot.sealing import SecretKeySealer
from bot.services.city import City
from bot.services.link_chat import begin_link, link_chat
from bot.services.next_hand import ClosedItBefore
from storage import Database

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BEGINS = datetime(2026, 1, 1, tzinfo=HANOI).astimezone(UTC)
ENDS = datetime(2027, 1, 1, tzinfo=HANOI).astimezone(UTC)
WARDS = tuple(WardCode(code) for code in ("00091", "00070", "00004"))
_SECRET = "a key of the tests, thirty-two letters"
_OF_A_WARD = (Role.WARD_LEADER, Role.RESTRICTED_OFFICER, Role.RESTRICTED_OFFICER, *[Role.WARD_OFFICER] * 3)
_OF_THE_CITY = (Role.CITY_COORDINATOR, Role.CITY_COORDINATOR, Role.CITY_COORDINATOR, Role.INSPECTOR)

Act = Callable[["Town", UnitOfWork], Awaitable[None]]
Done = TypeVar("Done")


@cache
def hanoi() -> City:
    """The shipped city; its calendar knows the simulated year."""
    return City.load(HANOI, {}, BEGINS, sealer=SecretKeySealer(_SECRET), receipts=KeyedReceipts(_SECRET))


@dataclass
class Town:
    """Everything that the simulation moves. `now` is the moment of whatever is being done."""

    database: Database
    random: Random
    city: City = field(default_factory=hanoi)
    look_every: timedelta = timedelta(hours=4)  # the timekeeper looks so often; in life every few seconds
    now: datetime = BEGINS
    staff: list[StaffMember] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)  # who stopped the bot, by the channel's id
    forgotten: set[Address] = field(default_factory=set)  # who asked for it, and has not written since
    once_forgotten: set[Address] = field(default_factory=set)
    deputies: list[tuple[StaffMember, StaffMember]] = field(default_factory=list)  # who ever stood in: for whom, and who
    postponed: set[CaseId] = field(default_factory=set)
    ended: dict[tuple[WardCode | None, Desk], CaseCode] = field(default_factory=dict)  # the newest closed of each desk
    _plan: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def later(self, at: datetime, act: Act) -> None:
        """Let it happen then; what would come after the year does not."""
        if at < ENDS:
            heapq.heappush(self._plan, (max(at, self.now), next(self._numbers), act))

    async def happens_until(self, end: datetime) -> None:
        """Whatever is planned before that moment, in its order, and what comes of it until then; in one transaction."""
        if not self._plan or self._plan[0][0] >= end:
            self.now = end
            return
        async with self.database.begin() as uow:
            while self._plan and self._plan[0][0] < end:
                self.now, _, act = heapq.heappop(self._plan)
                await act(self, uow)
            await uow.commit()
        self.now = end

    async def hires(self) -> None:
        """Six people in each ward, three coordinators, an inspector."""
        posts = [(role, ward) for ward in WARDS for role in _OF_A_WARD] + [(role, None) for role in _OF_THE_CITY]
        async with self.database.begin() as uow:
            for number, (role, ward) in enumerate(posts):
                self.staff.append(
                    await uow.staff.add(
                        username=f"staff{number}",
                        full_name=f"Nguyễn Văn {_NAMES[number % len(_NAMES)]}",
                        role=role,
                        ward_code=ward,
                        password_hash="argon2id$…",
                        must_change_password=False,
                        now=self.now,
                        unit=Unit.ONE_STOP if role is Role.RESTRICTED_OFFICER and number % 2 else Unit.NONE,
                    )
                )
            for role in (Role.WARD_LEADER, Role.WARD_OFFICER, Role.CITY_COORDINATOR):  # who linked a chat, to be told there
                await self._links(uow, next(member for member in self.staff if member.role is role))
            await uow.commit()

    async def _links(self, uow: UnitOfWork, member: StaffMember) -> None:
        receipts = self.city.receipts
        code = await begin_link(uow, receipts, staff=member, channel=Channel.TELEGRAM, now=self.now)
        address = Address(Channel.TELEGRAM, f"chat-of-{member.username}")
        await link_chat(uow, receipts, address=address, typed=code, now=self.now, zone=HANOI)

    def at(self, case: Case, *of_city: str) -> dict[str, Any]:
        """What every service of staff is given: the case as it was seen, the moment; and what else it asks of the city."""
        more = {name: getattr(self.city, name) for name in of_city}
        return {"code": case.code, "version": case.version, "now": self.now} | more

    async def somebody(
        self, case: Case, does: Callable[[StaffMember], Awaitable[Done]], *passing: type[BotError]
    ) -> Done | None:
        """Whoever works at the case's desk does it, its owner first; who is barred from it, or closed it before, passes.

        Who stands in for one of them tries as well, and who did so once: whether they may, the services know.

        Args:
            passing: Also to be taken for "not by me". Every service says so before it writes.

        Returns:
            What came of it; None where it is nobody's.
        """
        own = [one for one in self.staff if case.desk in DESKS[one.role] and may(one.role, Right.ANSWER)]
        own = [one for one in own if one.ward_code in (None, case.ward_code)]
        there = list({one.id: one for one in (*own, *(deputy for away, deputy in self.deputies if away in own))}.values())
        self.random.shuffle(there)
        for member in sorted(there, key=lambda one: one.id != case.owner_id):
            with suppress(CaseNotFound, ClosedItBefore, *passing):
                return await does(member)
        return None

    async def office_hour(self, uow: UnitOfWork, days: float) -> datetime:
        """A moment at which somebody is at their desk, about so many days from now."""
        calendar = with_changes(self.city.calendar.current(), await uow.calendar.changes())
        about = self.now + timedelta(days=days)
        day = about.astimezone(HANOI).date()
        while not calendar.is_working(day):
            day += timedelta(days=1)
        at = datetime.combine(day, time(8), HANOI) + timedelta(minutes=self.random.randrange(9 * 60))
        return max(at.astimezone(UTC), self.now + timedelta(minutes=2))


async def open_case(uow: UnitOfWork, case_id: CaseId) -> Case | None:
    """The case if it waits for staff itself: open, and not joined to another."""
    case = await uow.cases.by_id(case_id)
    return case if case is not None and case.closed_at is None and case.main_case_id is None else None


_NAMES = ("Bình", "Cường", "Dũng", "Giang", "Hạnh", "Khôi", "Loan", "Mai", "Nghĩa", "Oanh", "Phúc", "Quyên", "Sơn", "Trang")
