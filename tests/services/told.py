"""Staff with chats of their own, and what they hear there: for the tests of pings and digests."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.case import Case
from bot.domain.draft import Conversation
from bot.domain.notices import Choices
from bot.domain.people import Address, Channel, Role, StaffMember, Unit
from bot.domain.reply import DeliveryResult, DeliveryState
from bot.domain.thread import CaseEvent, EventKind
from bot.domain.ward import WardCode
from bot.receipts import KeyedReceipts
from bot.services.link_chat import begin_link, choose_notices, link_chat
from bot.services.own_case import assign_case, take_case
from bot.services.working_calendar import CityCalendar
from handlers.timekeeping import DueDigests, DueNotices
from storage import Database
from tests.admin.desk import PHU_THUONG, StaffDesk

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
URL = "https://homthu.example"
RECEIPTS = KeyedReceipts("a key of the tests, thirty-two letters")


def hanoi(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026; the 16th is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=HANOI).astimezone(UTC)


@dataclass
class Chats:
    """The desk, and the chats that its staff linked."""

    desk: StaffDesk
    mail: dict[Address, list[str]] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.desk.database

    @property
    def now(self) -> datetime:
        return self.desk.clock.now()

    @property
    def calendar(self) -> CityCalendar:
        return CityCalendar(HANOI, changes={}, now=self.now)

    async def staff(
        self,
        name: str,
        role: Role = Role.WARD_OFFICER,
        ward: WardCode | None = PHU_THUONG,
        *,
        unit: Unit = Unit.NONE,
    ) -> StaffMember:
        """Somebody who has linked a chat."""
        member = await self.desk.staff(name, role, ward, unit=unit)
        await self.links(member)
        return member

    def address(self, member: StaffMember) -> Address:
        return Address(Channel.TELEGRAM, f"900{member.id}")

    async def links(self, member: StaffMember) -> None:
        async with self.database.begin() as uow:
            code = await begin_link(uow, RECEIPTS, staff=member, channel=Channel.TELEGRAM, now=self.now)
            linked = await link_chat(uow, RECEIPTS, address=self.address(member), typed=code, now=self.now, zone=HANOI)
            assert linked is not None
            await uow.commit()

    async def chooses(self, member: StaffMember, **choices: bool) -> None:
        async with self.database.begin() as uow:
            await choose_notices(uow, staff=member, choices=replace(Choices(), **choices), now=self.now, zone=HANOI)
            await uow.commit()

    async def blocks(self, member: StaffMember) -> None:
        async with self.database.begin() as uow:
            await uow.conversations.put(Conversation(address=self.address(member), is_blocked=True), self.now)
            await uow.commit()

    async def takes(self, member: StaffMember, case: Case) -> Case:
        async with self.database.begin() as uow:
            version = (await self.desk.now_is(case.code)).version
            taken = await take_case(uow, staff=member, code=case.code, version=version, now=self.now, calendar=self.calendar)
            await uow.commit()
        return taken

    async def assigns(self, member: StaffMember, case: Case, to: StaffMember) -> None:
        async with self.database.begin() as uow:
            await assign_case(
                uow,
                staff=member,
                code=case.code,
                version=(await self.desk.now_is(case.code)).version,
                username=to.username,
                now=self.now,
                calendar=self.calendar,
            )
            await uow.commit()

    async def happens(self, case: Case, kind: EventKind) -> None:
        async with self.database.begin() as uow:
            await uow.cases.record(CaseEvent(case_id=case.id, kind=kind, at=self.now))
            await uow.commit()

    async def is_away(self, member: StaffMember, deputy: StaffMember, **how_long: float) -> None:
        async with self.database.begin() as uow:
            await uow.absences.add(
                staff_id=member.id,
                deputy_id=deputy.id,
                from_at=self.now,
                until_at=self.now + timedelta(**how_long),
                made_by=member.id,
                now=self.now,
            )
            await uow.commit()

    async def looks(self) -> None:
        """The loop looks now, as often as there is something to do."""
        work = DueNotices(self.database, self.calendar, URL)
        for _ in range(50):
            if not await work.do(self.now):
                return
        raise AssertionError("the work never ends")

    async def greets(self) -> None:
        """The digests that are due now."""
        work = DueDigests(self.database, self.calendar, URL)
        while await work.do(self.now):
            pass

    async def hears(self, member: StaffMember) -> list[str]:
        """What came to their chat since the last time, oldest first."""
        while await self._delivers():
            pass
        return self.mail.pop(self.address(member), [])

    async def _delivers(self) -> int:
        async with self.database.begin() as uow:
            claimed = await uow.outbox.claim(
                owner="test", channels=[Channel.TELEGRAM], now=self.now, lease=timedelta(seconds=1), most=100
            )
            results = [DeliveryResult(reply_id=one.id, state=DeliveryState.SENT, at=self.now) for one in claimed]
            await uow.outbox.record(results)
            await uow.commit()
        for one in claimed:
            self.mail.setdefault(one.address, []).append(one.reply.text)
        return len(claimed)

    async def told(self, member: StaffMember) -> list[str]:
        """Look, and hear."""
        await self.looks()
        return await self.hears(member)
