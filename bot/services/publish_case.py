"""Make an edited text about a case public: one of staff proposes it, another approves it, its resident agrees to it.

There is no switch that makes a case public: every text is read and confirmed by a person, the resident sees it to the letter
before anybody else, and `storage.published` asks at every look whether the case may still be read about. Whoever may answer
a case may take its text down, and so may its resident, at any time; it is gone at once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.domain.capabilities import CAPABILITIES
from bot.domain.case import Case, CaseCode
from bot.domain.people import StaffId, StaffMember
from bot.domain.publishing import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    Ending,
    NewPublication,
    Publication,
    State,
    Wording,
    answered_at,
    looks_like_home,
    may_be_asked,
    new_slug,
    published_from,
    rounded,
)
from bot.domain.reply import NewReply
from bot.domain.rights import Right
from bot.errors import BotError, CaseNotFound
from bot.ports import UnitOfWork, Viewer
from bot.services.publish_words import asking, taken_down
from bot.services.setting import BadFields, holds
from bot.services.staff_change import WardNames, case_to_change, residents_language, viewer_of
from bot.understanding.identifying import find_identifying, find_never_public, without_identifying

TEXTS = ("title", "text", "answer")  # fields of the form, each read and confirmed by itself


class NotToPublish(BotError):
    """As this case stands, no text about it may be public, or its resident may not be asked (again)."""

    wording_key = "publish_not_possible"


class PublicationGone(BotError):
    """It was decided, replaced or taken down meanwhile."""

    wording_key = "publish_gone"


class NotTheOther(BotError):
    """They proposed it themselves, or know of the case only through whoever did."""

    wording_key = "publish_takes_two"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What the form holds. `read`: the names of the texts that somebody says to have read to the end."""

    title: str
    text: str
    answer: str
    shows_place: bool
    read: Collection[str]
    is_sure: bool  # what still looks like a name or a home is none


async def first_wording(uow: UnitOfWork, case: Case, title: str) -> Wording:
    """What an editor begins with: the case's own words and the newest answer, with gaps for what may lead to somebody."""
    answer = await uow.cases.newest_answer(case.id)
    return Wording(
        title=title[:LONGEST_TITLE],
        text=without_identifying(case.text)[:LONGEST_TEXT],
        answer=without_identifying(answer.text if answer else "")[:LONGEST_TEXT],
    )


async def may_propose(uow: UnitOfWork, case: Case) -> bool:
    """Whether a text about this case may be proposed now."""
    if case.ward_code is None or answered_at(case) is None or not CAPABILITIES[case.address.channel].reaches_resident:
        return False
    return await uow.publications.may_be_public(case.id) and may_be_asked(await uow.publications.of_case(case.id))


def may_show_place(case: Case) -> bool:
    """Whether a rounded point may be shown: there is one, and no words speak of somebody's home."""
    return case.point is not None and not looks_like_home(case.text)


async def propose_publication(
    uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, version: int, edited: Edited, now: datetime
) -> None:
    """Keep the text for a second pair of eyes; one that was there before is over.

    Raises:
        CaseNotFound, StaleVersion: See `case_to_change`. A closed case is published as well.
        NotToPublish: See there.
        BadFields: `title`, `text`, `answer`, `read_title` and so on, `sure`, `place`.
    """
    case = await case_to_change(uow, staff, code, version, right=Right.ANSWER, now=now, must_be_open=False)
    if case.ward_code is None or not await may_propose(uow, case):
        raise NotToPublish(code=code)
    if troubles := _troubles(case, edited):
        raise BadFields(**troubles)
    shows_place = edited.shows_place and case.point is not None
    wording = Wording(
        title=" ".join(edited.title.split()),
        text=edited.text.strip(),
        answer=edited.answer.strip(),
        point=rounded(case.point) if shows_place and case.point else None,
    )
    new = NewPublication(
        case_id=case.id,
        ward_code=case.ward_code,
        category=case.category,
        slug=new_slug(),
        wording=wording,
        by=staff.id,
        at=now,
        disputes=case.disputes,
    )
    await uow.publications.add(new)
    await _record(uow, "publication_proposed", case, now, staff.id)


def _troubles(case: Case, edited: Edited) -> dict[str, str]:
    """The form's fields to what is wrong with each."""
    troubles, doubts = {}, False
    for name, longest in zip(TEXTS, (LONGEST_TITLE, LONGEST_TEXT, LONGEST_TEXT), strict=True):
        words = getattr(edited, name).strip()
        if not words:
            troubles[name] = "settings_needed"
        elif len(words) > longest:
            troubles[name] = "settings_too_long"
        elif not all(letter.isprintable() or (letter in "\r\n" and name != "title") for letter in words):
            troubles[name] = "settings_not_printable"
        elif find_never_public(words):
            troubles[name] = "publish_personal"
        elif name not in edited.read:
            troubles[f"read_{name}"] = "publish_unread"
        doubts |= bool(find_identifying(words))
    if doubts and not edited.is_sure:
        troubles["sure"] = "publish_unsure"
    if edited.shows_place and not may_show_place(case):
        troubles["place"] = "publish_no_place"
    return troubles


