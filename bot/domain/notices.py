"""What staff are told of in a chat of their own, whom it concerns, and when: pings that say no more than where to look.

Plain values and rules. That somebody may know of the case is no rule of this file: `storage.notices` asks it of
`storage.visible_cases` at the moment of sending, and what is decided here only spares that question.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.domain.case import CaseCode, CaseId, CaseStatus, Desk
from bot.domain.people import WARD_ROLES, Role, StaffId, StaffMember
from bot.domain.rights import DESKS, Right, may
from bot.domain.thread import EventKind
from bot.domain.ward import WardCode

LINK_LASTS = timedelta(minutes=15)  # a code that links a chat
PING_EVERY = timedelta(minutes=10)  # for one person; what comes meanwhile is bundled
EMERGENCY_EVERY = timedelta(minutes=1)  # a flood is one storm of cases, not a hundred pings
QUIET_FROM, QUIET_UNTIL = time(21), time(7)  # in the city's time: only emergencies
DIGEST_AT, DIGEST_ENDS = time(8), time(12)  # in the city's time; a morning's digest is no use in the afternoon

# Events that may concern somebody who is not looking. A note does only where it names people: `Fact.about`.
TOLD_OF = frozenset(
    {
        EventKind.FILED,
        EventKind.MOVED,
        EventKind.ADDED,
        EventKind.EDITED,
        EventKind.DISPUTED,
        EventKind.ASSIGNED,
        EventKind.CAME_BACK,
    }
)
# What changes a case, so that a proposal about it as it was is void: whoever made that has to know.
VOIDS_A_PROPOSAL = frozenset(
    {
        EventKind.ADDED,
        EventKind.EDITED,
        EventKind.MOVED,
        EventKind.ANSWERED,
        EventKind.NOTED,
        EventKind.TAKEN,
        EventKind.ASSIGNED,
        EventKind.HANDED_BACK,
        EventKind.EXCLUDED,
        EventKind.POSTPONED,
        EventKind.UNDELIVERED,
    }
)


class Reason(StrEnum):
    """Why somebody is told; each but the last two is a choice of theirs."""

    ASSIGNED = "assigned"
    MENTIONED = "mentioned"
    RESIDENT = "resident"  # the resident of a case of theirs wrote, or says that its closing is not true
    ARRIVED = "arrived"  # a case came to a desk they hold
    EMERGENCY = "emergency"  # the same, where somebody may be in danger
    UNREACHED = "unreached"  # an answer did not arrive: somebody has to reach the resident otherwise
    DISPUTED = "disputed"  # a closing of theirs is said to be untrue: somebody else has the case now
    PROPOSED = "proposed"  # it takes two, and they can be the second
    UNPROPOSED = "unproposed"  # what they proposed was sent back, or is void because the case changed
    CAME_BACK = "came_back"  # what was planned for a case of theirs is over: it is open again
    LATE = "late"  # a clock of a case that concerns them runs out; nobody is asked whether they want to hear that
    WARD_LATE = "ward_late"  # of a ward's case that the city may not see: it hears how many, and of which ward


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a member wants to be told of. Everything, until they say otherwise: a linked chat was asked for."""

    assigned: bool = True
    mentioned: bool = True
    resident: bool = True
    arrived: bool = True
    emergency: bool = True
    digest: bool = True

    def wants(self, reason: Reason) -> bool:
        """An emergency is also a case that arrives, and a dispute what a resident says."""
        if reason in (Reason.DISPUTED, Reason.UNREACHED):
            return self.resident
        if reason in (Reason.LATE, Reason.WARD_LATE):
            return True
        if reason in (Reason.PROPOSED, Reason.UNPROPOSED, Reason.CAME_BACK):  # each waits for them
            return self.assigned
        return bool(getattr(self, reason.value)) or (reason is Reason.EMERGENCY and self.arrived)

    def is_urgent(self, reason: Reason) -> bool:
        return reason is Reason.EMERGENCY and self.emergency


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened to a case, not yet told to anybody; and how that case stands now."""

    id: int
    case_id: CaseId
    kind: EventKind
    by: StaffId | None  # who did it: knows already
    about: StaffId | None  # whom a note names, whose closing was disputed, who may decide, who proposed
    ward_code: WardCode | None
    desk: Desk
    owner_id: StaffId | None
    is_emergency: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Somebody with a linked chat, `to`, at a place where they stand: their own, or that of a colleague who is away."""

    to: StaffId
    stands: StaffMember


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What waits to be told to somebody about a case that they may see."""

    case_id: CaseId
    code: CaseCode
    reason: Reason
    status: CaseStatus
    owner_id: StaffId | None
    has_joined: bool  # another case: it waits in no queue of its own
    is_unreached: bool = False  # words of staff have not reached its resident
    is_proposed: bool = False  # a closing or a new day waits for a second person
    ward_code: WardCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Somebody whose notices are due: what they want, and when they were pinged last."""

    staff_id: StaffId
    choices: Choices
    pinged_at: datetime | None


