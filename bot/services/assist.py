"""File a case for somebody at the counter or on the phone: what they told, read back to them, under the officer's name.

It goes the way of every report: same deadline, masking, desks and exclusions. So the officer who wrote it may not be able
to open it afterwards, and that is right; `Assisted.is_readable` says so. How it is asked and read back is `admin.counter`.
"""

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.assisting import Proposal, ToldReport
from bot.domain.case import Accused, Case
from bot.domain.draft import Conversation, Draft, DraftPart, WardSource
from bot.domain.people import Address, Channel, StaffId, StaffMember
from bot.domain.privacy import CONSENT_VERSION
from bot.domain.rights import Right
from bot.domain.thread import CaseEvent, EventKind
from bot.ports import UnitOfWork
from bot.services.city import City
from bot.services.consent import NotAgreed, agree_to_contact, keep_contact
from bot.services.file_case import file_case
from bot.services.setting import NotAllowed
from bot.services.staff_change import viewer_of
from bot.understanding import Understanding, load_categories

SOURCE = "told"  # an address of the counter opens one case, with the one thing that was told
_NO_MATTER = frozenset({"oth_greeting", "oth_unclear", "oth_abuse", "oth_spam", "oth_data_request"})
_MOST_PROPOSED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Assisted:
    """The case, and whether the officer who filed it may open it. `is_new` is False for a second press."""

    case: Case
    is_readable: bool
    is_new: bool


def categories_to_choose() -> tuple[str, ...]:
    """What an officer may call a report, in the table's order."""
    return tuple(category for category in load_categories() if category not in _NO_MATTER)


def propose(text: str, city: City) -> Proposal:
    """What these words seem to be."""
    found = city.understand(text)
    likely = (found.category, *(category for category, _ in found.alternatives))
    return Proposal(
        categories=tuple(category for category in likely if category not in _NO_MATTER)[:_MOST_PROPOSED],
        ward_codes=city.places.route(text).codes,
        is_about_official=found.is_sensitive,
        is_about_leader=found.is_sensitive and found.about_leader,
        is_emergency=found.is_emergency,
        has_personal_data=bool(found.personal_data),
    )


def draft_of(told: ToldReport, city: City, now: datetime) -> Draft:
    """The report as a draft. Whatever it is called, words about an official stay words about an official."""
    found = city.understand(told.text)
    category = load_categories()[told.category]
    draft = Draft(
        serial=base64.b32encode(hashlib.sha256(told.ticket.encode(errors="replace")).digest())[:6].decode(),
        started_at=now,
        parts=(DraftPart(source_id=SOURCE, text=told.text.strip(), files=told.files),),
        kind=category.kind,
        kind_chosen=True,
        category=category.id,
        ward_codes=(told.ward_code,) if told.ward_code else (),
        ward_source=WardSource.CHOSEN,
        ward_unknown=told.ward_code is None,
        trace=(*city.places.route(told.text).why, f"chosen: {told.ward_code or 'cannot tell'}"),
        is_emergency=found.is_emergency,
        is_sensitive=found.is_sensitive or category.is_sensitive,
        is_anonymous=told.is_anonymous,
    )
    return _accusing(draft, told, found)


def _accusing(draft: Draft, told: ToldReport, found: Understanding) -> Draft:
    """Only ever towards fewer readers: that a report is about leaders may be added at the counter, never taken away."""
    if not draft.is_about_official:
        return draft
    accused = Accused.LEADER if told.is_about_leader or found.about_leader else Accused.OFFICIAL
    return replace(draft, accused=accused)


async def file_for_someone(uow: UnitOfWork, *, staff: StaffMember, told: ToldReport, city: City, now: datetime) -> Assisted:
    """File what was told; pressed twice, it finds the first.

    Raises:
        NotAllowed: This member files for nobody.
        NotAgreed: There is a contact without a consent to the present text, or to an anonymous report.
        EmptyText: Nothing was told.
        UnknownWard: There is no such ward.
    """
    viewer = await viewer_of(uow, staff, now)
    if not viewer.may(Right.FILE_FOR_SOMEONE):
        raise NotAllowed
    if told.contact and (told.is_anonymous or told.consent_version != CONSENT_VERSION):
        raise NotAgreed
    if told.ward_code is not None:
        _ = city.wards[told.ward_code]
    address = _address_of(staff.id, told.ticket)
    case, is_new = await uow.cases.by_source(address, SOURCE), False
    if case is None:
        conversation = Conversation(address=address, language=told.language)
        case = await file_case(uow, conversation=conversation, draft=draft_of(told, city, now), city=city, now=now)
        is_new = case.version == 1  # else another process filed it just now
    if is_new:
        await _mark(uow, case, staff, told, now)
        if told.contact:
            await _keep_contact(uow, case, told, city, now)
    is_readable = await uow.cases.visible(viewer, case.code) is not None
    return Assisted(case=case, is_readable=is_readable, is_new=is_new)


async def _mark(uow: UnitOfWork, case: Case, staff: StaffMember, told: ToldReport, now: datetime) -> None:
    """Who wrote it down, for whoever reads the case; the words are the resident's all the same."""
    details = {"way": told.way.value}
    await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ASSISTED, at=now, staff_id=staff.id, details=details))
    await uow.audit.record(action="case_assisted", now=now, staff_id=staff.id, subject=case.code, details=details)


async def _keep_contact(uow: UnitOfWork, case: Case, told: ToldReport, city: City, now: datetime) -> None:
    await agree_to_contact(
        uow,
        case.resident_id,
        language=told.language,
        channel=Channel.COUNTER,
        now=now,
        case_code=case.code,
        text_version=told.consent_version,
    )
    await keep_contact(uow, case.resident_id, words=told.contact, sealer=city.sealer, now=now)


def _address_of(staff_id: StaffId, ticket: str) -> Address:
    """An address of its own for each visit. It is made of the officer too: nobody finds another's case by a ticket."""
    digest = hashlib.sha256(f"{staff_id}\n{ticket}".encode(errors="replace")).hexdigest()
    return Address(Channel.COUNTER, digest[:32])
