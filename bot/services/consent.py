"""A resident agrees to be reached, says how, and may take it back at any time. Nothing about a case depends on it.

What is agreed to is shown by `handlers.dialogue.oneself.contact`; who may open what is kept, and how, is the desk's affair.
"""

from datetime import datetime

from bot.domain.case import Case, CaseCode
from bot.domain.people import Channel, Language, ResidentId
from bot.domain.privacy import CONSENT_VERSION, NewConsent, Purpose
from bot.errors import BotError
from bot.ports import Sealer, UnitOfWork

LONGEST_CONTACT = 300  # characters


class NotAgreed(BotError):
    """There is no consent in force, so nothing may be kept."""


async def agree_to_contact(
    uow: UnitOfWork,
    resident_id: ResidentId,
    *,
    language: Language,
    channel: Channel,
    now: datetime,
    case_code: CaseCode | None = None,
    text_version: str = CONSENT_VERSION,
) -> int:
    """Keep the proof that the resident tapped "I agree" under this version of the text; returns its id."""
    consent = NewConsent(
        purpose=Purpose.CONTACT,
        text_version=text_version,
        language=language,
        channel=channel,
        at=now,
        case_code=case_code,
    )
    consent_id = await uow.identities.agree(resident_id, consent)
    details = {"purpose": consent.purpose.value, "version": text_version, "channel": channel.value}
    await uow.audit.record(action="consent_given", now=now, subject=case_code or "", details=details)
    return consent_id


async def keep_contact(uow: UnitOfWork, resident_id: ResidentId, *, words: str, sealer: Sealer, now: datetime) -> None:
    """Seal how the resident can be reached, in place of what was kept before.

    Raises:
        NotAgreed: No consent is in force.
    """
    in_force = [consent for consent in await uow.identities.consents(resident_id) if consent.is_in_force]
    if not in_force:
        raise NotAgreed
    await uow.identities.keep(resident_id, sealer.seal(words.strip()[:LONGEST_CONTACT]), in_force[-1].id, now)
    await uow.audit.record(action="contact_kept", now=now)


async def withdraw_contact(uow: UnitOfWork, resident_id: ResidentId, *, now: datetime) -> bool:
    """End the consent and erase what was kept under it, at once. False when there was nothing to end."""
    ended = await uow.identities.withdraw(resident_id, Purpose.CONTACT, now)
    if ended:
        await uow.audit.record(action="consent_withdrawn", now=now, details={"purpose": Purpose.CONTACT.value})
    return bool(ended)


async def contact_of_case(uow: UnitOfWork, case: Case, sealer: Sealer) -> str:
    """How the resident of this case can be reached; empty where nobody may know.

    An anonymous case has no identity, whatever its resident left elsewhere. Whoever calls this has two people's leave.

    Raises:
        NotOurSeal: It was sealed with another key.
    """
    if case.is_anonymous or case.erased_at is not None:
        return ""
    identity = await uow.identities.get(case.resident_id)
    return sealer.open(identity.sealed) if identity else ""