async def decide_publication(
    uow: UnitOfWork, *, staff: StaffMember, code: CaseCode, slug: str, is_approved: bool, now: datetime, wards: WardNames
) -> None:
    """Approve the text, and ask the resident; or send it back, and nobody is asked.

    Raises:
        CaseNotFound: There is none for them, or they may not do this to it.
        NotTheOther, PublicationGone, NotToPublish: See there.
    """
    viewer = (await viewer_of(uow, staff, now)).wanting(Right.PUBLISH)
    case = await uow.cases.visible(viewer, code, for_update=True)
    if case is None:
        raise CaseNotFound(code=code)
    found = await _live(uow, case, slug)
    if found is None or found.state is not State.PROPOSED:
        raise PublicationGone(code=code)
    if not is_approved:
        await uow.publications.end(found.id, Ending.RETURNED, now=now, by=staff.id)
        await _record(uow, "publication_returned", case, now, staff.id)
        return
    if not await is_second(uow, viewer, case, found):
        raise NotTheOther(code=code)
    if not await may_propose(uow, case):
        raise NotToPublish(code=code)
    if not await uow.publications.approve(found.id, by=staff.id, now=now):
        raise PublicationGone(code=code)
    language = await residents_language(uow, case)
    reply = asking(language, case, found, wards)
    await uow.outbox.add([NewReply(address=case.address, reply=reply, case_id=case.id)], now)
    await _record(uow, "publication_approved", case, now, staff.id)


async def is_second(uow: UnitOfWork, viewer: Viewer, case: Case, found: Publication) -> bool:
    """Whether they may approve it: another than who proposed it, and not only because they stand in for them."""
    if viewer.staff_id == found.proposed_by:
        return False
    own = viewer.without(found.proposed_by).wanting(Right.PUBLISH)
    return await uow.cases.visible(own, case.code) is not None


async def take_down(uow: UnitOfWork, *, staff: StaffMember, viewer: Viewer, slug: str, now: datetime) -> Publication:
    """End it at once, wherever it stands; a resident who had agreed is told.

    Whoever may answer the case may, and whoever checks what is public, of what is public.

    Raises:
        PublicationGone: There is none for them, or it was over.
    """
    found = await uow.publications.by_slug(slug)
    if found is None or found.state is State.ENDED:
        raise PublicationGone()
    seen = await uow.cases.visible(viewer.wanting(Right.ANSWER), found.code)
    if seen is None and not (holds(viewer, Right.PUBLISH, found.ward_code) and await uow.publications.public(slug, now)):
        raise PublicationGone()
    case = await uow.cases.by_id(found.case_id)
    if case is None or not await uow.publications.end(found.id, Ending.TAKEN_DOWN, now=now, by=staff.id):
        raise PublicationGone()
    if found.agreed_at is not None:
        told = taken_down(await residents_language(uow, case), case)
        await uow.outbox.add([NewReply(address=case.address, reply=told, case_id=case.id)], now)
    await _record(uow, "publication_taken_down", case, now, staff.id)
    return found


async def asked_of(uow: UnitOfWork, case: Case) -> Publication | None:
    """The text that its resident was asked about or agreed to, while it goes on."""
    found = [one for one in await uow.publications.of_case(case.id) if one.state in (State.ASKED, State.AGREED)]
    return found[-1] if found else None


async def agree_to_publish(uow: UnitOfWork, *, case: Case, slug: str, zone: tzinfo, now: datetime) -> datetime | None:
    """The resident agrees to exactly this text; from when everybody may read it. None: there is nothing to agree to."""
    found, answered = await _live(uow, case, slug), answered_at(case)
    if found is None or answered is None or not await uow.publications.may_be_public(case.id):
        return None
    if found.state is State.AGREED:
        return found.published_at
    published_at = published_from(now, answered, zone)
    if not await uow.publications.agree(found.id, now=now, published_at=published_at):
        return None
    await _record(uow, "publication_agreed", case, now)
    return published_at


async def refuse_to_publish(uow: UnitOfWork, *, case: Case, slug: str, now: datetime) -> Ending | None:
    """The resident says no, or takes back what they agreed to: it is gone at once. None: there was nothing."""
    found = await _live(uow, case, slug)
    if found is None or found.state is State.PROPOSED:
        return None
    ending = Ending.WITHDRAWN if found.agreed_at is not None else Ending.DECLINED
    await uow.publications.end(found.id, ending, now=now)
    await _record(uow, f"publication_{ending.value}", case, now)
    return ending


async def _live(uow: UnitOfWork, case: Case, slug: str) -> Publication | None:
    found = await uow.publications.by_slug(slug)
    return found if found is not None and found.case_id == case.id and found.state is not State.ENDED else None


async def _record(uow: UnitOfWork, action: str, case: Case, now: datetime, staff_id: StaffId | None = None) -> None:
    await uow.audit.record(action=action, now=now, staff_id=staff_id, subject=case.code)
