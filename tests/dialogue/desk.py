"""Staff, for the dialogue's stories: they answer, close and move through the same services as the desk."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.case import Case, CaseCode
from bot.domain.outcome import Outcome
from bot.domain.people import Role, StaffMember
from bot.domain.reply import DeliveryResult, DeliveryState
from bot.domain.ward import WardCode
from bot.ports import Storage
from bot.services.answer_case import answer_case
from bot.services.city import City
from bot.services.close_case import close_case
from bot.services.move_case import move_case
from bot.services.two_people import close_or_propose, confirm_proposal
from tests.closing import report
from tests.dialogue.driver import MONDAY, Resident


@dataclass
class Officer:
    """Works at the general desk of one ward."""

    storage: Storage
    city: City
    member: StaffMember
    now: datetime = MONDAY

    @classmethod
    async def hired(
        cls,
        storage: Storage,
        city: City,
        ward: str | None = "00103",
        name: str = "minh",
        role: Role = Role.WARD_OFFICER,
        full_name: str = "Trần Minh",
    ) -> "Officer":
        async with storage.begin() as uow:
            member = await uow.staff.add(
                username=name,
                full_name=full_name,
                role=role,
                ward_code=WardCode(ward) if ward else None,
                password_hash="argon2id$…",
                must_change_password=False,
                now=MONDAY,
            )
            await uow.commit()
        return cls(storage, city, member)

    async def case(self, code: CaseCode) -> Case:
        async with self.storage.reading() as uow:
            found = await uow.cases.by_code(code)
        assert found is not None
        return found

    async def answers(self, code: CaseCode, text: str, *, asks: bool = False) -> None:
        case = await self.case(code)
        async with self.storage.begin() as uow:
            await answer_case(
                uow,
                staff=self.member,
                code=code,
                version=case.version,
                text=text,
                now=self.now,
                wards=self.city.wards,
                asks=asks,
            )
            await uow.commit()

    async def closes(self, code: CaseCode, text: str = "Đã dọn.", outcome: Outcome = Outcome.DONE, **more: Any) -> None:
        case = await self.case(code)
        async with self.storage.begin() as uow:
            await close_case(
                uow,
                staff=self.member,
                code=code,
                version=case.version,
                report=report(outcome, text, self.now.date(), **more),
                now=self.now,
                wards=self.city.wards,
                zone=self.city.zone,
            )
            await uow.commit()

    async def closes_with(self, second: "Officer", code: CaseCode) -> None:
        """As it is done where it may be about a colleague: this one proposes, the other confirms."""
        done = report(Outcome.DONE, "Đã xử lý.", self.now.date())
        async with self.storage.begin() as uow:
            version = (await self.case(code)).version
            case, _ = await close_or_propose(
                uow,
                staff=self.member,
                code=code,
                version=version,
                report=done,
                now=self.now,
                wards=self.city.wards,
                zone=self.city.zone,
            )
            await uow.commit()
        async with self.storage.begin() as uow:
            case = await self.case(code)
            proposal = await uow.proposals.waiting(case.id)
            assert proposal is not None
            await confirm_proposal(
                uow,
                staff=second.member,
                code=code,
                version=case.version,
                proposal_id=proposal.id,
                now=self.now,
                wards=self.city.wards,
                zone=self.city.zone,
            )
            await uow.commit()

    async def moves(self, code: CaseCode, ward: str | None, words: str = "") -> None:
        case = await self.case(code)
        async with self.storage.begin() as uow:
            await move_case(
                uow,
                staff=self.member,
                code=code,
                version=case.version,
                ward_code=self.city.wards[ward].code if ward else None,
                words=words,
                now=self.now,
                wards=self.city.wards,
            )
            await uow.commit()


async def all_hear(*residents: Resident) -> None:
    """Deliver what waits, to each of them what is theirs."""
    storage, channels = residents[0].storage, list({resident.channel for resident in residents})
    for _ in range(20):
        async with storage.begin() as uow:
            later = max(resident.now for resident in residents) + timedelta(days=100)
            claimed = await uow.outbox.claim(owner="all", channels=channels, now=later, lease=timedelta(minutes=1), most=50)
            sent = DeliveryState.SENT
            await uow.outbox.record([DeliveryResult(reply_id=one.id, state=sent, at=later) for one in claimed])
            await uow.commit()
        if not claimed:
            return
        for resident in residents:
            heard = [one.reply for one in claimed if one.address == resident.address]
            resident.replies += heard
            resident.hears += [reply.text for reply in heard]
