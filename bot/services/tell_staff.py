"""Tell staff, in the chats they linked, that there is something new: how many cases, the code of a single one, a link.

No word of a case leaves the desk this way, nor its kind, ward or resident. Two steps, each a unit of work of its own: what
happened is spread to whom it may concern, and who is due is told what they may see at that moment. What concerns whom, and
when, is `bot.domain.notices`.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, tzinfo

from bot.domain.case import CaseCode, CaseId
from bot.domain.notices import Notice, Reason, Told, is_still_news, ping_at, reason_for
from bot.domain.people import Address, StaffId, StaffMember
from bot.domain.reply import NewReply, Reply
from bot.ports import UnitOfWork, Viewer
from bot.services.link_chat import chats_of
from bot.services.staff_change import WardNames, viewer_of, ward_name
from bot.wording import say

QUEUE = "/staff/"


async def spread_facts(uow: UnitOfWork, *, now: datetime, most: int) -> int:
    """Put down for each reader what may concern them; returns how many facts were taken."""
    facts = await uow.notices.facts(most=most)
    if not facts:
        return 0
    posts = await uow.notices.posts(now)
    found: dict[StaffId, dict[tuple[CaseId, Reason], None]] = defaultdict(dict)
    for fact in facts:
        for post in posts:
            reason = reason_for(post, fact)
            if reason is not None:
                found[post.to][fact.case_id, reason] = None
    await uow.notices.spread(facts, {reader: list(wanted) for reader, wanted in found.items()}, now)
    return len(facts)


async def tell_due(
    uow: UnitOfWork, *, now: datetime, zone: tzinfo, public_url: str, most: int, wards: WardNames | None = None
) -> int:
    """Ping who is due, or find when they may be; returns how many were looked at.

    Args:
        wards: Their names, for the city's coordinators; without them a ward is told by its code.
    """
    due = await uow.notices.due(now, most=most)
    for told in due:
        await _tell(uow, told, now=now, zone=zone, public_url=public_url, wards=wards)
    return len(due)


async def reader_of(uow: UnitOfWork, staff_id: StaffId, now: datetime) -> tuple[StaffMember, Viewer] | None:
    """Whose account is open and who is not away, with their eyes; None for anybody else."""
    member = await uow.staff.get(staff_id)
    if member is None or member.is_disabled or await uow.absences.is_away(staff_id, now):
        return None
    return member, await viewer_of(uow, member, now)


async def say_to(uow: UnitOfWork, member: StaffMember, text: str, now: datetime) -> bool:
    """Queue it for every chat they linked. False when there is none that takes messages."""
    replies = []
    for chat in await chats_of(uow, member.id):
        address = Address(chat.channel, chat.external_id)
        if not (await uow.conversations.get(address)).is_blocked:
            replies.append(NewReply(address=address, reply=Reply(text=text, language=member.language)))
    if replies:
        await uow.outbox.add(replies, now)
    return bool(replies)


def link_to(public_url: str, path: str) -> str:
    """A page of the desk; empty where nobody set the address residents find us at."""
    return f"{public_url.rstrip('/')}{path}" if public_url else ""


async def _tell(
    uow: UnitOfWork, told: Told, *, now: datetime, zone: tzinfo, public_url: str, wards: WardNames | None
) -> None:
    reader = await reader_of(uow, told.staff_id, now)
    if reader is None:
        await uow.notices.told(told.staff_id, list(Reason), pinged_at=told.pinged_at, due_at=None)
        return
    member, viewer = reader
    waiting = await _worth_telling(uow, told, viewer)
    urgent = any(told.choices.is_urgent(notice.reason) for notice in waiting)
    at = ping_at(now, told.pinged_at, zone, is_urgent=False)
    if at > now and not urgent:  # also where nothing is left to tell: it is forgotten then
        await uow.notices.told(told.staff_id, (), pinged_at=told.pinged_at, due_at=at)
        return
    if at > now:
        await _tell_urgent(uow, told, member, waiting, now=now, later=at, zone=zone, public_url=public_url)
        return
    codes = _codes(waiting)
    words = [ping_text(member, codes, public_url)] if codes else []
    words += wards_text(member, waiting, wards)
    has_told = bool(words) and await say_to(uow, member, "\n".join(words), now)
    pinged_at = now if has_told else told.pinged_at
    await uow.notices.told(told.staff_id, list(Reason), pinged_at=pinged_at, due_at=None)


async def _tell_urgent(
    uow: UnitOfWork,
    told: Told,
    member: StaffMember,
    waiting: Sequence[Notice],
    *,
    now: datetime,
    later: datetime,
    zone: tzinfo,
    public_url: str,
) -> None:
    """Of the emergencies alone: whatever else there is waits until `later`."""
    at = ping_at(now, told.pinged_at, zone, is_urgent=True)
    if at > now:
        await uow.notices.told(told.staff_id, (), pinged_at=told.pinged_at, due_at=at)
        return
    codes = _codes([notice for notice in waiting if told.choices.is_urgent(notice.reason)])
    has_told = await say_to(uow, member, ping_text(member, codes, public_url), now)
    has_more = len(codes) < len(_codes(waiting)) or any(notice.reason is Reason.WARD_LATE for notice in waiting)
    await uow.notices.told(
        told.staff_id,
        [Reason.EMERGENCY],
        pinged_at=now if has_told else told.pinged_at,
        due_at=later if has_more else None,
    )


async def _worth_telling(uow: UnitOfWork, told: Told, viewer: Viewer) -> list[Notice]:
    owners = frozenset(standing.staff_id for standing in viewer.standings())
    return [
        notice
        for notice in await uow.notices.of(viewer)
        if told.choices.wants(notice.reason) and is_still_news(notice, owners)
    ]


def _codes(notices: Sequence[Notice]) -> list[CaseCode]:
    """Each case that may be named once, in the order in which it came."""
    return list(dict.fromkeys(notice.code for notice in notices if notice.reason is not Reason.WARD_LATE))


def wards_text(member: StaffMember, notices: Sequence[Notice], wards: WardNames | None) -> list[str]:
    """How many cases of which wards are late, for who may see none of them; nothing else is said of them."""
    counted = Counter(notice.ward_code for notice in notices if notice.reason is Reason.WARD_LATE and notice.ward_code)
    if not counted:
        return []
    names = [
        f"{ward_name(member.language, wards[code]) if wards is not None else code} ({number})"
        for code, number in counted.most_common()
    ]
    return [say(member.language, "notice_wards_late", n=counted.total(), wards=", ".join(names))]


def ping_text(member: StaffMember, codes: Sequence[CaseCode], public_url: str) -> str:
    """What they read: the code of one case, or how many there are, and where to look."""
    if len(codes) == 1:
        path, words = f"/staff/cases/{codes[0]}", say(member.language, "notice_one", code=codes[0])
    else:
        path, words = QUEUE, say(member.language, "notice_several", n=len(codes))
    return "\n".join(filter(None, (words, link_to(public_url, path))))
