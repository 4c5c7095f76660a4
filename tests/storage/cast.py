"""The people and things the storage tests are about, made in one line each."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bot.domain.case import Case, CaseKind, Desk, NewCase, new_code
from bot.domain.draft import Conversation
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.people import Address, Channel, Role, StaffId, StaffMember, Unit
from bot.domain.reply import NewReply, Reply
from bot.domain.thread import ThreadMessage
from bot.domain.ward import Point, WardCode
from bot.ports import RawUpdate, UnitOfWork, Viewer
from storage import Database

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LEASE = timedelta(seconds=30)
LATER = NOW + LEASE + timedelta(seconds=1)
TAY_HO, BA_DINH = WardCode("00091"), WardCode("00004")
LAN, HOA = Address(Channel.TELEGRAM, "1001"), Address(Channel.TELEGRAM, "1002")
SPOT = Point(21.0, 105.8, 12.0)
LAN_ON_THE_WEB = Address(Channel.WEBCHAT, "ab" * 32)

_numbers = count(1)


def update(number: int, who: str, unreadable: str = "", channel: Channel = Channel.TELEGRAM) -> RawUpdate:
    return RawUpdate(
        channel=channel,
        external_id=str(number),
        address_id=who,
        body=f'{{"update_id": {number}}}',
        unreadable=unreadable,
    )


async def every_case(uow: UnitOfWork, *, after_id: int = 0, most: int = 500) -> list[tuple[Case, list[ThreadMessage]]]:
    """Whole, with their threads, in the order of acceptance."""
    exported = await uow.cases.export(after_id=after_id, most=most)
    found = [(await uow.cases.by_code(one.code), await uow.cases.thread(one.id)) for one in exported]
    return [(case, thread) for case, thread in found if case is not None]


def photo(letter: str = "a") -> StoredFile:
    return StoredFile(letter * 64, FileKind.PHOTO, "hố ga.jpg", "image/jpeg", 12_345, shown_key="f" * 64)


def says(text: str, to: Address = LAN, case: Case | None = None, message_id: int | None = None) -> NewReply:
    return NewReply(address=to, reply=Reply(text=text), case_id=case.id if case else None, message_id=message_id)


def officer(ward: WardCode | None = TAY_HO, role: Role = Role.WARD_OFFICER) -> Viewer:
    return Viewer(staff_id=StaffId(1), role=role, ward_code=ward)


async def keep(database: Database, *updates: RawUpdate) -> None:
    async with database.begin() as uow:
        await uow.inbox.keep(updates, NOW)
        await uow.commit()


async def claim(database: Database, owner: str = "worker", now: datetime = NOW, most: int = 20) -> list[str]:
    """The external ids of what this owner got."""
    async with database.begin() as uow:
        kept = await uow.inbox.claim(owner=owner, now=now, lease=LEASE, most=most)
        await uow.commit()
    return [update.external_id for update in kept]


async def resident(uow: UnitOfWork, address: Address = LAN) -> Conversation:
    """The address's conversation, its resident remembered."""
    return await uow.conversations.put(await uow.conversations.get(address), NOW)


async def file_case(
    uow: UnitOfWork,
    *,
    address: Address = LAN,
    ward: WardCode | None = TAY_HO,
    desk: Desk = Desk.GENERAL,
    text: str = "Ngõ 12 Thụy Khuê tối ba đêm nay",
    due_at: datetime = NOW + timedelta(days=7),
    source_id: str | None = None,
    kind: CaseKind = CaseKind.VIOLATION,
    category: str = "lighting",
    point: Point | None = SPOT,
    **more: Any,  # whatever else a new case has
) -> Case:
    who = await resident(uow, address)
    assert who.resident_id is not None
    return await uow.cases.add(
        NewCase(
            code=new_code(),
            kind=kind,
            category=category,
            ward_code=ward,
            desk=desk,
            resident_id=who.resident_id,
            address=address,
            source_id=source_id or f"m{next(_numbers)}",
            text=text,
            point=point,
            created_at=NOW,
            due_at=due_at,
            routing_trace=("named: Tây Hồ",),
            **more,
        )
    )


async def a_case(database: Database, **what: object) -> Case:
    """One filed case, committed."""
    async with database.begin() as uow:
        case = await file_case(uow, **what)  # type: ignore[arg-type]  # passed on as they are
        await uow.commit()
    return case


async def hire(
    uow: UnitOfWork,
    username: str = "minh",
    ward: WardCode | None = TAY_HO,
    role: Role | None = None,
    unit: Unit = Unit.NONE,
) -> StaffMember:
    return await uow.staff.add(
        username=username,
        full_name="Trần Minh",
        role=role or (Role.WARD_OFFICER if ward else Role.CITY_COORDINATOR),
        ward_code=ward,
        password_hash="argon2id$…",
        must_change_password=True,
        now=NOW,
        unit=unit,
    )
