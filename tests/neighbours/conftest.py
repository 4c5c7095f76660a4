"""Cases, a clock that moves when told so, and programs that are told of the cases."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.domain.case import Case
from bot.domain.neighbours import Subscription
from bot.domain.people import Address, Channel, Role
from bot.domain.thread import CaseEvent, EventKind
from bot.outward import Outward, look_at_address
from bot.ports import UnitOfWork
from bot.receipts import KeyedReceipts
from bot.services.link_chat import begin_link, link_chat
from bot.services.neighbours import subscribe
from handlers.neighbours import Neighbourhood, Teller
from storage import Database
from storage.tables import cases, outbox
from tests.conftest import Place
from tests.neighbours.receiver import Receiver
from tests.services.told import HANOI, RECEIPTS
from tests.storage.cast import NOW, TAY_HO, file_case, hire

OWN = (ip_network("127.0.0.0/8"),)
FILED = {"kind": "suggestion", "desk": "general", "ward": "00103"}


@dataclass
class Clock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def passes(self, **how_long: float) -> None:
        self.at += timedelta(**how_long)


@dataclass
class Street:
    """The cases and whoever is told of them."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    outward: Outward = field(default_factory=lambda: Outward(OWN))
    within: float = 5.0

    def neighbourhood(self, database: Database | None = None) -> Neighbourhood:
        teller = Teller(self.outward, KeyedReceipts(b"k" * 32), self.clock, within=self.within)
        return Neighbourhood(database or self.database, teller, self.clock, look_every=0.05)

    async def subscribed(self, receiver: Receiver, *kinds: str) -> Subscription:
        trouble = await look_at_address(self.outward, receiver.address)
        async with self.database.begin() as uow:
            made = await subscribe(
                uow,
                name="Cổng",
                address=receiver.address,
                address_trouble=trouble,
                kinds=kinds,
                now=self.clock.now(),
            )
            await uow.commit()
        receiver.secrets = [made.secret]
        return made.subscription

    async def files(self, **what: Any) -> Case:
        async with self.database.begin() as uow:
            case = await file_case(uow, **what)
            await self.record(uow, case, EventKind.FILED, FILED)
            await uow.commit()
        return case

    async def happens(self, case: Case, kind: EventKind, details: dict[str, str] | None = None) -> None:
        async with self.database.begin() as uow:
            await self.record(uow, case, kind, details)
            await uow.commit()

    async def record(self, uow: UnitOfWork, case: Case, kind: EventKind, details: dict[str, str] | None = None) -> None:
        await uow.cases.record(CaseEvent(case_id=case.id, kind=kind, at=self.clock.now(), details=details))

    async def becomes(self, case: Case, **values: object) -> None:
        async with self.database._transaction() as connection:
            await connection.execute(update(cases).where(cases.c.id == case.id).values(**values))
            await connection.commit()

    async def lines(self, subscription: Subscription) -> list[tuple[str, str, int]]:
        """State, why and tries of each delivery, oldest first."""
        async with self.database.reading() as uow:
            found = await uow.neighbours.lines(subscription.id, 1000)
        return [(line.state.value, line.error, line.attempts) for line in reversed(found)]

    async def operator_with_a_chat(self) -> Callable[[], Awaitable[list[str]]]:
        """One who linked a chat, beside one who did not and an officer who did; returns what all of them were told."""
        told = {}
        async with self.database.begin() as uow:
            for name, role in (("an", Role.OPERATOR), ("bình", Role.OPERATOR), ("minh", Role.WARD_OFFICER)):
                member = await hire(uow, username=name, role=role, ward=None if role is Role.OPERATOR else TAY_HO)
                told[name] = Address(Channel.TELEGRAM, f"900{member.id}")
                if name != "bình":
                    code = await begin_link(uow, RECEIPTS, staff=member, channel=Channel.TELEGRAM, now=NOW)
                    assert await link_chat(uow, RECEIPTS, address=told[name], typed=code, now=NOW, zone=HANOI)
            await uow.commit()

        async def heard() -> list[str]:
            async with self.database._transaction() as connection:
                rows = (await connection.execute(select(outbox.c.external_id, outbox.c.body))).all()
            assert {address for address, _ in rows} <= {told["an"].external_id}
            return [str(body) for _, body in rows]

        return heard

    async def looks(self, times: int = 1) -> None:
        """So many looks, each with all its turns ended."""
        hood, stop = self.neighbourhood(), asyncio.Event()
        for _ in range(times):
            await hood.look(stop)
            await asyncio.gather(*hood._turns.values())


@pytest.fixture
async def street(database: Database) -> Street:
    """On either engine."""
    return Street(database)


@pytest.fixture
async def lane(sqlite_database: Database) -> Street:
    """For what does not depend on the engine."""
    return Street(sqlite_database)


@pytest.fixture
async def postgres_street(postgres_place: Place) -> AsyncIterator[Street]:
    """For what PostgreSQL alone does."""
    opened = postgres_place.database()
    await opened.open()
    yield Street(opened)
    await opened.close()
