"""Consents are kept as proof, an identity lives as long as its consent, and a ward's office is what its staff wrote."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.office import Office
from bot.domain.people import Channel, Language
from bot.domain.privacy import Identity, NewConsent, Purpose
from storage import Database
from tests.storage.cast import HOA, LATER, NOW, TAY_HO, file_case, resident

AGREED = NewConsent(purpose=Purpose.CONTACT, text_version="1", language=Language.VI, channel=Channel.TELEGRAM, at=NOW)


async def test_an_identity_goes_with_its_consent_and_the_proof_stays(database: Database) -> None:
    async with database.begin() as uow:
        lan, hoa = (await resident(uow)).resident_id, (await resident(uow, HOA)).resident_id
        assert lan is not None
        assert hoa is not None
        case = await file_case(uow)
        for who in (lan, hoa):
            consent_id = await uow.identities.agree(who, replace(AGREED, case_code=case.code))
            await uow.identities.keep(who, "sealed once", consent_id, NOW)
            await uow.identities.keep(who, "sealed", consent_id, LATER)
        await uow.commit()
    async with database.begin() as uow:
        assert await uow.identities.get(lan) == Identity(sealed="sealed", consent_id=1, updated_at=LATER)
        assert await uow.identities.withdraw(lan, Purpose.CONTACT, LATER) == 1
        assert await uow.identities.withdraw(lan, Purpose.CONTACT, LATER + timedelta(days=1)) == 0
        await uow.commit()
    async with database.reading() as uow:
        assert await uow.identities.get(lan) is None
        [consent] = await uow.identities.consents(lan)
        assert (consent.text_version, consent.at, consent.withdrawn_at) == ("1", NOW, LATER)
        assert not consent.is_in_force
        assert await uow.identities.get(hoa) is not None
        assert (await uow.identities.consents(hoa))[0].is_in_force


async def test_an_office_is_what_the_ward_wrote_last(database: Database) -> None:
    async with database.begin() as uow:
        assert (await uow.ward_settings.get(TAY_HO)).is_empty
        await uow.ward_settings.put(Office(ward_code=TAY_HO, phone="1"), NOW)
        await uow.ward_settings.put(Office(ward_code=TAY_HO, phone="024 3825 0000", hours="8h–17h"), LATER)
        await uow.commit()
    async with database.reading() as uow:
        office = await uow.ward_settings.get(TAY_HO)
        assert (office.phone, office.hours, office.address, office.updated_at) == ("024 3825 0000", "8h–17h", "", LATER)
