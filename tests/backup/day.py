"""A day in a ward's office: two residents, a photo, a contact, somebody at the desk, mail that waits."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.app import backup, open_files, restore
from bot.app.backup import Saved
from bot.app.restore import Restored
from bot.archive.keeping import keys_beside
from bot.domain.case import Case
from bot.domain.incoming import FileKind, StoredFile
from bot.domain.people import Language, Session
from bot.domain.privacy import NewConsent, Purpose
from bot.domain.reply import NewReply, Reply
from bot.domain.thread import Author, NewMessage
from bot.ports.sealing import KeyPurpose
from bot.sealing import KeySealer
from bot.services.erase import forget_resident
from storage import Database
from storage.tables import metadata
from tests.backup.installation import Installation
from tests.storage.cast import HOA, LAN, NOW, file_case, hire, update

WORDS, HOA_WORDS, PHONE, PHOTO = (
    "Rác ở hẻm bí mật số bảy",
    "Đèn tắt ở ngõ của Hòa",
    "0912 345 678",
    b"\xff\xd8 a photo of the lane",
)
SETTLED = {"sessions", "half_sessions", "outbox", "inbox", "audit", "audit_tip", "case_keys", "resident_keys", "heartbeat"}


@dataclass
class Day:
    """What happened, for comparing."""

    office: Installation
    lan: Case
    hoa: Case
    key: str
    told: list[str] = field(default_factory=list)

    async def saves(self, archive: Path, days: int = 0) -> Saved:
        """A backup, so many days later."""
        keys = backup.keys_of(archive)
        return await backup.back_up(self.office.settings, archive, keys, NOW + timedelta(days=days), self.told.append)


async def lives_a_day(office: Installation) -> Day:
    database = office.database()
    await database.open()
    sealer = KeySealer(database.keys[KeyPurpose.TEXTS])
    key = await open_files(office.settings, database.keys).put(PHOTO)
    async with database.begin() as uow:
        lan = await file_case(uow, address=LAN, text=WORDS)
        hoa = await file_case(uow, address=HOA, text=HOA_WORDS)
        photo = StoredFile(key, FileKind.PHOTO, "hẻm.jpg", "image/jpeg", len(PHOTO))
        for case, said, files in ((lan, WORDS, (photo,)), (hoa, HOA_WORDS, ())):
            sealed = sealer.seal(f"{said}, gọi {PHONE}")
            message = NewMessage(case_id=case.id, author=Author.RESIDENT, text=said, at=NOW, sealed=sealed, files=files)
            await uow.cases.add_message(message)
            consent = NewConsent(
                purpose=Purpose.CONTACT,
                text_version="1",
                language=Language.VI,
                channel=LAN.channel,
                at=NOW,
                case_code=case.code,
            )
            consent_id = await uow.identities.agree(case.resident_id, consent)
            await uow.identities.keep(case.resident_id, sealer.seal(PHONE), consent_id, NOW)
        minh = await hire(uow)
        await uow.sessions.add(Session("a" * 64, minh.id, "form", NOW, NOW))
        await uow.inbox.keep([update(1, "1001"), update(2, "1002")], NOW)
        await uow.outbox.add([NewReply(address=HOA, reply=Reply(text="Đã nhận"), case_id=hoa.id)], NOW)
        await uow.audit.record(action="staff_added", now=NOW, subject="minh")
        await uow.commit()
    await database.close()
    return Day(office, lan, hoa, key)


async def forgets_lan(office: Installation) -> None:
    """At her own wish, with the case that is open."""
    database = office.database()
    await database.open()
    async with database.begin() as uow:
        left = await forget_resident(uow, await uow.conversations.get(LAN), closes_open=True, now=NOW)
        assert left.erased == 1
        await uow.commit()
    await database.close()


async def brings_back(office: Installation, archive: Path, *, force: bool = False, keys: Path | None = None) -> Restored:
    wanted = restore.Wanted(archive=archive, keys=keys or keys_beside(archive), force=force)
    return await restore.restore(office.settings, wanted, NOW + timedelta(days=9), lambda _: None)


async def rows_of(database: Database) -> dict[str, list[Any]]:
    """Every row of every table that a restore leaves alone."""
    found = {}
    async with database.moment() as connection:
        for table in metadata.sorted_tables:
            if table.name not in SETTLED:
                rows = (await connection.execute(select(table))).all()
                found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found