def reason_for(post: Post, fact: Fact) -> Reason | None:
    """Why this fact may concern them; None when it does not. Never None for a desk's new case that they may take."""
    if fact.by == post.to:
        return None
    if fact.about is not None:
        # Who stands in for somebody may be a second person in their place; all else is personal.
        is_theirs = fact.about == post.stands.id and (post.to == post.stands.id or fact.kind is EventKind.PROPOSED)
        return _ABOUT.get(fact.kind, Reason.MENTIONED) if is_theirs else None
    if fact.kind is EventKind.ASSIGNED:
        return Reason.ASSIGNED if fact.owner_id == post.stands.id else None
    if fact.kind is EventKind.UNDELIVERED:
        is_theirs = fact.owner_id == post.stands.id or (
            fact.owner_id is None and works_at(post.stands, fact.desk, fact.ward_code)
        )
        return Reason.UNREACHED if is_theirs else None
    if fact.kind is EventKind.CAME_BACK and fact.owner_id is not None:
        return Reason.CAME_BACK if fact.owner_id == post.stands.id else None
    if fact.kind not in (EventKind.FILED, EventKind.MOVED, EventKind.CAME_BACK):
        if fact.owner_id == post.stands.id:
            return Reason.RESIDENT
        if fact.kind is not EventKind.DISPUTED or fact.owner_id is not None:
            return None
    if fact.owner_id is not None or not works_at(post.stands, fact.desk, fact.ward_code):
        return None
    return Reason.EMERGENCY if fact.is_emergency else Reason.ARRIVED


_ABOUT = {
    EventKind.DISPUTED: Reason.DISPUTED,
    EventKind.PROPOSED: Reason.PROPOSED,
    EventKind.UNPROPOSED: Reason.UNPROPOSED,
}


def hears_of_wards(member: StaffMember, desk: Desk) -> bool:
    """Whether the city tells them how many of a ward's cases are late, without showing one: never of a closed desk's."""
    return member.role is Role.CITY_COORDINATOR and desk is Desk.GENERAL


def works_at(member: StaffMember, desk: Desk, ward_code: WardCode | None) -> bool:
    """Whether they work at the desk where a case waits. Who only reads there does not."""
    if desk not in DESKS.get(member.role, ()) or not may(member.role, Right.TAKE):
        return False
    return member.role not in WARD_ROLES or member.ward_code == ward_code


def is_still_news(notice: Notice, owners: frozenset[StaffId]) -> bool:
    """Whether it is worth telling now.

    Args:
        owners: Whose cases are theirs: they themselves, and whom they stand in for.
    """
    if notice.reason is Reason.MENTIONED:
        return True
    if notice.reason is Reason.UNREACHED:
        return notice.is_unreached
    if notice.reason is Reason.DISPUTED:
        return notice.status is CaseStatus.OPEN
    if notice.status is CaseStatus.CLOSED:
        return False
    if notice.reason in (Reason.PROPOSED, Reason.UNPROPOSED):
        return notice.is_proposed == (notice.reason is Reason.PROPOSED)
    if notice.reason in (Reason.LATE, Reason.WARD_LATE):
        return not notice.has_joined
    if notice.reason in (Reason.ARRIVED, Reason.EMERGENCY):
        return notice.owner_id is None and not notice.has_joined  # or somebody has it by now
    return notice.owner_id in owners


def is_quiet(moment: datetime, zone: tzinfo) -> bool:
    """Whether people sleep."""
    here = moment.astimezone(zone).time()
    return here >= QUIET_FROM or here < QUIET_UNTIL


def ping_at(now: datetime, pinged_at: datetime | None, zone: tzinfo, *, is_urgent: bool) -> datetime:
    """When somebody who was pinged then may be pinged next, now or later, in UTC."""
    gap = EMERGENCY_EVERY if is_urgent else PING_EVERY
    due = max(now, pinged_at + gap) if pinged_at else now
    if is_urgent or not is_quiet(due, zone):
        return due
    here = due.astimezone(zone)
    wakes = here.date() if here.time() < QUIET_UNTIL else here.date() + timedelta(days=1)
    return datetime.combine(wakes, QUIET_UNTIL, zone).astimezone(UTC)


def next_morning(now: datetime, zone: tzinfo) -> datetime:
    """The next time of the digest after `now`, in UTC. Whether that day is worked is asked when it has come."""
    here = now.astimezone(zone)
    day = here.date() if here.time() < DIGEST_AT else here.date() + timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, zone).astimezone(UTC)


def is_morning(now: datetime, zone: tzinfo) -> bool:
    """Whether a digest is still of use today: a process that starts late leaves it out."""
    return DIGEST_AT <= now.astimezone(zone).time() < DIGEST_ENDS
