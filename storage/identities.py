"""What residents agreed to, and how they may be reached: the proof is kept, the identity goes with its consent."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from bot.domain.people import Channel, Language, ResidentId
from bot.domain.privacy import Consent, Identity, NewConsent, Purpose
from storage.link import Link, by_engine
from storage.own_keys import OF_RESIDENTS
from storage.tables import cases, consents, identities

_of = consents.c.resident_id == bindparam("resident")
_agree = insert(consents).returning(consents.c.id)
_case_id = select(cases.c.id).where(cases.c.code == bindparam("code"))
_consents = select(consents).where(_of).order_by(consents.c.id)
_end = (
    update(consents)
    .where(_of, consents.c.purpose == bindparam("what"), consents.c.withdrawn_at.is_(None))
    .values(withdrawn_at=bindparam("when"))
)
_keep = by_engine(
    lambda insert_into: (new := insert_into(identities)).on_conflict_do_update(
        index_elements=["resident_id"],
        set_={name: new.excluded[name] for name in ("sealed", "consent_id", "updated_at")},
    )
)
_get = select(identities).where(identities.c.resident_id == bindparam("resident"))
_erase = delete(identities).where(identities.c.resident_id == bindparam("resident"))


class SqlIdentities:
    """See `bot.ports.Identities`."""

    __slots__ = ("_link",)

    def __init__(self, link: Link) -> None:
        self._link = link

    async def agree(self, resident_id: ResidentId, consent: NewConsent) -> int:
        case_id = await self._link.value(_case_id, {"code": consent.case_code}) if consent.case_code else None
        consent_id: int = await self._link.value(
            _agree,
            {
                "resident_id": resident_id,
                "case_id": case_id,
                "purpose": consent.purpose.value,
                "text_version": consent.text_version,
                "language": consent.language.value,
                "channel": consent.channel.value,
                "at": consent.at,
            },
        )
        return consent_id

    async def consents(self, resident_id: ResidentId) -> list[Consent]:
        return [_consent(row) for row in await self._link.rows(_consents, {"resident": resident_id})]

    async def keep(self, resident_id: ResidentId, sealed: str, consent_id: int, now: datetime) -> None:
        sealed = await OF_RESIDENTS.seal(self._link, resident_id, sealed)
        values = {"resident_id": resident_id, "sealed": sealed, "consent_id": consent_id, "updated_at": now}
        await self._link.run(_keep, values)

    async def get(self, resident_id: ResidentId) -> Identity | None:
        row = await self._link.row(_get, {"resident": resident_id})
        if row is None:
            return None
        sealed = await OF_RESIDENTS.open(self._link, resident_id, row.sealed)
        return Identity(sealed=sealed, consent_id=row.consent_id, updated_at=row.updated_at)

    async def withdraw(self, resident_id: ResidentId, purpose: Purpose, now: datetime) -> int:
        await self._link.run(_erase, {"resident": resident_id})
        await OF_RESIDENTS.destroy(self._link, resident_id)
        return await self._link.run(_end, {"resident": resident_id, "what": purpose.value, "when": now})


def _consent(row: Row[Any]) -> Consent:
    return Consent(
        id=row.id,
        purpose=Purpose(row.purpose),
        text_version=row.text_version,
        language=Language(row.language),
        channel=Channel(row.channel),
        at=row.at,
        withdrawn_at=row.withdrawn_at,
    )
